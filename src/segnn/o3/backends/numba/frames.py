"""Kernels for messages in the frames of their edges: the same function as
``segnn.o3.backends.numba.messages``.

    m_ij = D⁻¹ σ(W_2 s σ(W_1 s (D x_i ⊕ D x_j ⊕ D s_ij) + b_1) + b_2),   m_i = Σ_j m_ij

D turns into the edge's frame, where a layer is one matrix for each |m|; gates do not care how a
vector is turned, so that both layers take one turn in and one out. s scales the attribute of an
edge; ``scale`` is empty where it is one for all.

A tile of edges goes through all of it while it lies in the cache. Edges are sorted by target and a
node's sum is written by one thread. Back, what the sources get is stored for every edge first and
then summed over a second index.

``per`` is 2 where edges are taken in pairs (``segnn.o3.frames.pairs``), else 1. ``edge`` holds the ``per``
edges of every pair, −1 where one is missing, and ``offsets`` the pairs of every node. Behind the
first product y_ij and I y_ji, in the frame of the first edge, are two rows like any others. Both
ends are written by the thread that has the whole graph (between ``cuts``).
"""

from __future__ import annotations

from segnn.o3.backends.numba import frame_table as at
from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba.compile import kernel, routine, spread
from segnn.o3.backends.numba.flat import free, greater, lesser, room
from segnn.o3.backends.numba.frame_ends import (
    both,
    first_layer,
    inverted,
    product,
    scaled,
    turn_in,
    turn_out,
)
from segnn.o3.backends.numba.messages import chunk_bounds, cut_bounds
from segnn.o3.backends.numba.messages import row as row_of
from segnn.o3.backends.numba.rows import SHARES, chunk_total, clear
from segnn.o3.backends.numba.table import GATES, SCALARS
from segnn.o3.backends.numba.tile import (
    add_rows,
    gate,
    gate_back,
    gate_sigmoids,
    mix_back,
    mix_weight,
    transpose,
)
from segnn.o3.backends.numba.turn import turn, turn_back


@spread
def forward_chunk(
    chunk, chunks, bounds, x, message, frame, f_dim, scale, source, target, edge, per, offsets, w_1, b_1, layer_1, plan,
    w_2, b_2, layer_2, out_table, two, last, tile, kept, y,
):  # fmt: skip
    """``forward`` for the messages to the nodes of a chunk."""
    first_node, last_node = bounds[chunk], bounds[chunk + 1]
    wide = layer_1[at.Y_DIM] // per
    wide_2 = layer_2[at.Y_DIM] if two else wide
    narrow, inner, ends = (
        out_table[at.OUT_DIM],
        layer_2[at.X_DIM],
        greater(layer_1[at.NODE_DIM], layer_1[at.MESSAGE_DIM]),
    )
    gated = plan[0][SCALARS] + plan[0][GATES]
    one = y.dtype.type(1)
    most = per * tile
    s = room(
        tile * layer_1[at.X_DIM]
        + most * (2 * wide + inner + wide_2 + narrow + gated)
        + greater(2 * ends, narrow),
        y,
    )
    y_1 = tile * layer_1[at.X_DIM]
    halves = y_1 + most * wide
    h = halves + most * wide
    y_2 = h + most * inner
    out = y_2 + most * wide_2
    sigmoids = out + most * narrow
    work = sigmoids + most * gated
    simd.fill(y, first_node * narrow, narrow, y.dtype.type(0), last_node - first_node, narrow)
    stop = offsets[last_node]
    for first in range(offsets[first_node], stop, tile):
        count = lesser(tile, stop - first)
        row, rows = per * first, per * count
        turn_in(
            x,
            message,
            frame,
            f_dim,
            scale,
            source,
            target,
            edge,
            per,
            layer_1,
            first,
            count,
            s,
            0,
            work,
            one,
        )
        first_layer(s, 0, per, layer_1, w_1, b_1, s, halves, s, y_1, count)
        at_2 = y_1
        if two:
            gate(s, y_1, s, sigmoids, plan, s, h, rows)
            scaled(s, h, inner, scale, edge, per, per, first, rows)
            product(s, h, layer_2, w_2, b_2, s, y_2, rows)
            at_2 = y_2
        if kept.shape[0] > 0:
            simd.copy(kept, row * wide, 0, s, y_1, 0, one, 1, rows * wide)
            if two:
                simd.copy(
                    kept, edge.shape[0] * wide + row * wide_2, 0, s, y_2, 0, one, 1, rows * wide_2
                )
        if last:
            gate(s, at_2, s, sigmoids, plan, s, out, rows)
            at_2 = out
        for r in range(rows):
            e, f0 = edge[row + r], edge[row + r - r % per] * f_dim
            if e < 0:
                continue
            turn_back(
                s, at_2 + r * narrow, frame, f0, out_table, at.OUT_BLOCKS, out_table[at.OUT_COUNT], s, work, one
            )  # fmt: skip
            if r % per == 0:
                simd.add(y, target[e] * narrow, 0, s, work, 0, one, 1, narrow)
            else:
                inverted(s, work, out_table, y, target[e] * narrow, one, True)
    free(s)


@routine
def sums_in(g, frame, f_dim, target, edge, per, out_table, row, rows, s, g_out, work):
    """The derivative of the sums by the messages of some edges, in their frames; zero for a missing
    edge.
    """
    narrow, one = out_table[at.OUT_DIM], g.dtype.type(1)
    for r in range(rows):
        e, f0 = edge[row + r], edge[row + r - r % per] * f_dim
        if e < 0:
            simd.fill(s, g_out + r * narrow, 0, g.dtype.type(0), 1, narrow)
            continue
        given, given_0 = g, target[e] * narrow
        if r % per == 1:
            inverted(g, given_0, out_table, s, work, one, False)
            given, given_0 = s, work
        turn(
            given, given_0, frame, f0, out_table, at.OUT_BLOCKS, out_table[at.OUT_COUNT], s, g_out + r * narrow, one
        )  # fmt: skip


@spread
def backward_chunk(
    chunk, chunks, bounds, g, x, message, frame, f_dim, scale, source, target, edge, per, offsets, w_1, turned_1, b_1, layer_1,
    plan, w_2, turned_2, b_2, layer_2, out_table, two, last, tile, kept, need_x, need_m, gx, g_source, gm, partial,
):  # fmt: skip
    """``backward`` for the messages to the nodes of a chunk: ``gx`` gets the targets' part,
    ``g_source`` (edges, dim) the sources'; for pairs ``gx`` gets both.

    The sums of the chunk (matrices of the frames 1 and 2, bias 1 and 2) are its row of partial.
    """
    first_node, last_node, total = bounds[chunk], bounds[chunk + 1], row_of(partial, chunk, chunks)
    clear(total)
    x_dim, wide = layer_1[at.X_DIM], layer_1[at.Y_DIM] // per
    wide_2 = layer_2[at.Y_DIM] if two else wide
    narrow, inner, node_dim = out_table[at.OUT_DIM], layer_2[at.X_DIM], layer_1[at.NODE_DIM]
    n_1, n_2, m_1, m_2 = w_1.shape[0], w_2.shape[0], b_1.shape[0], b_2.shape[0]
    gated = plan[0][SCALARS] + plan[0][GATES]
    zero, one = g.dtype.type(0), g.dtype.type(1)
    most = per * tile
    inside = most * greater(inner, greater(wide_2, wide))
    s = room(
        2 * tile * x_dim + most * (wide + wide_2 + narrow + inner + 2 * gated) + 2 * inside
        + greater(2 * greater(node_dim, layer_1[at.MESSAGE_DIM]), narrow),
        g,
    )  # fmt: skip
    y_1 = tile * x_dim
    y_2 = y_1 + most * wide
    g_out = y_2 + most * wide_2
    h = g_out + most * narrow
    g_h = h + inside
    g_2 = g_h + most * inner
    g_in = g_2 + inside
    sigmoids = g_in + tile * x_dim
    sigmoids_2 = sigmoids + most * gated
    work = sigmoids_2 + most * gated
    halves, g_1 = h, g_2  # what was there has been used by then: less lies in the cache
    if need_x:
        simd.fill(gx, first_node * node_dim, node_dim, zero, last_node - first_node, node_dim)
    stop = offsets[last_node]
    for first in range(offsets[first_node], stop, tile):
        count = lesser(tile, stop - first)
        row, rows = per * first, per * count
        turn_in(
            x,
            message,
            frame,
            f_dim,
            scale,
            source,
            target,
            edge,
            per,
            layer_1,
            first,
            count,
            s,
            0,
            work,
            one,
        )
        if kept.shape[0] > 0:
            simd.copy(s, y_1, 0, kept, row * wide, 0, one, 1, rows * wide)
        else:
            first_layer(s, 0, per, layer_1, w_1, b_1, s, halves, s, y_1, count)
        sums_in(g, frame, f_dim, target, edge, per, out_table, row, rows, s, g_out, work)
        back = g_out
        if two:
            gate(s, y_1, s, sigmoids, plan, s, h, rows)
            scaled(s, h, inner, scale, edge, per, per, first, rows)
            if last:
                if kept.shape[0] > 0:
                    simd.copy(
                        s,
                        y_2,
                        0,
                        kept,
                        edge.shape[0] * wide + row * wide_2,
                        0,
                        one,
                        1,
                        rows * wide_2,
                    )
                else:
                    product(s, h, layer_2, w_2, b_2, s, y_2, rows)
                gate_sigmoids(s, y_2, s, sigmoids_2, plan, rows)
                gate_back(s, g_out, s, y_2, s, sigmoids_2, plan, s, g_2, rows)
                back = g_2
            add_rows(s, back, wide_2, total, n_1 + n_2 + m_1, m_2, rows, one)
            mix_weight(s, h, inner, s, back, wide_2, layer_2, at.TERMS, total, n_1, rows)
            simd.fill(s, g_h, inner, zero, rows, inner)
            mix_back(s, back, wide_2, layer_2, at.TERMS, turned_2, 0, s, g_h, inner, rows, True)
            scaled(s, g_h, inner, scale, edge, per, per, first, rows)
            gate_back(s, g_h, s, y_1, s, sigmoids, plan, s, g_1, rows)
            back = g_1
        elif last:
            gate_sigmoids(s, y_1, s, sigmoids, plan, rows)
            gate_back(s, g_out, s, y_1, s, sigmoids, plan, s, g_1, rows)
            back = g_1
        add_rows(s, back, wide, total, n_1 + n_2, m_1, rows, one)
        if per == 2:
            both(s, back, s, halves, wide, count, one)
            back = halves
        mix_weight(s, 0, x_dim, s, back, per * wide, layer_1, at.TERMS, total, 0, count)
        if not (need_x or need_m):
            continue
        simd.fill(s, g_in, x_dim, zero, count, x_dim)
        mix_back(s, back, per * wide, layer_1, at.TERMS, turned_1, 0, s, g_in, x_dim, count, True)
        scaled(s, g_in, x_dim, scale, edge, per, 1, first, count)
        turn_out(
            s, g_in, frame, f_dim, source, target, edge, per, layer_1, first, count, work, need_x, need_m, gx, g_source, gm, one
        )  # fmt: skip
    free(s)


@routine
def node_bounds(offsets, cuts, chunks, bounds):
    """First node of every chunk: whole graphs where there are ``cuts``, else whole nodes."""
    if cuts.shape[0] == 0:
        chunk_bounds(offsets, chunks, bounds)
        return
    cut_bounds(offsets, cuts, chunks, bounds)
    for chunk in range(chunks + 1):
        bounds[chunk] = cuts[bounds[chunk]]


@spread
def sources_sum(chunk, chunks, bounds, g_source, order, offsets, dim, gx):
    """gx of a node += Σ over the edges that leave it, for the nodes of a chunk."""
    one = gx.dtype.type(1)
    for node in range(bounds[chunk], bounds[chunk + 1]):
        for n in range(offsets[node], offsets[node + 1]):
            simd.add(gx, node * dim, 0, g_source, order[n] * dim, 0, one, 1, dim)


@spread
def total_of(share, shares, partial, numbers, start, out):
    """out[n] = Σ_chunks partial[chunk, start + n] with so many ``numbers`` a chunk, for one share
    of n.
    """
    low, high = share * out.shape[0] // shares, (share + 1) * out.shape[0] // shares
    simd.fill(out, low, 0, out.dtype.type(0), 1, high - low)
    for first in range(start + low, partial.shape[0], numbers):
        simd.add(out, low, 0, partial, first, 0, out.dtype.type(1), 1, high - low)


@kernel(
    integers="source target edge offsets cuts layer_1 layer_2 out_table", programs="plan",
    numbers="f_dim per threads chunks tile", flags="two last",
)  # fmt: skip
def forward(
    x, message, frame, f_dim, scale, source, target, edge, per, offsets, cuts, w_1, b_1, layer_1, plan, w_2, b_2, layer_2,
    out_table, two, last, threads, chunks, tile, kept, y,
):  # fmt: skip
    """y (nodes, dim), the summed messages. ``w_1`` and ``w_2`` are the matrices of the frames.

    ``kept`` has room for the inputs of both gates (rows, wide) and (rows, wide_2), a row for every
    entry of ``edge``, one after the other, or is empty.
    """
    bounds = room(chunks + 1, offsets)
    node_bounds(offsets, cuts, chunks, bounds)
    forward_chunk(
        threads, chunks, bounds, x, message, frame, f_dim, scale, source, target, edge, per, offsets, w_1, b_1, layer_1, plan,
        w_2, b_2, layer_2, out_table, two, last, tile, kept, y,
    )  # fmt: skip
    free(bounds)


@kernel(
    integers="source target edge offsets cuts source_order source_offsets layer_1 layer_2 out_table", programs="plan",
    numbers="f_dim per threads chunks tile", flags="two last need_x need_m",
)  # fmt: skip
def backward(
    g, x, message, frame, f_dim, scale, source, target, edge, per, offsets, cuts, source_order, source_offsets, w_1, b_1,
    layer_1, plan, w_2, b_2, layer_2, out_table, two, last, threads, chunks, tile, kept, need_x, need_m,
    gx, gm, gw_1, gb_1, gw_2, gb_2,
):  # fmt: skip
    """Derivatives of ``forward`` for g (nodes, dim), with what it kept; gw_1 and gw_2 are by the
    matrices of the frames.
    """
    n_1, n_2, m_1 = w_1.shape[0], w_2.shape[0], b_1.shape[0]
    turned_1, turned_2, bounds = room(n_1, g), room(n_2, g), room(chunks + 1, offsets)
    transpose(layer_1, at.TERMS, w_1, 0, turned_1)
    transpose(layer_2, at.TERMS, w_2, 0, turned_2)
    numbers = n_1 + n_2 + m_1 + b_2.shape[0]
    by_source = need_x and per == 1
    partial, g_source = (
        room(chunks * numbers, g),
        room(target.shape[0] * layer_1[at.NODE_DIM] if by_source else 0, g),
    )
    node_bounds(offsets, cuts, chunks, bounds)
    backward_chunk(
        threads, chunks, bounds, g, x, message, frame, f_dim, scale, source, target, edge, per, offsets, w_1, turned_1, b_1,
        layer_1, plan, w_2, turned_2, b_2, layer_2, out_table, two, last, tile, kept, need_x, need_m, gx, g_source, gm, partial,
    )  # fmt: skip
    if by_source:
        chunk_bounds(source_offsets, chunks, bounds)
        sources_sum(
            threads,
            chunks,
            bounds,
            g_source,
            source_order,
            source_offsets,
            layer_1[at.NODE_DIM],
            gx,
        )
    total_of(threads, SHARES, partial, numbers, 0, gw_1)
    total_of(threads, SHARES, partial, numbers, n_1, gw_2)
    chunk_total(partial, numbers, n_1 + n_2, gb_1)
    chunk_total(partial, numbers, n_1 + n_2 + m_1, gb_2)
    free(turned_1)
    free(turned_2)
    free(bounds)
    free(partial)
    free(g_source)
