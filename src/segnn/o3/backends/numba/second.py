"""Second derivatives of steerable layers on a tile of rows.

A derivative B(g; x, a, W) of y = f(x, a, W) is itself differentiated, for numbers (ẋ, ȧ) that weigh
its results. Since

    ⟨B(g; x, a, W), (ẋ, ȧ)⟩ = ⟨g, ẏ⟩,        ẏ = ∂f/∂x ẋ + ∂f/∂a ȧ,

its derivative by g is the tangent ẏ, and those by x, a and W are the reverse pass through y and ẏ
together, begun with zero for y and g for ẏ. An array of "both" holds ``rows`` rows that belong to
y, then as many that belong to ẏ, so that one matrix product serves the two. ``turn`` False says
that ȧ is zero. In names, ``d…`` is a tangent, ``g…`` a derivative.
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba import table as at
from segnn.o3.backends.numba.compile import routine
from segnn.o3.backends.numba.flat import greater
from segnn.o3.backends.numba.tile import (
    contract,
    contract_attribute,
    gate_back,
    mix,
    mix_back,
    mix_weight,
)


@routine
def held(head, parts):
    """Numbers a row that ``linear_tangent`` leaves for ``linear_second``."""
    return 2 * (head[at.Z_DIM] + parts * head[at.T_DIM])


@routine
def linear_tangent(
    x, x0, parts, attribute, a0, turn, da, da0, w, w0, layer, s, hold, work, dy, dy0, rows
):
    """dy = W_a ẋ + W_ȧ x, for both x and ẋ in x.

    Scratch s: rows · ``held`` numbers from ``hold`` on, left for ``linear_second``; rows · (terms
    of the layer) from ``work``.
    """
    table = layer[0]
    x_dim, z_dim, t_dim, y_dim = table[at.X_DIM], table[at.Z_DIM], table[at.T_DIM], table[at.Y_DIM]
    width, numel = parts * x_dim, table[at.WEIGHTS]
    t_0 = hold + 2 * rows * z_dim
    simd.fill(dy, dy0, y_dim, dy.dtype.type(0), rows, y_dim)
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
                hold,
                z_dim,
                2 * rows,
                p > 0,
            )
        dz = hold + rows * z_dim
        contract(
            s, dz, z_dim, attribute, a0, layer, at.CONTRACT, s, work, dy, dy0, y_dim, rows, True
        )
        if turn:
            contract(
                s, hold, z_dim, da, da0, layer, at.CONTRACT, s, work, dy, dy0, y_dim, rows, True
            )
    if t_dim > 0:
        for p in range(parts):
            x_p = x0 + p * x_dim
            dx_p, t = x_p + rows * width, t_0 + 2 * p * rows * t_dim
            dt = t + rows * t_dim
            contract(
                x, x_p, width, attribute, a0, layer, at.GATHER, s, work, s, t, t_dim, rows, False
            )
            contract(
                x, dx_p, width, attribute, a0, layer, at.GATHER, s, work, s, dt, t_dim, rows, False
            )
            if turn:
                contract(
                    x, x_p, width, da, da0, layer, at.GATHER, s, work, s, dt, t_dim, rows, True
                )
            mix(s, dt, t_dim, table, at.AFTER, w, w0 + p * numel, dy, dy0, y_dim, rows, True)


@routine
def linear_second(
    gy, gy0, first, x, x0, parts, attribute, a0, turn, da, da0, wt, w0, layer, s, hold, work,
    gw, gw0, gx, gx0, ga, ga0, need_x, need_dx, need_a, rows,
):  # fmt: skip
    """The reverse pass through y = W_a x + b and ``linear_tangent``: gw and ga are added to, gx is
    written.

    gy: derivatives by both y and ẏ; ``first`` False says that those by y are zero, and they are not
    read. gx: those by both, or without ``need_dx`` by x alone. Scratch s from ``work`` on: rows ·
    (2·max(z_dim, t_dim) + terms) numbers.
    """
    table = layer[0]
    x_dim, z_dim, t_dim, y_dim = table[at.X_DIM], table[at.Z_DIM], table[at.T_DIM], table[at.Y_DIM]
    width, numel = parts * x_dim, table[at.WEIGHTS]
    t_0 = hold + 2 * rows * z_dim
    terms = work + 2 * rows * greater(z_dim, t_dim)
    gdy, one, zero = gy0 + rows * y_dim, gy.dtype.type(1), gy.dtype.type(0)
    written = 2 * rows if need_dx else rows
    if need_x:
        simd.fill(gx, gx0, width, zero, written, width)
    if z_dim > 0:
        gdz, dz = work + rows * z_dim, hold + rows * z_dim
        contract(
            gy,
            gdy,
            y_dim,
            attribute,
            a0,
            layer,
            at.CONTRACT_BACK,
            s,
            terms,
            s,
            gdz,
            z_dim,
            rows,
            False,
        )
        if first:
            contract(
                gy,
                gy0,
                y_dim,
                attribute,
                a0,
                layer,
                at.CONTRACT_BACK,
                s,
                terms,
                s,
                work,
                z_dim,
                rows,
                False,
            )
        elif not turn:
            simd.fill(s, work, z_dim, zero, rows, z_dim)
        if turn:
            contract(
                gy,
                gdy,
                y_dim,
                da,
                da0,
                layer,
                at.CONTRACT_BACK,
                s,
                terms,
                s,
                work,
                z_dim,
                rows,
                first,
            )
        for p in range(parts):
            mix_weight(
                x,
                x0 + p * x_dim,
                width,
                s,
                work,
                z_dim,
                table,
                at.BEFORE,
                gw,
                gw0 + p * numel,
                2 * rows,
            )
            if need_x:
                mix_back(
                    s,
                    work,
                    z_dim,
                    table,
                    at.BEFORE,
                    wt,
                    w0 + p * numel,
                    gx,
                    gx0 + p * x_dim,
                    width,
                    written,
                    True,
                )
        if need_a:
            contract_attribute(
                s, dz, z_dim, gy, gdy, y_dim, layer, at.CONTRACT_PAIRS, ga, ga0, rows, one
            )
            if first:
                contract_attribute(
                    s, hold, z_dim, gy, gy0, y_dim, layer, at.CONTRACT_PAIRS, ga, ga0, rows, one
                )
    if t_dim > 0:
        skip = 0 if first else rows
        gdt = work + rows * t_dim
        for p in range(parts):
            x_p, gx_p = x0 + p * x_dim, gx0 + p * x_dim
            dx_p, t = x_p + rows * width, t_0 + (2 * p * rows + skip) * t_dim
            g_p = gy0 + skip * y_dim
            mix_weight(
                s, t, t_dim, gy, g_p, y_dim, table, at.AFTER, gw, gw0 + p * numel, 2 * rows - skip
            )
            if need_x or need_a:
                mix_back(
                    gy, g_p, y_dim, table, at.AFTER, wt, w0 + p * numel, s, work + skip * t_dim, t_dim, 2 * rows - skip,
                    False,
                )  # fmt: skip
            if need_x:
                if first:
                    contract(
                        s,
                        work,
                        t_dim,
                        attribute,
                        a0,
                        layer,
                        at.GATHER_BACK,
                        s,
                        terms,
                        gx,
                        gx_p,
                        width,
                        rows,
                        True,
                    )
                if turn:
                    contract(
                        s,
                        gdt,
                        t_dim,
                        da,
                        da0,
                        layer,
                        at.GATHER_BACK,
                        s,
                        terms,
                        gx,
                        gx_p,
                        width,
                        rows,
                        True,
                    )
                if need_dx:
                    contract(
                        s, gdt, t_dim, attribute, a0, layer, at.GATHER_BACK, s, terms, gx, gx_p + rows * width, width, rows,
                        True,
                    )  # fmt: skip
            if need_a:
                contract_attribute(
                    x, dx_p, width, s, gdt, t_dim, layer, at.GATHER_PAIRS, ga, ga0, rows, one
                )
                if first:
                    contract_attribute(
                        x, x_p, width, s, work, t_dim, layer, at.GATHER_PAIRS, ga, ga0, rows, one
                    )


@routine
def gate_tangent(x, x0, dx, dx0, s, s0, slopes, plan, dy, dy0, rows):
    """dy, the tangent of ``gate`` for dx, with the sigmoids that it left in s; σ'(gate) · d(gate)
    goes to s at ``slopes``.
    """
    table, scale = plan
    scalars, gates, wide = table[at.SCALARS], table[at.GATES], table[at.WIDE]
    narrow, n_s, one = wide - gates, scalars + gates, dy.dtype.type(1)
    simd.silu_slope(
        dy, dy0, narrow, dx, dx0, wide, x, x0, wide, s, s0, n_s, scale[0], rows, scalars
    )
    simd.copy(s, slopes, gates, dx, dx0 + scalars, wide, one, rows, gates)
    simd.sigmoid_slope(s, slopes, gates, s, s0 + scalars, n_s, one, rows, gates)
    for q in range(at.FIRST_PIECE, at.FIRST_PIECE + 5 * table[at.PIECES], 5):
        column, stride, dim, channels, channel = (
            table[q],
            table[q + 1],
            table[q + 2],
            table[q + 3],
            table[q + 4],
        )
        slope = slopes + channel - scalars
        for m in range(dim):
            c = column + m * stride
            y_c = dy0 + c - gates
            simd.product(
                dy, y_c, narrow, dx, dx0 + c, wide, s, s0 + channel, n_s, scale[1], rows, channels
            )
            simd.add_product(
                dy, y_c, narrow, x, x0 + c, wide, s, slope, gates, scale[1], rows, channels
            )


@routine
def gate_second(g, g0, x, x0, dx, dx0, s, s0, slopes, work, plan, gx, gx0, gdx, gdx0, rows):
    """The reverse pass through ``gate_tangent`` for g: what it brings to x is added to gx, the
    derivative by dx is written.

    Scratch s from ``work`` on: rows · gates numbers.
    """
    table, scale = plan
    scalars, gates, wide = table[at.SCALARS], table[at.GATES], table[at.WIDE]
    narrow, n_s, one = wide - gates, scalars + gates, gx.dtype.type(1)
    gate_back(g, g0, x, x0, s, s0, plan, gdx, gdx0, rows)
    simd.silu_curve(
        gx,
        gx0,
        wide,
        g,
        g0,
        narrow,
        dx,
        dx0,
        wide,
        x,
        x0,
        wide,
        s,
        s0,
        n_s,
        scale[0],
        rows,
        scalars,
    )
    simd.fill(s, work, gates, gx.dtype.type(0), rows, gates)
    for q in range(at.FIRST_PIECE, at.FIRST_PIECE + 5 * table[at.PIECES], 5):
        column, stride, dim, channels, channel = (
            table[q],
            table[q + 1],
            table[q + 2],
            table[q + 3],
            table[q + 4],
        )
        n = channel - scalars
        for m in range(dim):
            c = column + m * stride
            g_c = g0 + c - gates
            simd.add_product(
                gx, gx0 + c, wide, g, g_c, narrow, s, slopes + n, gates, scale[1], rows, channels
            )
            simd.add_product(
                s, work + n, gates, dx, dx0 + c, wide, g, g_c, narrow, one, rows, channels
            )
    simd.sigmoid_slope(s, work, gates, s, s0 + scalars, n_s, scale[1], rows, gates)
    first = gx0 + scalars
    simd.add(gx, first, wide, s, work, gates, one, rows, gates)
    simd.sigmoid_curve(
        gx, first, wide, gdx, gdx0 + scalars, wide, dx, dx0 + scalars, wide, s, s0 + scalars, n_s, one, rows, gates
    )  # fmt: skip
