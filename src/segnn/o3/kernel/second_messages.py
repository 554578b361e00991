"""Kernels for the second derivative of messages: that of ``segnn.o3.kernel.messages.backward``.

The sums' tangent and the reverse pass through it (see ``segnn.o3.kernel.second``) go over the edges once, tile by tile, in
blocks of whole graphs or, for a large graph, stage by stage as the first derivative does.
"""

from __future__ import annotations

import numpy as np

from segnn.o3.kernel import table as at
from segnn.o3.kernel.compile import kernel, prange, routine
from segnn.o3.kernel.edges import mix_ends, nodes_back, transposed_ends
from segnn.o3.kernel.messages import block_end, chunk_bounds, cut_bounds
from segnn.o3.kernel.rows import SHARES, bias_total, clear, gather, total_of, transposed
from segnn.o3.kernel.second_edges import edges_second, sources_second
from segnn.o3.kernel.simd import runtime, stay
from segnn.o3.kernel.tile import room


@routine
def nodes_second(g_ends, gd_ends, base, x, dx, table, turned, first, stop, need_x, gx, total):
    """Back through the mix at some nodes and its tangent."""
    stay()
    nodes_back(g_ends, base, x, table, turned, first, stop, need_x, gx, total)
    nodes_back(gd_ends, base, dx, table, turned, first, stop, runtime(False), gx, total)


@routine
def backward_blocks(
    g, x, dx, message, d_message, attribute, turn, da, source, target, offsets, cuts, first_cut, last_cut, most,
    w_1, turned_1, b_1, layer_1, own, plan, w_2, turned_2, b_2, layer_2, two, last, tile, kept,
    need_x, need_m, need_a, gg, gx, gm, ga, total, total_ends,
):  # fmt: skip
    """Through the graphs between two cuts, block by block."""
    stay()
    numbers = 2 * layer_1[0][at.Z_DIM] * most
    ends, d_ends, g_ends, gd_ends, g_1 = (
        room(numbers, g), room(numbers, g), room(numbers, g), room(numbers, g), room(runtime(0), g)
    )  # fmt: skip
    cut = first_cut
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, most)
        first_node, last_node = cuts[cut], cuts[stop]
        mix_ends(x, layer_1[0], w_1, first_node, last_node, ends, first_node)
        mix_ends(dx, layer_1[0], w_1, first_node, last_node, d_ends, first_node)
        edges_second(
            g, ends, d_ends, first_node, message, d_message, attribute, turn, da, source, target, offsets, w_1, turned_1, b_1,
            layer_1, own, plan, w_2, turned_2, b_2, layer_2, two, last, first_node, last_node, tile, kept, need_m, need_a,
            gg, g_ends, gd_ends, g_1, gm, ga, total,
        )  # fmt: skip
        nodes_second(
            g_ends, gd_ends, first_node, x, dx, layer_1[0], turned_1, first_node, last_node, need_x, gx, total_ends
        )  # fmt: skip
        cut = stop


@kernel()
def backward(
    g, x, dx, message, d_message, attribute, turn, da, source, target, offsets, source_order, source_offsets, cuts, most,
    w_1, order_1, b_1, layer_1, own, plan, w_2, order_2, b_2, layer_2, two, last, chunks, node_chunks, tile, kept,
    need_x, need_m, need_a, need_w, gg, gx, gm, ga, gw_1, gb_1, gw_2, gb_2,
):  # fmt: skip
    """Derivatives of ⟨dx, gx⟩ + ⟨d_message, gm⟩ + ⟨da, ga⟩ of ``messages.backward`` by g (nodes, dim) and its other arguments.

    ga must hold zeros.
    """
    flat_1, flat_2 = gather(w_1, order_1), gather(w_2, order_2)
    turned_1, turned_2 = np.empty_like(flat_1), transposed(layer_2, runtime(1), flat_2)
    transposed_ends(layer_1, own, flat_1, turned_1)
    ends_numel, n_1, n_2, m_1 = 2 * layer_1[0][at.WEIGHTS], flat_1.shape[0], flat_2.shape[0], b_1.shape[0]
    n_own, nodes = n_1 - ends_numel, offsets.shape[0] - 1
    partial = np.empty((chunks, n_own + n_2 + m_1 + b_2.shape[0] if need_w else 0), g.dtype)
    if cuts.shape[0] > 0:
        partial_ends = np.empty((chunks, ends_numel if need_w else 0), g.dtype)
        bounds = cut_bounds(offsets, cuts, chunks)
        for chunk in prange(chunks):
            clear(partial[chunk])
            clear(partial_ends[chunk])
            backward_blocks(
                g, x, dx, message, d_message, attribute, turn, da, source, target, offsets, cuts, bounds[chunk],
                bounds[chunk + 1], most, flat_1, turned_1, b_1, layer_1, own, plan, flat_2, turned_2, b_2, layer_2, two, last,
                tile, kept, need_x, need_m, need_a, gg, gx, gm, ga, partial[chunk], partial_ends[chunk],
            )  # fmt: skip
    else:
        partial_ends = np.empty((node_chunks, ends_numel if need_w else 0), g.dtype)
        bounds, source_bounds = chunk_bounds(offsets, chunks), chunk_bounds(source_offsets, chunks)
        numbers = 2 * layer_1[0][at.Z_DIM] * nodes
        ends, d_ends, g_ends, gd_ends = room(numbers, g), room(numbers, g), room(numbers, g), room(numbers, g)
        g_1 = room(2 * target.shape[0] * layer_1[0][at.Y_DIM], g)
        for chunk in prange(node_chunks):
            low, high = chunk * nodes // node_chunks, (chunk + 1) * nodes // node_chunks
            mix_ends(x, layer_1[0], flat_1, low, high, ends, runtime(0))
            mix_ends(dx, layer_1[0], flat_1, low, high, d_ends, runtime(0))
        for chunk in prange(chunks):
            clear(partial[chunk])
            edges_second(
                g, ends, d_ends, runtime(0), message, d_message, attribute, turn, da, source, target, offsets, flat_1,
                turned_1, b_1, layer_1, own, plan, flat_2, turned_2, b_2, layer_2, two, last, bounds[chunk], bounds[chunk + 1],
                tile, kept, need_m, need_a, gg, g_ends, gd_ends, g_1, gm, ga, partial[chunk],
            )  # fmt: skip
        for chunk in prange(chunks):
            sources_second(
                g_1, attribute, turn, da, source_order, source_offsets, layer_1, source_bounds[chunk],
                source_bounds[chunk + 1], tile, g_ends, gd_ends,
            )  # fmt: skip
        for chunk in prange(node_chunks):
            clear(partial_ends[chunk])
            nodes_second(
                g_ends, gd_ends, runtime(0), x, dx, layer_1[0], turned_1, chunk * nodes // node_chunks,
                (chunk + 1) * nodes // node_chunks, need_x, gx, partial_ends[chunk],
            )  # fmt: skip
    if not need_w:
        return
    for share in prange(SHARES):
        total_of(partial_ends, runtime(0), order_1[:ends_numel], gw_1, share)
        total_of(partial, runtime(0), order_1[ends_numel:], gw_1, share)
        total_of(partial, n_own, order_2, gw_2, share)
    bias_total(partial, n_own + n_2, gb_1)
    bias_total(partial, n_own + n_2 + m_1, gb_2)
