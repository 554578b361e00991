"""What the second derivative of messages does with the edges of some nodes; "both", tangents and
names as in ``segnn.o3.backends.numba.tile.second``.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum, tail
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.messages.ends import Ends, add_back, add_ends, edges_together
from segnn.o3.backends.numba.messages.layers import (
    Graph,
    Leaving,
    MessageLayers,
    Sharing,
    widths,
)
from segnn.o3.backends.numba.messages.second_couple import couple, couple_back
from segnn.o3.backends.numba.messages.targets import add_to_targets, rows_of_targets
from segnn.o3.backends.numba.tile.couple import Attribute
from segnn.o3.backends.numba.tile.gate import (
    GateScratch,
    gate,
    gate_back,
    gate_second,
    gate_sigmoids,
    gate_slopes,
    gate_tangent,
)
from segnn.o3.backends.numba.tile.linear import (
    LayerGradients,
    add_rows,
    linear,
    scratch,
    start_or_add,
)
from segnn.o3.backends.numba.tile.mix import mix, mix_back, mix_weight
from segnn.o3.backends.numba.tile.second import (
    SecondScratch,
    Wanted,
    held,
    linear_second,
    linear_tangent,
)
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Dual, Matrix, after, below, from_column, from_row
from segnn.o3.backends.numba.weights import LayerOutputs


class MessageTangents(NamedTuple):
    """The numbers that weigh the derivatives by x, s_ij and the attribute; ``has_attribute`` is
    False where nothing weighs the last.
    """

    dx: Floats
    dm: Floats
    da: Floats
    has_attribute: bool


class Second(NamedTuple):
    """Arguments of ``second``: what ``backward`` got, the tangents, and the derivatives that are
    wanted: gg (nodes, dim) by g (empty if it is not), and those of ``Backward``. ga must hold
    zeros.

    ``value`` (nodes, dim), unless it is empty: a derivative by the sums themselves, which goes back
    with the rest. With ``only_tangent`` nothing but gg is computed, and the tangents of the inputs
    of both gates are left in ``made``, unless it is empty, as those inputs are in ``kept``; without
    it they are read there.
    """

    g: Floats
    value: Floats
    only_tangent: bool
    layers: MessageLayers
    tangents: MessageTangents
    graph: Graph
    leaving: Leaving
    sharing: Sharing
    kept: Floats
    made: Floats
    need_a: bool
    need_w: bool
    gg: Floats
    gx: Floats
    gm: Floats
    ga: Floats
    first: LayerOutputs
    second: LayerOutputs


class SecondEnds(NamedTuple):
    """The mixed ends, their tangents, and the derivatives by both."""

    value: Ends
    tangent: Ends
    by_value: Ends
    by_tangent: Ends


class TileScratch(NamedTuple):
    """Scratch of a tile: for the first layer's mixed inputs and their derivatives, the inputs and
    outputs of both gates, their tangents and derivatives, and what gates leave. z, gz, z_own,
    gz_own, g_first, h, gh and g_2 are of both; z and gz are those of
    some edges ``together``.
    """

    together: int
    z: Matrix
    gz: Matrix
    z_own: Matrix
    gz_own: Matrix
    y_1: Matrix
    dy_1: Matrix
    g_first: Matrix
    h: Matrix
    gh: Matrix
    y_2: Matrix
    dy_2: Matrix
    g_2: Matrix
    out: Matrix
    g_out: Matrix
    gate_1: GateScratch
    gate_2: GateScratch


class EdgeTile(NamedTuple):
    """Some edges: the first one, their number, the inputs of both gates and their tangents."""

    first: int
    count: int
    inputs: Matrix
    later: Matrix
    d_inputs: Matrix
    d_later: Matrix


@routine
def tile_scratch(s, w, tile, together):
    """The scratch, cut; its last piece begins where ``gate_1.more`` ends."""
    z = Matrix(s, 0, w.z)
    gz = below(z, 2 * together, w.z)
    z_own = below(gz, 2 * together, w.z_own)
    gz_own = below(z_own, 2 * tile, w.z_own)
    y_1 = below(gz_own, 2 * tile, w.wide)
    dy_1 = below(y_1, tile, w.wide)
    g_first = below(dy_1, tile, w.wide)
    h = below(g_first, 2 * tile, w.inner)
    gh = below(h, 2 * tile, w.inner)
    y_2 = below(gh, 2 * tile, w.wide_2)
    dy_2 = below(y_2, tile, w.wide_2)
    g_2 = below(dy_2, tile, w.wide_2)
    out = below(g_2, 2 * tile, w.narrow)
    g_out = below(out, tile, w.narrow)
    sigmoids_1 = below(g_out, tile, w.gated)
    sigmoids_2 = below(sigmoids_1, tile, w.gated)
    slopes_1 = below(sigmoids_2, tile, w.gates)
    slopes_2 = below(slopes_1, tile, w.gates)
    more = below(slopes_2, tile, w.gates)
    gate_1, gate_2 = (
        GateScratch(sigmoids_1, slopes_1, more),
        GateScratch(sigmoids_2, slopes_2, more),
    )
    return TileScratch(
        together, z, gz, z_own, gz_own, y_1, dy_1, g_first, h, gh, y_2, dy_2, g_2, out, g_out,
        gate_1, gate_2,
    )  # fmt: skip


@routine
def is_known(a):
    """Whether the tangents of what enters the gates were made before, of kept inputs."""
    return len(a.made) > 0 and not a.only_tangent


@routine
def attribute_of(a, first, a_dim):
    """The attribute of the edges from ``first`` on, and its tangent."""
    value = Matrix(a.layers.attribute, first * a_dim, a_dim)
    return Attribute(value, Matrix(a.tangents.da, first * a_dim, a_dim), a.tangents.has_attribute)


@routine
def edges_second(a, net, ends, g_1, total, first_node, last_node):
    """The tangent of some nodes' sums (in gg), then back through both to the mixed ends and their
    tangents.

    With g_1 (edges, 2·wide) the derivatives by the first layer and its tangent are left there, and
    only the targets' ends are added to; ``sources_second`` does the other ones. Without it both
    ends are, wherever they lie.
    """
    layers, graph, tile, nodes = a.layers, a.graph, a.sharing.tile, last_node - first_node
    w, table = widths(net, layers.two, layers.last), net.second.program.table
    terms = maximum(net.ends.program.table[at.MAX_TERMS], net.own.program.table[at.MAX_TERMS])
    columns = 4 * (w.z_own + w.wide + w.inner + w.wide_2) + 2 * (w.narrow + w.gated)
    held_2 = held(table, 1)
    numbers = columns + 3 * w.gates + held_2 + maximum(2 * terms, scratch(table))
    together = edges_together(w.z, 4, tile)
    s = allocate(4 * together * w.z + tile * numbers, a.g)
    room = tile_scratch(s, w, tile, together)
    hold = after(room.gate_1.more, tile)
    second = SecondScratch(hold, tail(hold, tile * held_2))
    both = len(g_1) == 0
    if len(a.gg) > 0:
        simd.fill(Matrix(a.gg, first_node * w.narrow, w.narrow), 0.0, nodes, w.narrow)
    stop = graph.offsets[last_node]
    for first in range(graph.offsets[first_node], stop, tile):
        count = minimum(tile, stop - first)
        inputs, later, d_inputs, d_later = room.y_1, room.y_2, room.dy_1, room.dy_2
        behind = len(graph.target) * w.wide + first * w.wide_2
        if len(a.kept) > 0:
            inputs = Matrix(a.kept, first * w.wide, w.wide)
            later = Matrix(a.kept, behind, w.wide_2)
        if len(a.made) > 0:
            d_inputs = Matrix(a.made, first * w.wide, w.wide)
            d_later = Matrix(a.made, behind, w.wide_2)
        here = EdgeTile(first, count, inputs, later, d_inputs, d_later)
        if not layers.two:
            here = EdgeTile(first, count, inputs, inputs, d_inputs, d_inputs)
        first_layers(a, net, ends, room, here, second.work)
        sums = sums_tangent(a, net, room, here, second)
        if len(a.gg) > 0:
            add_to_targets(sums, graph, first, count, a.gg)
        if not a.only_tangent:
            rows_of_targets(a.g, graph, first, count, room.g_out)
            if len(a.value) > 0:
                rows_of_targets(a.value, graph, first, count, room.out)
            gates_second(a, net, room, here, second, total)
            if not both:
                g_edges = Matrix(g_1, 2 * first * w.wide, 2 * w.wide)
                simd.copy(g_edges, room.g_first, 1.0, count, w.wide)
                tangent = from_row(room.g_first, count)
                simd.copy(from_column(g_edges, w.wide), tangent, 1.0, count, w.wide)
            first_layers_back(a, net, ends, room, here, second.work, total, both)
    free(s)


@routine
def both_ends(a, ends, first, rows, z):
    """The mixed ends of some edges, and below them their tangents."""
    add_ends(ends.value, a.graph, first, rows, z)
    add_ends(ends.tangent, a.graph, first, rows, from_row(z, rows))


@routine
def first_layers(a, net, ends, room, here, work):
    """The first layer, unless it was kept, and its tangent, unless that was made before."""
    first, count, fresh, own = here.first, here.count, len(a.kept) == 0, net.own.program
    m_dim, a_dim = own.table[at.X_DIM], net.ends.program.table[at.A_DIM]
    known, d_inputs, attribute = is_known(a), here.d_inputs, attribute_of(a, first, a_dim)
    has_ends = room.z.step > 0
    if has_ends and not known:
        together, program = room.together, net.ends.program
        for r in range(0, count, together):
            rows, edge = minimum(together, count - r), first + r
            a_r = attribute_of(a, edge, a_dim)
            y_r = Dual(from_row(here.inputs, r), from_row(d_inputs, r))
            both_ends(a, ends, edge, rows, room.z)
            couple(room.z, a_r, program, work, fresh, False, y_r, rows)
    if room.z_own.step > 0 and (a.need_a or not known):
        message = Matrix(a.layers.message, first * m_dim, m_dim)
        d_message, dz = Matrix(a.tangents.dm, first * m_dim, m_dim), from_row(room.z_own, count)
        mix(message, own.table, at.BEFORE, net.own.weight, room.z_own, count, False)
        mix(d_message, own.table, at.BEFORE, net.own.weight, dz, count, False)
        if not known:
            both = Dual(here.inputs, d_inputs)
            couple(room.z_own, attribute, own, work, fresh, has_ends, both, count)
    written = has_ends or room.z_own.step > 0
    if fresh:
        start_or_add(net.ends.bias, written, room.y_1, count)
    if not (known or written):
        simd.fill(d_inputs, 0.0, count, d_inputs.step)


@routine
def sums_tangent(a, net, room, here, second):
    """The tangent of every message, through both gates and the second layer; where nobody wants
    it, what the pass back reads alone.
    """
    layers, count, sums, known = a.layers, here.count, here.d_inputs, is_known(a)
    attribute = attribute_of(a, here.first, net.ends.program.table[at.A_DIM])
    if layers.two:
        dh = from_row(room.h, count)
        gate(here.inputs, room.gate_1.sigmoids, net.gate, room.h, count)
        gate_tangent(here.inputs, here.d_inputs, room.gate_1, net.gate, dh, count)
        if layers.last and len(a.kept) == 0:
            linear(room.h, attribute.value, net.second, second.work, here.later, count)
        wanted = Wanted(not known, not known or a.need_a)
        linear_tangent(room.h, attribute, net.second, second, wanted, here.d_later, count)
        sums = here.d_later
    if layers.last:
        gate_sigmoids(here.later, room.gate_2.sigmoids, net.gate, count)
        sums = room.out
        if len(a.gg) > 0:
            gate_tangent(here.later, here.d_later, room.gate_2, net.gate, sums, count)
        else:
            gate_slopes(here.d_later, room.gate_2, net.gate, count)
    return sums


@routine
def gates_second(a, net, room, here, second, total):
    """Back through both, from the sums to the first layer: what belongs to the sums begins with
    ``value`` (in room.out) or zero, what belongs to their tangent with g.
    """
    layers, count, a_dim = a.layers, here.count, net.ends.program.table[at.A_DIM]
    n_own, n_2, m_1 = len(net.own.weight), len(net.second.weight), len(layers.first.bias)
    back = room.g_2 if layers.two else room.g_first
    d_back, has_value = from_row(back, count), len(a.value) > 0
    if has_value and layers.last:
        gate_back(room.out, here.later, room.gate_2.sigmoids, net.gate, back, count)
    elif has_value:
        simd.copy(back, room.out, 1.0, count, back.step)
    else:
        simd.fill(back, 0.0, count, back.step)
    if layers.last:
        gate_second(
            room.g_out, here.later, here.d_later, room.gate_2, net.gate, back, d_back, count
        )
    else:
        simd.copy(d_back, room.g_out, 1.0, count, back.step)
    if layers.two:
        add_rows(back, tail(total, n_own + n_2 + m_1), len(layers.second.bias), count)
        attribute, ga = attribute_of(a, here.first, a_dim), Matrix(a.ga, here.first * a_dim, a_dim)
        grads = LayerGradients(room.gh, ga, tail(total, n_own), True, True, a.need_a)
        with_value = layers.last or has_value
        linear_second(back, with_value, room.h, attribute, net.second, second, grads, count)
        gate_back(room.gh, here.inputs, room.gate_1.sigmoids, net.gate, room.g_first, count)
        gdh, d_first = from_row(room.gh, count), from_row(room.g_first, count)
        gate_second(
            gdh, here.inputs, here.d_inputs, room.gate_1, net.gate, room.g_first, d_first, count
        )
    add_rows(room.g_first, tail(total, n_own + n_2), m_1, count)


@routine
def first_layers_back(a, net, ends, room, here, work, total, both):
    """Back from the first layer and its tangent to their mixed inputs, to s_ij and to the
    attribute.
    """
    first, count, own = here.first, here.count, net.own.program
    a_dim, m_dim = net.ends.program.table[at.A_DIM], own.table[at.X_DIM]
    attribute, ga = attribute_of(a, first, a_dim), Matrix(a.ga, first * a_dim, a_dim)
    gm, g = Matrix(a.gm, first * m_dim, m_dim), room.g_first
    gdy = from_row(g, count)
    if room.z.step > 0:
        together, program, gz = room.together, net.ends.program, room.gz
        for r in range(0, count, together):
            rows, edge, ga_r = minimum(together, count - r), first + r, from_row(ga, r)
            a_r, g_r = attribute_of(a, edge, a_dim), Dual(from_row(g, r), from_row(gdy, r))
            if a.need_a:
                both_ends(a, ends, edge, rows, room.z)
            couple_back(g_r, a_r, program, room.z, gz, work, ga_r, rows)
            add_back(ends.by_value, a.graph, a.leaving, edge, rows, gz, both)
            d_gz = from_row(gz, rows)
            add_back(ends.by_tangent, a.graph, a.leaving, edge, rows, d_gz, both)
    if len(a.gm) > 0:
        simd.fill(gm, 0.0, count, m_dim)
    if room.z_own.step > 0:
        message = Matrix(a.layers.message, first * m_dim, m_dim)
        d_message = Matrix(a.tangents.dm, first * m_dim, m_dim)
        couple_back(Dual(g, gdy), attribute, own, room.z_own, room.gz_own, work, ga, count)
        mix_weight(message, room.gz_own, own.table, at.BEFORE, total, count)
        d_own = from_row(room.gz_own, count)
        mix_weight(d_message, d_own, own.table, at.BEFORE, total, count)
        if len(a.gm) > 0:
            mix_back(room.gz_own, own.table, at.BEFORE, net.own.transposed, gm, count, True)
