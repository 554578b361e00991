"""Cartesian tensors: there and back, known values, symmetry, mistakes. All to float64 accuracy."""

import math

import pytest
import torch

from segnn.o3.cartesian import CartesianTensor

from .helpers import orthogonal, randn, turn

FORMULAS = {
    "i": (lambda t: t, "1x1o"),
    "ij": (lambda t: t, "1x0e+1x1e+1x2e"),
    "ij=ji": (lambda t: (t + t.mT) / 2, "1x0e+1x2e"),
    "ij=-ji": (lambda t: (t - t.mT) / 2, "1x1e"),
    "ijk=jik": (lambda t: (t + t.transpose(-3, -2)) / 2, "2x1o+1x2o+1x3o"),
}
EACH = pytest.mark.parametrize("formula", FORMULAS)


def tensor(formula):
    symmetrize, _ = FORMULAS[formula]
    return symmetrize(randn(2, 4, *[3] * len(formula.split("=")[0])))


@EACH
def test_round_trip_keeps_values_and_norms(formula):
    t, cartesian = tensor(formula), CartesianTensor(formula)
    assert str(cartesian.irreps) == FORMULAS[formula][1]
    x = cartesian.to_irreps(t)
    assert x.shape == (2, 4, cartesian.irreps.dim)
    torch.testing.assert_close(cartesian.from_irreps(x), t, atol=1e-12, rtol=0)
    torch.testing.assert_close(
        x.square().sum(-1), t.flatten(2).square().sum(-1), atol=1e-12, rtol=1e-12
    )
    x = randn(3, cartesian.irreps.dim)
    torch.testing.assert_close(cartesian.to_irreps(cartesian.from_irreps(x)), x, atol=1e-12, rtol=0)


@EACH
@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariance(formula, determinant):
    t, matrix, cartesian = tensor(formula), orthogonal(determinant), CartesianTensor(formula)
    turned = t
    for axis in range(2, t.ndim):
        turned = (turned.movedim(axis, -1) @ matrix.T).movedim(-1, axis)
    expected = turn(cartesian.irreps, cartesian.to_irreps(t), matrix)
    torch.testing.assert_close(cartesian.to_irreps(turned), expected, atol=1e-12, rtol=0)


def test_known_values():
    v = randn(5, 3)
    torch.testing.assert_close(CartesianTensor("i").to_irreps(v), v, atol=1e-12, rtol=0)
    t = randn(5, 3, 3)
    trace = t.diagonal(dim1=1, dim2=2).sum(-1)
    scalar = CartesianTensor("ij=ji").to_irreps(t)[:, 0]
    torch.testing.assert_close(scalar.abs(), trace.abs() / math.sqrt(3), atol=1e-12, rtol=0)
    # What breaks the symmetries of the formula is dropped.
    torch.testing.assert_close(
        CartesianTensor("ij=ji").from_irreps(CartesianTensor("ij=ji").to_irreps(t)),
        (t + t.mT) / 2,
        atol=1e-12,
        rtol=0,
    )


def test_float32_in_float32_out():
    cartesian = CartesianTensor("ij=ji")
    x = cartesian.to_irreps(randn(2, 3, 3).float())
    assert x.dtype == cartesian.from_irreps(x).dtype == torch.float32


@pytest.mark.parametrize("formula", ["", "ij=jk", "i=j", "ii", "ij=-ij"])
def test_no_formula(formula):
    with pytest.raises(ValueError, match="not a Cartesian tensor formula; examples: 'i'"):
        CartesianTensor(formula)


def test_wrong_shapes():
    cartesian = CartesianTensor("ij=ji")
    with pytest.raises(
        ValueError, match=r"'ij=ji' has shape \(5, 2, 3\), expected 2 trailing axes of 3"
    ):
        cartesian.to_irreps(randn(5, 2, 3))
    with pytest.raises(ValueError, match=r"has shape \(3,\)"):
        cartesian.to_irreps(randn(3))
    with pytest.raises(ValueError, match=r"x has 5 columns, expected 6 for irreps 1x0e\+1x2e"):
        cartesian.from_irreps(randn(2, 5))
