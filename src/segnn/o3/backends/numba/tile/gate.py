"""The gate of a tile of rows, its derivative, and the two passes of its second derivative.

Even scalars s become c·s·σ(s), and the channels of every other irrep are multiplied by c'·σ(gate);
the two scales are the program's ``coef``.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, WithSigmoid, from_column


class GateScratch(NamedTuple):
    """What a gate leaves for its derivatives: the sigmoids of scalars and gates, σ'(gate)·d(gate),
    and room for as many numbers as there are gates.
    """

    sigmoids: Matrix
    slopes: Matrix
    more: Matrix


@routine
def gate_sigmoids(x, sigmoids, program, rows):
    """The sigmoids of scalars and gates, which the derivative of a gate needs."""
    table = program.table
    simd.sigmoid(sigmoids, x, 1.0, rows, table[at.SCALARS] + table[at.GATES])


@routine
def gate(x, sigmoids, program, y, rows):
    """The gate of some rows; the sigmoids of scalars and gates are left."""
    table, scale = program.table, program.coef
    gates = table[at.GATES]
    gate_sigmoids(x, sigmoids, program, rows)
    simd.product(y, x, sigmoids, scale[0], rows, table[at.SCALARS])
    last = at.FIRST_PIECE + at.PIECE * table[at.PIECES]
    for q in range(at.FIRST_PIECE, last, at.PIECE):
        sigma = from_column(sigmoids, table[q + at.PIECE_GATE])
        for m in range(table[q + at.PIECE_DIM]):
            c = table[q + at.PIECE_COLUMN] + m * table[q + at.PIECE_STRIDE]
            out = from_column(y, c - gates)
            simd.product(
                out, from_column(x, c), sigma, scale[1], rows, table[q + at.PIECE_CHANNELS]
            )


@routine
def gate_back(g, x, sigmoids, program, gx, rows):
    """The derivative of ``gate``, with the sigmoids that it left."""
    table, scale = program.table, program.coef
    scalars, gates = table[at.SCALARS], table[at.GATES]
    simd.silu_slope(gx, g, WithSigmoid(x, sigmoids), scale[0], rows, scalars)
    simd.fill(from_column(gx, scalars), 0.0, rows, gates)
    last = at.FIRST_PIECE + at.PIECE * table[at.PIECES]
    for q in range(at.FIRST_PIECE, last, at.PIECE):
        channels = table[q + at.PIECE_CHANNELS]
        sigma = from_column(sigmoids, table[q + at.PIECE_GATE])
        g_gate = from_column(gx, table[q + at.PIECE_GATE])
        for m in range(table[q + at.PIECE_DIM]):
            c = table[q + at.PIECE_COLUMN] + m * table[q + at.PIECE_STRIDE]
            g_c = from_column(g, c - gates)
            simd.add_product(g_gate, from_column(x, c), g_c, 1.0, rows, channels)
            simd.product(from_column(gx, c), g_c, sigma, scale[1], rows, channels)
    g_gates, sigma = from_column(gx, scalars), from_column(sigmoids, scalars)
    simd.sigmoid_slope(g_gates, sigma, scale[1], rows, gates)


@routine
def gate_slopes(dx, held, program, rows):
    """σ'(gate)·d(gate), which the derivative of ``gate_tangent`` needs, with the sigmoids."""
    table = program.table
    scalars, gates = table[at.SCALARS], table[at.GATES]
    simd.copy(held.slopes, from_column(dx, scalars), 1.0, rows, gates)
    simd.sigmoid_slope(held.slopes, from_column(held.sigmoids, scalars), 1.0, rows, gates)


@routine
def gate_tangent(x, dx, held, program, dy, rows):
    """dy, the tangent of ``gate`` for dx, with the sigmoids that it left; σ'(gate)·d(gate) goes to
    the slopes.
    """
    table, scale = program.table, program.coef
    scalars, gates = table[at.SCALARS], table[at.GATES]
    simd.silu_slope(dy, dx, WithSigmoid(x, held.sigmoids), scale[0], rows, scalars)
    gate_slopes(dx, held, program, rows)
    last = at.FIRST_PIECE + at.PIECE * table[at.PIECES]
    for q in range(at.FIRST_PIECE, last, at.PIECE):
        channels = table[q + at.PIECE_CHANNELS]
        sigma = from_column(held.sigmoids, table[q + at.PIECE_GATE])
        slope = from_column(held.slopes, table[q + at.PIECE_GATE] - scalars)
        for m in range(table[q + at.PIECE_DIM]):
            c = table[q + at.PIECE_COLUMN] + m * table[q + at.PIECE_STRIDE]
            out = from_column(dy, c - gates)
            simd.product(out, from_column(dx, c), sigma, scale[1], rows, channels)
            simd.add_product(out, from_column(x, c), slope, scale[1], rows, channels)


@routine
def gate_second(g, x, dx, held, program, gx, gdx, rows):
    """The reverse pass through ``gate_tangent`` for g: what it brings to x is added to gx, the
    derivative by dx is written to gdx.
    """
    table, scale = program.table, program.coef
    scalars, gates = table[at.SCALARS], table[at.GATES]
    gate_back(g, x, held.sigmoids, program, gdx, rows)
    simd.silu_curve(gx, g, dx, WithSigmoid(x, held.sigmoids), scale[0], rows, scalars)
    simd.fill(held.more, 0.0, rows, gates)
    last = at.FIRST_PIECE + at.PIECE * table[at.PIECES]
    for q in range(at.FIRST_PIECE, last, at.PIECE):
        channels, n = table[q + at.PIECE_CHANNELS], table[q + at.PIECE_GATE] - scalars
        slope, more = from_column(held.slopes, n), from_column(held.more, n)
        for m in range(table[q + at.PIECE_DIM]):
            c = table[q + at.PIECE_COLUMN] + m * table[q + at.PIECE_STRIDE]
            g_c = from_column(g, c - gates)
            simd.add_product(from_column(gx, c), g_c, slope, scale[1], rows, channels)
            simd.add_product(more, from_column(dx, c), g_c, 1.0, rows, channels)
    sigma = from_column(held.sigmoids, scalars)
    simd.sigmoid_slope(held.more, sigma, scale[1], rows, gates)
    first = from_column(gx, scalars)
    simd.add(first, held.more, 1.0, rows, gates)
    curve, tangent = from_column(gdx, scalars), from_column(dx, scalars)
    simd.sigmoid_curve(first, curve, tangent, sigma, 1.0, rows, gates)
