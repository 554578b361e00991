"""The kernels for graphics cards, by Triton's interpreter on the CPU, against the plain path.

Run by ``test_triton.py`` in a process of its own: whether kernels are interpreted, Triton's own
functions among them, is settled when triton is imported.
"""

from dataclasses import replace

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from segnn.nn import SEGNN
from segnn.nn.norm import InstanceNorm
from segnn.o3 import Rows, kernels, spherical_harmonics
from segnn.o3.backends.triton import backend
from segnn.o3.plan.layer import Weights
from segnn.o3.plan.linear import linear_plan
from segnn.o3.rows import Edges
from segnn.o3.steer import edge_linear, linear
from segnn.o3.sums import segment_sum

from ...helpers import randn

pytestmark = pytest.mark.skipif(not backend.INTERPRETED, reason="run by test_triton.py")
ENTRIES = {torch.float64: 1e-10, torch.float32: 1e-5}


def both(function):
    """What the plain path gives, after the kernels have given the same."""
    results = []
    for path in ("plain", "triton"):
        with kernels(path):
            results.append(function())
    for found, expected in zip(results[1], results[0], strict=True):
        assert (found is None) == (expected is None)
        if found is not None:
            size = float(expected.detach().abs().max()) if expected.numel() else 1.0
            tolerance = ENTRIES[expected.dtype] * max(size, 1.0)
            torch.testing.assert_close(found, expected, atol=tolerance, rtol=0)
    return results[0]


def twice(function, inputs):
    """A result, its derivatives by ``inputs``, and the derivatives of these."""
    y = function(*inputs)
    first = torch.autograd.grad(y.square().sum(), inputs, create_graph=True)
    loss = sum(g.square().sum() for g in first)
    return [y, *first, *torch.autograd.grad(loss, inputs, allow_unused=True)]


def first(function, inputs):
    """Results and derivatives of the sum of their squares by ``inputs``."""
    found = function(*inputs)
    return [*found, *torch.autograd.grad(sum(y.square().sum() for y in found), inputs)]


def test_sums_over_neighbours():
    for index in (torch.tensor([0, 0, 2, 2, 2]), torch.tensor([2, 0, 2, 0, 4]), torch.zeros(0)):
        rows = Rows(index.long(), 5)
        x = randn(len(rows), 19, grad=True)
        both(lambda rows=rows, x=x: twice(lambda x: segment_sum(x, rows), [x]))
    one = Rows(torch.zeros(30, dtype=torch.int64), 1)  # one node, more rows than are taken at once
    both(lambda: [segment_sum(randn(30, 140), one)])


def test_gradcheck():
    """Of a layer's value and of all its slopes, bias and attribute among them."""
    plan = linear_plan(("1x1o",), "1x1o", "2x0e", False)
    given = [randn(2, 3, grad=True), randn(2, 3, seed=1, grad=True)]
    given += [randn(plan.numel, grad=True), randn(2, grad=True)]
    with kernels("triton"):
        for check in (gradcheck, gradgradcheck):
            assert check(lambda x, a, *w: linear([x], a, Weights(*w, plan)), given, fast_mode=True)


def test_a_network_and_its_forces_twice_differentiated():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = SEGNN(
            "1x0e", "1x0e+1x1o", "1x0e", "1x0e+1x1o", "1x0e", "1x0e", 1, task="graph"
        ).double()
    index = torch.tensor([[1, 2, 0], [0, 0, 1]])
    x, node_attr, message = randn(3, 1, grad=True), randn(3, 1, seed=1), randn(3, 1)
    attribute = spherical_harmonics(1, randn(3, 3)).requires_grad_()

    def outcome():
        y = net(x, index, attribute, node_attr, message)
        forces = torch.autograd.grad(y.square().sum(), [x, attribute], create_graph=True)
        loss = y.square().sum() + sum(f.square().sum() for f in forces)
        by = [*net.parameters(), x, attribute]
        return [y, *forces, *torch.autograd.grad(loss, by, allow_unused=True)]

    both(outcome)


def test_where_it_serves():
    x = torch.zeros(1)
    assert backend.TRITON.serves(x)  # as it is interpreted
    assert not backend.TRITON.serves(x.half())
    assert backend.load(torch.device("cpu")) is backend.TRITON


def test_wrong_numbers_are_not_trusted(monkeypatch):
    form = backend.COUPLE.form
    wrong = form._replace(partials=(*form.partials[:2], lambda plan, z, m: z.new_zeros(4, 8)))
    monkeypatch.setattr(
        backend, "TRITON", replace(backend.TRITON, couple=backend.COUPLE._replace(form=wrong))
    )
    with pytest.raises(RuntimeError, match=r"the compiled kernels give wrong numbers, off by"):
        backend.load(torch.device("cpu"))


LAYER = linear_plan(("1x1o+1x0e", "17x0e"), "2x0e+1x1o", "1x0e+1x1e+18x1o", False)
"""Two parts, an attribute with two channels, more channels than a tile has, and a piece of the
output of every parity.
"""


@pytest.mark.parametrize(
    ("irreps", "message", "output"),
    [
        ("2x1o+1x0e+1x1e", "1x0e", "3x0e+1x1e+2x1o"),  # pieces of an irrep apart, both parities
        ("4x0e+4x1o", "4x0e", "8x0e+4x1o"),  # four numbers are read at once
        ("36x1o", "1x1e", "1x0o+1x2o"),  # s_ij and some columns that no path uses or leads to
    ],
)
def test_layers_on_edges(irreps, message, output):
    """A source of many edges, an edge to itself, a node without any."""
    plan = linear_plan((irreps, irreps, message), "1x0e+1x1o", output, True)
    edges = Edges(torch.tensor([1, 1, 2, 1, 0]), torch.tensor([0, 0, 0, 1, 2]), 4)
    shapes = [(4, plan.parts[0].dim), (5, plan.parts[2].dim), (5, 4), (plan.numel,)]
    given = [randn(*shape, seed=n, grad=True) for n, shape in enumerate(shapes)]
    scalars = sum(piece.mul for piece in plan.output.pieces if str(piece.irrep) == "0e")
    given += [randn(scalars, seed=5, grad=True)] if scalars else []

    def result(x, message, attribute, weight, bias=None):
        return edge_linear(x, message, attribute, Weights(weight, bias, plan), edges)

    def outcome():
        y = result(*given)
        slopes = torch.autograd.grad(y.sin().sum(), given, create_graph=True)
        loss = sum(g.square().sum() for g in slopes)
        second = torch.autograd.grad(loss, given, allow_unused=True)
        zero = [torch.zeros_like(x) for x in given]  # as good as none
        return [y, *slopes, *(z if g is None else g for g, z in zip(second, zero, strict=True))]

    both(outcome)


HIGHER = linear_plan(("2x2e+1x3o", "1x4e"), "1x0e+1x1o+1x2e", "1x0e+2x2e+1x3o+1x4e", False)
"""More components than a program takes at a time, at either end."""


@pytest.mark.parametrize("rows", [0, 3])
def test_components_of_higher_degrees(rows):
    tensors = [randn(rows, dim, seed=n, grad=True) for n, dim in enumerate((17, 9, 9))]
    tensors += [randn(HIGHER.numel, grad=True), randn(1, grad=True)]

    def result(x, x_1, a, weight, bias):
        return [linear([x, x_1], a, Weights(weight, bias, HIGHER))]

    both(lambda: first(result, tensors))


@pytest.mark.parametrize("rows", [0, 33])
def test_linear_layers(rows):
    given = [randn(rows, dim, seed=n) for n, dim in enumerate((4, 17, 5))]
    given += [randn(LAYER.numel), randn(1)]
    for dtype in ENTRIES if rows else [torch.float64]:
        tensors = [t.to(dtype).requires_grad_() for t in given]

        def result(x, x_1, a, weight, bias):
            return [linear([x, x_1], a, Weights(weight, bias, LAYER))]

        both(lambda tensors=tensors, result=result: first(result, tensors))


def test_norm():
    """Graphs of no node, of one and of more than a program takes at once; an order that is not that
    of the blocks.
    """
    layer = InstanceNorm("2x1o+3x0e+1x0o").double()
    graphs = Rows(torch.tensor([0] * 18 + [2] + [3] * 2), 5)
    x = randn(len(graphs), 10, grad=True)
    weight, bias = randn(6, grad=True), randn(3, grad=True)

    def result(x, weight, bias):
        named = {"weight": weight, "bias": bias}
        return [torch.func.functional_call(layer, named, (x, graphs))]

    both(lambda: first(result, [x, weight, bias]))
