"""Messages in the frames of edges against the direct way: values, derivatives, odd graphs,
symmetry, when they are taken.
"""

import gc
import weakref

import pytest
import torch
from e3nn.o3 import Irreps
from hypothesis import example, given
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from segnn.nn import SEGNN, Topology
from segnn.o3 import edge_frames, kernels, spherical_harmonics
from segnn.o3.backends.numba.layers import room
from segnn.o3.frames import choice as frame_choice
from segnn.o3.layout import Reorder

from ..helpers import orthogonal, randn, turn
from ..test_steer import GRAPHS, any_irreps, messages_case, some_edges
from .test_find import attribute_of

HIDDEN = "2x0e+1x0o+3x1o+2x1e+2x2e+1x3o+1x3e"
DEGREES = ["1x0e+1x1o", "1x0e+1x1o+1x2e+1x3o", "1x2e+1x1o", "1x1o+1x3o+1x4e"]


def case(
    hidden=HIDDEN,
    degrees=DEGREES[1],
    message="2x0e+1x1o",
    two=True,
    last=True,
    graph=None,
    scaled=False,
    zeros=0,
):
    """As ``messages_case``, with harmonics of one vector an edge as the attribute, some of them of
    the zero vector.
    """
    operation, _, tensors = messages_case(hidden, degrees, message, two, last, graph)
    vectors = randn(len(tensors[2]), 3, seed=5)
    vectors[:zeros] = 0
    tensors[2] = attribute_of(
        vectors, degrees, scale=vectors.norm(dim=1) + (vectors == 0).all(1) if scaled else None
    )
    return operation, tensors


def everything(operation, tensors, path, frames, dtype=torch.float64):
    """The value and the derivatives by all tensors but the attribute."""
    inputs = [
        None if t is None else t.clone().to(dtype).requires_grad_(n != 2)
        for n, t in enumerate(tensors)
    ]
    with kernels(path), edge_frames(frames):
        y = operation(*inputs)
        wanted = [t for t in inputs if t is not None and t.requires_grad]
        grads = torch.autograd.grad(
            (y * randn(*y.shape, seed=9).to(y)).sum(), wanted, allow_unused=True
        )
    return [
        y.detach(),
        *(torch.zeros_like(t) if g is None else g for g, t in zip(grads, wanted, strict=True)),
    ]


def assert_equal(made, dtype=torch.float64, tolerance=1e-12, paths=("plain", "numba")):
    direct = everything(*made, "numba", "never")
    for path in paths:
        for got, expected in zip(everything(*made, path, "always", dtype), direct, strict=True):
            assert got.dtype == dtype
            assert got.shape == expected.shape
            assert (
                (got - expected).abs().max() <= tolerance * (1 + expected.abs().max())
                if expected.numel()
                else True
            )


@pytest.fixture
def taken(monkeypatch):
    """What ``find_frames`` returned, each time it was called."""
    results, find = [], frame_choice.find_frames

    def spy(*arguments):
        results.append(find(*arguments))
        return results[-1]

    monkeypatch.setattr(frame_choice, "find_frames", spy)
    return results


@given(
    any_irreps,
    st.sampled_from(DEGREES),
    st.one_of(st.just(""), any_irreps),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
@example("9x0e+9x1o+9x2e+9x3o+9x4e", "1x0e+1x1o+1x2e+1x3o+1x4e", "2x0e", True, True, False)
@example("20x0e+17x1o+17x1e", DEGREES[0], "1x0e", True, True, True)
@example("3x5o+1x6e+2x5e", DEGREES[1], "1x1o", False, True, False)
@example("1x9o+2x7e+1x0e", DEGREES[1], "", True, False, False)
@example("2x0o+2x1e", DEGREES[3], "1x0o", True, True, True)
def test_equal_to_the_direct_way_for_any_irreps(hidden, degrees, message, two, last, scaled):
    assert_equal(case(hidden, degrees, message, two, last, scaled=scaled))


@pytest.mark.parametrize("scaled", [False, True])
def test_frames_are_taken(taken, scaled):
    assert_equal(case(scaled=scaled))
    assert len(taken) == 2
    assert all(frames is not None and frames.rest is None for frames in taken)


@pytest.mark.parametrize("path", ["plain", "numba"])
def test_single_precision(path):
    assert_equal(case(graph=some_edges(20, 300)), torch.float32, 1e-5, (path,))
    assert_equal(
        case("9x0e+9x1o+9x2e+9x3o+9x4e", "1x0e+1x1o+1x2e+1x3o+1x4e", "2x0e"),
        torch.float32,
        1e-5,
        (path,),
    )


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "computed again"])
@pytest.mark.parametrize("graph", GRAPHS)
def test_odd_graphs(graph, kept, monkeypatch):
    if not kept:
        monkeypatch.setattr(room, "KEPT_BYTES", 0)
    assert_equal(case("3x0e+2x1o+1x2o", graph=GRAPHS[graph]))


@pytest.mark.parametrize(
    ("two", "last"), [(True, True), (True, False), (False, True), (False, False)]
)
def test_computed_again(two, last, monkeypatch):
    monkeypatch.setattr(room, "KEPT_BYTES", 0)
    assert_equal(case(two=two, last=last, graph=some_edges(20, 300), scaled=True))


@pytest.mark.parametrize("scaled", [False, True])
def test_zero_vectors_go_the_direct_way(taken, scaled):
    assert_equal(case(graph=some_edges(9, 40), zeros=3, scaled=scaled))
    assert all(len(frames.rest[1]) == 3 for frames in taken)


def test_attributes_that_are_no_harmonics_go_the_direct_way(taken):
    operation, tensors = case()
    tensors[2] = randn(*tensors[2].shape, seed=8)
    direct, frame = (
        everything(operation, tensors, "numba", choice) for choice in ("never", "always")
    )
    assert taken == [None]
    assert all(torch.equal(a, b) for a, b in zip(direct, frame, strict=True))


@pytest.mark.parametrize("path", ["plain", "numba"])
def test_derivatives(path):
    for scaled, (two, last) in [
        (False, (True, True)),
        (True, (True, False)),
        (True, (False, True)),
    ]:
        operation, tensors = case(
            "2x0e+1x1o+1x1e", "1x0e+1x1o", "1x0e", two, last, some_edges(3, 5), scaled
        )
        present = [t.clone().requires_grad_(n != 2) for n, t in enumerate(tensors) if t is not None]

        def call(*values, operation=operation, tensors=tensors):
            values = iter(values)
            return operation(*(None if t is None else next(values) for t in tensors))

        with kernels(path), edge_frames("always"):
            assert gradcheck(call, present, fast_mode=True)
            assert gradgradcheck(call, present, fast_mode=True)


def test_only_what_is_asked_for_is_differentiated():
    operation, tensors = case()
    expected = iter(everything(operation, tensors, "numba", "always")[1:])
    for n in (0, 1, 3, 4, 5, 6):
        inputs = [t.clone().requires_grad_(k == n) for k, t in enumerate(tensors)]
        with kernels("numba"), edge_frames("always"):
            y = operation(*inputs)
        (grad,) = torch.autograd.grad((y * randn(*y.shape, seed=9)).sum(), inputs[n])
        torch.testing.assert_close(grad, next(expected), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("determinant", [1, -1], ids=["rotation", "reflection"])
@pytest.mark.parametrize("path", ["plain", "numba"])
def test_equivariance(path, determinant):
    hidden, message, degrees = "2x0e+1x0o+3x1o+2x1e+2x2e+1x3o", "2x0e+1x1o", DEGREES[1]
    q, graph = orthogonal(determinant, seed=4), some_edges(9, 40)
    operation, tensors = case(hidden, degrees, message, graph=graph)
    enter, leave = {i: Reorder(i) for i in (hidden, message)}, Reorder(hidden, inverse=True)
    x, m, vectors = (
        randn(9, Irreps(hidden).dim),
        randn(40, Irreps(message).dim),
        randn(40, 3, seed=6),
    )

    def messages(x, m, vectors):
        with kernels(path), edge_frames("always"):
            return leave(
                operation(
                    enter[hidden](x),
                    enter[message](m),
                    attribute_of(vectors, degrees),
                    *tensors[3:],
                )
            )

    turned = messages(turn(hidden, x, q), turn(message, m, q), vectors @ q.T)
    torch.testing.assert_close(
        turned, turn(hidden, messages(x, m, vectors), q), rtol=1e-10, atol=1e-10
    )


NETWORK = {
    "irreps_in": "1x0e+1x1o",
    "irreps_out": "1x1o",
    "irreps_edge_attr": "1x0e+1x1o+1x2e+1x3o",
    "irreps_node_attr": "1x0e",
    "irreps_message": "1x0e",
    "num_layers": 2,
}


def network(hidden="4x0e+4x1o+4x2e+4x3o", count=400, **more):
    """A network with inputs: x, topology, edge attribute, node attribute, message."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = SEGNN(irreps_hidden=hidden, **{**NETWORK, **more}).double()
    generator = torch.Generator().manual_seed(1)
    edges = Topology(torch.randint(0, 9, (2, count), generator=generator).sort(1).values, 9)
    a = spherical_harmonics(3, randn(count, 3))[:, : net.irreps_edge_attr.dim]
    return net, [randn(9, 4), edges, a, torch.ones(9, 1, dtype=torch.float64), randn(count, 1)]


def test_chosen_where_it_costs_less_and_found_once(taken):
    net, inputs = network()
    y = net(*inputs)
    assert len(taken) == 1
    assert taken[0] is not None
    net(*inputs)
    assert len(taken) == 1  # both layers, twice
    inputs[2].mul_(2)
    net(*inputs)
    assert len(taken) == 2  # changed in place
    inputs[2].div_(2)
    with edge_frames("never"):
        torch.testing.assert_close(net(*inputs), y, rtol=1e-11, atol=1e-11)
    with kernels("plain"):
        torch.testing.assert_close(net(*inputs), y, rtol=1e-11, atol=1e-11)
    assert len(taken) == 2  # the plain path is the oracle
    with torch.inference_mode():
        torch.testing.assert_close(
            net(inputs[0], inputs[1], inputs[2].clone(), *inputs[3:]), y, rtol=1e-11, atol=1e-11
        )


@pytest.mark.parametrize(
    ("hidden", "degrees", "count"),
    [("32x0e+32x1o", "1x0e+1x1o", 400), ("4x0e+4x1o+4x2e+4x3o", "1x0e+1x1o+1x2e+1x3o", 8)],
)
def test_not_chosen_where_it_costs_more(taken, hidden, degrees, count):
    net, inputs = network(hidden, count, irreps_edge_attr=degrees)
    net(*inputs)
    assert taken == []


def test_a_derivative_by_the_attribute_is_taken_the_direct_way(taken):
    net, inputs = network()
    inputs[2].requires_grad_()
    with edge_frames("always"):
        (grad,) = torch.autograd.grad(net(*inputs).square().sum(), inputs[2])
    assert grad.abs().max() > 0
    assert taken == []


def test_irreps_without_frames(taken):
    operation, tensors = case(degrees="1x0e+1x1o")
    other, _, others = messages_case(HIDDEN, "1x0e+1x1e+1x2e")
    with edge_frames("always"):
        other(*others)
        assert taken == []
        operation(*tensors)
    assert len(taken) == 1


def test_frames_do_not_hold_the_edges():
    net, inputs = network()
    net(*inputs)
    edges = weakref.ref(inputs[1])
    gc.collect()
    gc.disable()
    try:
        inputs.clear()
        assert edges() is None
    finally:
        gc.enable()


def test_the_same_each_time():
    operation, tensors = case(graph=some_edges(20, 300))
    first, second = (
        everything(operation, tensors, "numba", "always", torch.float32) for _ in range(2)
    )
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def test_numbers_that_nobody_counts_are_seen(taken):
    """Written through numpy, through ``data`` or in inference mode."""
    net, inputs = network()
    first, buffer = inputs[2], inputs[2].clone().numpy()
    other = spherical_harmonics(3, randn(len(first), 3, seed=7))
    for held, written in (
        (torch.from_numpy(buffer), torch.from_numpy(buffer)),
        (first.clone(), None),
    ):
        inputs[2] = held
        with torch.no_grad():
            net(*inputs)
            (held.data if written is None else written).copy_(other)
            got = net(*inputs)
            with edge_frames("never"):
                torch.testing.assert_close(got, net(*inputs), rtol=1e-11, atol=1e-11)
    with torch.inference_mode():
        inputs[2] = first.clone()
        net(*inputs)
        count = len(taken)
        net(*inputs)
        assert len(taken) == count  # both layers, twice
        inputs[2].copy_(other)
        torch.testing.assert_close(net(*inputs), got, rtol=1e-11, atol=1e-11)
    assert len(taken) == count + 1


@pytest.mark.parametrize("path", ["plain", "numba"])
def test_found_while_predicting_and_trained_with_later(path, taken):
    net, inputs = network()
    with kernels(path), edge_frames("always"):
        with torch.inference_mode():
            net(*inputs)
        net(*inputs).sum().backward()
    assert len(taken) == 1
    assert all(p.grad is not None for p in net.layers.parameters())


def test_frames_go_with_their_attribute(taken):
    net, inputs = network()
    with torch.no_grad():
        net(*inputs)
    turn = weakref.ref(taken.pop().turn)
    gc.collect()
    assert turn() is not None
    inputs[2] = None
    assert turn() is None


@pytest.mark.parametrize(
    ("two", "last"), [(True, True), (True, False), (False, True), (False, False)]
)
def test_even_scalars_alone(two, last, taken):
    """Nothing is gated then."""
    assert_equal(case("3x0e", "1x0e+1x1o", "1x0e", two, last))
    assert_equal(case("3x0e", DEGREES[1], "2x1o+1x2e", two, last, some_edges(20, 300)))
    assert len(taken) == 4
    assert None not in taken
