"""The derivative of ``segnn.o3.backends.numba.messages.backward``: how the work is shared out.

The sums' tangent and the reverse pass through it (``segnn.o3.backends.numba.tile.second``) go over
the edges once, tile by tile, in blocks of whole graphs or, for a large graph, stage by stage as the
first derivative does.
"""

from __future__ import annotations

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, part
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.messages.backward import chunk_sums, total_sums
from segnn.o3.backends.numba.messages.chunks import block_end, chunk_bounds, cut_bounds
from segnn.o3.backends.numba.messages.ends import clear_ends, ends_in, mix_ends, nodes_back
from segnn.o3.backends.numba.messages.forward import ends_of_nodes
from segnn.o3.backends.numba.messages.layers import network, release_network
from segnn.o3.backends.numba.messages.second_edges import (
    Second,
    SecondEnds,
    edges_second,
    is_known,
)
from segnn.o3.backends.numba.messages.second_sources import sources_second
from segnn.o3.backends.numba.weights import clear, share_of


@kernel
def second(a: Second) -> None:
    """Derivatives of ⟨dx, gx⟩ + ⟨dm, gm⟩ + ⟨da, ga⟩ of ``backward`` by g (nodes, dim) and its other
    arguments.
    """
    threads, chunks, graph = a.sharing.threads, a.sharing.chunks, a.graph
    net, bounds = network(a.layers, True), allocate(chunks + 1, graph.offsets)
    partial, partial_ends = chunk_sums(net, a.layers, a.sharing, graph.most, a.need_w)
    if len(graph.cuts) > 0:
        cut_bounds(graph.offsets, graph.cuts, chunks, bounds)
        second_blocks(threads, chunks, bounds, a, net, partial, partial_ends)
    else:
        second_by_stages(a, net, bounds, partial, partial_ends)
    if a.need_w:
        total_sums(a.layers, a.sharing, graph.most, partial, partial_ends, a.first, a.second)
    release_network(net)
    free(bounds)
    free(partial)
    free(partial_ends)


@routine
def second_by_stages(a, net, bounds, partial, partial_ends):
    """One large graph."""
    threads, chunks, node_chunks = a.sharing.threads, a.sharing.chunks, a.sharing.node_chunks
    table, nodes = net.ends.program.table, len(a.graph.offsets) - 1
    s = allocate(4 * 2 * table[at.Z_DIM] * nodes, a.g)
    alone = threads == 1 or a.only_tangent or len(a.graph.target) == 0
    g_1 = allocate(0 if alone else 2 * len(a.graph.target) * table[at.Y_DIM], a.g)
    if alone and not a.only_tangent:
        ends = ends_of_scratch(s, 0, table[at.Z_DIM])
        clear_ends(ends.by_value, a.graph, a.leaving, 0, nodes, True)
        clear_ends(ends.by_tangent, a.graph, a.leaving, 0, nodes, True)
    if a.need_a or not is_known(a):
        ends_of_nodes(threads, node_chunks, a.layers.x, net.ends, nodes, share_of(s, 0, 4))
        ends_of_nodes(threads, node_chunks, a.tangents.dx, net.ends, nodes, share_of(s, 1, 4))
    chunk_bounds(a.graph.offsets, chunks, bounds)
    second_nodes(threads, chunks, bounds, a, net, s, g_1, partial)
    if not alone:
        chunk_bounds(a.leaving.offsets, chunks, bounds)
        second_sources(threads, chunks, bounds, a, net, s, g_1)
    if not a.only_tangent:
        second_mix(threads, node_chunks, a, net, s, partial_ends)
    free(s)
    free(g_1)


@routine
def ends_of_scratch(s, base, z_dim):
    """The ends of the nodes from ``base`` on, their tangents, and the derivatives by both, in the
    four shares of s.
    """
    return SecondEnds(
        ends_in(share_of(s, 0, 4), base, z_dim),
        ends_in(share_of(s, 1, 4), base, z_dim),
        ends_in(share_of(s, 2, 4), base, z_dim),
        ends_in(share_of(s, 3, 4), base, z_dim),
    )


@routine
def nodes_second(ends, a, layer, first, stop, total):
    """Back through the mix at some nodes and its tangent."""
    nodes_back(ends.by_value, a.layers.x, layer, first, stop, a.gx, total)
    nodes_back(ends.by_tangent, a.tangents.dx, layer, first, stop, part(a.gx, 0, 0), total)


@spread
def second_blocks(chunk, chunks, bounds, a, net, partial, partial_ends):
    """Through the graphs of a chunk, block by block; its sums are its shares of partial and
    partial_ends.
    """
    total, total_ends = share_of(partial, chunk, chunks), share_of(partial_ends, chunk, chunks)
    clear(total)
    clear(total_ends)
    cuts, z_dim, none = a.graph.cuts, net.ends.program.table[at.Z_DIM], part(a.g, 0, 0)
    s = allocate(4 * 2 * z_dim * a.graph.most, a.g)
    cut, last_cut = bounds[chunk], bounds[chunk + 1]
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, a.graph.most)
        first_node, last_node = cuts[cut], cuts[stop]
        ends = ends_of_scratch(s, first_node, z_dim)
        if a.need_a or not is_known(a):
            mix_ends(a.layers.x, net.ends, first_node, last_node, ends.value)
            mix_ends(a.tangents.dx, net.ends, first_node, last_node, ends.tangent)
        clear_ends(ends.by_value, a.graph, a.leaving, first_node, last_node, True)
        clear_ends(ends.by_tangent, a.graph, a.leaving, first_node, last_node, True)
        edges_second(a, net, ends, none, total, first_node, last_node)
        if not a.only_tangent:
            nodes_second(ends, a, net.ends, first_node, last_node, total_ends)
        cut = stop
    free(s)


@spread
def second_nodes(chunk, chunks, bounds, a, net, s, g_1, partial):
    """``edges_second`` for the nodes of a chunk of a large graph."""
    total = share_of(partial, chunk, chunks)
    clear(total)
    ends = ends_of_scratch(s, 0, net.ends.program.table[at.Z_DIM])
    if len(g_1) > 0:
        clear_ends(ends.by_value, a.graph, a.leaving, bounds[chunk], bounds[chunk + 1], False)
        clear_ends(ends.by_tangent, a.graph, a.leaving, bounds[chunk], bounds[chunk + 1], False)
    edges_second(a, net, ends, g_1, total, bounds[chunk], bounds[chunk + 1])


@spread
def second_sources(chunk, chunks, bounds, a, net, s, g_1):
    """``sources_second`` for the nodes of a chunk."""
    ends = ends_of_scratch(s, 0, net.ends.program.table[at.Z_DIM])
    sources_second(a, net.ends.program, g_1, bounds[chunk], bounds[chunk + 1], ends)


@spread
def second_mix(chunk, chunks, a, net, s, partial_ends):
    """``nodes_second`` for a chunk of all nodes."""
    total, nodes = share_of(partial_ends, chunk, chunks), len(a.graph.offsets) - 1
    clear(total)
    ends = ends_of_scratch(s, 0, net.ends.program.table[at.Z_DIM])
    first, stop = chunk * nodes // chunks, (chunk + 1) * nodes // chunks
    nodes_second(ends, a, net.ends, first, stop, total)
