"""Fused layers against the composition of single operations: values, derivatives, tiles, threads,
odd inputs.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from e3nn.o3 import Irreps
from hypothesis import example, given
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from segnn.nn.gate import Gate
from segnn.nn.linear import EdgeLinear, SteerableLinear
from segnn.o3 import Edges, kernels
from segnn.o3.backends.numba.layers import room
from segnn.o3.steer import steer_messages, steer_rows

from .helpers import messages_composed, randn, rows_composed

UNSORTED, ATTRIBUTE = "2x1o+3x0e+1x2e+2x0o+1x1o", "1x0e+2x1o+1x2e"
entries = st.tuples(st.sampled_from([1, 2, 5, 9]), st.integers(0, 2), st.sampled_from([-1, 1]))
any_irreps = st.lists(entries, min_size=1, max_size=4).map(
    lambda found: str(Irreps([(m, (k, p)) for m, k, p in found]))
)
KEPT = pytest.mark.parametrize("kept", [True, False], ids=["kept", "computed again"])


@pytest.fixture
def keep(monkeypatch):
    """Called with False, layers compute again what stands before their gates."""
    return lambda kept: None if kept else monkeypatch.setattr(room, "KEPT_BYTES", 0)


def layer(kind, *arguments, **options):
    """A float64 layer with weights and biases of every size."""
    with torch.random.fork_rng():
        torch.manual_seed(len(str(arguments)))
        made = kind(*arguments, **options).double()
        if made.bias is not None:
            torch.nn.init.normal_(made.bias)
    return made


def rows_case(hidden, attribute=ATTRIBUTE, out=None, parts=1, two=True, rows=7):
    """The operation and its inputs, of which every tensor is differentiated: x, x_1, attribute,
    weights, biases.
    """
    gate, out = Gate(hidden), out or hidden
    first = layer(
        SteerableLinear,
        (hidden,) * parts,
        gate.irreps_in if two else out,
        attribute,
        channels_last=True,
    )
    second = layer(SteerableLinear, hidden, out, attribute, channels_last=True) if two else None
    residual = two and Irreps(out) == Irreps(hidden)
    dim = Irreps(hidden).dim
    x, x_1, a = (
        randn(rows, dim, seed=1),
        randn(rows, dim, seed=2),
        randn(rows, Irreps(attribute).dim, seed=3),
    )
    tensors = [x, x_1 if parts == 2 else None, a, *_parameters(first), *_parameters(second)]

    def operation(function):
        def call(x, x_1, a, w_1, b_1, w_2, b_2):
            later = second.weights._replace(weight=w_2, bias=b_2) if two else None
            return function(
                x,
                x_1,
                a,
                first.weights._replace(weight=w_1, bias=b_1),
                gate.plan if two else None,
                later,
                residual,
            )

        return call

    return operation(steer_rows), operation(rows_composed), tensors


def messages_case(
    hidden, attribute=ATTRIBUTE, message="2x0e+1x1o", two=True, last=True, graph=None
):
    """As ``rows_case``; its tensors are x, message, attribute, weights, biases."""
    gate, edges = Gate(hidden), graph or some_edges()
    first = layer(EdgeLinear, Irreps(hidden), Irreps(message), gate.irreps_in, Irreps(attribute))
    second = (
        layer(SteerableLinear, hidden, gate.irreps_in, attribute, channels_last=True)
        if two
        else None
    )
    x, a = (
        randn(edges.nodes, Irreps(hidden).dim, seed=1),
        randn(len(edges), Irreps(attribute).dim, seed=2),
    )
    m = randn(len(edges), Irreps(message).dim, seed=3) if message else None

    def operation(function):
        def call(x, m, a, w_1, b_1, w_2, b_2):
            later = second.weights._replace(weight=w_2, bias=b_2) if two else None
            return function(
                x, m, a, first.weights._replace(weight=w_1, bias=b_1), later, gate.plan, last, edges
            )

        return call

    return (
        operation(steer_messages),
        operation(messages_composed),
        [x, m, a, *_parameters(first), *_parameters(second)],
    )


def _parameters(made):
    return (
        [None, None]
        if made is None
        else [p if p is None else p.detach() for p in (made.weight, made.bias)]
    )


def some_edges(nodes=9, count=30, seed=0):
    """Random edges, several between some nodes and none at others."""
    generator = torch.Generator().manual_seed(seed)
    source, target = torch.randint(0, nodes, (2, count), generator=generator)
    return Edges(source, target.sort().values, nodes)


def hub(spokes):
    """Every node but the last two talks to node 1, which answers the last but one."""
    source, target = (
        torch.cat([torch.arange(spokes), torch.tensor([1])]),
        torch.full((spokes + 1,), 1),
    )
    target[-1] = spokes
    return Edges(source, target, spokes + 2)


def many_graphs(count):
    """Triangles and, after every other one, a lonely node."""
    starts = torch.tensor([7 * (n // 2) + 3 * (n % 2) for n in range(count)])
    source = (starts[:, None] + torch.tensor([1, 2, 0, 2, 0, 1])).flatten()
    target = (starts[:, None] + torch.tensor([0, 0, 1, 1, 2, 2])).flatten()
    return Edges(source, target, int(starts[-1]) + 4)


def everything(call, tensors, path):
    """The value and the derivatives by each tensor; every output is weighed differently."""
    inputs = [None if t is None else t.clone().requires_grad_() for t in tensors]
    with kernels(path):
        y = call(*inputs)
        wanted = [t for t in inputs if t is not None]
        total = (y * randn(*y.shape, seed=9).to(y)).sum() + 0 * wanted[
            0
        ].sum()  # also where no path reaches the output
        found = torch.autograd.grad(total, wanted, allow_unused=True)
    return [
        y.detach(),
        *(torch.zeros_like(t) if g is None else g for g, t in zip(found, wanted, strict=True)),
    ]


def assert_equal(case):
    operation, composed, tensors = case
    for got, expected in zip(
        everything(operation, tensors, "numba"), everything(composed, tensors, "plain"), strict=True
    ):
        assert got.shape == expected.shape
        assert (
            (got - expected).abs().max() <= 1e-13 * (1 + expected.abs().max())
            if expected.numel()
            else True
        )


@given(
    any_irreps, any_irreps, st.sampled_from([1, 2]), st.booleans(), st.sampled_from([0, 1, 7, 70])
)
@example("36x0e+36x1o+36x2e", "1x0e+1x1o+1x2e", 2, True, 70)
@example("4x1o+2x0o", "1x1o", 2, True, 5)
@example("8x0e", "2x0e", 2, True, 5)
@example(UNSORTED, ATTRIBUTE, 2, False, 70)
def test_rows_for_any_irreps(hidden, attribute, parts, two, rows):
    assert_equal(rows_case(hidden, attribute, parts=parts, two=two, rows=rows))


@given(any_irreps, any_irreps, st.one_of(st.just(""), any_irreps), st.booleans(), st.booleans())
@example("36x0e+36x1o+36x2e", "1x0e+1x1o+1x2e", "1x0e", True, True)
@example("4x1o+2x0o", "1x1o", "2x0e", True, True)
@example("8x0e", "2x0e", "", True, False)
@example(UNSORTED, ATTRIBUTE, "1x1o+1x1e", False, True)
def test_messages_for_any_irreps(hidden, attribute, message, two, last):
    assert_equal(messages_case(hidden, attribute, message, two, last))


@pytest.mark.parametrize(
    "message", ["1x1o", "1x0o+2x0e", ""], ids=["of no use", "partly of use", "none"]
)
def test_every_derivative_is_written(message):
    torch.use_deterministic_algorithms(True)  # torch then fills what is left uninitialised with NaN
    try:
        assert_equal(messages_case("9x0e", "2x0o+1x2o+5x0e", message, True, False))
    finally:
        torch.use_deterministic_algorithms(False)


@pytest.mark.parametrize("out", ["3x0e", "1x3o+2x0o", "2x1o+1x1e+1x0e"])
def test_rows_with_another_output(out):
    assert_equal(rows_case(UNSORTED, out=out))
    assert_equal(rows_case(UNSORTED, out=out, two=False))


@KEPT
@pytest.mark.parametrize("parts", [1, 2])
def test_rows_kept_or_computed_again(kept, parts, keep):
    keep(kept)
    assert_equal(rows_case(UNSORTED, parts=parts, rows=150))


@KEPT
@pytest.mark.parametrize("two", [True, False], ids=["two layers", "one layer"])
@pytest.mark.parametrize("last", [True, False], ids=["gate", "no gate"])
def test_messages_kept_or_computed_again(kept, two, last, keep):
    keep(kept)
    assert_equal(messages_case(UNSORTED, two=two, last=last, graph=some_edges(20, 300)))


NOTHING = torch.zeros(0, dtype=torch.int64)
GRAPHS = {
    "no edges": Edges(NOTHING, NOTHING, 4),
    "no nodes": Edges(NOTHING, NOTHING, 0),
    "one node": Edges(NOTHING, NOTHING, 1),
    "one node that talks to itself": Edges(
        torch.zeros(3, dtype=torch.int64), torch.zeros(3, dtype=torch.int64), 1
    ),
    "a hub with more edges than a tile": hub(200),
    "nodes without edges": some_edges(1000, 8),
    "edges in no order": Edges(*torch.tensor([[3, 0, 2, 0], [2, 0, 1, 0]]), 5),
    "many graphs": many_graphs(120),
}


@KEPT
@pytest.mark.parametrize("graph", GRAPHS)
def test_messages_on_odd_graphs(graph, kept, keep):
    keep(kept)
    assert_equal(messages_case("3x0e+2x1o", graph=GRAPHS[graph]))


@KEPT
def test_derivatives(kept, keep):
    keep(kept)
    small = "2x0e+1x1o+1x0o", "1x0e+1x1o"
    cases = [
        rows_case(*small, parts=parts, two=two, rows=2)
        for parts, two in [(1, True), (2, True), (2, False)]
    ]
    graph = some_edges(3, 5)
    cases += [
        messages_case(*small, "1x0e", two, last, graph)
        for two, last in [(True, True), (True, False), (False, True)]
    ]
    for operation, _, tensors in cases:
        present = [t.clone().requires_grad_() for t in tensors if t is not None]

        def call(*values, operation=operation, tensors=tensors):
            given = iter(values)
            return operation(*(None if t is None else next(given) for t in tensors))

        with kernels("numba"):
            assert gradcheck(call, present, fast_mode=True)
            assert gradgradcheck(call, present, fast_mode=True)


@pytest.mark.parametrize("case", [rows_case, messages_case])
def test_only_what_is_asked_for_is_differentiated(case):
    operation, _, tensors = case(UNSORTED)
    with kernels("numba"):
        expected = everything(operation, tensors, "numba")[1:]
        for n, tensor in enumerate(t for t in tensors if t is not None):
            inputs = iter([t.clone().requires_grad_(t is tensor) for t in tensors if t is not None])
            y = operation(*(None if t is None else next(inputs) for t in tensors))
            one = next(t for t in _leaves(y) if t.requires_grad)
            (found,) = torch.autograd.grad((y * randn(*y.shape, seed=9)).sum(), one)
            torch.testing.assert_close(
                found, expected[n], rtol=0, atol=1e-12 * float(1 + expected[n].abs().max())
            )


def _leaves(y):
    """The tensors that y was computed from."""
    return [edge.variable for edge, _ in y.grad_fn.next_functions if edge is not None]


@pytest.mark.parametrize("case", [rows_case, messages_case])
def test_derivative_through_the_history_of_an_input(case):
    """x_1 may have been computed from x: second derivatives count each way once."""
    operation, composed, tensors = case(
        "2x0e+1x1o", "1x0e+1x1o", **({"parts": 2} if case is rows_case else {"message": ""})
    )
    found = []
    for call, path in ((operation, "numba"), (composed, "plain")):
        x = tensors[0].clone().requires_grad_()
        with kernels(path):
            y = call(x, x.sin() if case is rows_case else None, *tensors[2:])
            (first,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
            found.append(torch.autograd.grad(first.square().sum(), x)[0])
    torch.testing.assert_close(*found, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("case", [rows_case, messages_case])
def test_float32_is_near_float64_and_the_same_each_time(case):
    operation, composed, tensors = case(UNSORTED)
    single = [None if t is None else t.float() for t in tensors]
    first, second = (everything(operation, single, "numba") for _ in range(2))
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))
    for got, expected in zip(first, everything(composed, tensors, "plain"), strict=True):
        assert got.dtype == torch.float32
        assert (got - expected).abs().max() <= 3e-6 * (1 + expected.abs().max())


@pytest.mark.parametrize("case", [rows_case, messages_case])
def test_views_are_read_rightly(case):
    operation, composed, tensors = case(UNSORTED)
    expected = composed(*tensors)
    strided = [None if t is None else torch.stack([t, t + 1], -1)[..., 0] for t in tensors]
    assert not strided[0].is_contiguous()
    with kernels("numba"):
        torch.testing.assert_close(operation(*strided), expected, rtol=1e-12, atol=1e-12)


THREADS = """
import hashlib, sys, torch
from segnn.o3.backends.numba.layers import room
from segnn.o3.backends.numba import threads
from o3.test_steer import everything, many_graphs, messages_case, rows_case, some_edges
torch.set_num_threads(int(sys.argv[1]))
threads._WORTH_SHARING = 0
found = hashlib.sha256()
for room.KEPT_BYTES in (0, 1 << 30):
    hidden = "5x0e+3x1o+2x0o"
    cases = [rows_case(hidden, parts=2, rows=1500)]
    cases += [messages_case(hidden, graph=some_edges(200, 3000))]
    cases += [messages_case(hidden, graph=many_graphs(300))]
    for operation, _, tensors in cases:
        for tensor in everything(operation, tensors, "numba"):
            found.update(tensor.numpy().tobytes())
print(threads.threads_for(0), found.hexdigest())
"""


def same_for_threads(program):
    """What a program prints after the number of its threads, run with one and with two."""
    root, found = Path(__file__).parents[1], []
    path = os.pathsep.join([str(root), str(root.parent / "src")])
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "NUMBA_NUM_THREADS": "2",
        "OMP_NUM_THREADS": "2",
    }
    for threads in ("1", "2"):
        command = [sys.executable, "-c", program, threads]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
        assert run.returncode == 0, run.stderr
        used, result = run.stdout.split()
        assert used == threads
        found.append(result)
    return found


def test_same_bits_for_one_thread_and_two():
    one, two = same_for_threads(THREADS)
    assert one == two
