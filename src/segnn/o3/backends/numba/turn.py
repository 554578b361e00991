"""Kernels that turn rows into the frames of their edges and back, and that make the weights of the
frames; flat arrays.

A row's block is turned by its edge's (2l+1, 2l+1) matrix D, channel by channel. ``table`` lists the
blocks of a layout, six numbers each: components, channels, where D starts in a frame's row, where
the columns of the components stand in ``table``, outside and inside the frame, and the parity. See
``segnn.o3.backends.numba.layers.frame_programs``.
"""

from __future__ import annotations

from numba import types
from numba.extending import intrinsic

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba.compile import kernel, routine

BLOCK, SHARE = 6, 5
"""Numbers of a block in the table, and of a share of the weights of the frames."""


_I = types.intp


@intrinsic
def _matrix_in(typing, y, y0, x, x0, d, d0, columns, y_columns, again, x_columns, dim, n):
    """One block of one row times its matrix; see ``segnn.o3.backends.numba.matrices``."""
    return simd._call("matrix_in", y, _I, x, _I, d, _I, columns, _I, again, _I, _I, _I)


@intrinsic
def _matrix_back(typing, y, y0, x, x0, d, d0, columns, y_columns, again, x_columns, dim, n):
    """One block of one row times its matrix, transposed."""
    return simd._call("matrix_back", y, _I, x, _I, d, _I, columns, _I, again, _I, _I, _I)


@routine
def turn(x, x0, frame, f0, table, blocks, count, y, y0, one):
    """One row into its frame: y = D x, for the ``count`` blocks of the table from position
    ``blocks`` on.
    """
    for q in range(blocks, blocks + BLOCK * count, BLOCK):
        n, channels, d0, outside, inside = (
            table[q],
            table[q + 1],
            f0 + table[q + 2],
            table[q + 3],
            table[q + 4],
        )
        if n == 1:
            simd.copy(y, y0 + table[inside], 0, x, x0 + table[outside], 0, one, 1, channels)
        else:
            _matrix_in(y, y0, x, x0, frame, d0, table, inside, table, outside, n, channels)


@routine
def turn_back(y, y0, frame, f0, table, blocks, count, x, x0, one):
    """One row out of its frame: x = Dᵀ y."""
    for q in range(blocks, blocks + BLOCK * count, BLOCK):
        n, channels, d0, outside, inside = (
            table[q],
            table[q + 1],
            f0 + table[q + 2],
            table[q + 3],
            table[q + 4],
        )
        if n == 1:
            simd.copy(x, x0 + table[outside], 0, y, y0 + table[inside], 0, one, 1, channels)
        else:
            _matrix_back(x, x0, y, y0, frame, d0, table, outside, table, inside, n, channels)


@kernel(integers="shares")
def frame_weights(out, shares, factors, w):
    """The matrices of the frames, as sums of matrices of the layer's weights; ``out`` is
    overwritten.
    """
    simd.fill(out, 0, 0, w.dtype.type(0), 1, out.shape[0])
    for n in range(factors.shape[0]):
        q = SHARE * n
        source, rows, columns, sink, stride = (
            shares[q],
            shares[q + 1],
            shares[q + 2],
            shares[q + 3],
            shares[q + 4],
        )
        simd.add(out, sink, stride, w, source, columns, factors[n], rows, columns)


@kernel(integers="shares")
def frame_weights_back(gw, shares, factors, g):
    """The derivative of ``frame_weights`` by the layer's weights, from that by the matrices of the
    frames.
    """
    simd.fill(gw, 0, 0, g.dtype.type(0), 1, gw.shape[0])
    for n in range(factors.shape[0]):
        q = SHARE * n
        source, rows, columns, sink, stride = (
            shares[q],
            shares[q + 1],
            shares[q + 2],
            shares[q + 3],
            shares[q + 4],
        )
        simd.add(gw, source, columns, g, sink, stride, factors[n], rows, columns)
