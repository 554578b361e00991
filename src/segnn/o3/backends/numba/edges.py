"""What the kernels of messages do with the edges of some nodes; see ``segnn.o3.backends.numba.messages``.

``ends`` holds, for every node from ``base`` on, its features mixed as a target and as a source:
(x_n W_target, x_n W_source).
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba import table as at
from segnn.o3.backends.numba.compile import routine
from segnn.o3.backends.numba.flat import free, greater, lesser, part, room
from segnn.o3.backends.numba.rows import scratch, transposed
from segnn.o3.backends.numba.tile import (
    add_rows,
    contract,
    contract_attribute,
    gate,
    gate_back,
    gate_inputs,
    linear,
    linear_back,
    mix,
    mix_back,
    mix_weight,
    start_rows,
)


@routine
def mix_ends(x, table, w, first, stop, ends, base):
    """ends[n - base] = (x_n W_target, x_n W_source) for some nodes n."""
    dim, z_dim, numel = table[at.X_DIM], table[at.Z_DIM], table[at.WEIGHTS]
    for p in range(2):
        mix(
            x, first * dim, dim, table, at.BEFORE, w, p * numel, ends, (2 * (first - base) + p) * z_dim, 2 * z_dim,
            stop - first, False,
        )  # fmt: skip


@routine
def add_ends(ends, base, z_dim, source, target, first, rows, s, s0, one):
    """Rows (mixed x_i + mixed x_j) of some edges."""
    for r in range(rows):
        i, j = 2 * (target[first + r] - base) * z_dim, (2 * (source[first + r] - base) + 1) * z_dim
        simd.add_two(s, s0 + r * z_dim, 0, ends, i, 0, ends, j, 0, one, 1, z_dim)


@routine
def first_layer(
    ends,
    base,
    source,
    target,
    message,
    attribute,
    w,
    own_0,
    b,
    layer,
    own,
    first,
    rows,
    s,
    z,
    z_own,
    work,
    y,
    y0,
):
    """y = W_1 (x_i ⊕ x_j ⊕ s_ij) + b for some edges; the mixed inputs are left in the scratch at z
    and z_own.
    """
    table, table_own = layer[0], own[0]
    z_dim, z_own_dim, y_dim, a_dim = (
        table[at.Z_DIM],
        table_own[at.Z_DIM],
        table[at.Y_DIM],
        table[at.A_DIM],
    )
    one = y.dtype.type(1)
    start_rows(b, y, y0, y_dim, rows, y.dtype.type(0), one)
    if z_dim > 0:
        add_ends(ends, base, z_dim, source, target, first, rows, s, z, one)
        contract(
            s,
            z,
            z_dim,
            attribute,
            first * a_dim,
            layer,
            at.CONTRACT,
            s,
            work,
            y,
            y0,
            y_dim,
            rows,
            True,
        )
    if z_own_dim > 0:
        m_dim = table_own[at.X_DIM]
        mix(
            message,
            first * m_dim,
            m_dim,
            table_own,
            at.BEFORE,
            w,
            own_0,
            s,
            z_own,
            z_own_dim,
            rows,
            False,
        )
        contract(
            s, z_own, z_own_dim, attribute, first * a_dim, own, at.CONTRACT, s, work, y, y0, y_dim, rows, True
        )  # fmt: skip


@routine
def forward_chunk(
    ends, base, message, attribute, source, target, offsets, w_1, b_1, layer_1, own, plan, w_2, b_2, layer_2,
    two, last, first_node, last_node, tile, kept, y,
):  # fmt: skip
    """``forward`` for the messages to some nodes."""
    head_1, head_2 = layer_1[0], layer_2[0]
    z_dim, own_dim, wide, a_dim = (
        head_1[at.Z_DIM],
        own[0][at.Z_DIM],
        head_1[at.Y_DIM],
        head_1[at.A_DIM],
    )
    own_0 = 2 * head_1[at.WEIGHTS]
    gated, gates = plan[0][at.SCALARS] + plan[0][at.GATES], plan[0][at.GATES]
    wide_2 = head_2[at.Y_DIM] if two else wide
    narrow = wide_2 - gates if last else wide_2
    inner = head_2[at.X_DIM]
    one = y.dtype.type(1)
    work_dim = greater(greater(head_1[at.MAX_TERMS], own[0][at.MAX_TERMS]), scratch(head_2))
    s = room(tile * (z_dim + own_dim + wide + inner + wide_2 + narrow + gated + work_dim), y)
    z_own = tile * z_dim
    y_1 = z_own + tile * own_dim
    h = y_1 + tile * wide
    y_2 = h + tile * inner
    out = y_2 + tile * wide_2
    sigmoids = out + tile * narrow
    work = sigmoids + tile * gated
    simd.fill(y, first_node * narrow, narrow, y.dtype.type(0), last_node - first_node, narrow)
    stop = offsets[last_node]
    for first in range(offsets[first_node], stop, tile):
        count = lesser(tile, stop - first)
        inputs_1, at_1, inputs_2, at_2 = gate_inputs(
            kept, first, target.shape[0], wide, wide_2, s, y_1, y_2
        )
        first_layer(
            ends, base, source, target, message, attribute, w_1, own_0, b_1, layer_1, own, first, count, s, 0, z_own,
            work, inputs_1, at_1,
        )  # fmt: skip
        if two:
            gate(inputs_1, at_1, s, sigmoids, plan, s, h, count)
            linear(
                s,
                h,
                1,
                attribute,
                first * a_dim,
                w_2,
                0,
                b_2,
                layer_2,
                s,
                work,
                inputs_2,
                at_2,
                count,
            )
        else:
            inputs_2, at_2 = inputs_1, at_1
        if last:
            gate(inputs_2, at_2, s, sigmoids, plan, s, out, count)
            inputs_2, at_2 = s, out
        for r in range(count):
            simd.add(
                y, target[first + r] * narrow, 0, inputs_2, at_2 + r * narrow, 0, one, 1, narrow
            )
    free(s)


@routine
def transposed_ends(layer, own, w, wt):
    """The matrices of the first layer, transposed in their places: target, source, own."""
    numel = layer[0][at.WEIGHTS]
    left = w.shape[0] - 2 * numel
    transposed(layer, 2, w, wt)
    transposed(own, 1, part(w, 2 * numel, left), part(wt, 2 * numel, left))


@routine
def edges_back(
    g, ends, base, message, attribute, source, target, offsets, w_1, turned_1, b_1, layer_1, own, plan, w_2, turned_2, b_2,
    layer_2, two, last, first_node, last_node, tile, kept, need_m, need_a, g_ends, g_1, gm, ga, total,
):  # fmt: skip
    """Back from the sums of some nodes to the first layer of their edges and to the mixed ends (in
    g_ends).

    With g_1 (edges, wide) the first layer's derivative is left there and only the targets' ends are
    written; ``sources_back`` does the other ones. Without it both ends lie among these nodes and
    are written.
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
    gated, gates = plan[0][at.SCALARS] + plan[0][at.GATES], plan[0][at.GATES]
    wide_2 = head_2[at.Y_DIM] if two else wide
    narrow = wide_2 - gates if last else wide_2
    inner = head_2[at.X_DIM]
    zero, one = g.dtype.type(0), g.dtype.type(1)
    work_dim = greater(greater(head_1[at.MAX_TERMS], head_own[at.MAX_TERMS]), scratch(head_2))
    s = room(
        tile
        * (
            2 * z_dim
            + 2 * own_dim
            + 3 * wide
            + 2 * inner
            + 2 * wide_2
            + narrow
            + 2 * gated
            + work_dim
        ),
        g,
    )
    gz = tile * z_dim
    z_own = gz + tile * z_dim
    gz_own = z_own + tile * own_dim
    y_1 = gz_own + tile * own_dim
    h = y_1 + tile * wide
    g_h = h + tile * inner
    y_2 = g_h + tile * inner
    g_2 = y_2 + tile * wide_2
    out = g_2 + tile * wide_2
    g_out = out + tile * wide
    sigmoids_1 = g_out + tile * narrow
    sigmoids_2 = sigmoids_1 + tile * gated
    g_first = sigmoids_2 + tile * gated
    work = g_first + tile * wide
    both = g_1.shape[0] == 0
    simd.fill(
        g_ends, 2 * z_dim * (first_node - base), 2 * z_dim, zero, last_node - first_node, 2 * z_dim if both else z_dim
    )  # fmt: skip
    stop = offsets[last_node]
    for first in range(offsets[first_node], stop, tile):
        count = lesser(tile, stop - first)
        a0 = first * a_dim
        back_1, at_b = (s, g_first) if both else (g_1, first * wide)
        inputs_1, at_1, inputs_2, at_2 = gate_inputs(
            kept, first, target.shape[0], wide, wide_2, s, y_1, y_2
        )
        if kept.shape[0] == 0 or need_a:
            first_layer(
                ends, base, source, target, message, attribute, w_1, own_0, b_1, layer_1, own, first, count, s, 0,
                z_own, work, inputs_1, at_1,
            )  # fmt: skip
        for r in range(count):
            simd.copy(s, g_out + r * narrow, 0, g, target[first + r] * narrow, 0, one, 1, narrow)
        back = g_out
        if two:
            gate(inputs_1, at_1, s, sigmoids_1, plan, s, h, count)
            if last:
                if kept.shape[0] == 0:
                    linear(
                        s, h, 1, attribute, a0, w_2, 0, b_2, layer_2, s, work, inputs_2, at_2, count
                    )  # fmt: skip
                gate(inputs_2, at_2, s, sigmoids_2, plan, s, out, count)
                gate_back(s, g_out, inputs_2, at_2, s, sigmoids_2, plan, s, g_2, count)
                back = g_2
            add_rows(s, back, wide_2, total, n_own + n_2 + m_1, m_2, count, one)
            linear_back(
                s, back, s, h, 1, attribute, a0, w_2, turned_2, 0, layer_2, s, work,
                total, n_own, s, g_h, ga, a0, True, need_a, count,
            )  # fmt: skip
            gate_back(s, g_h, inputs_1, at_1, s, sigmoids_1, plan, back_1, at_b, count)
        elif last:
            gate(inputs_1, at_1, s, sigmoids_1, plan, s, out, count)
            gate_back(s, g_out, inputs_1, at_1, s, sigmoids_1, plan, back_1, at_b, count)
        else:
            simd.copy(back_1, at_b, wide, s, g_out, wide, one, count, wide)
        add_rows(back_1, at_b, wide, total, n_own + n_2, m_1, count, one)
        if z_dim > 0:
            contract(
                back_1,
                at_b,
                wide,
                attribute,
                a0,
                layer_1,
                at.CONTRACT_BACK,
                s,
                work,
                s,
                gz,
                z_dim,
                count,
                False,
            )
            for r in range(count):
                i, j = (
                    2 * (target[first + r] - base) * z_dim,
                    (2 * (source[first + r] - base) + 1) * z_dim,
                )
                simd.add(g_ends, i, 0, s, gz + r * z_dim, 0, one, 1, z_dim)
                if both:
                    simd.add(g_ends, j, 0, s, gz + r * z_dim, 0, one, 1, z_dim)
            if need_a:
                contract_attribute(
                    s, 0, z_dim, back_1, at_b, wide, layer_1, at.CONTRACT_PAIRS, ga, a0, count, one
                )
        if need_m:
            simd.fill(gm, first * m_dim, m_dim, zero, count, m_dim)
        if own_dim > 0:
            contract(
                back_1,
                at_b,
                wide,
                attribute,
                a0,
                own,
                at.CONTRACT_BACK,
                s,
                work,
                s,
                gz_own,
                own_dim,
                count,
                False,
            )
            mix_weight(
                message,
                first * m_dim,
                m_dim,
                s,
                gz_own,
                own_dim,
                head_own,
                at.BEFORE,
                total,
                0,
                count,
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
                    first * m_dim,
                    m_dim,
                    count,
                    True,
                )
            if need_a:
                contract_attribute(
                    s,
                    z_own,
                    own_dim,
                    back_1,
                    at_b,
                    wide,
                    own,
                    at.CONTRACT_PAIRS,
                    ga,
                    a0,
                    count,
                    one,
                )
    free(s)


@routine
def sources_back(g_1, attribute, order, offsets, layer, first_node, last_node, tile, g_ends):
    """Back from the first layer of the edges to their sources' end, summed over the edges that
    leave a node.
    """
    head = layer[0]
    z_dim, wide, a_dim = head[at.Z_DIM], head[at.Y_DIM], head[at.A_DIM]
    one = g_1.dtype.type(1)
    if z_dim == 0:
        return
    s = room(tile * (z_dim + wide + a_dim + head[at.MAX_TERMS]), g_1)
    g_0 = tile * z_dim
    a_0 = g_0 + tile * wide
    work = a_0 + tile * a_dim
    simd.fill(
        g_ends,
        2 * z_dim * first_node + z_dim,
        2 * z_dim,
        g_1.dtype.type(0),
        last_node - first_node,
        z_dim,
    )
    for node in range(first_node, last_node):
        stop = offsets[node + 1]
        for first in range(offsets[node], stop, tile):
            count = lesser(tile, stop - first)
            for r in range(count):
                edge = order[first + r]
                simd.copy(s, g_0 + r * wide, 0, g_1, edge * wide, 0, one, 1, wide)
                simd.copy(s, a_0 + r * a_dim, 0, attribute, edge * a_dim, 0, one, 1, a_dim)
            contract(
                s, g_0, wide, s, a_0, layer, at.CONTRACT_BACK, s, work, s, 0, z_dim, count, False
            )
            simd.add(g_ends, 2 * z_dim * node + z_dim, 0, s, 0, z_dim, one, count, z_dim)
    free(s)


@routine
def nodes_back(g_ends, base, x, table, turned, first, stop, need_x, gx, total):
    """Back through the mix at some nodes."""
    dim, z_dim, numel = table[at.X_DIM], table[at.Z_DIM], table[at.WEIGHTS]
    if need_x:
        simd.fill(gx, first * dim, dim, gx.dtype.type(0), stop - first, dim)
    for p in range(2):
        g0 = (2 * (first - base) + p) * z_dim
        mix_weight(
            x,
            first * dim,
            dim,
            g_ends,
            g0,
            2 * z_dim,
            table,
            at.BEFORE,
            total,
            p * numel,
            stop - first,
        )
        if need_x:
            mix_back(
                g_ends,
                g0,
                2 * z_dim,
                table,
                at.BEFORE,
                turned,
                p * numel,
                gx,
                first * dim,
                dim,
                stop - first,
                True,
            )
