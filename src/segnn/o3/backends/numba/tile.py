"""Steerable layers on a tile of rows: what the kernels do with some rows while these lie in the
cache.

``x, x0`` is an array and the offset of the tile's first number in it. ``layer`` and ``plan`` are
programs (table, coef) of ``segnn.o3.backends.numba.layers.programs``.
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba import table as at
from segnn.o3.backends.numba.compile import routine
from segnn.o3.backends.numba.flat import greater
from segnn.o3.backends.numba.simd import combine, gemms


@routine
def mix(x, x0, x_dim, table, place, w, w0, z, z0, z_dim, rows, accumulate):
    """z = x·W, irrep by irrep and component by component."""
    for q in range(table[place + 1], table[place + 1] + 6 * table[place], 6):
        dim, start, n_in = table[q], table[q + 1], table[q + 2]
        out, n_out, first = table[q + 3], table[q + 4], table[q + 5]
        gemms(
            x, x0 + start, x_dim, 1, w, w0 + first, n_out, z, z0 + out, z_dim, rows, n_out, n_in,
            dim, n_in, n_out, 1, 0, 0, accumulate,
        )  # fmt: skip


@routine
def mix_back(gz, gz0, z_dim, table, place, wt, w0, gx, gx0, x_dim, rows, accumulate):
    """gx += gz·Wᵀ (or = where the terms overwrite), with Wᵀ stored as ``transpose`` leaves it."""
    for q in range(table[place + 1], table[place + 1] + 6 * table[place], 6):
        dim, start, n_in = table[q], table[q + 1], table[q + 2]
        out, n_out, first = table[q + 3], table[q + 4], table[q + 5]
        gemms(
            gz, gz0 + out, z_dim, 1, wt, w0 + first, n_in, gx, gx0 + start, x_dim, rows, n_in, n_out,
            dim, n_out, n_in, 1, 0, 0, accumulate,
        )  # fmt: skip


@routine
def mix_weight(x, x0, x_dim, gz, gz0, z_dim, table, place, gw, w0, rows):
    """gw += xᵀ·gz; nothing where gw is empty."""
    if gw.shape[0] == 0:
        return
    for q in range(table[place + 1], table[place + 1] + 6 * table[place], 6):
        dim, start, n_in = table[q], table[q + 1], table[q + 2]
        out, n_out, first = table[q + 3], table[q + 4], table[q + 5]
        gemms(
            x, x0 + start, 1, x_dim, gz, gz0 + out, z_dim, gw, w0 + first, n_out, n_in, n_out, rows,
            1, 0, 0, dim, n_in, n_out, True,
        )  # fmt: skip


@routine
def transpose(table, place, w, w0, wt):
    """Every matrix of the terms, transposed in its place."""
    for q in range(table[place + 1], table[place + 1] + 6 * table[place], 6):
        n_in, n_out, first = table[q + 2], table[q + 4], table[q + 5]
        for i in range(n_in):
            for o in range(n_out):
                wt[w0 + first + o * n_in + i] = w[w0 + first + i * n_out + o]


@routine
def contract(x, x0, x_row, attribute, a0, layer, way, s, s0, y, y0, y_row, rows, accumulate):
    """y = Σ_t coef[t]·attribute[t]·x[column[t] …] for every row; ``way`` is one of the directions
    of a program.

    Scratch s from s0 on: rows · (terms of the layer) numbers.
    """
    table, coef = layer
    runs, index, attr, start = table[way + 1], table[way + 2], table[way + 3], table[way + 4]
    terms, a_dim = attr - index, table[at.A_DIM]
    for r in range(rows):
        simd.scaled_gather(
            s, s0 + r * terms, coef, start, attribute, a0 + r * a_dim, table, attr, terms
        )
    for q in range(runs, runs + at.RUN * table[way], at.RUN):
        combine(
            y, y0 + table[q], y_row, table[q + 2], x, x0, x_row, table, index, s, s0, terms,
            table[q + 3], table[q + 4], rows, accumulate,
        )  # fmt: skip


@routine
def contract_attribute(x, x0, x_row, g, g0, g_row, layer, way, ga, ga0, rows, one):
    """ga[attribute[t]] += coef[t]·⟨x[in …], g[out …]⟩ for every row; ``way`` is one of the pairs of
    a program.
    """
    table, coef = layer
    runs, attr, start, a_dim = table[way + 1], table[way + 3], table[way + 4], table[at.A_DIM]
    for q in range(runs, runs + at.RUN * table[way], at.RUN):
        for r in range(rows):
            value = simd.dot(
                x,
                x0 + r * x_row + table[q],
                0,
                g,
                g0 + r * g_row + table[q + 1],
                0,
                one,
                1,
                table[q + 2],
            )
            for t in range(table[q + 3], table[q + 4]):
                ga[ga0 + r * a_dim + table[attr + t]] += coef[start + t] * value


@routine
def start_rows(bias, y, y0, y_row, rows, zero, one):
    """Rows that hold the bias on their first columns and zero elsewhere."""
    n = bias.shape[0]
    if n > 0:
        simd.copy(y, y0, y_row, bias, 0, 0, one, rows, n)
    if y_row > n:
        simd.fill(y, y0 + n, y_row, zero, rows, y_row - n)


@routine
def add_rows(g, g0, g_row, total, total0, columns, rows, one):
    """total[c] += Σ_r g[r, c] for the first columns; nothing where total is empty."""
    if total.shape[0] == 0:
        return
    simd.add(total, total0, 0, g, g0, g_row, one, rows, columns)


@routine
def linear(x, x0, parts, attribute, a0, w, w0, bias, layer, s, s0, y, y0, rows):
    """y = W_ã (x_0 ⊕ x_1 ⊕ …) + bias. The parts lie side by side in each row of x and have equal
    irreps.

    Scratch s from s0 on: rows · (max(z_dim, t_dim) + terms) numbers.
    """
    table = layer[0]
    x_dim, z_dim, t_dim, y_dim = table[at.X_DIM], table[at.Z_DIM], table[at.T_DIM], table[at.Y_DIM]
    width, numel = parts * x_dim, table[at.WEIGHTS]
    work = s0 + rows * greater(z_dim, t_dim)
    start_rows(bias, y, y0, y_dim, rows, y.dtype.type(0), y.dtype.type(1))
    if z_dim > 0:
        for p in range(parts):
            mix(
                x,
                x0 + p * x_dim,
                width,
                table,
                at.BEFORE,
                w,
                w0 + p * numel,
                s,
                s0,
                z_dim,
                rows,
                p > 0,
            )
        contract(s, s0, z_dim, attribute, a0, layer, at.CONTRACT, s, work, y, y0, y_dim, rows, True)
    if t_dim > 0:
        for p in range(parts):
            x_p = x0 + p * x_dim
            contract(
                x, x_p, width, attribute, a0, layer, at.GATHER, s, work, s, s0, t_dim, rows, False
            )
            mix(s, s0, t_dim, table, at.AFTER, w, w0 + p * numel, y, y0, y_dim, rows, True)


@routine
def linear_back(
    gy,
    gy0,
    x,
    x0,
    parts,
    attribute,
    a0,
    w,
    wt,
    w0,
    layer,
    s,
    s0,
    gw,
    gw0,
    gx,
    gx0,
    ga,
    ga0,
    need_x,
    need_a,
    rows,
):
    """Derivatives of ``linear``: ga and, if it is not empty, gw are added to, gx is written.

    Scratch s from s0 on: rows · (2·max(z_dim, t_dim) + terms) numbers.
    """
    table = layer[0]
    x_dim, z_dim, t_dim, y_dim = table[at.X_DIM], table[at.Z_DIM], table[at.T_DIM], table[at.Y_DIM]
    width, numel = parts * x_dim, table[at.WEIGHTS]
    other = s0 + rows * greater(z_dim, t_dim)
    work = other + rows * greater(z_dim, t_dim)
    one = gy.dtype.type(1)
    if need_x:
        simd.fill(gx, gx0, width, gy.dtype.type(0), rows, width)
    if z_dim > 0:
        contract(
            gy,
            gy0,
            y_dim,
            attribute,
            a0,
            layer,
            at.CONTRACT_BACK,
            s,
            work,
            s,
            s0,
            z_dim,
            rows,
            False,
        )
        for p in range(parts):
            mix_weight(
                x, x0 + p * x_dim, width, s, s0, z_dim, table, at.BEFORE, gw, gw0 + p * numel, rows
            )
            if need_x:
                mix_back(
                    s,
                    s0,
                    z_dim,
                    table,
                    at.BEFORE,
                    wt,
                    w0 + p * numel,
                    gx,
                    gx0 + p * x_dim,
                    width,
                    rows,
                    True,
                )
            if need_a:
                mix(
                    x,
                    x0 + p * x_dim,
                    width,
                    table,
                    at.BEFORE,
                    w,
                    w0 + p * numel,
                    s,
                    other,
                    z_dim,
                    rows,
                    p > 0,
                )
        if need_a:
            contract_attribute(
                s, other, z_dim, gy, gy0, y_dim, layer, at.CONTRACT_PAIRS, ga, ga0, rows, one
            )
    if t_dim > 0:
        for p in range(parts):
            x_p = x0 + p * x_dim
            if gw.shape[0] > 0:
                contract(
                    x,
                    x_p,
                    width,
                    attribute,
                    a0,
                    layer,
                    at.GATHER,
                    s,
                    work,
                    s,
                    s0,
                    t_dim,
                    rows,
                    False,
                )
            mix_weight(s, s0, t_dim, gy, gy0, y_dim, table, at.AFTER, gw, gw0 + p * numel, rows)
            if need_x or need_a:
                mix_back(
                    gy,
                    gy0,
                    y_dim,
                    table,
                    at.AFTER,
                    wt,
                    w0 + p * numel,
                    s,
                    other,
                    t_dim,
                    rows,
                    False,
                )
            if need_x:
                gx_p = gx0 + p * x_dim
                contract(
                    s,
                    other,
                    t_dim,
                    attribute,
                    a0,
                    layer,
                    at.GATHER_BACK,
                    s,
                    work,
                    gx,
                    gx_p,
                    width,
                    rows,
                    True,
                )
            if need_a:
                contract_attribute(
                    x, x_p, width, s, other, t_dim, layer, at.GATHER_PAIRS, ga, ga0, rows, one
                )


@routine
def gate_inputs(kept, first, edges, wide, wide_2, s, y_1, y_2):
    """Where the inputs of both gates stand for the edges from ``first`` on: kept for all edges, or
    in the scratch.

    ``kept`` (edges, wide) and (edges, wide_2), one after the other, or empty; array and place of
    each.
    """
    if kept.shape[0] > 0:
        return kept, first * wide, kept, edges * wide + first * wide_2
    return s, y_1, s, y_2


@routine
def gate_sigmoids(x, x0, s, s0, plan, rows):
    """The sigmoids of scalars and gates, which the derivative of a gate needs."""
    table = plan[0]
    n_s = table[at.SCALARS] + table[at.GATES]
    simd.sigmoid(s, s0, n_s, x, x0, table[at.WIDE], x.dtype.type(1), rows, n_s)


@routine
def gate(x, x0, s, s0, plan, y, y0, rows):
    """The gate of some rows; the sigmoids of scalars and gates go to s."""
    table, scale = plan
    scalars, gates, wide = table[at.SCALARS], table[at.GATES], table[at.WIDE]
    narrow, n_s = wide - gates, scalars + gates
    gate_sigmoids(x, x0, s, s0, plan, rows)
    simd.product(y, y0, narrow, x, x0, wide, s, s0, n_s, scale[0], rows, scalars)
    for q in range(at.FIRST_PIECE, at.FIRST_PIECE + 5 * table[at.PIECES], 5):
        column, stride, dim, channels, channel = (
            table[q],
            table[q + 1],
            table[q + 2],
            table[q + 3],
            table[q + 4],
        )
        for m in range(dim):
            c = column + m * stride
            simd.product(
                y,
                y0 + c - gates,
                narrow,
                x,
                x0 + c,
                wide,
                s,
                s0 + channel,
                n_s,
                scale[1],
                rows,
                channels,
            )


@routine
def gate_back(g, g0, x, x0, s, s0, plan, gx, gx0, rows):
    """The derivative of ``gate``, with the sigmoids that it left in s."""
    table, scale = plan
    scalars, gates, wide = table[at.SCALARS], table[at.GATES], table[at.WIDE]
    narrow, n_s = wide - gates, scalars + gates
    zero, one = gx.dtype.type(0), gx.dtype.type(1)
    simd.silu_slope(gx, gx0, wide, g, g0, narrow, x, x0, wide, s, s0, n_s, scale[0], rows, scalars)
    simd.fill(gx, gx0 + scalars, wide, zero, rows, gates)
    for q in range(at.FIRST_PIECE, at.FIRST_PIECE + 5 * table[at.PIECES], 5):
        column, stride, dim, channels, channel = (
            table[q],
            table[q + 1],
            table[q + 2],
            table[q + 3],
            table[q + 4],
        )
        for m in range(dim):
            c = column + m * stride
            simd.add_product(
                gx,
                gx0 + channel,
                wide,
                x,
                x0 + c,
                wide,
                g,
                g0 + c - gates,
                narrow,
                one,
                rows,
                channels,
            )
            simd.product(
                gx,
                gx0 + c,
                wide,
                g,
                g0 + c - gates,
                narrow,
                s,
                s0 + channel,
                n_s,
                scale[1],
                rows,
                channels,
            )
    simd.sigmoid_slope(gx, gx0 + scalars, wide, s, s0 + scalars, n_s, scale[1], rows, gates)
