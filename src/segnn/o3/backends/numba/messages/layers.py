"""What messages are made of: the graph, the layers as Python hands them over and as kernels use
them, and the first layer of some edges.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, minimum, part, tail
from segnn.o3.backends.numba.compiler.records import FixedProgram, Floats, Integers, Program
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.messages.ends import add_ends
from segnn.o3.backends.numba.tile.couple import contract
from segnn.o3.backends.numba.tile.linear import Layer, start_or_add
from segnn.o3.backends.numba.tile.mix import mix
from segnn.o3.backends.numba.vector.views import Matrix, from_row
from segnn.o3.backends.numba.weights import (
    LayerArguments,
    gather,
    prepared,
    release,
    transpose_layer,
)


class Graph(NamedTuple):
    """Edges sorted by target: source and target of each, where the edges of every node begin, and
    ``cuts``, nodes between which no edge crosses (empty for one large graph), of which blocks of at
    most ``most`` nodes are made.
    """

    source: Integers
    target: Integers
    offsets: Integers
    cuts: Integers
    most: int


class Leaving(NamedTuple):
    """The edges in the order of their sources, and where each node's edges begin there."""

    order: Integers
    offsets: Integers


class Sharing(NamedTuple):
    """How the work is shared out: threads, chunks of edges and of nodes, edges of a tile."""

    threads: int
    chunks: int
    node_chunks: int
    tile: int


class FirstLayer(NamedTuple):
    """The first message layer: its programs for a node's features and for s_ij, and where the
    weights of both go.
    """

    weight: Floats
    runs_ends: Integers
    runs_own: Integers
    bias: Floats
    ends: FixedProgram
    own: FixedProgram


class MessageLayers(NamedTuple):
    """x (nodes, dim), s_ij (edges, m_dim), the attribute (edges, a_dim), and the layers that they
    go through.
    """

    x: Floats
    message: Floats
    attribute: Floats
    first: FirstLayer
    gate: FixedProgram
    second: LayerArguments
    two: bool
    last: bool


class Network(NamedTuple):
    """The layers within a kernel: the first one on both ends and on s_ij, the gate, the second."""

    ends: Layer
    own: Layer
    gate: Program
    second: Layer


class Widths(NamedTuple):
    """Columns: z of both ends and of s_ij, before the first gate and behind it, before the last
    gate and behind it, gates, scalars and gates.
    """

    z: int
    z_own: int
    wide: int
    inner: int
    wide_2: int
    narrow: int
    gates: int
    gated: int


class FirstScratch(NamedTuple):
    """Room for the mixed ends of some edges ``together``, where the first layer leaves the mixed
    s_ij, and scratch for its contractions.
    """

    together: int
    z: Matrix
    z_own: Matrix
    work: Floats


@routine
def network(layers, back):
    """The layers ready for their tiles, to be released; transposed matrices for a pass back."""
    first = layers.first
    weight = allocate(len(first.weight), first.weight)
    transposed = allocate(len(first.weight) if back else 0, first.weight)
    gather(first.weight, first.runs_ends, weight)
    gather(first.weight, first.runs_own, weight)
    own_0 = 2 * first.ends.table[at.WEIGHTS]
    own, own_transposed = tail(weight, own_0), tail(transposed, own_0)
    if back:
        transpose_layer(first.ends.table, 2, weight, transposed)
        transpose_layer(first.own.table, 1, own, own_transposed)
    none = part(first.bias, 0, 0)
    return Network(
        Layer(first.ends, 2, weight, transposed, first.bias),
        Layer(first.own, 1, own, own_transposed, none),
        layers.gate,
        prepared(layers.second, 1, back),
    )


@routine
def release_network(net):
    """Gives the arrays of ``network`` back."""
    release(net.ends)
    release(net.second)


@routine
def widths(net, two, last):
    """The columns of all that a message goes through."""
    ends, second, gate = net.ends.program.table, net.second.program.table, net.gate.table
    wide, gates = ends[at.Y_DIM], gate[at.GATES]
    wide_2 = second[at.Y_DIM] if two else wide
    return Widths(
        ends[at.Z_DIM],
        net.own.program.table[at.Z_DIM],
        wide,
        second[at.X_DIM],
        wide_2,
        wide_2 - gates if last else wide_2,
        gates,
        gate[at.SCALARS] + gates,
    )


@routine
def first_layer(layers, net, graph, ends, first, rows, scratch, y):
    """y = W_1 (x_i ⊕ x_j ⊕ s_ij) + b for the edges from ``first`` on; the mixed s_ij are left in
    the scratch.
    """
    own, a_dim = net.own.program, net.ends.program.table[at.A_DIM]
    has_ends = scratch.z.step > 0
    if has_ends:
        program, together = net.ends.program, scratch.together
        for r in range(0, rows, together):
            count, edge = minimum(together, rows - r), first + r
            add_ends(ends, graph, edge, count, scratch.z)
            a, y_r = Matrix(layers.attribute, edge * a_dim, a_dim), from_row(y, r)
            contract(scratch.z, a, program, at.CONTRACT, scratch.work, y_r, count, False)
    if scratch.z_own.step > 0:
        mixed_own(layers, net, first, rows, scratch.z_own)
        attribute = Matrix(layers.attribute, first * a_dim, a_dim)
        contract(scratch.z_own, attribute, own, at.CONTRACT, scratch.work, y, rows, has_ends)
    start_or_add(net.ends.bias, has_ends or scratch.z_own.step > 0, y, rows)


@routine
def mixed_own(layers, net, first, rows, z_own):
    """The mixed s_ij of the edges from ``first`` on."""
    own = net.own.program
    m_dim = own.table[at.X_DIM]
    message = Matrix(layers.message, first * m_dim, m_dim)
    mix(message, own.table, at.BEFORE, net.own.weight, z_own, rows, False)
