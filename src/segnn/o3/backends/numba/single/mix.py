"""A blockwise matrix product on rows, and its two derivatives; see ``segnn.o3.plan.mix``.

``table`` holds the terms of a mix from position 0 on, as a linear layer's program does.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba.compiler.flat import allocate, free
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats, Integers
from segnn.o3.backends.numba.compiler.routines import spread
from segnn.o3.backends.numba.single.contract import Shares
from segnn.o3.backends.numba.tile.mix import mix, mix_back, mix_weight, transpose
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix
from segnn.o3.backends.numba.weights import chunk_total, clear, share_of


class Mix(NamedTuple):
    """x (rows, x_dim) and z (rows, z_dim) with the weight between them: two are read, the third is
    written.
    """

    x: Floats
    x_dim: int
    weight: Floats
    table: Integers
    z: Floats
    z_dim: int
    shares: Shares


@spread
def forward_chunk(chunk, chunks, a):
    """``forward`` for a chunk of rows."""
    rows = len(a.z) // a.z_dim
    first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
    z = Matrix(a.z, first * a.z_dim, a.z_dim)
    simd.fill(z, 0.0, stop - first, a.z_dim)
    mix(Matrix(a.x, first * a.x_dim, a.x_dim), a.table, 0, a.weight, z, stop - first, False)


@kernel
def forward(a: Mix) -> None:
    """z = x·W for every row; columns that no term writes become zero."""
    forward_chunk(a.shares.threads, a.shares.chunks, a)


@spread
def by_input_chunk(chunk, chunks, a, transposed):
    """``by_input`` for a chunk of rows."""
    rows = len(a.x) // a.x_dim
    first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
    x = Matrix(a.x, first * a.x_dim, a.x_dim)
    simd.fill(x, 0.0, stop - first, a.x_dim)
    mix_back(Matrix(a.z, first * a.z_dim, a.z_dim), a.table, 0, transposed, x, stop - first, True)


@kernel
def by_input(a: Mix) -> None:
    """x = z·Wᵀ for every row; columns that no term reads become zero."""
    transposed = allocate(len(a.weight), a.weight)
    transpose(a.table, 0, a.weight, transposed)
    by_input_chunk(a.shares.threads, a.shares.chunks, a, transposed)
    free(transposed)


@spread
def by_weight_chunk(chunk, chunks, a, partial):
    """``by_weight`` for a chunk of rows, whose sum is its share of partial."""
    rows, total = len(a.x) // a.x_dim, share_of(partial, chunk, chunks)
    first, stop = chunk * rows // chunks, (chunk + 1) * rows // chunks
    clear(total)
    x, z = Matrix(a.x, first * a.x_dim, a.x_dim), Matrix(a.z, first * a.z_dim, a.z_dim)
    mix_weight(x, z, a.table, 0, total, stop - first)


@kernel
def by_weight(a: Mix) -> None:
    """W = xᵀ·z, summed over the rows."""
    partial = allocate(a.shares.chunks * len(a.weight), a.weight)
    by_weight_chunk(a.shares.threads, a.shares.chunks, a, partial)
    chunk_total(partial, len(a.weight), 0, a.weight)
    free(partial)
