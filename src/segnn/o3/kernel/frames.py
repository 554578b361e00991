"""Kernels for messages in the frames of their edges: the same function as ``segnn.o3.kernel.messages``.

    m_ij = D⁻¹ σ(W_2 s σ(W_1 s (D x_i ⊕ D x_j ⊕ D s_ij) + b_1) + b_2),   m_i = Σ_j m_ij

D turns into the edge's frame, where a layer is one matrix for each |m|; gates do not care how a vector is turned, so that
both layers take one turn in and one out. s scales the attribute of an edge; ``scale`` is empty where it is one for all.

A tile of edges goes through all of it while it lies in the cache. Edges are sorted by target and a node's sum is written by one
thread. Back, what the sources get is stored for every edge first and then summed over a second index.
"""

from __future__ import annotations

import numpy as np

from segnn.o3.kernel import frame_table as at
from segnn.o3.kernel import simd
from segnn.o3.kernel.compile import kernel, prange, routine
from segnn.o3.kernel.messages import chunk_bounds
from segnn.o3.kernel.rows import bias_total
from segnn.o3.kernel.simd import runtime, stay
from segnn.o3.kernel.table import GATES, SCALARS
from segnn.o3.kernel.tile import add_rows, gate, gate_back, mix, mix_back, mix_weight, room, start_rows, transpose
from segnn.o3.kernel.turn import turn, turn_back

_SHARES = 16


@routine
def scaled(x, x0, dim, scale, first, rows):
    """Rows times their edges' scale, in place; nothing where there is none."""
    stay()
    if scale.shape[0] > 0:
        for r in range(rows):
            simd.copy(x, x0 + r * dim, 0, x, x0 + r * dim, 0, scale[first + r], runtime(1), dim)


@routine
def turn_in(x, message, frame, f_dim, scale, source, target, layer, first, rows, s, s0, one):
    """Rows s (D x_i ⊕ D x_j ⊕ D s_ij) of some edges."""
    stay()
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
    stay()
    y_dim = layer[at.Y_DIM]
    start_rows(bias, y, y0, y_dim, rows, y.dtype.type(0), y.dtype.type(1))
    mix(x, x0, layer[at.X_DIM], layer, at.TERMS, w, runtime(0), y, y0, y_dim, rows, runtime(True))


@routine
def forward_chunk(
    x, message, frame, f_dim, scale, source, target, offsets, w_1, b_1, layer_1, plan, w_2, b_2, layer_2, out_table,
    two, last, first_node, last_node, tile, kept, y,
):  # fmt: skip
    """``forward`` for the messages to some nodes."""
    stay()
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
        count = min(tile, stop - first)
        inputs_1, at_1, inputs_2, at_2 = s, y_1, s, y_2
        if kept.shape[0] > 0:
            inputs_1, at_1, inputs_2, at_2 = kept, first * wide, kept, target.shape[0] * wide + first * wide_2
        turn_in(x, message, frame, f_dim, scale, source, target, layer_1, first, count, s, runtime(0), one)
        product(s, runtime(0), layer_1, w_1, b_1, inputs_1, at_1, count)
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
                inputs_2, at_2 + r * narrow, frame, e * f_dim, out_table, runtime(at.OUT_BLOCKS), out_table[at.OUT_COUNT],
                s, turned, one,
            )  # fmt: skip
            simd.add(y, target[e] * narrow, 0, s, turned, 0, one, runtime(1), narrow)


@routine
def backward_chunk(
    g, x, message, frame, f_dim, scale, source, target, offsets, w_1, turned_1, b_1, layer_1, plan, w_2, turned_2, b_2,
    layer_2, out_table, two, last, first_node, last_node, tile, kept, need_x, need_m, gx, g_source, gm, total,
):  # fmt: skip
    """``backward`` for the messages to some nodes: ``gx`` gets the targets' part, ``g_source`` (edges, dim) the sources'.

    ``total`` (matrices of the frames 1 and 2, bias 1 and 2) is added to.
    """
    stay()
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
        count = min(tile, stop - first)
        inputs_1, at_1, inputs_2, at_2 = s, y_1, s, y_2
        turn_in(x, message, frame, f_dim, scale, source, target, layer_1, first, count, s, runtime(0), one)
        if kept.shape[0] > 0:
            inputs_1, at_1, inputs_2, at_2 = kept, first * wide, kept, target.shape[0] * wide + first * wide_2
        else:
            product(s, runtime(0), layer_1, w_1, b_1, inputs_1, at_1, count)
        for r in range(count):
            e = first + r
            turn(
                g, target[e] * narrow, frame, e * f_dim, out_table, runtime(at.OUT_BLOCKS), out_table[at.OUT_COUNT],
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
            mix_back(s, back, wide_2, layer_2, at.TERMS, turned_2, runtime(0), s, g_h, inner, count, runtime(True))
            scaled(s, g_h, inner, scale, first, count)
            gate_back(s, g_h, inputs_1, at_1, s, sigmoids_1, plan, s, g_1, count)
            back = g_1
        elif last:
            gate(inputs_1, at_1, s, sigmoids_1, plan, s, out, count)
            gate_back(s, g_out, inputs_1, at_1, s, sigmoids_1, plan, s, g_1, count)
            back = g_1
        add_rows(s, back, wide, total, n_1 + n_2, m_1, count, one)
        mix_weight(s, runtime(0), x_dim, s, back, wide, layer_1, at.TERMS, total, runtime(0), count)
        if not (need_x or need_m):
            continue
        simd.fill(s, g_in, x_dim, zero, count, x_dim)
        mix_back(s, back, wide, layer_1, at.TERMS, turned_1, runtime(0), s, g_in, x_dim, count, runtime(True))
        scaled(s, g_in, x_dim, scale, first, count)
        for r in range(count):
            e, row = first + r, g_in + r * x_dim
            if need_x:
                turn_back(
                    s, row, frame, e * f_dim, layer_1, layer_1[at.TARGET + 1], layer_1[at.TARGET], s, back_row, one
                )  # fmt: skip
                simd.add(gx, target[e] * node_dim, 0, s, back_row, 0, one, runtime(1), node_dim)
                turn_back(
                    s, row, frame, e * f_dim, layer_1, layer_1[at.SOURCE + 1], layer_1[at.SOURCE], g_source, e * node_dim, one
                )  # fmt: skip
            if need_m:
                turn_back(
                    s, row, frame, e * f_dim, layer_1, layer_1[at.MESSAGE + 1], layer_1[at.MESSAGE], gm, e * m_dim, one
                )  # fmt: skip


@routine
def sources_sum(g_source, order, offsets, dim, first_node, last_node, gx):
    """gx of a node += Σ over the edges that leave it."""
    stay()
    one = gx.dtype.type(1)
    for node in range(first_node, last_node):
        for n in range(offsets[node], offsets[node + 1]):
            simd.add(gx, node * dim, 0, g_source, order[n] * dim, 0, one, runtime(1), dim)


@routine
def total_of(partial, start, out, share):
    """out[n] = Σ_chunks partial[chunk, start + n], for one share of n."""
    stay()
    low, high = share * out.shape[0] // _SHARES, (share + 1) * out.shape[0] // _SHARES
    simd.fill(out, low, 0, out.dtype.type(0), runtime(1), high - low)
    for chunk in range(partial.shape[0]):
        simd.add(out, low, 0, partial[chunk], start + low, 0, out.dtype.type(1), runtime(1), high - low)


@kernel()
def forward(
    x, message, frame, f_dim, scale, source, target, offsets, w_1, b_1, layer_1, plan, w_2, b_2, layer_2, out_table,
    two, last, shared, chunks, tile, kept, y,
):  # fmt: skip
    """y (nodes, dim), the summed messages. ``w_1`` and ``w_2`` are the matrices of the frames.

    ``kept`` has room for the inputs of both gates (edges, wide) and (edges, wide_2), one after the other, or is empty.
    """
    bounds = chunk_bounds(offsets, chunks)
    if shared:
        for chunk in prange(chunks):
            forward_chunk(
                x, message, frame, f_dim, scale, source, target, offsets, w_1, b_1, layer_1, plan, w_2, b_2, layer_2,
                out_table, two, last, bounds[chunk], bounds[chunk + 1], tile, kept, y,
            )  # fmt: skip
    else:
        forward_chunk(
            x, message, frame, f_dim, scale, source, target, offsets, w_1, b_1, layer_1, plan, w_2, b_2, layer_2,
            out_table, two, last, runtime(0), offsets.shape[0] - 1, tile, kept, y,
        )  # fmt: skip


@kernel()
def backward(
    g, x, message, frame, f_dim, scale, source, target, offsets, source_order, source_offsets, w_1, b_1, layer_1, plan,
    w_2, b_2, layer_2, out_table, two, last, chunks, tile, kept, need_x, need_m, gx, gm, gw_1, gb_1, gw_2, gb_2,
):  # fmt: skip
    """Derivatives of ``forward`` for g (nodes, dim), with what it kept; gw_1 and gw_2 are by the matrices of the frames."""
    turned_1, turned_2 = np.empty_like(w_1), np.empty_like(w_2)
    transpose(layer_1, at.TERMS, w_1, runtime(0), turned_1)
    transpose(layer_2, at.TERMS, w_2, runtime(0), turned_2)
    n_1, n_2, m_1 = w_1.shape[0], w_2.shape[0], b_1.shape[0]
    partial = np.zeros((chunks, n_1 + n_2 + m_1 + b_2.shape[0]), g.dtype)
    bounds, source_bounds = chunk_bounds(offsets, chunks), chunk_bounds(source_offsets, chunks)
    g_source = room(target.shape[0] * layer_1[at.NODE_DIM] if need_x else 0, g)
    for chunk in prange(chunks):
        backward_chunk(
            g, x, message, frame, f_dim, scale, source, target, offsets, w_1, turned_1, b_1, layer_1, plan, w_2, turned_2,
            b_2, layer_2, out_table, two, last, bounds[chunk], bounds[chunk + 1], tile, kept, need_x, need_m,
            gx, g_source, gm, partial[chunk],
        )  # fmt: skip
    if need_x:
        for chunk in prange(chunks):
            sources_sum(
                g_source, source_order, source_offsets, layer_1[at.NODE_DIM], source_bounds[chunk], source_bounds[chunk + 1], gx
            )  # fmt: skip
    for share in prange(_SHARES):
        total_of(partial, runtime(0), gw_1, share)
        total_of(partial, n_1, gw_2, share)
    bias_total(partial, n_1 + n_2, gb_1)
    bias_total(partial, n_1 + n_2 + m_1, gb_2)
