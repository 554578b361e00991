"""What the kernels of a message's second derivative do with the edges of some nodes; see
``segnn.o3.backends.numba.second_messages``.

``ends`` and ``d_ends`` hold the mixed features of every node from ``base`` on, and their tangents,
as ``segnn.o3.backends.numba.edges`` has them.
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba import table as at
from segnn.o3.backends.numba.compile import routine
from segnn.o3.backends.numba.edges import add_ends
from segnn.o3.backends.numba.flat import free, greater, lesser, part, room
from segnn.o3.backends.numba.rows import scratch
from segnn.o3.backends.numba.second import (
    gate_second,
    gate_tangent,
    held,
    linear_second,
    linear_tangent,
)
from segnn.o3.backends.numba.tile import (
    add_rows,
    contract,
    contract_attribute,
    gate,
    gate_back,
    gate_inputs,
    linear,
    mix,
    mix_back,
    mix_weight,
    start_rows,
)


@routine
def couple(s, z, z_dim, attribute, turn, da, a0, layer, work, fresh, y, y0, dy0, y_dim, rows):
    """Adds K·a z to y (if ``fresh``) and K·a ż + K·ȧ z to its tangent, for both z and ż in the
    scratch at z.
    """
    dz = z + rows * z_dim
    if fresh:
        contract(s, z, z_dim, attribute, a0, layer, at.CONTRACT, s, work, y, y0, y_dim, rows, True)
    contract(s, dz, z_dim, attribute, a0, layer, at.CONTRACT, s, work, s, dy0, y_dim, rows, True)
    if turn:
        contract(s, z, z_dim, da, a0, layer, at.CONTRACT, s, work, s, dy0, y_dim, rows, True)


@routine
def couple_back(
    g, g0, y_dim, attribute, a0, turn, da, da0, layer, s, z, gz, work, z_dim, ga, need_a, rows
):
    """Back from both y and its tangent, side by side in g, to both z and ż in the scratch at gz."""
    gdz, gdy, dz, one = gz + rows * z_dim, g0 + rows * y_dim, z + rows * z_dim, g.dtype.type(1)
    contract(
        g, g0, y_dim, attribute, a0, layer, at.CONTRACT_BACK, s, work, s, gz, z_dim, rows, False
    )
    contract(
        g, gdy, y_dim, attribute, a0, layer, at.CONTRACT_BACK, s, work, s, gdz, z_dim, rows, False
    )
    if turn:
        contract(g, gdy, y_dim, da, da0, layer, at.CONTRACT_BACK, s, work, s, gz, z_dim, rows, True)
    if need_a:
        contract_attribute(s, z, z_dim, g, g0, y_dim, layer, at.CONTRACT_PAIRS, ga, a0, rows, one)
        contract_attribute(s, dz, z_dim, g, gdy, y_dim, layer, at.CONTRACT_PAIRS, ga, a0, rows, one)


@routine
def edges_second(
    g, ends, d_ends, base, message, d_message, attribute, turn, da, source, target, offsets, w_1, turned_1, b_1, layer_1, own,
    plan, w_2, turned_2, b_2, layer_2, two, last, first_node, last_node, tile, kept, need_m, need_a, gg, g_ends, gd_ends, g_1,
    gm, ga, total,
):  # fmt: skip
    """The tangent of some nodes' sums (in gg), then back through both to the mixed ends (g_ends)
    and their tangents (gd_ends).

    With g_1 (edges, 2·wide) the derivatives by the first layer and its tangent are left there, and
    only the targets' ends are written; ``sources_second`` does the other ones. Without it both ends
    lie among these nodes and are written.
    """
    head_1, head_2, head_own = layer_1[0], layer_2[0], own[0]
    z_dim, own_dim, wide, a_dim = (
        head_1[at.Z_DIM],
        head_own[at.Z_DIM],
        head_1[at.Y_DIM],
        head_1[at.A_DIM],
    )
    m_dim, own_0 = head_own[at.X_DIM], 2 * head_1[at.WEIGHTS]
    n_own, n_2, m_1, m_2 = w_1.shape[0] - own_0, w_2.shape[0], b_1.shape[0], b_2.shape[0]
    gates = plan[0][at.GATES]
    gated = plan[0][at.SCALARS] + gates
    wide_2 = head_2[at.Y_DIM] if two else wide
    narrow = wide_2 - gates if last else wide_2
    inner, held_2 = head_2[at.X_DIM], held(head_2, 1)
    zero, one = g.dtype.type(0), g.dtype.type(1)
    work_dim = greater(greater(head_1[at.MAX_TERMS], head_own[at.MAX_TERMS]), scratch(head_2))
    numbers = (
        4 * (z_dim + own_dim + wide + inner + wide_2)
        + 2 * (narrow + gated)
        + 3 * gates
        + held_2
        + work_dim
    )
    s = room(tile * numbers, g)
    gz = 2 * tile * z_dim
    z_own = gz + 2 * tile * z_dim
    gz_own = z_own + 2 * tile * own_dim
    y_1 = gz_own + 2 * tile * own_dim
    dy_1 = y_1 + tile * wide
    g_first = dy_1 + tile * wide
    h = g_first + 2 * tile * wide
    g_h = h + 2 * tile * inner
    y_2 = g_h + 2 * tile * inner
    dy_2 = y_2 + tile * wide_2
    g_2 = dy_2 + tile * wide_2
    out = g_2 + 2 * tile * wide_2
    g_out = out + tile * narrow
    sigmoids_1 = g_out + tile * narrow
    sigmoids_2 = sigmoids_1 + tile * gated
    slopes_1 = sigmoids_2 + tile * gated
    slopes_2 = slopes_1 + tile * gates
    more = slopes_2 + tile * gates
    hold = more + tile * gates
    work = hold + tile * held_2
    both = g_1.shape[0] == 0
    cleared = 2 * z_dim if both else z_dim
    simd.fill(
        g_ends, 2 * z_dim * (first_node - base), 2 * z_dim, zero, last_node - first_node, cleared
    )
    simd.fill(
        gd_ends, 2 * z_dim * (first_node - base), 2 * z_dim, zero, last_node - first_node, cleared
    )
    simd.fill(gg, first_node * narrow, narrow, zero, last_node - first_node, narrow)
    stop = offsets[last_node]
    for first in range(offsets[first_node], stop, tile):
        count = lesser(tile, stop - first)
        a0 = first * a_dim
        # The first layer and its tangent.
        fresh = kept.shape[0] == 0
        inputs_1, at_1, inputs_2, at_2 = gate_inputs(
            kept, first, target.shape[0], wide, wide_2, s, y_1, y_2
        )
        if fresh:
            start_rows(b_1, s, y_1, wide, count, zero, one)
        simd.fill(s, dy_1, wide, zero, count, wide)
        if z_dim > 0:
            add_ends(ends, base, z_dim, source, target, first, count, s, 0, one)
            add_ends(d_ends, base, z_dim, source, target, first, count, s, count * z_dim, one)
            couple(
                s,
                0,
                z_dim,
                attribute,
                turn,
                da,
                a0,
                layer_1,
                work,
                fresh,
                inputs_1,
                at_1,
                dy_1,
                wide,
                count,
            )
        if own_dim > 0:
            m0, dz_own = first * m_dim, z_own + count * own_dim
            mix(
                message, m0, m_dim, head_own, at.BEFORE, w_1, own_0, s, z_own, own_dim, count, False
            )
            mix(
                d_message,
                m0,
                m_dim,
                head_own,
                at.BEFORE,
                w_1,
                own_0,
                s,
                dz_own,
                own_dim,
                count,
                False,
            )
            couple(
                s,
                z_own,
                own_dim,
                attribute,
                turn,
                da,
                a0,
                own,
                work,
                fresh,
                inputs_1,
                at_1,
                dy_1,
                wide,
                count,
            )
        # The rest of the tangent, summed.
        sum_0 = dy_1
        if two:
            gate(inputs_1, at_1, s, sigmoids_1, plan, s, h, count)
            gate_tangent(
                inputs_1, at_1, s, dy_1, s, sigmoids_1, slopes_1, plan, s, h + count * inner, count
            )
            if last and fresh:
                linear(s, h, 1, attribute, a0, w_2, 0, b_2, layer_2, s, work, inputs_2, at_2, count)
            linear_tangent(
                s, h, 1, attribute, a0, turn, da, a0, w_2, 0, layer_2, s, hold, work, s, dy_2, count
            )  # fmt: skip
            sum_0 = dy_2
        else:
            inputs_2, at_2, dy_2 = inputs_1, at_1, dy_1
        if last:
            gate(inputs_2, at_2, s, sigmoids_2, plan, s, out, count)
            gate_tangent(inputs_2, at_2, s, dy_2, s, sigmoids_2, slopes_2, plan, s, out, count)
            sum_0 = out
        for r in range(count):
            node = target[first + r] * narrow
            simd.add(gg, node, 0, s, sum_0 + r * narrow, 0, one, 1, narrow)
            simd.copy(s, g_out + r * narrow, 0, g, node, 0, one, 1, narrow)
        # Back through both: what belongs to the sums begins with zero, what belongs to their
        # tangent with g.
        back = g_2 if two else g_first
        simd.fill(s, back, wide_2, zero, count, wide_2)
        if last:
            gate_second(
                s, g_out, inputs_2, at_2, s, dy_2, s, sigmoids_2, slopes_2, more, plan, s, back, s, back + count * wide_2, count
            )  # fmt: skip
        else:
            simd.copy(s, back + count * wide_2, wide_2, s, g_out, narrow, one, count, wide_2)
        if two:
            add_rows(s, g_2, wide_2, total, n_own + n_2 + m_1, m_2, count, one)
            linear_second(
                s, g_2, last, s, h, 1, attribute, a0, turn, da, a0, turned_2, 0, layer_2, s, hold, work,
                total, n_own, s, g_h, ga, a0, True, True, need_a, count,
            )  # fmt: skip
            gate_back(s, g_h, inputs_1, at_1, s, sigmoids_1, plan, s, g_first, count)
            gate_second(
                s, g_h + count * inner, inputs_1, at_1, s, dy_1, s, sigmoids_1, slopes_1, more, plan, s, g_first,
                s, g_first + count * wide, count,
            )  # fmt: skip
        add_rows(s, g_first, wide, total, n_own + n_2, m_1, count, one)
        if not both:
            simd.copy(g_1, 2 * first * wide, 2 * wide, s, g_first, wide, one, count, wide)
            simd.copy(
                g_1,
                2 * first * wide + wide,
                2 * wide,
                s,
                g_first + count * wide,
                wide,
                one,
                count,
                wide,
            )
        if z_dim > 0:
            couple_back(
                s, g_first, wide, attribute, a0, turn, da, a0, layer_1, s, 0, gz, work, z_dim, ga, need_a, count
            )  # fmt: skip
            for r in range(count):
                i, j = (
                    2 * (target[first + r] - base) * z_dim,
                    (2 * (source[first + r] - base) + 1) * z_dim,
                )
                z, dz = gz + r * z_dim, gz + (count + r) * z_dim
                simd.add(g_ends, i, 0, s, z, 0, one, 1, z_dim)
                simd.add(gd_ends, i, 0, s, dz, 0, one, 1, z_dim)
                if both:
                    simd.add(g_ends, j, 0, s, z, 0, one, 1, z_dim)
                    simd.add(gd_ends, j, 0, s, dz, 0, one, 1, z_dim)
        if need_m:
            simd.fill(gm, first * m_dim, m_dim, zero, count, m_dim)
        if own_dim > 0:
            m0, gdz_own = first * m_dim, gz_own + count * own_dim
            couple_back(
                s, g_first, wide, attribute, a0, turn, da, a0, own, s, z_own, gz_own, work, own_dim, ga, need_a, count
            )  # fmt: skip
            mix_weight(message, m0, m_dim, s, gz_own, own_dim, head_own, at.BEFORE, total, 0, count)
            mix_weight(
                d_message, m0, m_dim, s, gdz_own, own_dim, head_own, at.BEFORE, total, 0, count
            )
            if need_m:
                mix_back(
                    s,
                    gz_own,
                    own_dim,
                    head_own,
                    at.BEFORE,
                    turned_1,
                    own_0,
                    gm,
                    m0,
                    m_dim,
                    count,
                    True,
                )
    free(s)


@routine
def sources_second(
    g_1, attribute, turn, da, order, offsets, layer, first_node, last_node, tile, g_ends, gd_ends
):
    """Back from the first layer of the edges and its tangent to their sources' end, summed over the
    edges that leave a node.
    """
    head = layer[0]
    z_dim, wide, a_dim = head[at.Z_DIM], head[at.Y_DIM], head[at.A_DIM]
    one, zero = g_1.dtype.type(1), g_1.dtype.type(0)
    if z_dim == 0:
        return
    s = room(tile * (2 * z_dim + 2 * wide + 2 * a_dim + head[at.MAX_TERMS]), g_1)
    g_0 = 2 * tile * z_dim
    a_0 = g_0 + 2 * tile * wide
    da_0 = a_0 + tile * a_dim
    work = da_0 + tile * a_dim
    none = part(g_1, 0, 0)
    simd.fill(
        g_ends, 2 * z_dim * first_node + z_dim, 2 * z_dim, zero, last_node - first_node, z_dim
    )
    simd.fill(
        gd_ends, 2 * z_dim * first_node + z_dim, 2 * z_dim, zero, last_node - first_node, z_dim
    )
    for node in range(first_node, last_node):
        stop, place = offsets[node + 1], 2 * z_dim * node + z_dim
        for first in range(offsets[node], stop, tile):
            count = lesser(tile, stop - first)
            for r in range(count):
                edge = order[first + r]
                simd.copy(s, g_0 + r * wide, 0, g_1, 2 * edge * wide, 0, one, 1, wide)
                simd.copy(
                    s, g_0 + (count + r) * wide, 0, g_1, (2 * edge + 1) * wide, 0, one, 1, wide
                )
                simd.copy(s, a_0 + r * a_dim, 0, attribute, edge * a_dim, 0, one, 1, a_dim)
                if turn:
                    simd.copy(s, da_0 + r * a_dim, 0, da, edge * a_dim, 0, one, 1, a_dim)
            couple_back(
                s, g_0, wide, s, a_0, turn, s, da_0, layer, s, 0, 0, work, z_dim, none, False, count
            )  # fmt: skip
            simd.add(g_ends, place, 0, s, 0, z_dim, one, count, z_dim)
            simd.add(gd_ends, place, 0, s, count * z_dim, z_dim, one, count, z_dim)
    free(s)
