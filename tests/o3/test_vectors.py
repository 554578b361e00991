"""Functions of vectors: kernels against the plain path, derivatives, zero vectors, cutoffs."""

import math

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from segnn.o3 import kernels, radial
from segnn.o3.plan.vector import BESSEL, GAUSSIAN, HARMONICS, LENGTH, Block, VectorPlan
from segnn.o3.vectors import of_vectors

from .helpers import randn

CUTOFF = 2.0
EVERYTHING = VectorPlan(
    (
        Block(HARMONICS, 3, envelope=(CUTOFF, 6), scale=0.7),
        Block(BESSEL, 8, CUTOFF),
        Block(LENGTH, 1),
        Block(GAUSSIAN, 5, CUTOFF, envelope=(1.5, 3)),
        Block(HARMONICS, 1),
        Block(BESSEL, 3, CUTOFF, envelope=(CUTOFF, 2), scale=-2.0),
    )
)
ZERO, AT_CUTOFF, NEAR, FAR = range(4)


def vectors(dtype=torch.float64):
    x = randn(40, 3)
    x[ZERO] = 0
    x[AT_CUTOFF] *= CUTOFF / x[AT_CUTOFF].norm()
    x[NEAR] *= 1e-4
    x[FAR] *= 9
    return x.to(dtype)


def outcome(backend, plan, x):
    """Values, first derivative, and the derivatives of that by the weights and by x."""
    with kernels(backend):
        x, g = x.clone().requires_grad_(), randn(len(x), plan.columns).to(x).requires_grad_()
        y = of_vectors(x, plan)
        (gx,) = torch.autograd.grad(y, x, g, create_graph=True)
        return (
            y.detach(),
            gx.detach(),
            *torch.autograd.grad(gx, (g, x), randn(len(x), 3, seed=5).to(x)),
        )


@pytest.mark.parametrize("block", range(len(EVERYTHING.blocks) + 1))
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 2e-4)], ids=["64", "32"]
)
def test_kernels_give_what_the_plain_path_gives(block, dtype, tolerance):
    blocks = EVERYTHING.blocks
    plan = VectorPlan(blocks[block : block + 1]) if block < len(blocks) else EVERYTHING
    # The plain path loses digits of second derivatives near zero; what is at the cutoff may fall on
    # either side of it.
    some = (torch.arange(40) != NEAR) & (torch.arange(40) != AT_CUTOFF)
    x = vectors(dtype)[some]
    expected = outcome("plain", plan, x.double())
    for found, wanted in zip(outcome("numba", plan, x), expected, strict=True):
        assert found.dtype == dtype
        scale = float(wanted.abs().max())
        torch.testing.assert_close(found.double(), wanted, atol=tolerance * scale, rtol=0)


@pytest.mark.parametrize("backend", ["plain", "numba"])
def test_derivatives(backend):
    x = vectors()[[4, FAR]]
    with kernels(backend):
        assert gradcheck(lambda x: of_vectors(x, EVERYTHING), x.requires_grad_())
        assert gradgradcheck(lambda x: of_vectors(x, EVERYTHING), x)


def test_third_derivatives_are_those_of_the_plain_path():
    def third(backend):
        with kernels(backend):
            x = vectors()[4:8].requires_grad_()
            found = of_vectors(x, EVERYTHING).square().sum()
            for _ in range(3):
                (found,) = torch.autograd.grad(found.sum(), x, create_graph=True)
            return found.detach()

    expected = third("plain")
    scale = float(expected.abs().max())
    torch.testing.assert_close(third("numba"), expected, atol=1e-11 * scale, rtol=0)


@pytest.mark.parametrize("backend", ["plain", "numba"])
def test_zero_vector(backend):
    y, *derivatives = outcome(backend, EVERYTHING, torch.zeros(2, 3, dtype=torch.float64))
    harmonics = torch.eye(16, dtype=torch.float64)[0]
    torch.testing.assert_close(y[0, :16].detach(), 0.7 * harmonics)
    waves = math.sqrt(2) * math.pi * torch.arange(1, 9, dtype=torch.float64)
    torch.testing.assert_close(y[0, 16:24].detach(), waves)
    for derivative in derivatives:
        assert torch.equal(derivative, torch.zeros_like(derivative))


@pytest.mark.parametrize("backend", ["plain", "numba"])
def test_nothing_is_left_at_the_cutoff(backend):
    plan = VectorPlan(EVERYTHING.blocks[:2])
    y, gx, gg, gxx = outcome(backend, plan, vectors()[[FAR]])
    assert not any(value.any() for value in (y, gx, gg, gxx))
    assert not outcome(backend, plan, vectors()[[AT_CUTOFF]] * (1 + 1e-9))[0].any()
    inside = outcome(
        backend, VectorPlan(EVERYTHING.blocks[:1]), vectors()[[AT_CUTOFF]] * (1 - 1e-5)
    )
    assert max(float(value.abs().max()) for value in inside) < 1e-2


@pytest.mark.parametrize("backend", ["plain", "numba"])
def test_no_rows_and_nan(backend):
    assert [v.shape[0] for v in outcome(backend, EVERYTHING, vectors()[:0])] == [0, 0, 0, 0]
    with kernels(backend):
        x = torch.tensor([[math.nan, 0.0, 0.0]], dtype=torch.float64)
        lost = of_vectors(x, EVERYTHING).isnan()
    assert int(lost.sum()) == EVERYTHING.columns - 1  # a constant harmonic alone is there


def test_near_zero_the_series_is_exact():
    x = torch.tensor([[1e-3, 0.0, 0.0]], dtype=torch.float64, requires_grad=True)
    plan = VectorPlan((Block(BESSEL, 1, 1.0),))
    with kernels("numba"):
        y = of_vectors(x, plan)
        (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        (second,) = torch.autograd.grad(first[0, 0], x)
    t, factor = math.pi * 1e-3, math.sqrt(2) * math.pi
    series = [1 - t**2 / 6 + t**4 / 120, -t / 3 + t**3 / 30, -1 / 3 + t**2 / 10]
    found = [y[0, 0] / factor, first[0, 0] / factor / math.pi, second[0, 0] / factor / math.pi**2]
    for value, wanted in zip(found, series, strict=True):
        assert abs(float(value.detach()) - wanted) < 1e-12


def test_gaussians_far_from_their_centres():
    x = torch.tensor([[60.0, 0.0, 0.0], [3.0, 4.0, 0.0]], dtype=torch.float64)
    with kernels("numba"):
        found = of_vectors(x, VectorPlan((Block(GAUSSIAN, 40, 5.0),)))
    expected = radial.gaussian(x.norm(dim=1, keepdim=True), 40, 5.0)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-300)
