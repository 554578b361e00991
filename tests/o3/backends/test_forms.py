"""Contractions and segment sums: loops as the oracle, both paths, derivatives of first and second
order.
"""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from segnn.o3 import Rows, kernels
from segnn.o3.plan.coupling import Contraction, coupling
from segnn.o3.sums import segment_sum

from ..helpers import contract, contract_edges, edges, plans, randn

WHICH = pytest.mark.parametrize("which", ["contraction", "gather"])


def by_loops(x, attribute, c):
    y = x.new_zeros(len(x), c.dim_out)
    for p in c.paths:
        k = coupling(p.input.degree, p.attribute_degree, p.output.degree)
        for i, j, o in torch.cartesian_prod(*(torch.arange(n) for n in k.shape)).tolist():
            for n in range(p.input.channels):
                start, end = (
                    p.input.start + i * p.input.stride + n,
                    p.output.start + o * p.output.stride + n,
                )
                y[:, end] += k[i, j, o] * attribute[:, p.attribute + j] * x[:, start]
    return y


def both(function):
    """What the plain path gives, after the kernels have given the same."""
    results = []
    for path in ("plain", "numba"):
        with kernels(path):
            results.append(function())
    torch.testing.assert_close(results[1], results[0], atol=1e-12, rtol=0)
    return results[0]


@WHICH
@pytest.mark.parametrize("rows", [6, 1, 0])
def test_contract_values(which, rows):
    c = getattr(plans(), which)
    x, a = randn(rows, c.dim_in), randn(rows, c.dim_attr)
    y = both(lambda: contract(x, a, c))
    torch.testing.assert_close(y, by_loops(x, a, c), atol=1e-12, rtol=0)


@WHICH
@pytest.mark.parametrize("empty", [False, True])
def test_contract_edges_values(which, empty):
    c, graph = getattr(plans(), which), edges(empty)
    target, source, a = (
        randn(5, c.dim_in),
        randn(5, c.dim_in, seed=1),
        randn(len(graph), c.dim_attr),
    )
    y = both(lambda: contract_edges(target, source, a, c, graph))
    x = target[graph.target.index] + source[graph.source.index]
    torch.testing.assert_close(y, by_loops(x, a, c), atol=1e-12, rtol=0)


@pytest.mark.parametrize("index", [[0, 0, 1, 3], [3, 0, 1, 0, 3, 3], [], [2]])
def test_segment_sum_values(index):
    rows, x = Rows(torch.tensor(index, dtype=torch.int64), 5), randn(len(index), 4)
    expected = torch.stack(
        [sum((x[r] for r, i in enumerate(index) if i == n), x.new_zeros(4)) for n in range(5)]
    )
    torch.testing.assert_close(both(lambda: segment_sum(x, rows)), expected, atol=1e-14, rtol=0)


@WHICH
def test_gradients_of_the_two_paths_are_equal(which):
    c, graph = getattr(plans(), which), edges()
    for inputs, function in [
        (
            (randn(7, c.dim_in, grad=True), randn(7, c.dim_attr, grad=True)),
            lambda x, a: contract(x, a, c),
        ),
        (
            (
                randn(5, c.dim_in, grad=True),
                randn(5, c.dim_in, seed=1, grad=True),
                randn(7, c.dim_attr, grad=True),
            ),
            lambda t, s, a: contract_edges(t, s, a, c, graph),
        ),
        ((randn(7, 6, grad=True),), lambda x: segment_sum(x, graph.source)),
    ]:

        def first_and_second(inputs=inputs, function=function):
            y = function(*inputs)
            first = torch.autograd.grad(
                (y * randn(*y.shape, seed=2)).sin().sum(), inputs, create_graph=True
            )
            second = torch.autograd.grad(
                sum((g * randn(*g.shape, seed=3)).sum() for g in first), inputs
            )
            return [*first, *second]

        assert all(g.abs().max() > 0 for g in both(first_and_second))


@WHICH
@pytest.mark.parametrize("rows", [2, 0])
def test_contract_derivatives(which, rows, kernel_path):
    c = getattr(plans(), which)
    inputs = randn(rows, c.dim_in, grad=True), randn(rows, c.dim_attr, grad=True)
    assert gradcheck(lambda x, a: contract(x, a, c), inputs, fast_mode=rows > 0)
    assert gradgradcheck(lambda x, a: contract(x, a, c), inputs, fast_mode=rows > 0)


@WHICH
@pytest.mark.parametrize("empty", [False, True])
def test_contract_edges_derivatives(which, empty, kernel_path):
    c, graph = getattr(plans(), which), edges(empty)
    inputs = (
        randn(5, c.dim_in, grad=True),
        randn(5, c.dim_in, seed=1, grad=True),
        randn(len(graph), c.dim_attr, grad=True),
    )
    assert gradcheck(lambda t, s, a: contract_edges(t, s, a, c, graph), inputs, fast_mode=True)
    assert gradgradcheck(lambda t, s, a: contract_edges(t, s, a, c, graph), inputs, fast_mode=True)


@pytest.mark.parametrize("end", ["source", "target"])
def test_segment_sum_derivatives(end, kernel_path):
    rows = getattr(edges(), end)
    x = randn(7, 3, grad=True)
    assert gradcheck(lambda x: segment_sum(x, rows), x)
    assert gradgradcheck(lambda x: segment_sum(x, rows) ** 2, x)


def test_only_what_is_asked_for_is_differentiated(kernel_path):
    c, graph = plans().contraction, edges()
    x, a = randn(5, c.dim_in), randn(7, c.dim_attr, grad=True)
    y = contract_edges(x, x, a, c, graph).square().sum() + contract(x[:4], a[:4], c).square().sum()
    (gradient,) = torch.autograd.grad(y, a, create_graph=True)
    (second,) = torch.autograd.grad(gradient.sum(), a)
    assert second.isfinite().all()
    assert second.abs().max() > 0


def test_a_transposed_view_is_read_rightly(kernel_path):
    c = plans().contraction
    x, a = randn(c.dim_in, 4).T, randn(c.dim_attr, 4).T
    torch.testing.assert_close(contract(x, a, c), by_loops(x, a, c), atol=1e-12, rtol=0)


def test_no_path_gives_zero(kernel_path):
    c = Contraction([], 3, 2, 4)
    assert torch.equal(
        contract(randn(5, 3), randn(5, 2), c), torch.zeros(5, 4, dtype=torch.float64)
    )


def test_float32(kernel_path):
    c, graph = plans().contraction, edges()
    x, a = randn(5, c.dim_in), randn(7, c.dim_attr)
    y = contract_edges(x.float(), x.float(), a.float(), c, graph)
    assert y.dtype == torch.float32
    torch.testing.assert_close(y.double(), contract_edges(x, x, a, c, graph), atol=1e-4, rtol=0)
