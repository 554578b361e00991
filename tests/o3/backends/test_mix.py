"""The blockwise matrix products: loops as the oracle, both paths, derivatives, columns that no term
reaches.
"""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from segnn.o3 import kernels
from segnn.o3.plan.mix import Mix, Term

from ..helpers import mix, plans, randn

GAPS = Mix(
    (Term(3, 5, 2, 4, 1, 0), Term(1, 1, 3, 0, 2, 2)), 12, 9
)  # unused columns before, between and after
MIXES = [plans(True).before, plans().after, GAPS, Mix((), 3, 2)]
EACH = pytest.mark.parametrize("plan", MIXES, ids=["before", "after", "gaps", "nothing"])


def by_loops(x, weight, plan):
    z = x.new_zeros(len(x), plan.dim_out)
    for t in plan.terms:
        for i in range(t.dim):
            for a in range(t.channels_in):
                for b in range(t.channels_out):
                    column = t.start_out + i * t.channels_out + b
                    z[:, column] += (
                        x[:, t.start_in + i * t.channels_in + a]
                        * weight[t.weight + a * t.channels_out + b]
                    )
    return z


@EACH
@pytest.mark.parametrize("rows", [4, 0])
def test_values(plan, rows, kernel_path):
    x, weight = randn(rows, plan.dim_in), randn(plan.numel)
    torch.testing.assert_close(mix(x, weight, plan), by_loops(x, weight, plan), atol=1e-12, rtol=0)


@pytest.mark.parametrize("plan", MIXES[:3], ids=["before", "after", "gaps"])
def test_gradients_of_the_two_paths_are_equal(plan):
    found = []
    for path in ("plain", "numba"):
        x, weight = randn(4, plan.dim_in, grad=True), randn(plan.numel, grad=True)
        with kernels(path):
            z = mix(x, weight, plan)
            found.append(
                torch.autograd.grad((z.square() * randn(*z.shape, seed=4)).sum(), (x, weight))
            )
    torch.testing.assert_close(found[0], found[1], atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("plan", MIXES[:3], ids=["before", "after", "gaps"])
@pytest.mark.parametrize("rows", [3, 0])
def test_derivatives(plan, rows, kernel_path):
    inputs = randn(rows, plan.dim_in, grad=True), randn(plan.numel, grad=True)
    assert gradcheck(lambda x, w: mix(x, w, plan), inputs, fast_mode=rows > 0)
    assert gradgradcheck(lambda x, w: mix(x, w, plan), inputs, fast_mode=rows > 0)


def test_only_what_is_asked_for_is_differentiated(kernel_path):
    x, weight = randn(3, 12), randn(GAPS.numel)
    for inputs in [(x.clone().requires_grad_(), weight), (x, weight.clone().requires_grad_())]:
        (wanted,) = (v for v in inputs if v.requires_grad)
        (first,) = torch.autograd.grad(mix(*inputs, GAPS).square().sum(), wanted, create_graph=True)
        (second,) = torch.autograd.grad(first.square().sum(), wanted)
        assert first.abs().max() > 0
        assert second.abs().max() > 0


def test_flops():
    assert GAPS.flops == 2 * (3 * 2 * 1 + 1 * 3 * 2)
