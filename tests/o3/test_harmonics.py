"""Spherical harmonics: values of e3nn, gradients, symmetry, directions that do not exist."""

import pytest
import torch
from e3nn.o3 import Irreps
from e3nn.o3 import spherical_harmonics as e3nn_spherical_harmonics
from torch.autograd import gradcheck, gradgradcheck

from segnn.o3 import spherical_harmonics

from .helpers import orthogonal, randn, turn


@pytest.mark.parametrize("lmax", [0, 1, 2, 8, 11])
def test_values(lmax):
    x = torch.cat(
        [randn(20, 3), torch.eye(3, dtype=torch.float64), -torch.eye(3, dtype=torch.float64)]
    )
    expected = e3nn_spherical_harmonics(
        list(range(lmax + 1)), x, normalize=True, normalization="component"
    )
    torch.testing.assert_close(spherical_harmonics(lmax, x), expected, atol=1e-11, rtol=0)


def test_any_leading_axes_and_float32():
    x = randn(2, 4, 3)
    y = spherical_harmonics(8, x)
    assert y.shape == (2, 4, 81)
    torch.testing.assert_close(y[1, 2], spherical_harmonics(8, x[1, 2]), atol=1e-13, rtol=0)
    single = spherical_harmonics(8, x.float())
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), y, atol=2e-5, rtol=0)
    assert spherical_harmonics(3, x[0, :0]).shape == (0, 16)


def test_length_of_every_degree():
    y = spherical_harmonics(8, randn(10, 3))
    for degree in range(9):
        norm = y[:, degree**2 : (degree + 1) ** 2].square().sum(-1)
        torch.testing.assert_close(norm, torch.full_like(norm, 2 * degree + 1), atol=1e-11, rtol=0)


@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariance(determinant):
    x, matrix = randn(7, 3), orthogonal(determinant)
    irreps = Irreps.spherical_harmonics(8)
    expected = turn(irreps, spherical_harmonics(8, x), matrix)
    torch.testing.assert_close(spherical_harmonics(8, x @ matrix.T), expected, atol=1e-11, rtol=0)


def test_gradients():
    x = randn(3, 3, grad=True)
    assert gradcheck(lambda x: spherical_harmonics(8, x), x)
    assert gradgradcheck(lambda x: spherical_harmonics(3, x), x)


def test_gradient_is_tangential():
    x = randn(5, 3, grad=True)
    (gradient,) = torch.autograd.grad((spherical_harmonics(6, x) * randn(5, 49)).sum(), x)
    assert gradient.abs().max() > 0.1
    assert (gradient * x).sum(-1).abs().max() < 1e-11


def test_zero_vector_has_the_mean_over_all_directions_and_no_gradient():
    x = torch.zeros(2, 3, dtype=torch.float64, requires_grad=True)
    y = spherical_harmonics(5, x)
    assert torch.equal(y.detach(), torch.eye(36, dtype=torch.float64)[:1].expand(2, 36))
    (gradient,) = torch.autograd.grad((y * randn(2, 36)).sum(), x)
    assert torch.equal(gradient, torch.zeros_like(x))


@pytest.mark.parametrize(
    ("dtype", "scales"),
    [(torch.float64, [1e-300, 1e-160, 1e160, 1e300]), (torch.float32, [1e-36, 1e36])],
)
def test_huge_and_tiny_vectors(dtype, scales):
    x = randn(6, 3).to(dtype)
    expected = spherical_harmonics(4, x)
    for scale in scales:
        y = spherical_harmonics(4, x * scale)
        torch.testing.assert_close(y, expected, atol=100 * torch.finfo(dtype).eps, rtol=0)


@pytest.mark.parametrize("lmax", [-1, 12])
def test_degree_out_of_range(lmax):
    with pytest.raises(ValueError, match=rf"is {lmax}, expected 0 to 11"):
        spherical_harmonics(lmax, randn(2, 3))
