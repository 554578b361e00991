"""Kernels for the second derivative of rows: that of ``segnn.o3.backends.numba.rows.backward``; see
``segnn.o3.backends.numba.second``.
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba import table as at
from segnn.o3.backends.numba.compile import kernel, spread
from segnn.o3.backends.numba.flat import free, greater, lesser, part, room
from segnn.o3.backends.numba.rows import (
    SHARES,
    chunk_total,
    clear,
    gather,
    scratch,
    side_by_side,
    total_of,
    transposed,
)
from segnn.o3.backends.numba.second import (
    gate_second,
    gate_tangent,
    held,
    linear_second,
    linear_tangent,
)
from segnn.o3.backends.numba.tile import add_rows, gate, gate_back, linear


@kernel(
    integers="runs_1 runs_2", programs="layer_1 plan layer_2", numbers="parts threads chunks tile",
    flags="turn two residual need_x need_a need_w",
)  # fmt: skip
def backward(
    g, x, dx, x_1, dx_1, parts, attribute, turn, da, w_1, runs_1, b_1, layer_1, plan, w_2, runs_2, b_2, layer_2,
    two, residual, threads, chunks, tile, kept, need_x, need_a, need_w, gg, gx, gx_1, ga, gw_1, gb_1, gw_2,
):  # fmt: skip
    """Derivatives of ⟨dx, gx⟩ + ⟨dx_1, gx_1⟩ + ⟨da, ga⟩ of ``rows.backward`` by g (rows, dim) and
    its other arguments.

    ga must hold zeros. The last bias has no second derivative; that of the first is zero without a
    second layer.
    """
    n_1, n_2 = w_1.shape[0], w_2.shape[0]
    flat_1, flat_2, turned_1, turned_2 = room(n_1, g), room(n_2, g), room(n_1, g), room(n_2, g)
    gather(w_1, runs_1, flat_1)
    gather(w_2, runs_2, flat_2)
    transposed(layer_1, parts, flat_1, turned_1)
    transposed(layer_2, 1, flat_2, turned_2)
    numbers = n_1 + n_2 + b_1.shape[0] if need_w else 0
    partial = room(chunks * numbers, g)
    backward_chunk(
        threads, chunks, g, x, dx, x_1, dx_1, parts, attribute, turn, da, flat_1, turned_1, b_1, layer_1, plan,
        flat_2, turned_2, b_2, layer_2, two, residual, tile, kept, need_x, need_a, gg, gx, gx_1, ga, partial,
    )  # fmt: skip
    if need_w:
        total_of(threads, SHARES, partial, numbers, 0, runs_1, gw_1)
        total_of(threads, SHARES, partial, numbers, n_1, runs_2, gw_2)
        chunk_total(partial, numbers, n_1 + n_2, gb_1)
    free(flat_1)
    free(flat_2)
    free(turned_1)
    free(turned_2)
    free(partial)


@spread
def backward_chunk(
    chunk, chunks, g, x, dx, x_1, dx_1, parts, attribute, turn, da, w_1, turned_1, b_1, layer_1, plan, w_2, turned_2, b_2,
    layer_2, two, residual, tile, kept, need_x, need_a, gg, gx, gx_1, ga, partial,
):  # fmt: skip
    """``backward`` on one chunk of rows, whose sums (weights 1, weights 2, bias 1, or nothing) are
    its row of partial.
    """
    total = part(partial, chunk * (partial.shape[0] // chunks), partial.shape[0] // chunks)
    clear(total)
    head_1, head_2 = layer_1[0], layer_2[0]
    dim, a_dim, wide = head_1[at.X_DIM], head_1[at.A_DIM], head_1[at.Y_DIM]
    inner, out = (head_2[at.X_DIM], head_2[at.Y_DIM]) if two else (0, wide)
    rows, width, one = g.shape[0] // out, parts * dim, g.dtype.type(1)
    gates, n_1, n_2 = plan[0][at.GATES], w_1.shape[0], w_2.shape[0]
    gated = plan[0][at.SCALARS] + gates
    held_1, work_dim = held(head_1, parts), greater(scratch(head_1), scratch(head_2))
    s = room(
        tile
        * (
            3 * width
            + 4 * wide
            + 4 * inner
            + gated
            + 2 * gates
            + held_1
            + held(head_2, 1)
            + work_dim
        ),
        g,
    )
    g_in = 2 * tile * width
    y_1 = g_in + tile * width
    dy_1 = y_1 + tile * wide
    g_1 = dy_1 + tile * wide
    h = g_1 + 2 * tile * wide
    g_h = h + 2 * tile * inner
    sigmoids = g_h + 2 * tile * inner
    slopes = sigmoids + tile * gated
    more = slopes + tile * gates
    hold_1 = more + tile * gates
    hold_2 = hold_1 + tile * held_1
    work = hold_2 + tile * held(head_2, 1)
    stop = (chunk + 1) * rows // chunks
    for first in range(chunk * rows // chunks, stop, tile):
        count = lesser(tile, stop - first)
        a0, x0, g0 = first * a_dim, first * dim, first * out
        tangent = count * width
        if parts == 2:
            side_by_side(x, x_1, dim, first, count, s, 0, one)
            side_by_side(dx, dx_1, dim, first, count, s, tangent, one)
        else:
            simd.copy(s, 0, dim, x, x0, dim, one, count, dim)
            simd.copy(s, tangent, dim, dx, x0, dim, one, count, dim)
        inside, inside_0 = g, g0 - count * out
        if two:
            inputs, at_1 = (s, y_1) if kept.shape[0] == 0 else (kept, first * wide)
            if kept.shape[0] == 0:
                linear(
                    s, 0, parts, attribute, a0, w_1, 0, b_1, layer_1, s, work, inputs, at_1, count
                )
            linear_tangent(
                s, 0, parts, attribute, a0, turn, da, a0, w_1, 0, layer_1, s, hold_1, work, s, dy_1, count
            )  # fmt: skip
            gate(inputs, at_1, s, sigmoids, plan, s, h, count)
            gate_tangent(
                inputs, at_1, s, dy_1, s, sigmoids, slopes, plan, s, h + count * inner, count
            )
            linear_tangent(
                s, h, 1, attribute, a0, turn, da, a0, w_2, 0, layer_2, s, hold_2, work, gg, g0, count
            )  # fmt: skip
            linear_second(
                g, inside_0, False, s, h, 1, attribute, a0, turn, da, a0, turned_2, 0, layer_2, s,
                hold_2, work, total, n_1, s, g_h, ga, a0, True, True, need_a, count,
            )  # fmt: skip
            gate_back(s, g_h, inputs, at_1, s, sigmoids, plan, s, g_1, count)
            gate_second(
                s, g_h + count * inner, inputs, at_1, s, dy_1, s, sigmoids, slopes, more, plan, s, g_1,
                s, g_1 + count * wide, count,
            )  # fmt: skip
            add_rows(s, g_1, wide, total, n_1 + n_2, b_1.shape[0], count, one)
            inside, inside_0 = s, g_1
        else:
            linear_tangent(
                s, 0, parts, attribute, a0, turn, da, a0, w_1, 0, layer_1, s, hold_1, work, gg, g0, count
            )  # fmt: skip
        if residual:
            simd.add(gg, g0, out, s, tangent, width, one, count, out)
        linear_second(
            inside, inside_0, two, s, 0, parts, attribute, a0, turn, da, a0, turned_1, 0, layer_1, s,
            hold_1, work, total, 0, s, g_in, ga, a0, need_x, False, need_a, count,
        )  # fmt: skip
        if need_x:
            simd.copy(gx, x0, dim, s, g_in, width, one, count, dim)
            if parts == 2:
                simd.copy(gx_1, x0, dim, s, g_in + dim, width, one, count, dim)
    free(s)
