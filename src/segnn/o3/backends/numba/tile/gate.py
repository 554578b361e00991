"""The gate of a tile of rows, its derivative, and the two passes of its second derivative.

Even scalars s become c·s·σ(s), and the channels of every other irrep are multiplied by c'·σ(gate);
the two scales are the program's ``coef``.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Gated, GatedDual, Matrix, from_column


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
    simd.silu_slope(gx, g, Gated(x, sigmoids), scale[0], rows, scalars)
    g_gates = from_column(gx, scalars)
    simd.fill(g_gates, 0.0, rows, gates)
    last = at.FIRST_PIECE + at.PIECE * table[at.PIECES]
    for q in range(at.FIRST_PIECE, last, at.PIECE):
        channels = table[q + at.PIECE_CHANNELS]
        sigma = from_column(sigmoids, table[q + at.PIECE_GATE])
        g_gate = from_column(gx, table[q + at.PIECE_GATE])
        for m in range(table[q + at.PIECE_DIM]):
            c = table[q + at.PIECE_COLUMN] + m * table[q + at.PIECE_STRIDE]
            g_c, own = from_column(g, c - gates), Gated(from_column(x, c), sigma)
            simd.gated_back(Gated(from_column(gx, c), g_gate), g_c, own, scale[1], rows, channels)
    simd.sigmoid_slope(g_gates, from_column(sigmoids, scalars), scale[1], rows, gates)


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
    simd.silu_slope(dy, dx, Gated(x, held.sigmoids), scale[0], rows, scalars)
    gate_slopes(dx, held, program, rows)
    last = at.FIRST_PIECE + at.PIECE * table[at.PIECES]
    for q in range(at.FIRST_PIECE, last, at.PIECE):
        channels = table[q + at.PIECE_CHANNELS]
        sigma = from_column(held.sigmoids, table[q + at.PIECE_GATE])
        slope = from_column(held.slopes, table[q + at.PIECE_GATE] - scalars)
        for m in range(table[q + at.PIECE_DIM]):
            c = table[q + at.PIECE_COLUMN] + m * table[q + at.PIECE_STRIDE]
            own, tangent = Gated(from_column(x, c), sigma), Gated(from_column(dx, c), slope)
            out = from_column(dy, c - gates)
            simd.gated_tangent(out, GatedDual(own, tangent), scale[1], rows, channels)


@routine
def gate_second(g, x, dx, held, program, gx, gdx, rows):
    """The reverse pass through ``gate_tangent`` for g: what it brings to x is added to gx, the
    derivative by dx, which is that of ``gate``, is written to gdx.
    """
    table, scale = program.table, program.coef
    scalars, gates = table[at.SCALARS], table[at.GATES]
    own = Gated(x, held.sigmoids)
    simd.silu_slope(gdx, g, own, scale[0], rows, scalars)
    simd.silu_curve(gx, g, dx, own, scale[0], rows, scalars)
    g_gates, more = from_column(gdx, scalars), held.more
    simd.fill(g_gates, 0.0, rows, gates)
    simd.fill(more, 0.0, rows, gates)
    last = at.FIRST_PIECE + at.PIECE * table[at.PIECES]
    for q in range(at.FIRST_PIECE, last, at.PIECE):
        channels, n = table[q + at.PIECE_CHANNELS], table[q + at.PIECE_GATE] - scalars
        sigma, slope = from_column(held.sigmoids, n + scalars), from_column(held.slopes, n)
        more_n, g_gate = from_column(more, n), from_column(g_gates, n)
        for m in range(table[q + at.PIECE_DIM]):
            c = table[q + at.PIECE_COLUMN] + m * table[q + at.PIECE_STRIDE]
            own, tangent = Gated(from_column(x, c), sigma), Gated(from_column(dx, c), slope)
            by_x, by_dx = Gated(from_column(gx, c), more_n), Gated(from_column(gdx, c), g_gate)
            by, both, g_c = (
                GatedDual(by_x, by_dx),
                GatedDual(own, tangent),
                from_column(g, c - gates),
            )
            simd.gated_second(by, g_c, both, scale[1], rows, channels)
    sigma = from_column(held.sigmoids, scalars)
    simd.sigmoid_slope(g_gates, sigma, scale[1], rows, gates)
    simd.sigmoid_slope(more, sigma, scale[1], rows, gates)
    first = from_column(gx, scalars)
    simd.add(first, more, 1.0, rows, gates)
    simd.sigmoid_curve(first, g_gates, from_column(dx, scalars), sigma, 1.0, rows, gates)
