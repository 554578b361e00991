"""Couplings are e3nn's, in float64, and of unit variance; contraction tables list each of their
numbers once.
"""

import itertools

import numpy as np
import pytest
import torch
from e3nn.o3 import Irrep, wigner_3j

from oracle import float64_default
from segnn.o3.plan.coupling import allowed, coupling

from ..helpers import plans

TRIPLES = [
    t for t in itertools.product(range(4), repeat=3) if abs(t[0] - t[1]) <= t[2] <= t[0] + t[1]
]


@pytest.mark.parametrize("degrees", [*TRIPLES, (6, 5, 4), (8, 1, 7)])
def test_values_in_float64_whatever_the_default_dtype(degrees):
    coupling.cache_clear()
    k = coupling(*degrees)
    with float64_default():
        expected = wigner_3j(*degrees) * (2 * degrees[2] + 1) ** 0.5
    assert k.dtype == torch.float64
    torch.testing.assert_close(k, expected, atol=1e-13, rtol=0)
    # Unit normal inputs give unit variance: Σ_ij K_ijk² = 1 for each k.
    torch.testing.assert_close(
        k.square().sum((0, 1)), torch.ones(2 * degrees[2] + 1, dtype=k.dtype), atol=1e-12, rtol=0
    )


def test_allowed_is_the_product_of_e3nn():
    irreps = [Irrep(degree, p) for degree in range(4) for p in (-1, 1)]
    for a, b, c in itertools.product(irreps, repeat=3):
        assert allowed(a, b, c) == (c in a * b)


@pytest.mark.parametrize("which", ["contraction", "gather"])
def test_table_holds_every_coefficient_and_its_transpose(which):
    c = getattr(plans(), which)
    dense, transposed = np.zeros((2, c.dim_in, c.dim_attr, c.dim_out))
    for (i, a, o, channels), value in zip(c.table, c.coef_as(np.dtype("float64")), strict=True):
        for n in range(channels):
            dense[i + n, a, o + n] += value
    for (o, a, i, channels), value in zip(
        c.transposed_table, c.transposed_coef_as(np.dtype("float64")), strict=True
    ):
        for n in range(channels):
            transposed[i + n, a, o + n] += value
    assert np.array_equal(dense, transposed)

    expected = np.zeros_like(dense)
    for p in c.paths:
        k = coupling(p.input.degree, p.attribute_degree, p.output.degree).numpy()
        for i, a, o in np.ndindex(k.shape):
            for n in range(p.output.channels):
                start, end = (
                    p.input.start + i * p.input.stride + n,
                    p.output.start + o * p.output.stride + n,
                )
                expected[start, p.attribute + a, end] += k[i, a, o]
    np.testing.assert_allclose(dense, expected, atol=1e-12)
    assert np.count_nonzero(dense) == c.flops / 2
    assert (
        c.coef_as(np.dtype("float32")).dtype
        == c.transposed_coef_as(np.dtype("float32")).dtype
        == np.float32
    )
    assert (np.diff(c.table[:, 2].astype(np.int64)) >= 0).all()
    assert (np.diff(c.transposed_table[:, 2].astype(np.int64)) >= 0).all()
