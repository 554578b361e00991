"""The value of messages and their sums."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.messages.chunks import block_end, chunk_bounds, cut_bounds
from segnn.o3.backends.numba.messages.ends import edges_together, ends_in, mix_ends
from segnn.o3.backends.numba.messages.layers import (
    FirstScratch,
    Graph,
    MessageLayers,
    Sharing,
    first_layer,
    network,
    release_network,
    widths,
)
from segnn.o3.backends.numba.messages.targets import add_to_targets
from segnn.o3.backends.numba.tile.gate import gate
from segnn.o3.backends.numba.tile.linear import linear, scratch
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, after, below


class Forward(NamedTuple):
    """Arguments of ``forward``: y (nodes, dim) is written; without cuts ``ends`` (nodes, 2·z_dim)
    gets the mixed ends.

    ``kept`` gets the inputs of both gates (edges, wide) and (edges, wide_2), one after the other,
    or is empty.
    """

    layers: MessageLayers
    graph: Graph
    sharing: Sharing
    ends: Floats
    kept: Floats
    y: Floats


@kernel
def forward(a: Forward) -> None:
    """y (nodes, dim), the summed messages."""
    threads, chunks = a.sharing.threads, a.sharing.chunks
    net, bounds = network(a.layers, False), allocate(chunks + 1, a.graph.offsets)
    if len(a.graph.cuts) > 0:
        cut_bounds(a.graph.offsets, a.graph.cuts, chunks, bounds)
        forward_blocks(threads, chunks, bounds, a, net)
    else:
        chunk_bounds(a.graph.offsets, chunks, bounds)
        nodes = len(a.graph.offsets) - 1
        ends_of_nodes(threads, a.sharing.node_chunks, a.layers.x, net.ends, nodes, a.ends)
        forward_nodes(threads, chunks, bounds, a, net)
    release_network(net)
    free(bounds)


@spread
def forward_blocks(chunk, chunks, bounds, a, net):
    """Forward through the graphs of a chunk, block by block."""
    cuts, z_dim = a.graph.cuts, net.ends.program.table[at.Z_DIM]
    data = allocate(2 * z_dim * a.graph.most, a.y)
    cut, last_cut = bounds[chunk], bounds[chunk + 1]
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, a.graph.most)
        first_node, last_node = cuts[cut], cuts[stop]
        ends = ends_in(data, first_node, z_dim)
        mix_ends(a.layers.x, net.ends, first_node, last_node, ends)
        edges_forward(a, net, ends, first_node, last_node)
        cut = stop
    free(data)


@spread
def ends_of_nodes(chunk, chunks, x, layer, nodes, data):
    """``mix_ends`` for a chunk of all nodes."""
    ends = ends_in(data, 0, layer.program.table[at.Z_DIM])
    mix_ends(x, layer, chunk * nodes // chunks, (chunk + 1) * nodes // chunks, ends)


@spread
def forward_nodes(chunk, chunks, bounds, a, net):
    """``edges_forward`` for the nodes of a chunk of a large graph."""
    ends = ends_in(a.ends, 0, net.ends.program.table[at.Z_DIM])
    edges_forward(a, net, ends, bounds[chunk], bounds[chunk + 1])


@routine
def edges_forward(a, net, ends, first_node, last_node):
    """``forward`` for the messages to some nodes."""
    layers, graph, tile = a.layers, a.graph, a.sharing.tile
    w, second = widths(net, layers.two, layers.last), net.second.program.table
    a_dim = net.ends.program.table[at.A_DIM]
    terms = maximum(net.ends.program.table[at.MAX_TERMS], net.own.program.table[at.MAX_TERMS])
    columns = w.z_own + w.wide + w.inner + w.wide_2 + w.narrow + w.gated
    together = edges_together(w.z, 1, tile)
    s = allocate(together * w.z + tile * (columns + maximum(terms, scratch(second))), a.y)
    z = Matrix(s, 0, w.z)
    z_own = below(z, together, w.z_own)
    y_1 = below(z_own, tile, w.wide)
    h = below(y_1, tile, w.inner)
    y_2 = below(h, tile, w.wide_2)
    out = below(y_2, tile, w.narrow)
    sigmoids = below(out, tile, w.gated)
    work = after(sigmoids, tile)
    nodes = last_node - first_node
    simd.fill(Matrix(a.y, first_node * w.narrow, w.narrow), 0.0, nodes, w.narrow)
    stop = graph.offsets[last_node]
    for first in range(graph.offsets[first_node], stop, tile):
        count = minimum(tile, stop - first)
        inputs, later = y_1, y_2
        if len(a.kept) > 0:
            inputs = Matrix(a.kept, first * w.wide, w.wide)
            later = Matrix(a.kept, len(graph.target) * w.wide + first * w.wide_2, w.wide_2)
        mixed = FirstScratch(together, z, z_own, work)
        first_layer(layers, net, graph, ends, first, count, mixed, inputs)
        if layers.two:
            gate(inputs, sigmoids, net.gate, h, count)
            linear(
                h, Matrix(layers.attribute, first * a_dim, a_dim), net.second, work, later, count
            )
        else:
            later = inputs
        if layers.last:
            gate(later, sigmoids, net.gate, out, count)
            later = out
        add_to_targets(later, graph, first, count, a.y)
    free(s)
