"""The hand-written second derivatives against the composition of single operations, and against
finite differences.
"""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from segnn.o3 import kernels
from segnn.o3.backends import layer_function
from segnn.o3.backends.choice import backend_for

from ..helpers import randn
from ..test_steer import (
    ATTRIBUTE,
    GRAPHS,
    KEPT,
    UNSORTED,
    any_irreps,
    keep,  # noqa: F401
    many_graphs,
    messages_case,
    rows_case,
    same_for_threads,
    some_edges,
)


def twice(call, tensors, path, by=(0, 1, 2), weights=True):
    """First derivatives by the inputs of ``by``, then of their weighted sum by every input and the
    weights g of the output.
    """
    inputs = [
        None if t is None else t.clone().requires_grad_(n < 3 or weights)
        for n, t in enumerate(tensors)
    ]
    present = [t for t in inputs if t is not None and t.requires_grad]
    with kernels(path):
        y = call(*inputs)
        g = randn(*y.shape, seed=9).to(y).requires_grad_()
        chosen, every = [inputs[n] for n in by if inputs[n] is not None], [g, *present]
        nothing = sum(0 * t.sum() for t in every)  # zeros, not None, where no path reaches
        first = torch.autograd.grad((y * g).sum() + nothing, chosen, create_graph=True)
        total = sum(
            (value * randn(*value.shape, seed=20 + n).to(value)).sum()
            for n, value in enumerate(first)
        )
        found = torch.autograd.grad(total + nothing, every)
    return [t.detach() for t in (*first, *found)]


def assert_equal(case, tolerance=1e-12, **options):
    operation, composed, tensors = case
    got, expected = (
        twice(operation, tensors, "numba", **options),
        twice(composed, tensors, "plain", **options),
    )
    for one, other in zip(got, expected, strict=True):
        assert one.shape == other.shape
        assert (
            (one - other).abs().max() <= tolerance * (1 + other.abs().max())
            if other.numel()
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
@example(UNSORTED, ATTRIBUTE, "1x1o+1x1e", False, False)
def test_messages_for_any_irreps(hidden, attribute, message, two, last):
    assert_equal(messages_case(hidden, attribute, message, two, last))


@pytest.mark.parametrize("by", [(0,), (1,), (2,)], ids=["features", "second input", "attribute"])
@pytest.mark.parametrize("case", [rows_case, messages_case])
def test_what_nothing_weighs_counts_as_zero(case, by):
    made = case(UNSORTED, **({"parts": 2} if case is rows_case else {}))
    assert_equal(made, by=by)
    assert_equal(made, by=by, weights=False)


@pytest.mark.parametrize("out", ["3x0e", "1x3o+2x0o", "2x1o+1x1e+1x0e"])
def test_rows_with_another_output(out):
    assert_equal(rows_case(UNSORTED, out=out))
    assert_equal(rows_case(UNSORTED, out=out, two=False))


@KEPT
@pytest.mark.parametrize("parts", [1, 2])
def test_rows_kept_or_computed_again(kept, parts, keep):  # noqa: F811
    keep(kept)
    assert_equal(rows_case(UNSORTED, parts=parts, rows=150))


@KEPT
@pytest.mark.parametrize("two", [True, False], ids=["two layers", "one layer"])
@pytest.mark.parametrize("last", [True, False], ids=["gate", "no gate"])
@pytest.mark.parametrize(
    "graph", [some_edges(20, 300), many_graphs(60)], ids=["one graph", "many graphs"]
)
def test_messages_kept_or_computed_again(kept, two, last, graph, keep):  # noqa: F811
    keep(kept)
    assert_equal(messages_case(UNSORTED, two=two, last=last, graph=graph))


@pytest.mark.parametrize("graph", GRAPHS)
def test_messages_on_odd_graphs(graph):
    assert_equal(messages_case("3x0e+2x1o", graph=GRAPHS[graph]))


def small_cases():
    """Rows and messages with few numbers, with all that the first derivative of a fused layer may
    be asked for.
    """
    small, graph = ("2x0e+1x1e+1x0o", "1x0e+1x1e"), some_edges(3, 5)
    cases = [
        rows_case(*small, parts=parts, two=two, rows=2)
        for parts, two in [(1, True), (2, True), (2, False)]
    ]
    return cases + [
        messages_case(*small, "1x0e", two, last, graph)
        for two, last in [(True, True), (True, False), (False, True)]
    ]


def gradients_by_features(operation, tensors):
    """The derivatives by the first three tensors, as a function of those numbers that are not None,
    and the weights of y.
    """
    with kernels("numba"):
        g = randn(*operation(*tensors).shape, seed=9)

    def call(*values):
        given = iter(values[:-1])
        inputs = [None if t is None else next(given) for t in tensors]
        wanted = [t for t in inputs[:3] if t is not None]
        y = operation(*inputs)
        return torch.autograd.grad(y, wanted, values[-1], create_graph=True)

    return call, [t.clone().requires_grad_() for t in (*tensors, g) if t is not None]


@KEPT
def test_finite_differences(kept, keep):  # noqa: F811
    keep(kept)
    for operation, _, tensors in small_cases():
        call, values = gradients_by_features(operation, tensors)
        with kernels("numba"):
            assert gradcheck(call, values)


def test_third_derivatives():
    for operation, _, tensors in small_cases():
        call, values = gradients_by_features(operation, tensors)
        with kernels("numba"):
            assert gradgradcheck(call, values, fast_mode=True)


@pytest.mark.parametrize("case", [rows_case, messages_case])
def test_kernels_are_taken_and_no_weight_is_differentiated_in_vain(case, monkeypatch):
    """Energy, forces and the loss's derivative: single operations are not called, weights wait for
    the last one.
    """
    operation, _, tensors = case(UNSORTED)
    asked = []
    with kernels("numba"):
        own = backend_for(torch.zeros(1))
    taken = own.rows if case is rows_case else own.messages

    def spy(function):
        def asking(*arguments):
            asked.append(tuple(arguments[-1]))
            return function(*arguments)

        return asking

    def composed(*arguments):
        raise AssertionError("taken through single operations")

    for name in ("first", "both"):  # the last pass back serves energy and forces
        monkeypatch.setitem(vars(taken), name, spy(getattr(taken, name)))
    monkeypatch.setattr(layer_function, "derivatives", composed)
    monkeypatch.setattr(layer_function, "_second", composed)
    inputs = [None if t is None else t.clone().requires_grad_() for t in tensors]
    with kernels("numba"):
        y = operation(*inputs)
        (force,) = torch.autograd.grad(y.square().sum(), inputs[0], create_graph=True)
        weights = [t for t in inputs[3:] if t is not None]
        torch.autograd.grad(force.square().sum() + y.square().sum(), weights)
    assert asked[0] == (True, *[False] * 6)
    assert asked[1][:3] == (False, False, False)
    assert asked[1][3:] == tuple(t is not None for t in tensors[3:])


@pytest.mark.parametrize("case", [rows_case, messages_case])
def test_float32_is_near_float64_and_the_same_each_time(case):
    operation, composed, tensors = case(UNSORTED)
    single = [None if t is None else t.float() for t in tensors]
    one, other = (twice(operation, single, "numba") for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    for got, expected in zip(one, twice(composed, tensors, "plain"), strict=True):
        assert got.dtype == torch.float32
        assert (got - expected).abs().max() <= 5e-6 * (1 + expected.abs().max())


def test_every_derivative_is_written():
    torch.use_deterministic_algorithms(True)  # torch then fills what is left uninitialised with NaN
    try:
        for message in ("1x1o", "1x0o+2x0e", ""):
            assert_equal(messages_case("9x0e", "2x0o+1x2o+5x0e", message, True, False))
        assert_equal(rows_case("3x1o", "1x2o"))
    finally:
        torch.use_deterministic_algorithms(False)


THREADS = """
import hashlib, sys, torch
from segnn.o3.backends.numba import threads
from o3.backends.test_layer_function import many_graphs, messages_case, rows_case, some_edges, twice
torch.set_num_threads(int(sys.argv[1]))
threads._WORTH_SHARING = 0
found, hidden = hashlib.sha256(), "5x0e+3x1o+2x0o"
cases = [rows_case(hidden, parts=2, rows=1500), messages_case(hidden, graph=some_edges(200, 3000))]
for operation, _, tensors in [*cases, messages_case(hidden, graph=many_graphs(300))]:
    for tensor in twice(operation, tensors, "numba"):
        found.update(tensor.numpy().tobytes())
print(threads.threads_for(0), found.hexdigest())
"""


def test_same_bits_for_one_thread_and_two():
    one, two = same_for_threads(THREADS)
    assert one == two
