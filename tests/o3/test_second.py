"""The hand-written second derivatives against the composition of single operations, and against finite differences."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from segnn.o3 import fused, kernels

from .helpers import randn
from .test_steer import (
    ATTRIBUTE,
    GRAPHS,
    KEPT,
    UNSORTED,
    any_irreps,
    keep,  # noqa: F401
    many_graphs,
    messages_case,
    rows_case,
    some_edges,
)


def twice(call, tensors, path, by=(0, 1, 2), weights=True):
    """Derivatives by every input, and by the numbers that weigh the output, of weighted first derivatives by those of ``by``.

    The first derivative is asked of aliases, so that an input which is differentiated twice is not a leaf.
    """
    inputs = [None if t is None else t.clone().requires_grad_(n < 3 or weights) for n, t in enumerate(tensors)]
    with kernels(path):
        y = call(*inputs)
        g = randn(*y.shape, seed=9).to(y).requires_grad_()
        chosen = [inputs[n] for n in by if inputs[n] is not None]
        first = torch.autograd.grad((y * g).sum() + 0 * inputs[0].sum(), chosen, create_graph=True, allow_unused=True)
        total = 0 * g.sum() + sum(0 * t.sum() for t in inputs if t is not None and t.requires_grad)
        for n, value in enumerate(first):
            if value is not None:
                total = total + (value * randn(*value.shape, seed=20 + n).to(value)).sum()
        wanted = [g, *(t for t in inputs if t is not None and t.requires_grad)]
        return [t.detach() for t in (*first, *torch.autograd.grad(total, wanted)) if t is not None]


def assert_equal(case, tolerance=1e-12, **options):
    operation, composed, tensors = case
    got, expected = twice(operation, tensors, "numba", **options), twice(composed, tensors, "plain", **options)
    for one, other in zip(got, expected, strict=True):
        assert one.shape == other.shape
        assert (one - other).abs().max() <= tolerance * (1 + other.abs().max()) if other.numel() else True


@given(any_irreps, any_irreps, st.sampled_from([1, 2]), st.booleans(), st.sampled_from([0, 1, 7, 70]))
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
