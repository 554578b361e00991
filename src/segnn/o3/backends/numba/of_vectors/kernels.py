"""Value, first and second derivatives of functions of vectors, row by row."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba.compiler.flat import allocate, free, like, tail
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import FixedProgram, Floats, Integers
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.of_vectors import tables as at
from segnn.o3.backends.numba.of_vectors.harmonics import (
    harmonics,
    harmonics_back,
    harmonics_back_tangent,
    harmonics_tangent,
)
from segnn.o3.backends.numba.of_vectors.polar import envelope, polar
from segnn.o3.backends.numba.of_vectors.radial import radial
from segnn.o3.plan.vector import HARMONICS


class Vectors(NamedTuple):
    """x (rows, 3), the plan's table and factors, threads and chunks of the work."""

    x: Floats
    program: FixedProgram
    rows: int
    threads: int
    chunks: int


class Forward(NamedTuple):
    """Arguments of ``forward``: y (rows, columns) is written."""

    vectors: Vectors
    y: Floats


class First(NamedTuple):
    """Arguments of ``first``: gx (rows, 3) = ∂⟨g, y⟩/∂x is written."""

    vectors: Vectors
    g: Floats
    gx: Floats


class Second(NamedTuple):
    """Arguments of ``second``: gg (rows, columns) and gxx (rows, 3), the derivatives of ⟨d, gx⟩ of
    ``first`` by g and x, are written.
    """

    vectors: Vectors
    g: Floats
    d: Floats
    gg: Floats
    gxx: Floats


class Room(NamedTuple):
    """Scratch of a row: direction, its change and derivatives; functions, their changes and
    derivatives.
    """

    u: Floats
    du: Floats
    gu: Floats
    dgu: Floats
    y: Floats
    dy: Floats
    gy: Floats
    dgy: Floats


class Steps(NamedTuple):
    """The terms of a plan's harmonics: indices and factors."""

    index: Integers
    factor: Floats


@kernel
def forward(a: Forward) -> None:
    """y (rows, columns)."""
    forward_rows(a.vectors.threads, a.vectors.chunks, a)


@kernel
def first(a: First) -> None:
    """gx (rows, 3)."""
    first_rows(a.vectors.threads, a.vectors.chunks, a)


@kernel
def second(a: Second) -> None:
    """gg (rows, columns), gxx (rows, 3)."""
    second_rows(a.vectors.threads, a.vectors.chunks, a)


@routine
def scratch(like_it, table):
    """All of it; to be freed by its first piece."""
    most = table[at.HARMONICS] + 3 * table[at.FUNCTIONS]
    return allocate(16 + 4 * most, like_it)


@routine
def room_in(s, table):
    """The scratch, cut."""
    most = table[at.HARMONICS] + 3 * table[at.FUNCTIONS]
    y = tail(s, 16)
    dy = tail(y, most)
    gy = tail(dy, most)
    return Room(s, tail(s, 4), tail(s, 8), tail(s, 12), y, dy, gy, tail(gy, most))


@routine
def steps_of(program):
    """The terms, which stand behind the blocks."""
    blocks = program.table[at.BLOCKS]
    index = tail(program.table, at.FIRST_BLOCK + at.BLOCK * blocks)
    return Steps(index, tail(program.coef, at.FACTORS * blocks))


@routine
def direction(p, u):
    """The direction as an array."""
    u[0], u[1], u[2] = like(u, p.x), like(u, p.y), like(u, p.z)


@spread
def forward_rows(chunk, chunks, a):
    """``forward`` for the rows of a chunk."""
    table, factors, rows = a.vectors.program.table, a.vectors.program.coef, a.vectors.rows
    s = scratch(a.y, table)
    room, steps = room_in(s, table), steps_of(a.vectors.program)
    for row in range(chunk * rows // chunks, (chunk + 1) * rows // chunks):
        p = polar(a.vectors.x, row)
        direction(p, room.u)
        out = row * table[at.COLUMNS]
        for b in range(table[at.BLOCKS]):
            q, f = at.FIRST_BLOCK + at.BLOCK * b, at.FACTORS * b
            width, terms = table[q + at.WIDTH], table[q + at.TERMS_OF]
            e = envelope(
                p.length, factors[f + at.SCALE], factors[f + at.ENVELOPE], table[q + at.POWER]
            )
            if table[q + at.KIND] == HARMONICS:
                harmonics(room.u, steps.index, steps.factor, terms, room.y, width)
            else:
                radial(table[q + at.KIND], width, p.length, factors[f + at.CUTOFF], room.y)
            for k in range(width):
                a.y[out + k] = like(a.y, e.value * room.y[k])
            out += width
    free(s)


@spread
def first_rows(chunk, chunks, a):
    """``first`` for the rows of a chunk."""
    table, factors, rows = a.vectors.program.table, a.vectors.program.coef, a.vectors.rows
    s = scratch(a.g, table)
    room, steps = room_in(s, table), steps_of(a.vectors.program)
    for row in range(chunk * rows // chunks, (chunk + 1) * rows // chunks):
        p = polar(a.vectors.x, row)
        direction(p, room.u)
        column = row * table[at.COLUMNS]
        along, x, y, z = 0.0, 0.0, 0.0, 0.0
        for b in range(table[at.BLOCKS]):
            q, f = at.FIRST_BLOCK + at.BLOCK * b, at.FACTORS * b
            width, terms = table[q + at.WIDTH], table[q + at.TERMS_OF]
            e = envelope(
                p.length, factors[f + at.SCALE], factors[f + at.ENVELOPE], table[q + at.POWER]
            )
            value = 0.0
            if table[q + at.KIND] == HARMONICS:
                harmonics(room.u, steps.index, steps.factor, terms, room.y, width)
                for k in range(width):
                    value += a.g[column + k] * room.y[k]
                    room.gy[k] = a.g[column + k]
                harmonics_back(room.u, steps.index, steps.factor, terms, room.y, room.gy, room.gu)
                across = e.value * p.inverse
                x += across * room.gu[0]
                y += across * room.gu[1]
                z += across * room.gu[2]
                along += e.slope * value
            else:
                radial(table[q + at.KIND], width, p.length, factors[f + at.CUTOFF], room.y)
                slope = 0.0
                for k in range(width):
                    value += a.g[column + k] * room.y[k]
                    slope += a.g[column + k] * room.y[width + k]
                along += e.slope * value + e.value * slope
            column += width
        along -= p.x * x + p.y * y + p.z * z
        a.gx[3 * row] = like(a.gx, x + along * p.x)
        a.gx[3 * row + 1] = like(a.gx, y + along * p.y)
        a.gx[3 * row + 2] = like(a.gx, z + along * p.z)
    free(s)


@spread
def second_rows(chunk, chunks, a):
    """``second`` for the rows of a chunk."""
    rows, table = a.vectors.rows, a.vectors.program.table
    s = scratch(a.g, table)
    room, steps = room_in(s, table), steps_of(a.vectors.program)
    for row in range(chunk * rows // chunks, (chunk + 1) * rows // chunks):
        second_row(a, room, steps, row)
    free(s)


@routine
def second_row(a, room, steps, row):
    """d∇F of one row, F = Σ g·y, and the change of every function for the change d of x.

    With F = R(r) + e(r) S(u), the direction u = x/r and ∇S the derivative by u as if free:
    ∇F = (R' + e' S − (e/r) u·∇S) u + (e/r) ∇S.
    """
    table, factors = a.vectors.program.table, a.vectors.program.coef
    p = polar(a.vectors.x, row)
    direction(p, room.u)
    d_x, d_y, d_z = 1.0 * a.d[3 * row], 1.0 * a.d[3 * row + 1], 1.0 * a.d[3 * row + 2]
    dr = p.x * d_x + p.y * d_y + p.z * d_z
    du_x, du_y, du_z = (
        (d_x - p.x * dr) * p.inverse,
        (d_y - p.y * dr) * p.inverse,
        (d_z - p.z * dr) * p.inverse,
    )
    room.du[0], room.du[1], room.du[2] = (
        like(room.du, du_x),
        like(room.du, du_y),
        like(room.du, du_z),
    )
    along, d_along, x, y, z = 0.0, 0.0, 0.0, 0.0, 0.0
    column = row * table[at.COLUMNS]
    for b in range(table[at.BLOCKS]):
        q, f = at.FIRST_BLOCK + at.BLOCK * b, at.FACTORS * b
        width, terms = table[q + at.WIDTH], table[q + at.TERMS_OF]
        e = envelope(p.length, factors[f + at.SCALE], factors[f + at.ENVELOPE], table[q + at.POWER])
        value = 0.0
        if table[q + at.KIND] == HARMONICS:
            harmonics(room.u, steps.index, steps.factor, terms, room.y, width)
            harmonics_tangent(
                room.u, room.du, steps.index, steps.factor, terms, room.y, room.dy, width
            )
            d_value = 0.0
            for k in range(width):
                g = a.g[column + k]
                value += g * room.y[k]
                d_value += g * room.dy[k]
                change = e.slope * dr * room.y[k] + e.value * room.dy[k]
                a.gg[column + k] = like(a.gg, change)
                room.gy[k], room.dgy[k] = g, like(room.dgy, 0.0)
            harmonics_back_tangent(room, steps, terms)
            over = e.value * p.inverse
            d_over = (e.slope - over) * dr * p.inverse
            g_x, g_y, g_z = room.gu[0], room.gu[1], room.gu[2]
            dg_x, dg_y, dg_z = room.dgu[0], room.dgu[1], room.dgu[2]
            inner = p.x * g_x + p.y * g_y + p.z * g_z
            d_inner = p.x * dg_x + p.y * dg_y + p.z * dg_z
            d_inner += du_x * g_x + du_y * g_y + du_z * g_z
            along += e.slope * value - over * inner
            d_along += e.curvature * dr * value + e.slope * d_value
            d_along -= d_over * inner + over * d_inner
            x += d_over * g_x + over * dg_x
            y += d_over * g_y + over * dg_y
            z += d_over * g_z + over * dg_z
        else:
            radial(table[q + at.KIND], width, p.length, factors[f + at.CUTOFF], room.y)
            slope, curvature = 0.0, 0.0
            for k in range(width):
                g, f_k, slope_k = a.g[column + k], room.y[k], room.y[width + k]
                value += g * f_k
                slope += g * slope_k
                curvature += g * room.y[2 * width + k]
                a.gg[column + k] = like(a.gg, (e.slope * f_k + e.value * slope_k) * dr)
            along += e.slope * value + e.value * slope
            bend = e.curvature * value + 2.0 * e.slope * slope + e.value * curvature
            d_along += bend * dr
        column += width
    a.gxx[3 * row] = like(a.gxx, x + d_along * p.x + along * du_x)
    a.gxx[3 * row + 1] = like(a.gxx, y + d_along * p.y + along * du_y)
    a.gxx[3 * row + 2] = like(a.gxx, z + d_along * p.z + along * du_z)
