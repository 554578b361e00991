"""Kernels for the second derivative of messages: that of ``segnn.o3.backends.numba.messages.backward``.

The sums' tangent and the reverse pass through it (see ``segnn.o3.backends.numba.second``) go over the edges
once, tile by tile, in blocks of whole graphs or, for a large graph, stage by stage as the first
derivative does.
"""

from __future__ import annotations

from segnn.o3.backends.numba import table as at
from segnn.o3.backends.numba.compile import kernel, routine, spread
from segnn.o3.backends.numba.edges import mix_ends, nodes_back
from segnn.o3.backends.numba.flat import free, part, room
from segnn.o3.backends.numba.messages import (
    block_end,
    chunk_bounds,
    cut_bounds,
    ends_of,
    matrices,
    row,
    sums_room,
    total_sums,
)
from segnn.o3.backends.numba.rows import clear
from segnn.o3.backends.numba.second_edges import edges_second, sources_second


@routine
def nodes_second(g_ends, gd_ends, base, x, dx, table, turned, first, stop, need_x, gx, total):
    """Back through the mix at some nodes and its tangent."""
    nodes_back(g_ends, base, x, table, turned, first, stop, need_x, gx, total)
    nodes_back(gd_ends, base, dx, table, turned, first, stop, False, gx, total)


@spread
def backward_blocks(
    chunk, chunks, bounds, g, x, dx, message, d_message, attribute, turn, da, source, target, offsets, cuts, most,
    w_1, turned_1, b_1, layer_1, own, plan, w_2, turned_2, b_2, layer_2, two, last, tile, kept,
    need_x, need_m, need_a, gg, gx, gm, ga, partial, partial_ends,
):  # fmt: skip
    """Through the graphs of a chunk, block by block; its sums are its rows of partial and
    partial_ends.
    """
    total, total_ends = row(partial, chunk, chunks), row(partial_ends, chunk, chunks)
    clear(total)
    clear(total_ends)
    numbers = 2 * layer_1[0][at.Z_DIM] * most
    s = room(4 * numbers, g)
    ends, d_ends, g_ends, gd_ends = row(s, 0, 4), row(s, 1, 4), row(s, 2, 4), row(s, 3, 4)
    cut, last_cut = bounds[chunk], bounds[chunk + 1]
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, most)
        first_node, last_node = cuts[cut], cuts[stop]
        mix_ends(x, layer_1[0], w_1, first_node, last_node, ends, first_node)
        mix_ends(dx, layer_1[0], w_1, first_node, last_node, d_ends, first_node)
        edges_second(
            g, ends, d_ends, first_node, message, d_message, attribute, turn, da, source, target, offsets, w_1, turned_1, b_1,
            layer_1, own, plan, w_2, turned_2, b_2, layer_2, two, last, first_node, last_node, tile, kept, need_m, need_a,
            gg, g_ends, gd_ends, part(g, 0, 0), gm, ga, total,
        )  # fmt: skip
        nodes_second(
            g_ends, gd_ends, first_node, x, dx, layer_1[0], turned_1, first_node, last_node, need_x, gx, total_ends
        )  # fmt: skip
        cut = stop
    free(s)


@spread
def edges_of(
    chunk, chunks, bounds, g, ends, d_ends, message, d_message, attribute, turn, da, source, target, offsets,
    w_1, turned_1, b_1, layer_1, own, plan, w_2, turned_2, b_2, layer_2, two, last, tile, kept, need_m, need_a,
    gg, g_ends, gd_ends, g_1, gm, ga, partial,
):  # fmt: skip
    """``edges_second`` for the nodes of a chunk of a large graph."""
    total = row(partial, chunk, chunks)
    clear(total)
    edges_second(
        g, ends, d_ends, 0, message, d_message, attribute, turn, da, source, target, offsets, w_1, turned_1, b_1, layer_1, own,
        plan, w_2, turned_2, b_2, layer_2, two, last, bounds[chunk], bounds[chunk + 1], tile, kept, need_m, need_a,
        gg, g_ends, gd_ends, g_1, gm, ga, total,
    )  # fmt: skip


@spread
def sources_of(
    chunk, chunks, bounds, g_1, attribute, turn, da, order, offsets, layer, tile, g_ends, gd_ends
):
    """``sources_second`` for the nodes of a chunk."""
    sources_second(
        g_1,
        attribute,
        turn,
        da,
        order,
        offsets,
        layer,
        bounds[chunk],
        bounds[chunk + 1],
        tile,
        g_ends,
        gd_ends,
    )


@spread
def nodes_of(chunk, chunks, g_ends, gd_ends, x, dx, table, turned, nodes, need_x, gx, partial_ends):
    """``nodes_second`` for a chunk of all nodes."""
    total = row(partial_ends, chunk, chunks)
    clear(total)
    first, stop = chunk * nodes // chunks, (chunk + 1) * nodes // chunks
    nodes_second(g_ends, gd_ends, 0, x, dx, table, turned, first, stop, need_x, gx, total)


@kernel(
    integers="source target offsets source_order source_offsets cuts runs_ends runs_own runs_2",
    programs="layer_1 own plan layer_2", numbers="most threads chunks node_chunks tile",
    flags="turn two last need_x need_m need_a need_w",
)  # fmt: skip
def backward(
    g, x, dx, message, d_message, attribute, turn, da, source, target, offsets, source_order, source_offsets, cuts, most,
    w_1, runs_ends, runs_own, b_1, layer_1, own, plan, w_2, runs_2, b_2, layer_2, two, last, threads, chunks, node_chunks, tile,
    kept, need_x, need_m, need_a, need_w, gg, gx, gm, ga, gw_1, gb_1, gw_2, gb_2,
):  # fmt: skip
    """Derivatives of ⟨dx, gx⟩ + ⟨d_message, gm⟩ + ⟨da, ga⟩ of ``messages.backward`` by g (nodes,
    dim) and its other arguments.

    ga must hold zeros.
    """
    flat_1, turned_1, flat_2, turned_2 = matrices(
        w_1, runs_ends, runs_own, layer_1, own, w_2, runs_2, layer_2
    )
    ends_numel, nodes, bounds = (
        2 * layer_1[0][at.WEIGHTS],
        offsets.shape[0] - 1,
        room(chunks + 1, offsets),
    )
    partial, partial_ends = sums_room(
        flat_1, ends_numel, flat_2, b_1, b_2, chunks, chunks if most > 0 else node_chunks, need_w
    )  # fmt: skip
    if cuts.shape[0] > 0:
        cut_bounds(offsets, cuts, chunks, bounds)
        backward_blocks(
            threads, chunks, bounds, g, x, dx, message, d_message, attribute, turn, da, source, target, offsets, cuts, most,
            flat_1, turned_1, b_1, layer_1, own, plan, flat_2, turned_2, b_2, layer_2, two, last, tile, kept,
            need_x, need_m, need_a, gg, gx, gm, ga, partial, partial_ends,
        )  # fmt: skip
    else:
        s, g_1 = (
            room(4 * 2 * layer_1[0][at.Z_DIM] * nodes, g),
            room(2 * target.shape[0] * layer_1[0][at.Y_DIM], g),
        )
        ends, d_ends, g_ends, gd_ends = row(s, 0, 4), row(s, 1, 4), row(s, 2, 4), row(s, 3, 4)
        ends_of(threads, node_chunks, x, layer_1[0], flat_1, nodes, ends)
        ends_of(threads, node_chunks, dx, layer_1[0], flat_1, nodes, d_ends)
        chunk_bounds(offsets, chunks, bounds)
        edges_of(
            threads, chunks, bounds, g, ends, d_ends, message, d_message, attribute, turn, da, source, target, offsets,
            flat_1, turned_1, b_1, layer_1, own, plan, flat_2, turned_2, b_2, layer_2, two, last, tile, kept, need_m, need_a,
            gg, g_ends, gd_ends, g_1, gm, ga, partial,
        )  # fmt: skip
        chunk_bounds(source_offsets, chunks, bounds)
        sources_of(
            threads, chunks, bounds, g_1, attribute, turn, da, source_order, source_offsets, layer_1, tile, g_ends, gd_ends
        )  # fmt: skip
        nodes_of(
            threads, node_chunks, g_ends, gd_ends, x, dx, layer_1[0], turned_1, nodes, need_x, gx, partial_ends
        )  # fmt: skip
        free(s)
        free(g_1)
    if need_w:
        total_sums(
            threads, partial, chunks, partial_ends, chunks if most > 0 else node_chunks, runs_ends, runs_own, runs_2,
            ends_numel, gw_1, gb_1, gw_2, gb_2,
        )  # fmt: skip
    free(flat_1)
    free(flat_2)
    free(turned_1)
    free(turned_2)
    free(bounds)
    free(partial)
    free(partial_ends)
