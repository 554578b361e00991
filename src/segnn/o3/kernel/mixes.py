"""Kernels for a blockwise matrix product on rows, and its two derivatives; see ``segnn.o3.mix``.

``table`` holds the terms of a mix, six numbers each, from position 0 on (as in a linear layer's program). Rows are cut into
chunks, which run in parallel.
"""

from __future__ import annotations

import numpy as np

from segnn.o3.kernel import simd
from segnn.o3.kernel.compile import kernel, prange, routine
from segnn.o3.kernel.simd import runtime, stay
from segnn.o3.kernel.tile import mix, mix_back, mix_weight, transpose

_HEAD = 2
"""The head of ``table``: the number of terms and the position of the first."""


@kernel()
def forward(x, x_dim, table, w, chunks, z, z_dim):
    """z = x·W for every row; columns that no term writes become zero."""
    rows = z.shape[0] // z_dim
    zero = z.dtype.type(0)
    for chunk in prange(chunks):
        first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
        simd.fill(z, first * z_dim, z_dim, zero, stop - first, z_dim)
        mix(x, first * x_dim, x_dim, table, runtime(0), w, runtime(0), z, first * z_dim, z_dim, stop - first, runtime(False))


@kernel()
def by_input(g, z_dim, table, w, chunks, x, x_dim):
    """x = g·Wᵀ for every row; columns that no term reads become zero."""
    rows = x.shape[0] // x_dim
    zero = x.dtype.type(0)
    turned = np.empty_like(w)
    transpose(table, runtime(0), w, runtime(0), turned)
    for chunk in prange(chunks):
        first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
        simd.fill(x, first * x_dim, x_dim, zero, stop - first, x_dim)
        mix_back(
            g, first * z_dim, z_dim, table, runtime(0), turned, runtime(0), x, first * x_dim, x_dim, stop - first, runtime(True)
        )  # fmt: skip


@kernel()
def by_weight(x, x_dim, g, z_dim, table, chunks, w):
    """w = xᵀ·g, summed over the rows."""
    rows = x.shape[0] // x_dim
    partial = np.zeros((chunks, w.shape[0]), w.dtype)
    for chunk in prange(chunks):
        first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
        mix_weight(
            x, first * x_dim, x_dim, g, first * z_dim, z_dim, table, runtime(0), partial[chunk], runtime(0), stop - first
        )  # fmt: skip
    add_up(partial, w)


@routine
def add_up(partial, w):
    """w = Σ_chunks partial[chunk]."""
    stay()
    one = w.dtype.type(1)
    simd.fill(w, 0, 0, w.dtype.type(0), 1, w.shape[0])
    for chunk in range(partial.shape[0]):
        simd.add(w, 0, 0, partial[chunk], 0, 0, one, 1, w.shape[0])
