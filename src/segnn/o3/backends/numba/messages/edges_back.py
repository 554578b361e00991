"""Back from the sums of some nodes to the first layer of their edges and to the mixed ends."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum, tail
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.messages.ends import Ends, add_back, add_ends, edges_together
from segnn.o3.backends.numba.messages.layers import (
    FirstScratch,
    Graph,
    Leaving,
    MessageLayers,
    Sharing,
    first_layer,
    mixed_own,
    widths,
)
from segnn.o3.backends.numba.messages.targets import rows_of_targets
from segnn.o3.backends.numba.tile.couple import contract, contract_attribute
from segnn.o3.backends.numba.tile.gate import gate, gate_back, gate_sigmoids
from segnn.o3.backends.numba.tile.linear import (
    LayerGradients,
    add_rows,
    linear,
    linear_back,
    scratch,
)
from segnn.o3.backends.numba.tile.mix import mix_back, mix_weight
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, after, below, from_row
from segnn.o3.backends.numba.weights import LayerOutputs


class Backward(NamedTuple):
    """Arguments of ``backward``: g (nodes, dim), what ``forward`` left, and the derivatives that
    are wanted. ga must hold zeros; what is not needed is empty.
    """

    g: Floats
    layers: MessageLayers
    graph: Graph
    leaving: Leaving
    sharing: Sharing
    ends: Floats
    kept: Floats
    need_a: bool
    need_w: bool
    gx: Floats
    gm: Floats
    ga: Floats
    first: LayerOutputs
    second: LayerOutputs


class BackScratch(NamedTuple):
    """Scratch of a tile: the first layer's mixed inputs and their derivatives, those of the ends of
    some edges ``together``; inputs and outputs of both gates and their derivatives, the sigmoids of
    both.
    """

    together: int
    z: Matrix
    gz: Matrix
    z_own: Matrix
    gz_own: Matrix
    y_1: Matrix
    h: Matrix
    gh: Matrix
    y_2: Matrix
    g_2: Matrix
    g_out: Matrix
    sigmoids_1: Matrix
    sigmoids_2: Matrix
    g_first: Matrix


class BackEnds(NamedTuple):
    """The mixed ends, and what the derivatives by them are added to; by those of the sources only
    if ``sources``.
    """

    value: Ends
    by_value: Ends
    sources: bool


class BackTile(NamedTuple):
    """Some edges: the first one, their number, the inputs of both gates, and where the derivative
    by the first layer goes.
    """

    first: int
    count: int
    inputs: Matrix
    later: Matrix
    g_first: Matrix


@routine
def back_scratch(s, w, tile, together):
    """The scratch, cut."""
    z = Matrix(s, 0, w.z)
    gz = below(z, together, w.z)
    z_own = below(gz, together, w.z_own)
    gz_own = below(z_own, tile, w.z_own)
    y_1 = below(gz_own, tile, w.wide)
    h = below(y_1, tile, w.inner)
    gh = below(h, tile, w.inner)
    y_2 = below(gh, tile, w.wide_2)
    g_2 = below(y_2, tile, w.wide_2)
    g_out = below(g_2, tile, w.narrow)
    sigmoids_1 = below(g_out, tile, w.gated)
    sigmoids_2 = below(sigmoids_1, tile, w.gated)
    g_first = below(sigmoids_2, tile, w.wide)
    return BackScratch(
        together, z, gz, z_own, gz_own, y_1, h, gh, y_2, g_2, g_out, sigmoids_1, sigmoids_2, g_first
    )  # fmt: skip


@routine
def edges_back(a, net, ends, g_ends, g_1, total, first_node, last_node):
    """With g_1 (edges, wide) the first layer's derivative is left there and only the targets' ends
    are added to; ``sources_back`` does the other ones. Without it both ends are, wherever they lie.
    """
    layers, graph, tile = a.layers, a.graph, a.sharing.tile
    w = widths(net, layers.two, layers.last)
    terms = maximum(net.ends.program.table[at.MAX_TERMS], net.own.program.table[at.MAX_TERMS])
    columns = 2 * (w.z_own + w.wide + w.inner + w.wide_2 + w.gated) + w.narrow
    numbers = columns + maximum(terms, scratch(net.second.program.table))
    together = edges_together(w.z, 2, tile)
    s = allocate(2 * together * w.z + tile * numbers, a.g)
    held = back_scratch(s, w, tile, together)
    work = after(held.g_first, tile)
    both = len(g_1) == 0
    stop = graph.offsets[last_node]
    for first in range(graph.offsets[first_node], stop, tile):
        count = minimum(tile, stop - first)
        inputs, later, g_first = held.y_1, held.y_2, held.g_first
        if len(a.kept) > 0:
            inputs = Matrix(a.kept, first * w.wide, w.wide)
            later = Matrix(a.kept, len(graph.target) * w.wide + first * w.wide_2, w.wide_2)
        if not both:
            g_first = Matrix(g_1, first * w.wide, w.wide)
        mixed = FirstScratch(together, held.z, held.z_own, work)
        if len(a.kept) == 0:
            first_layer(layers, net, graph, ends, first, count, mixed, inputs)
        elif a.need_a and w.z_own > 0:
            mixed_own(layers, net, first, count, held.z_own)
        rows_of_targets(a.g, graph, first, count, held.g_out)
        tile_of = BackTile(first, count, inputs, later, g_first)
        gates_back(a, net, held, tile_of, work, total)
        first_layer_back(a, net, BackEnds(ends, g_ends, both), held, tile_of, work, total)
    free(s)


@routine
def gates_back(a, net, held, tile, work, total):
    """From the sums' derivative to that by the first layer, through both gates and the second
    layer.
    """
    layers, count, a_dim = a.layers, tile.count, net.ends.program.table[at.A_DIM]
    attribute = Matrix(layers.attribute, tile.first * a_dim, a_dim)
    n_own = len(net.own.weight)
    n_2, m_1, m_2 = len(net.second.weight), len(layers.first.bias), len(layers.second.bias)
    back = held.g_out
    if layers.two:
        gate(tile.inputs, held.sigmoids_1, net.gate, held.h, count)
        if layers.last:
            if len(a.kept) == 0:
                linear(held.h, attribute, net.second, work, tile.later, count)
            gate_sigmoids(tile.later, held.sigmoids_2, net.gate, count)
            gate_back(held.g_out, tile.later, held.sigmoids_2, net.gate, held.g_2, count)
            back = held.g_2
        add_rows(back, tail(total, n_own + n_2 + m_1), m_2, count)
        ga, by_weight = Matrix(a.ga, tile.first * a_dim, a_dim), tail(total, n_own)
        grads = LayerGradients(held.gh, ga, by_weight, True, False, a.need_a)
        linear_back(back, held.h, attribute, net.second, work, grads, count)
        gate_back(held.gh, tile.inputs, held.sigmoids_1, net.gate, tile.g_first, count)
    elif layers.last:
        gate_sigmoids(tile.inputs, held.sigmoids_1, net.gate, count)
        gate_back(held.g_out, tile.inputs, held.sigmoids_1, net.gate, tile.g_first, count)
    else:
        simd.copy(tile.g_first, held.g_out, 1.0, count, tile.g_first.step)
    add_rows(tile.g_first, tail(total, n_own + n_2), m_1, count)


@routine
def first_layer_back(a, net, ends, held, tile, work, total):
    """From the derivative by the first layer to the mixed ends, to s_ij and to the attribute."""
    layers, count, a_dim = a.layers, tile.count, net.ends.program.table[at.A_DIM]
    attribute = Matrix(layers.attribute, tile.first * a_dim, a_dim)
    ga, own, g = Matrix(a.ga, tile.first * a_dim, a_dim), net.own.program, tile.g_first
    m_dim = own.table[at.X_DIM]
    gm = Matrix(a.gm, tile.first * m_dim, m_dim)
    if held.z.step > 0:
        together, program = held.together, net.ends.program
        for r in range(0, count, together):
            rows, edge, g_r = minimum(together, count - r), tile.first + r, from_row(g, r)
            a_r, gz, ga_r = from_row(attribute, r), held.gz, from_row(ga, r)
            contract(g_r, a_r, program, at.CONTRACT_BACK, work, gz, rows, False)
            if a.need_a:
                add_ends(ends.value, a.graph, edge, rows, held.z)
                contract_attribute(held.z, g_r, program, at.CONTRACT_PAIRS, ga_r, rows)
            add_back(ends.by_value, a.graph, a.leaving, edge, rows, gz, ends.sources)
    if len(a.gm) > 0:
        simd.fill(gm, 0.0, count, m_dim)
    if held.z_own.step > 0:
        message = Matrix(layers.message, tile.first * m_dim, m_dim)
        contract(g, attribute, own, at.CONTRACT_BACK, work, held.gz_own, count, False)
        mix_weight(message, held.gz_own, own.table, at.BEFORE, total, count)
        if len(a.gm) > 0:
            mix_back(held.gz_own, own.table, at.BEFORE, net.own.transposed, gm, count, True)
        if a.need_a:
            contract_attribute(held.z_own, g, own, at.CONTRACT_PAIRS, ga, count)
