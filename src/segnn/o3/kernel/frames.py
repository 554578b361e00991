"""Kernels for messages in the frames of their edges: the same function as ``segnn.o3.kernel.messages``.

    m_ij = D⁻¹ σ(W_2 s σ(W_1 s (D x_i ⊕ D x_j ⊕ D s_ij) + b_1) + b_2),   m_i = Σ_j m_ij

D turns into the edge's frame, where a layer is one matrix for each |m|; gates do not care how a vector is turned, so that
both layers take one turn in and one out. s scales the attribute of an edge; ``scale`` is empty where it is one for all.

A tile of edges goes through all of it while it lies in the cache. Edges are sorted by target and a node's sum is written by one
thread. Back, what the sources get is stored for every edge first and then summed over a second index.
"""

from __future__ import annotations

from segnn.o3.kernel import frame_table as at
from segnn.o3.kernel import simd
from segnn.o3.kernel.compile import kernel, routine, spread
from segnn.o3.kernel.flat import free, lesser, room
from segnn.o3.kernel.messages import chunk_bounds, row
from segnn.o3.kernel.rows import SHARES, chunk_total, clear
from segnn.o3.kernel.table import GATES, SCALARS
from segnn.o3.kernel.tile import (
    add_rows,
    gate,
    gate_back,
    gate_inputs,
    mix,
    mix_back,
    mix_weight,
    start_rows,
    transpose,
)
from segnn.o3.kernel.turn import turn, turn_back


@routine
def scaled(x, x0, dim, scale, first, rows):
    """Rows times their edges' scale, in place; nothing where there is none."""
    if scale.shape[0] > 0:
        for r in range(rows):
            simd.copy(x, x0 + r * dim, 0, x, x0 + r * dim, 0, scale[first + r], 1, dim)


@routine
def turn_in(x, message, frame, f_dim, scale, source, target, layer, first, rows, s, s0, one):
    """Rows s (D x_i ⊕ D x_j ⊕ D s_ij) of some edges."""
    dim, x_dim, m_dim = layer[at.X_DIM], layer[at.NODE_DIM], layer[at.MESSAGE_DIM]
    for r in range(rows):
        e, to = first + r, s0 + r * dim
        turn(x, target[e] * x_dim, frame, e * f_dim, layer, layer[at.TARGET + 1], layer[at.TARGET], s, to, one)
        turn(x, source[e] * x_dim, frame, e * f_dim, layer, layer[at.SOURCE + 1], layer[at.SOURCE], s, to, one)
        turn(message, e * m_dim, frame, e * f_dim, layer, layer[at.MESSAGE + 1], layer[at.MESSAGE], s, to, one)
    scaled(s, s0, dim, scale, first, rows)


@routine
def product(x, x0, layer, w, bias, y, y0, rows):
    """y = W x + b within the frames."""
    y_dim = layer[at.Y_DIM]
    start_rows(bias, y, y0, y_dim, rows, y.dtype.type(0), y.dtype.type(1))
    mix(x, x0, layer[at.X_DIM], layer, at.TERMS, w, 0, y, y0, y_dim, rows, True)


@spread
def forward_chunk(
    chunk, chunks, bounds, x, message, frame, f_dim, scale, source, target, offsets, w_1, b_1, layer_1, plan, w_2, b_2,
    layer_2, out_table, two, last, tile, kept, y,
):  # fmt: skip
    """``forward`` for the messages to the nodes of a chunk."""
    first_node, last_node = bounds[chunk], bounds[chunk + 1]
    wide, wide_2 = layer_1[at.Y_DIM], layer_2[at.Y_DIM] if two else layer_1[at.Y_DIM]
    narrow, inner = out_table[at.OUT_DIM], layer_2[at.X_DIM]
    gated = plan[0][SCALARS] + plan[0][GATES]
    one = y.dtype.type(1)
    s = room(tile * (layer_1[at.X_DIM] + wide + inner + wide_2 + narrow + gated) + narrow, y)
    y_1 = tile * layer_1[at.X_DIM]
    h = y_1 + tile * wide
    y_2 = h + tile * inner
    out = y_2 + tile * wide_2
    sigmoids = out + tile * narrow
    turned = sigmoids + tile * gated
    simd.fill(y, first_node * narrow, narrow, y.dtype.type(0), last_node - first_node, narrow)
    stop = offsets[last_node]
    for first in range(offsets[first_node], stop, tile):
        count = lesser(tile, stop - first)
        inputs_1, at_1, inputs_2, at_2 = gate_inputs(kept, first, target.shape[0], wide, wide_2, s, y_1, y_2)
        turn_in(x, message, frame, f_dim, scale, source, target, layer_1, first, count, s, 0, one)
        product(s, 0, layer_1, w_1, b_1, inputs_1, at_1, count)
        if two:
            gate(inputs_1, at_1, s, sigmoids, plan, s, h, count)
            scaled(s, h, inner, scale, first, count)
            product(s, h, layer_2, w_2, b_2, inputs_2, at_2, count)
        else:
            inputs_2, at_2 = inputs_1, at_1
        if last:
            gate(inputs_2, at_2, s, sigmoids, plan, s, out, count)
            inputs_2, at_2 = s, out
        for r in range(count):
            e = first + r
            turn_back(
                inputs_2, at_2 + r * narrow, frame, e * f_dim, out_table, at.OUT_BLOCKS, out_table[at.OUT_COUNT],
                s, turned, one,
            )  # fmt: skip
            simd.add(y, target[e] * narrow, 0, s, turned, 0, one, 1, narrow)
    free(s)


@spread
def backward_chunk(
    chunk, chunks, bounds, g, x, message, frame, f_dim, scale, source, target, offsets, w_1, turned_1, b_1, layer_1, plan,
    w_2, turned_2, b_2, layer_2, out_table, two, last, tile, kept, need_x, need_m, gx, g_source, gm, partial,
):  # fmt: skip
    """``backward`` for the messages to the nodes of a chunk: ``gx`` gets the targets' part, ``g_source`` (edges, dim) the
    sources'.

    The sums of the chunk (matrices of the frames 1 and 2, bias 1 and 2) are its row of partial.
    """
    first_node, last_node, total = bounds[chunk], bounds[chunk + 1], row(partial, chunk, chunks)
    clear(total)
    x_dim, wide, wide_2 = layer_1[at.X_DIM], layer_1[at.Y_DIM], layer_2[at.Y_DIM] if two else layer_1[at.Y_DIM]
    narrow, inner, node_dim, m_dim = out_table[at.OUT_DIM], layer_2[at.X_DIM], layer_1[at.NODE_DIM], layer_1[at.MESSAGE_DIM]
    n_1, n_2, m_1, m_2 = w_1.shape[0], w_2.shape[0], b_1.shape[0], b_2.shape[0]
    gated = plan[0][SCALARS] + plan[0][GATES]
    zero, one = g.dtype.type(0), g.dtype.type(1)
    s = room(tile * (2 * x_dim + 2 * wide + 2 * inner + 2 * wide_2 + 2 * narrow + 2 * gated) + node_dim, g)
    g_in = tile * x_dim
    y_1 = g_in + tile * x_dim
    g_1 = y_1 + tile * wide
    h = g_1 + tile * wide
    g_h = h + tile * inner
    y_2 = g_h + tile * inner
    g_2 = y_2 + tile * wide_2
    out = g_2 + tile * wide_2
    g_out = out + tile * narrow
    sigmoids_1 = g_out + tile * narrow
    sigmoids_2 = sigmoids_1 + tile * gated
    back_row = sigmoids_2 + tile * gated
    if need_x:
        simd.fill(gx, first_node * node_dim, node_dim, zero, last_node - first_node, node_dim)
    stop = offsets[last_node]
    for first in range(offsets[first_node], stop, tile):
        count = lesser(tile, stop - first)
        inputs_1, at_1, inputs_2, at_2 = gate_inputs(kept, first, target.shape[0], wide, wide_2, s, y_1, y_2)
        turn_in(x, message, frame, f_dim, scale, source, target, layer_1, first, count, s, 0, one)
        if kept.shape[0] == 0:
            product(s, 0, layer_1, w_1, b_1, inputs_1, at_1, count)
        for r in range(count):
            e = first + r
            turn(
                g, target[e] * narrow, frame, e * f_dim, out_table, at.OUT_BLOCKS, out_table[at.OUT_COUNT],
                s, g_out + r * narrow, one,
            )  # fmt: skip
        back = g_out
        if two:
            gate(inputs_1, at_1, s, sigmoids_1, plan, s, h, count)
            scaled(s, h, inner, scale, first, count)
            if last:
                if kept.shape[0] == 0:
                    product(s, h, layer_2, w_2, b_2, inputs_2, at_2, count)
                gate(inputs_2, at_2, s, sigmoids_2, plan, s, out, count)
                gate_back(s, g_out, inputs_2, at_2, s, sigmoids_2, plan, s, g_2, count)
                back = g_2
            add_rows(s, back, wide_2, total, n_1 + n_2 + m_1, m_2, count, one)
            mix_weight(s, h, inner, s, back, wide_2, layer_2, at.TERMS, total, n_1, count)
            simd.fill(s, g_h, inner, zero, count, inner)
            mix_back(s, back, wide_2, layer_2, at.TERMS, turned_2, 0, s, g_h, inner, count, True)
            scaled(s, g_h, inner, scale, first, count)
            gate_back(s, g_h, inputs_1, at_1, s, sigmoids_1, plan, s, g_1, count)
            back = g_1
        elif last:
            gate(inputs_1, at_1, s, sigmoids_1, plan, s, out, count)
            gate_back(s, g_out, inputs_1, at_1, s, sigmoids_1, plan, s, g_1, count)
            back = g_1
        add_rows(s, back, wide, total, n_1 + n_2, m_1, count, one)
        mix_weight(s, 0, x_dim, s, back, wide, layer_1, at.TERMS, total, 0, count)
        if not (need_x or need_m):
            continue
        simd.fill(s, g_in, x_dim, zero, count, x_dim)
        mix_back(s, back, wide, layer_1, at.TERMS, turned_1, 0, s, g_in, x_dim, count, True)
        scaled(s, g_in, x_dim, scale, first, count)
        for r in range(count):
            e, inside = first + r, g_in + r * x_dim
            if need_x:
                turn_back(
                    s, inside, frame, e * f_dim, layer_1, layer_1[at.TARGET + 1], layer_1[at.TARGET], s, back_row, one
                )  # fmt: skip
                simd.add(gx, target[e] * node_dim, 0, s, back_row, 0, one, 1, node_dim)
                turn_back(
                    s, inside, frame, e * f_dim, layer_1, layer_1[at.SOURCE + 1], layer_1[at.SOURCE], g_source, e * node_dim,
                    one,
                )  # fmt: skip
            if need_m:
                turn_back(
                    s, inside, frame, e * f_dim, layer_1, layer_1[at.MESSAGE + 1], layer_1[at.MESSAGE], gm, e * m_dim, one
                )  # fmt: skip
    free(s)


@spread
def sources_sum(chunk, chunks, bounds, g_source, order, offsets, dim, gx):
    """gx of a node += Σ over the edges that leave it, for the nodes of a chunk."""
    one = gx.dtype.type(1)
    for node in range(bounds[chunk], bounds[chunk + 1]):
        for n in range(offsets[node], offsets[node + 1]):
            simd.add(gx, node * dim, 0, g_source, order[n] * dim, 0, one, 1, dim)


@spread
def total_of(share, shares, partial, numbers, start, out):
    """out[n] = Σ_chunks partial[chunk, start + n] with so many ``numbers`` a chunk, for one share of n."""
    low, high = share * out.shape[0] // shares, (share + 1) * out.shape[0] // shares
    simd.fill(out, low, 0, out.dtype.type(0), 1, high - low)
    for first in range(start + low, partial.shape[0], numbers):
        simd.add(out, low, 0, partial, first, 0, out.dtype.type(1), 1, high - low)


@kernel(
    integers="source target offsets layer_1 layer_2 out_table", programs="plan", numbers="f_dim threads chunks tile",
    flags="two last",
)  # fmt: skip
def forward(
    x, message, frame, f_dim, scale, source, target, offsets, w_1, b_1, layer_1, plan, w_2, b_2, layer_2, out_table,
    two, last, threads, chunks, tile, kept, y,
):  # fmt: skip
    """y (nodes, dim), the summed messages. ``w_1`` and ``w_2`` are the matrices of the frames.

    ``kept`` has room for the inputs of both gates (edges, wide) and (edges, wide_2), one after the other, or is empty.
    """
    bounds = room(chunks + 1, offsets)
    chunk_bounds(offsets, chunks, bounds)
    forward_chunk(
        threads, chunks, bounds, x, message, frame, f_dim, scale, source, target, offsets, w_1, b_1, layer_1, plan, w_2, b_2,
        layer_2, out_table, two, last, tile, kept, y,
    )  # fmt: skip
    free(bounds)


@kernel(
    integers="source target offsets source_order source_offsets layer_1 layer_2 out_table", programs="plan",
    numbers="f_dim threads chunks tile", flags="two last need_x need_m",
)  # fmt: skip
def backward(
    g, x, message, frame, f_dim, scale, source, target, offsets, source_order, source_offsets, w_1, b_1, layer_1, plan,
    w_2, b_2, layer_2, out_table, two, last, threads, chunks, tile, kept, need_x, need_m, gx, gm, gw_1, gb_1, gw_2, gb_2,
):  # fmt: skip
    """Derivatives of ``forward`` for g (nodes, dim), with what it kept; gw_1 and gw_2 are by the matrices of the frames."""
    n_1, n_2, m_1 = w_1.shape[0], w_2.shape[0], b_1.shape[0]
    turned_1, turned_2, bounds = room(n_1, g), room(n_2, g), room(chunks + 1, offsets)
    transpose(layer_1, at.TERMS, w_1, 0, turned_1)
    transpose(layer_2, at.TERMS, w_2, 0, turned_2)
    numbers = n_1 + n_2 + m_1 + b_2.shape[0]
    partial, g_source = room(chunks * numbers, g), room(target.shape[0] * layer_1[at.NODE_DIM] if need_x else 0, g)
    chunk_bounds(offsets, chunks, bounds)
    backward_chunk(
        threads, chunks, bounds, g, x, message, frame, f_dim, scale, source, target, offsets, w_1, turned_1, b_1, layer_1,
        plan, w_2, turned_2, b_2, layer_2, out_table, two, last, tile, kept, need_x, need_m, gx, g_source, gm, partial,
    )  # fmt: skip
    if need_x:
        chunk_bounds(source_offsets, chunks, bounds)
        sources_sum(threads, chunks, bounds, g_source, source_order, source_offsets, layer_1[at.NODE_DIM], gx)
    total_of(threads, SHARES, partial, numbers, 0, gw_1)
    total_of(threads, SHARES, partial, numbers, n_1, gw_2)
    chunk_total(partial, numbers, n_1 + n_2, gb_1)
    chunk_total(partial, numbers, n_1 + n_2 + m_1, gb_2)
    free(turned_1)
    free(turned_2)
    free(bounds)
    free(partial)
    free(g_source)
