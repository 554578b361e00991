"""Channel mixes of a tile of rows, irrep by irrep, and their derivatives.

``table[place]`` is the number of terms of a mix and ``table[place + 1]`` their position; see
``segnn.o3.backends.numba.tables``.
"""

from __future__ import annotations

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.vector.simd import gemm
from segnn.o3.backends.numba.vector.views import Matrix, Repeat, Size, Strided, from_column


@routine
def mix(x, table, place, w, z, rows, accumulate):
    """z = x·W, all components of an irrep at once."""
    first = table[place + 1]
    for q in range(first, first + at.TERM * table[place], at.TERM):
        n_in, n_out = table[q + at.TERM_CHANNELS], table[q + at.TERM_OUT_CHANNELS]
        gemm(
            Strided(x.data, x.start + table[q + at.TERM_IN], x.step, 1),
            Matrix(w, table[q + at.TERM_WEIGHT], n_out),
            from_column(z, table[q + at.TERM_OUT]),
            Size(rows, n_out, n_in),
            Repeat(table[q + at.TERM_DIM], n_in, n_out),
            Repeat(1, 0, 0),
            accumulate,
        )


@routine
def mix_back(gz, table, place, transposed, gx, rows, accumulate):
    """gx += gz·Wᵀ (or = where the terms overwrite), with Wᵀ stored as ``transpose`` leaves it."""
    first = table[place + 1]
    for q in range(first, first + at.TERM * table[place], at.TERM):
        n_in, n_out = table[q + at.TERM_CHANNELS], table[q + at.TERM_OUT_CHANNELS]
        gemm(
            Strided(gz.data, gz.start + table[q + at.TERM_OUT], gz.step, 1),
            Matrix(transposed, table[q + at.TERM_WEIGHT], n_in),
            from_column(gx, table[q + at.TERM_IN]),
            Size(rows, n_in, n_out),
            Repeat(table[q + at.TERM_DIM], n_out, n_in),
            Repeat(1, 0, 0),
            accumulate,
        )


@routine
def mix_weight(x, gz, table, place, gw, rows):
    """gw += xᵀ·gz, summed over the components; nothing where gw is empty."""
    if len(gw) <= 0:
        return
    first = table[place + 1]
    for q in range(first, first + at.TERM * table[place], at.TERM):
        n_in, n_out = table[q + at.TERM_CHANNELS], table[q + at.TERM_OUT_CHANNELS]
        gemm(
            Strided(x.data, x.start + table[q + at.TERM_IN], 1, x.step),
            from_column(gz, table[q + at.TERM_OUT]),
            Matrix(gw, table[q + at.TERM_WEIGHT], n_out),
            Size(n_in, n_out, rows),
            Repeat(1, 0, 0),
            Repeat(table[q + at.TERM_DIM], n_in, n_out),
            True,
        )


@routine
def transpose(table, place, w, transposed):
    """Every matrix of the terms, transposed in its place."""
    start = table[place + 1]
    for q in range(start, start + at.TERM * table[place], at.TERM):
        n_in, n_out = table[q + at.TERM_CHANNELS], table[q + at.TERM_OUT_CHANNELS]
        first = table[q + at.TERM_WEIGHT]
        for i in range(n_in):
            for o in range(n_out):
                transposed[first + o * n_in + i] = w[first + i * n_out + o]
