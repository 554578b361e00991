"""The kernels for graphics cards, by Triton's interpreter on the CPU, against the plain path.

Run by ``test_triton.py`` in a process of its own: whether kernels are interpreted, Triton's own
functions among them, is settled when triton is imported.
"""

import pytest
import torch
from e3nn.o3 import Irreps
from torch.autograd import gradcheck, gradgradcheck

from segnn.nn import SEGNN
from segnn.nn.gate import Gate
from segnn.nn.norm import InstanceNorm
from segnn.o3 import Edges, Rows, kernels, spherical_harmonics
from segnn.o3.backends.triton import backend
from segnn.o3.plan.layer import Weights
from segnn.o3.plan.linear import LinearPlan, linear_plan
from segnn.o3.steer import linear, steer_messages
from segnn.o3.sums import segment_sum

from ...helpers import contract, contract_edges, edges, plans, randn

pytestmark = pytest.mark.skipif(not backend.INTERPRETED, reason="run by test_triton.py")
ENTRIES = {torch.float64: 1e-10, torch.float32: 1e-5}


def small():
    """Two paths of different channels, one of them into columns that another also ends in."""
    plan = LinearPlan(
        (Irreps("2x0e+1x1o"),), Irreps("1x0e+1x1o"), Irreps("1x0e+2x1o"), mix_first=True
    )
    return plan.plans[0].contraction


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


@pytest.mark.parametrize(
    ("which", "dtype"), [("contraction", torch.float64), ("gather", torch.float32)]
)
def test_contractions(which, dtype):
    c = getattr(plans(), which)
    x, a = (randn(2, dim).to(dtype).requires_grad_() for dim in (c.dim_in, c.dim_attr))
    both(lambda: twice(lambda x, a: contract(x, a, c), [x, a]))


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows(rows):
    c = small()
    x, a = randn(rows, c.dim_in, grad=True), randn(rows, c.dim_attr, grad=True)
    both(lambda: twice(lambda x, a: contract(x, a, c), [x, a]))


def test_more_rows_than_a_tile_and_other_strides():
    c = small()
    x, a = randn(c.dim_in, 150).T, randn(150, 2 * c.dim_attr)[:, ::2]
    both(lambda: [contract(x, a, c)])


@pytest.mark.parametrize("empty", [False, True])
def test_both_ends_of_edges(empty):
    c, graph = small(), edges(empty)
    target, source = randn(5, c.dim_in, grad=True), randn(5, c.dim_in, seed=1, grad=True)
    a = randn(len(graph), c.dim_attr, grad=True)

    def result(target, source, a):
        return contract_edges(target, source, a, c, graph)

    both(lambda: twice(result, [target, source, a]))


def test_sums_over_neighbours():
    for index in (torch.tensor([0, 0, 2, 2, 2]), torch.tensor([2, 0, 2, 0, 4]), torch.zeros(0)):
        rows = Rows(index.long(), 5)
        x = randn(len(rows), 19, grad=True)
        both(lambda rows=rows, x=x: twice(lambda x: segment_sum(x, rows), [x]))
    one = Rows(torch.zeros(30, dtype=torch.int64), 1)  # one node, more rows than are taken at once
    both(lambda: [segment_sum(randn(30, 140), one)])


def test_gradcheck():
    plan = LinearPlan((Irreps("1x1o"),), Irreps("1x1o"), Irreps("1x0e"), mix_first=True)
    c, graph = plan.plans[0].contraction, Edges(torch.tensor([1, 1]), torch.tensor([0, 1]), 2)
    given = [randn(2, dim, seed=n, grad=True) for n, dim in enumerate((c.dim_in, c.dim_in, 3))]
    with kernels("triton"):
        for check in (gradcheck, gradgradcheck):
            assert check(lambda *t: contract_edges(*t, c, graph), given, fast_mode=True)


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
    linear = backend.steer.LINEAR
    partials = (*linear.form.partials[:3], lambda plan, x, m, w: torch.zeros(len(x), 8))
    wrong = linear._replace(form=linear.form._replace(partials=partials))
    monkeypatch.setattr(backend.steer, "LINEAR", wrong)
    with pytest.raises(RuntimeError, match=r"the compiled kernels give wrong numbers, off by 1"):
        backend.load(torch.device("cpu"))


LAYER = linear_plan(("2x1o+3x0e+1x0o", "1x0e+5x1o"), "2x0e+1x1o", "1x0e+1x1e+19x1o+1x0e", False)
"""Parts of several pieces, an attribute with two channels, more channels than a tile of 16, and
paths of different degrees.
"""


@pytest.mark.parametrize("rows", [0, 33])
def test_linear_layers(rows):
    given = [randn(rows, dim, seed=n) for n, dim in enumerate((10, 16, 5))]
    given += [randn(LAYER.numel), randn(2)]
    for dtype in ENTRIES if rows else [torch.float64]:
        tensors = [t.to(dtype).requires_grad_() for t in given]

        def result(x, x_1, a, weight, bias):
            return [linear([x, x_1], a, Weights(weight, bias, LAYER))]

        both(lambda tensors=tensors, result=result: first(result, tensors))


def test_messages_twice_differentiated():
    """Gates, rows of edges and their sums at the nodes, with an end that nothing goes to."""
    gate = Gate("2x0e+1x1o+1x0o")
    plans = [
        linear_plan(("1x0e+1x1o",) * 2 + ("1x0e",), "1x0e+1x1o", str(gate.irreps_in), True),
        linear_plan((str(gate.irreps_out),), "1x0e+1x1o", str(gate.irreps_in), False),
    ]
    graph = edges()
    given = [randn(5, 4), randn(len(graph), 1), randn(len(graph), 4)]
    given += [t for p in plans for t in (randn(p.numel), randn(4))]

    def result(x, message, a, w_1, b_1, w_2, b_2):
        first, second = Weights(w_1, b_1, plans[0]), Weights(w_2, b_2, plans[1])
        return steer_messages(x, message, a, first, second, gate.plan, True, graph)

    both(lambda: twice(result, [t.requires_grad_() for t in given]))


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
