"""The first derivatives of messages: how the work is shared out; ``edges_back`` is what is done
with the edges of some nodes.
"""

from __future__ import annotations

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, part
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.messages.chunks import block_end, chunk_bounds, cut_bounds
from segnn.o3.backends.numba.messages.edges_back import Backward, edges_back
from segnn.o3.backends.numba.messages.ends import (
    clear_ends,
    ends_in,
    mix_ends,
    nodes_back,
    sources_back,
)
from segnn.o3.backends.numba.messages.layers import network, release_network
from segnn.o3.backends.numba.weights import (
    SHARES,
    chunk_total,
    clear,
    share_of,
    total_in_order,
)


@kernel
def backward(a: Backward) -> None:
    """Derivatives of ``forward`` for g (nodes, dim), with the ends and the inputs of gates that it
    left.
    """
    threads, chunks, graph = a.sharing.threads, a.sharing.chunks, a.graph
    net, bounds = network(a.layers, True), allocate(chunks + 1, graph.offsets)
    partial, partial_ends = chunk_sums(net, a.layers, a.sharing, graph.most, a.need_w)
    table = net.ends.program.table
    if len(graph.cuts) > 0:
        cut_bounds(graph.offsets, graph.cuts, chunks, bounds)
        backward_blocks(threads, chunks, bounds, a, net, partial, partial_ends)
    else:
        g_ends = allocate(len(a.ends), a.g)
        # Sums at the sources run in the same order either way: one thread adds them as it goes.
        alone = threads == 1 or len(graph.target) == 0
        g_1 = allocate(0 if alone else len(graph.target) * table[at.Y_DIM], a.g)
        if alone:
            nodes = len(graph.offsets) - 1
            clear_ends(ends_in(g_ends, 0, table[at.Z_DIM]), graph, a.leaving, 0, nodes, True)
        chunk_bounds(graph.offsets, chunks, bounds)
        backward_nodes(threads, chunks, bounds, a, net, g_ends, g_1, partial)
        if not alone:
            chunk_bounds(a.leaving.offsets, chunks, bounds)
            backward_sources(threads, chunks, bounds, a, net, g_1, g_ends)
        backward_mix(threads, a.sharing.node_chunks, a, net, g_ends, partial_ends)
        free(g_ends)
        free(g_1)
    if a.need_w:
        total_sums(a.layers, a.sharing, graph.most, partial, partial_ends, a.first, a.second)
    release_network(net)
    free(bounds)
    free(partial)
    free(partial_ends)


@routine
def chunk_sums(net, layers, sharing, most, need_w):
    """Scratch for the chunks' sums of derivatives: (own, second layer, bias 1 and 2), and those of
    the ends; or none.
    """
    by_ends = 2 * net.ends.program.table[at.WEIGHTS]
    by_rest = len(net.ends.weight) - by_ends + len(net.second.weight)
    numbers = by_rest + len(layers.first.bias) + len(layers.second.bias)
    ends_chunks = sharing.chunks if most > 0 else sharing.node_chunks
    return (
        allocate(sharing.chunks * numbers if need_w else 0, layers.x),
        allocate(ends_chunks * by_ends if need_w else 0, layers.x),
    )


@routine
def total_sums(layers, sharing, most, partial, partial_ends, first, second):
    """The derivatives by weights and biases from the chunks' sums."""
    threads, chunks = sharing.threads, sharing.chunks
    ends_chunks = chunks if most > 0 else sharing.node_chunks
    numbers, by_ends = len(partial) // chunks, len(partial_ends) // ends_chunks
    n_own, n_2 = len(first.weight) - by_ends, len(second.weight)
    runs_ends, runs_own = layers.first.runs_ends, layers.first.runs_own
    total_in_order(threads, SHARES, partial_ends, by_ends, 0, runs_ends, first.weight)
    total_in_order(threads, SHARES, partial, numbers, 0, runs_own, first.weight)
    total_in_order(threads, SHARES, partial, numbers, n_own, layers.second.runs, second.weight)
    chunk_total(partial, numbers, n_own + n_2, first.bias)
    chunk_total(partial, numbers, n_own + n_2 + len(first.bias), second.bias)


@spread
def backward_blocks(chunk, chunks, bounds, a, net, partial, partial_ends):
    """Back through the graphs of a chunk, block by block; its sums are its shares of partial and
    partial_ends.
    """
    total, total_ends = share_of(partial, chunk, chunks), share_of(partial_ends, chunk, chunks)
    clear(total)
    clear(total_ends)
    cuts, z_dim = a.graph.cuts, net.ends.program.table[at.Z_DIM]
    numbers, none = 2 * z_dim * a.graph.most, part(a.g, 0, 0)
    data, g_data = allocate(numbers, a.g), allocate(numbers, a.g)
    cut, last_cut = bounds[chunk], bounds[chunk + 1]
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, a.graph.most)
        first_node, last_node = cuts[cut], cuts[stop]
        ends, g_ends = ends_in(data, first_node, z_dim), ends_in(g_data, first_node, z_dim)
        if len(a.kept) == 0 or a.need_a:
            mix_ends(a.layers.x, net.ends, first_node, last_node, ends)
        clear_ends(g_ends, a.graph, a.leaving, first_node, last_node, True)
        edges_back(a, net, ends, g_ends, none, total, first_node, last_node)
        nodes_back(g_ends, a.layers.x, net.ends, first_node, last_node, a.gx, total_ends)
        cut = stop
    free(data)
    free(g_data)


@spread
def backward_nodes(chunk, chunks, bounds, a, net, g_data, g_1, partial):
    """``edges_back`` for the nodes of a chunk of a large graph."""
    total, z_dim = share_of(partial, chunk, chunks), net.ends.program.table[at.Z_DIM]
    clear(total)
    ends, g_ends = ends_in(a.ends, 0, z_dim), ends_in(g_data, 0, z_dim)
    if len(g_1) > 0:
        clear_ends(g_ends, a.graph, a.leaving, bounds[chunk], bounds[chunk + 1], False)
    edges_back(a, net, ends, g_ends, g_1, total, bounds[chunk], bounds[chunk + 1])


@spread
def backward_sources(chunk, chunks, bounds, a, net, g_1, g_data):
    """``sources_back`` for the nodes of a chunk."""
    program, first, stop = net.ends.program, bounds[chunk], bounds[chunk + 1]
    g_ends, attribute = ends_in(g_data, 0, program.table[at.Z_DIM]), a.layers.attribute
    sources_back(g_1, attribute, a.leaving, program, first, stop, a.sharing.tile, g_ends)


@spread
def backward_mix(chunk, chunks, a, net, g_data, partial_ends):
    """``nodes_back`` for a chunk of all nodes."""
    total, nodes = share_of(partial_ends, chunk, chunks), len(a.graph.offsets) - 1
    clear(total)
    g_ends = ends_in(g_data, 0, net.ends.program.table[at.Z_DIM])
    first, stop = chunk * nodes // chunks, (chunk + 1) * nodes // chunks
    nodes_back(g_ends, a.layers.x, net.ends, first, stop, a.gx, total)
