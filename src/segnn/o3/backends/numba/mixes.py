"""Kernels for a blockwise matrix product on rows, and its two derivatives; see ``segnn.o3.plan.mix``.

``table`` holds the terms of a mix, six numbers each, from position 0 on (as in a linear layer's
program). Rows are cut into chunks, which run in parallel.
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba.compile import kernel, spread
from segnn.o3.backends.numba.flat import free, part, room
from segnn.o3.backends.numba.rows import chunk_total, clear
from segnn.o3.backends.numba.tile import mix, mix_back, mix_weight, transpose


@spread
def forward_chunk(chunk, chunks, x, x_dim, table, w, z, z_dim):
    """``forward`` for a chunk of rows."""
    rows = z.shape[0] // z_dim
    first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
    simd.fill(z, first * z_dim, z_dim, z.dtype.type(0), stop - first, z_dim)
    mix(x, first * x_dim, x_dim, table, 0, w, 0, z, first * z_dim, z_dim, stop - first, False)


@kernel(integers="table", numbers="x_dim threads chunks z_dim")
def forward(x, x_dim, table, w, threads, chunks, z, z_dim):
    """z = x·W for every row; columns that no term writes become zero."""
    forward_chunk(threads, chunks, x, x_dim, table, w, z, z_dim)


@spread
def by_input_chunk(chunk, chunks, g, z_dim, table, turned, x, x_dim):
    """``by_input`` for a chunk of rows."""
    rows = x.shape[0] // x_dim
    first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
    simd.fill(x, first * x_dim, x_dim, x.dtype.type(0), stop - first, x_dim)
    mix_back(
        g, first * z_dim, z_dim, table, 0, turned, 0, x, first * x_dim, x_dim, stop - first, True
    )


@kernel(integers="table", numbers="z_dim threads chunks x_dim")
def by_input(g, z_dim, table, w, threads, chunks, x, x_dim):
    """x = g·Wᵀ for every row; columns that no term reads become zero."""
    turned = room(w.shape[0], w)
    transpose(table, 0, w, 0, turned)
    by_input_chunk(threads, chunks, g, z_dim, table, turned, x, x_dim)
    free(turned)


@spread
def by_weight_chunk(chunk, chunks, x, x_dim, g, z_dim, table, partial):
    """``by_weight`` for a chunk of rows, whose sum is its row of partial."""
    rows, numbers = x.shape[0] // x_dim, partial.shape[0] // chunks
    first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
    total = part(partial, chunk * numbers, numbers)
    clear(total)
    mix_weight(x, first * x_dim, x_dim, g, first * z_dim, z_dim, table, 0, total, 0, stop - first)


@kernel(integers="table", numbers="x_dim z_dim threads chunks")
def by_weight(x, x_dim, g, z_dim, table, threads, chunks, w):
    """w = xᵀ·g, summed over the rows."""
    partial = room(chunks * w.shape[0], w)
    by_weight_chunk(threads, chunks, x, x_dim, g, z_dim, table, partial)
    chunk_total(partial, w.shape[0], 0, w)
    free(partial)
