"""Rows into the frames of their edges and back, and the weights of the frames.

A row's block is rotated by its edge's (2l+1, 2l+1) matrix D, channel by channel. ``table`` lists
the blocks of a layout (``segnn.o3.backends.numba.frame_tables``).
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import frame_tables as at
from segnn.o3.backends.numba.compiler.flat import tail
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats, Integers
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix


@routine
def rotate_in(x, frame, table, blocks, count, y):
    """One row into its frame: y = D x, for the ``count`` blocks of the table from position
    ``blocks`` on.
    """
    for q in range(blocks, blocks + at.BLOCK * count, at.BLOCK):
        dim, channels = table[q + at.BLOCK_DIM], table[q + at.BLOCK_CHANNELS]
        outside, inside = table[q + at.BLOCK_OUTSIDE], table[q + at.BLOCK_INSIDE]
        if dim == 1:
            out, source = Matrix(y, table[inside], 0), Matrix(x, table[outside], 0)
            simd.copy(out, source, 1.0, 1, channels)
        else:
            d = tail(frame, table[q + at.BLOCK_ROTATION])
            simd.matrix_in(y, x, d, tail(table, inside), tail(table, outside), dim, channels)


@routine
def rotate_back(y, frame, table, blocks, count, x):
    """One row out of its frame: x = Dᵀ y."""
    for q in range(blocks, blocks + at.BLOCK * count, at.BLOCK):
        dim, channels = table[q + at.BLOCK_DIM], table[q + at.BLOCK_CHANNELS]
        outside, inside = table[q + at.BLOCK_OUTSIDE], table[q + at.BLOCK_INSIDE]
        if dim == 1:
            out, source = Matrix(x, table[outside], 0), Matrix(y, table[inside], 0)
            simd.copy(out, source, 1.0, 1, channels)
        else:
            d = tail(frame, table[q + at.BLOCK_ROTATION])
            simd.matrix_back(x, y, d, tail(table, outside), tail(table, inside), dim, channels)


class FrameWeights(NamedTuple):
    """The matrices of the frames as sums of matrices of the layer's weights: a factor for every
    share (``frame_tables.SHARE``).
    """

    frame: Floats
    shares: Integers
    factors: Floats
    weight: Floats


@kernel
def frame_weights(a: FrameWeights) -> None:
    """The matrices of the frames from the layer's weights; ``frame`` is overwritten."""
    simd.fill(Matrix(a.frame, 0, 0), 0.0, 1, len(a.frame))
    for n in range(len(a.factors)):
        share = tail(a.shares, at.SHARE * n)
        rows, columns = share[at.SHARE_ROWS], share[at.SHARE_COLUMNS]
        inside = Matrix(a.frame, share[at.SHARE_PLACE], share[at.SHARE_STEP])
        simd.add(
            inside, Matrix(a.weight, share[at.SHARE_SOURCE], columns), a.factors[n], rows, columns
        )


@kernel
def frame_weights_back(a: FrameWeights) -> None:
    """The derivative by the layer's weights from that by the matrices of the frames; ``weight`` is
    overwritten.
    """
    simd.fill(Matrix(a.weight, 0, 0), 0.0, 1, len(a.weight))
    for n in range(len(a.factors)):
        share = tail(a.shares, at.SHARE * n)
        rows, columns = share[at.SHARE_ROWS], share[at.SHARE_COLUMNS]
        inside = Matrix(a.frame, share[at.SHARE_PLACE], share[at.SHARE_STEP])
        simd.add(
            Matrix(a.weight, share[at.SHARE_SOURCE], columns), inside, a.factors[n], rows, columns
        )
