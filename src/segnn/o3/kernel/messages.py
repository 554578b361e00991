"""Kernels for messages along edges, from node features to their sum at every node, and their derivatives.

    m_ij = σ(W_2 σ(W_1 (x_i ⊕ x_j ⊕ s_ij) + b_1) + b_2),   m_i = Σ_j m_ij           (paper Eq. 7 and the sum)

``two`` False leaves out the second layer and its gate, ``last`` False the last gate. x is mixed at the nodes; its edges are
then gathered, contracted, gated and summed tile by tile. Edges are sorted by target, and a sum is written by one thread in a
fixed order.

Where a batch consists of many small graphs (``cuts`` are the nodes between which no edge crosses), a block of whole graphs goes
through all of this while its mixed ends lie in the cache. A large graph goes through it stage by stage, and the derivative of
its first layer is stored for every edge while the derivatives are being taken.
"""

from __future__ import annotations

import numpy as np

from segnn.o3.kernel import table as at
from segnn.o3.kernel.compile import kernel, prange, routine
from segnn.o3.kernel.edges import edges_back, forward_chunk, mix_ends, nodes_back, sources_back, transposed_ends
from segnn.o3.kernel.rows import SHARES, bias_total, clear, gather, total_of, transposed
from segnn.o3.kernel.simd import runtime, stay
from segnn.o3.kernel.tile import room


@routine
def chunk_bounds(offsets, chunks):
    """First node of every chunk, for chunks of whole nodes with about as many edges each."""
    stay()
    nodes = offsets.shape[0] - 1
    bounds = np.empty(chunks + 1, np.int64)
    for chunk in range(chunks):
        bounds[chunk] = np.searchsorted(offsets[:nodes], chunk * offsets[nodes] // chunks)
    bounds[0], bounds[chunks] = 0, nodes
    return bounds


@routine
def block_end(cuts, first, last, most):
    """The last of the cuts after ``first`` that leaves at most ``most`` nodes between, at least one further."""
    stay()
    stop = first + 1
    while stop < last and cuts[stop + 1] - cuts[first] <= most:
        stop += 1
    return stop


@routine
def cut_bounds(offsets, cuts, chunks):
    """First cut of every chunk, for chunks of whole graphs with about as many edges each."""
    stay()
    bounds = np.empty(chunks + 1, np.int64)
    edges = offsets[offsets.shape[0] - 1]
    for chunk in range(chunks):
        bounds[chunk] = np.searchsorted(offsets[cuts[:-1]], chunk * edges // chunks)
    bounds[0], bounds[chunks] = 0, cuts.shape[0] - 1
    return bounds


@routine
def forward_blocks(
    x, message, attribute, source, target, offsets, cuts, first_cut, last_cut, most, w_1, b_1, layer_1, own, plan, w_2, b_2,
    layer_2, two, last, tile, kept, y,
):  # fmt: skip
    """Forward through the graphs between two cuts, block by block."""
    stay()
    ends = room(2 * layer_1[0][at.Z_DIM] * most, y)
    cut = first_cut
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, most)
        first_node, last_node = cuts[cut], cuts[stop]
        mix_ends(x, layer_1[0], w_1, first_node, last_node, ends, first_node)
        forward_chunk(
            ends, first_node, message, attribute, source, target, offsets, w_1, b_1, layer_1, own, plan, w_2, b_2, layer_2,
            two, last, first_node, last_node, tile, kept, y,
        )  # fmt: skip
        cut = stop


@routine
def backward_blocks(
    g, x, message, attribute, source, target, offsets, cuts, first_cut, last_cut, most, w_1, turned_1, b_1, layer_1, own, plan,
    w_2, turned_2, b_2, layer_2, two, last, tile, kept, need_x, need_m, need_a, gx, gm, ga, total, total_ends,
):  # fmt: skip
    """Back through the graphs between two cuts, block by block."""
    stay()
    z_dim = layer_1[0][at.Z_DIM]
    ends, g_ends, g_1 = room(2 * z_dim * most, g), room(2 * z_dim * most, g), room(runtime(0), g)
    cut = first_cut
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, most)
        first_node, last_node = cuts[cut], cuts[stop]
        if kept.shape[0] == 0 or need_a:
            mix_ends(x, layer_1[0], w_1, first_node, last_node, ends, first_node)
        edges_back(
            g, ends, first_node, message, attribute, source, target, offsets, w_1, turned_1, b_1, layer_1, own, plan,
            w_2, turned_2, b_2, layer_2, two, last, first_node, last_node, tile, kept, need_m, need_a,
            g_ends, g_1, gm, ga, total,
        )  # fmt: skip
        nodes_back(g_ends, first_node, x, layer_1[0], turned_1, first_node, last_node, need_x, gx, total_ends)
        cut = stop


@kernel()
def forward(
    x, message, attribute, source, target, offsets, cuts, most, w_1, order_1, b_1, layer_1, own, plan, w_2, order_2, b_2,
    layer_2, two, last, shared, chunks, node_chunks, tile, ends, kept, y,
):  # fmt: skip
    """y (nodes, dim), the summed messages. Without ``cuts``, ends (nodes, 2·z_dim) is filled with the mixed ends.

    ``kept`` has room for the inputs of both gates (edges, wide) and (edges, wide_2), one after the other, or is empty.
    """
    flat_1, flat_2 = gather(w_1, order_1), gather(w_2, order_2)
    nodes = offsets.shape[0] - 1
    if cuts.shape[0] > 0:
        bounds = cut_bounds(offsets, cuts, chunks)
        if shared:
            for chunk in prange(chunks):
                forward_blocks(
                    x, message, attribute, source, target, offsets, cuts, bounds[chunk], bounds[chunk + 1], most,
                    flat_1, b_1, layer_1, own, plan, flat_2, b_2, layer_2, two, last, tile, kept, y,
                )  # fmt: skip
        else:
            forward_blocks(
                x, message, attribute, source, target, offsets, cuts, runtime(0), cuts.shape[0] - 1, most,
                flat_1, b_1, layer_1, own, plan, flat_2, b_2, layer_2, two, last, tile, kept, y,
            )  # fmt: skip
        return
    if not shared:
        mix_ends(x, layer_1[0], flat_1, runtime(0), nodes, ends, runtime(0))
        forward_chunk(
            ends, runtime(0), message, attribute, source, target, offsets, flat_1, b_1, layer_1, own, plan, flat_2, b_2,
            layer_2, two, last, runtime(0), nodes, tile, kept, y,
        )  # fmt: skip
        return
    bounds = chunk_bounds(offsets, chunks)
    for chunk in prange(node_chunks):
        mix_ends(
            x, layer_1[0], flat_1, chunk * nodes // node_chunks, (chunk + 1) * nodes // node_chunks, ends, runtime(0)
        )  # fmt: skip
    for chunk in prange(chunks):
        forward_chunk(
            ends, runtime(0), message, attribute, source, target, offsets, flat_1, b_1, layer_1, own, plan, flat_2, b_2,
            layer_2, two, last, bounds[chunk], bounds[chunk + 1], tile, kept, y,
        )  # fmt: skip


@kernel()
def backward(
    g, x, message, attribute, source, target, offsets, source_order, source_offsets, cuts, most,
    w_1, order_1, b_1, layer_1, own, plan, w_2, order_2, b_2, layer_2, two, last, chunks, node_chunks, tile, ends, kept,
    need_x, need_m, need_a, gx, gm, ga, gw_1, gb_1, gw_2, gb_2,
):  # fmt: skip
    """Derivatives of ``forward`` for g (nodes, dim), with the ``ends`` and ``kept`` that it left; ga must hold zeros."""
    flat_1, flat_2 = gather(w_1, order_1), gather(w_2, order_2)
    turned_1, turned_2 = np.empty_like(flat_1), transposed(layer_2, runtime(1), flat_2)
    transposed_ends(layer_1, own, flat_1, turned_1)
    ends_numel, n_1, n_2, m_1 = 2 * layer_1[0][at.WEIGHTS], flat_1.shape[0], flat_2.shape[0], b_1.shape[0]
    n_own, nodes = n_1 - ends_numel, offsets.shape[0] - 1
    partial = np.empty((chunks, n_own + n_2 + m_1 + b_2.shape[0]), g.dtype)
    if cuts.shape[0] > 0:
        partial_ends = np.empty((chunks, ends_numel), g.dtype)
        bounds = cut_bounds(offsets, cuts, chunks)
        for chunk in prange(chunks):
            clear(partial[chunk])
            clear(partial_ends[chunk])
            backward_blocks(
                g, x, message, attribute, source, target, offsets, cuts, bounds[chunk], bounds[chunk + 1], most,
                flat_1, turned_1, b_1, layer_1, own, plan, flat_2, turned_2, b_2, layer_2, two, last, tile, kept,
                need_x, need_m, need_a, gx, gm, ga, partial[chunk], partial_ends[chunk],
            )  # fmt: skip
    else:
        partial_ends = np.empty((node_chunks, ends_numel), g.dtype)
        bounds, source_bounds = chunk_bounds(offsets, chunks), chunk_bounds(source_offsets, chunks)
        g_ends, g_1 = room(ends.shape[0], g), room(target.shape[0] * layer_1[0][at.Y_DIM], g)
        for chunk in prange(chunks):
            clear(partial[chunk])
            edges_back(
                g, ends, runtime(0), message, attribute, source, target, offsets, flat_1, turned_1, b_1, layer_1, own, plan,
                flat_2, turned_2, b_2, layer_2, two, last, bounds[chunk], bounds[chunk + 1], tile, kept, need_m, need_a,
                g_ends, g_1, gm, ga, partial[chunk],
            )  # fmt: skip
        for chunk in prange(chunks):
            sources_back(
                g_1, attribute, source_order, source_offsets, layer_1, source_bounds[chunk], source_bounds[chunk + 1], tile,
                g_ends,
            )  # fmt: skip
        for chunk in prange(node_chunks):
            clear(partial_ends[chunk])
            nodes_back(
                g_ends, runtime(0), x, layer_1[0], turned_1, chunk * nodes // node_chunks, (chunk + 1) * nodes // node_chunks,
                need_x, gx, partial_ends[chunk],
            )  # fmt: skip
    for share in prange(SHARES):
        total_of(partial_ends, runtime(0), order_1[:ends_numel], gw_1, share)
        total_of(partial, runtime(0), order_1[ends_numel:], gw_1, share)
        total_of(partial, n_own, order_2, gw_2, share)
    bias_total(partial, n_own + n_2, gb_1)
    bias_total(partial, n_own + n_2 + m_1, gb_2)
