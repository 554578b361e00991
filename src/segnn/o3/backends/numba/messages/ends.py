"""Features mixed at the nodes for both ends of an edge, and back."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum, tail
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.tile.couple import contract
from segnn.o3.backends.numba.tile.mix import mix, mix_back, mix_weight
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, after, below, from_row

FIRST_CACHE = 8192
"""Numbers of four bytes in three quarters of a small first cache, taken as 48 KiB."""


class Ends(NamedTuple):
    """Row n: x_n W_target and x_n W_source, which lie side by side."""

    target: Matrix
    source: Matrix


@routine
def ends_in(data, base, z_dim):
    """The ends of the nodes from ``base`` on, in an array that begins with that node."""
    start = -2 * base * z_dim
    return Ends(Matrix(data, start, 2 * z_dim), Matrix(data, start + z_dim, 2 * z_dim))


@routine
def clear_ends(ends, graph, first, stop, sources):
    """Zeros for some nodes' ends, with or without those as sources; a target that edges reach needs
    none, since the first of them overwrites (``add_to_target``).
    """
    columns = ends.target.step // 2
    for node in range(first, stop):
        if graph.offsets[node] == graph.offsets[node + 1]:
            simd.fill(from_row(ends.target, node), 0.0, 1, columns)
    if sources:
        simd.fill(from_row(ends.source, first), 0.0, stop - first, columns)


@routine
def add_to_target(ends, graph, edge, gz):
    """Adds what an edge brings to its target's end; edges come in the order of their targets."""
    node = graph.target[edge]
    if graph.offsets[node] == edge:
        simd.copy(from_row(ends.target, node), gz, 1.0, 1, gz.step)
    else:
        simd.add(from_row(ends.target, node), gz, 1.0, 1, gz.step)


@routine
def add_back(ends, graph, first, rows, gz, both):
    """Adds what edges bring to their targets' ends and, if ``both``, to their sources'."""
    for r in range(rows):
        add_to_target(ends, graph, first + r, from_row(gz, r))
        if both:
            source = from_row(ends.source, graph.source[first + r])
            simd.add(source, from_row(gz, r), 1.0, 1, gz.step)


@routine
def mix_ends(x, layer, first, stop, ends):
    """The ends of some nodes."""
    table, rows = layer.program.table, stop - first
    inputs, numel = Matrix(x, first * table[at.X_DIM], table[at.X_DIM]), table[at.WEIGHTS]
    mix(inputs, table, at.BEFORE, layer.weight, from_row(ends.target, first), rows, False)
    source = from_row(ends.source, first)
    mix(inputs, table, at.BEFORE, tail(layer.weight, numel), source, rows, False)


@routine
def edges_together(z_dim, copies, tile):
    """Edges whose mixed ends are worked on together: a row is as wide as all paths, and so many
    ``copies`` of them, of value and tangent and derivatives, shall stay in the first cache.
    """
    return minimum(tile, maximum(1, FIRST_CACHE // maximum(copies * z_dim, 1)))


@routine
def add_ends(ends, graph, first, rows, z):
    """Rows (mixed x_i + mixed x_j) of the edges from ``first`` on."""
    for r in range(rows):
        i = from_row(ends.target, graph.target[first + r])
        j = from_row(ends.source, graph.source[first + r])
        simd.add_two(from_row(z, r), i, j, 1.0, 1, z.step)


@routine
def nodes_back(g_ends, x, layer, first, stop, gx, total):
    """Back through the mix at some nodes: to gx (nodes, dim), unless it is empty, and to the
    weights' sum ``total``.
    """
    table, rows = layer.program.table, stop - first
    dim, numel = table[at.X_DIM], table[at.WEIGHTS]
    inputs, gx_rows = Matrix(x, first * dim, dim), Matrix(gx, first * dim, dim)
    if len(gx) > 0:
        simd.fill(gx_rows, 0.0, rows, dim)
    for p in range(2):
        g = from_row(g_ends.target if p == 0 else g_ends.source, first)
        mix_weight(inputs, g, table, at.BEFORE, tail(total, p * numel), rows)
        if len(gx) > 0:
            mix_back(g, table, at.BEFORE, tail(layer.transposed, p * numel), gx_rows, rows, True)


@routine
def sources_back(g_1, attribute, leaving, program, first_node, last_node, tile, g_ends):
    """Back from the first layer of the edges to their sources' end, summed over the edges that
    leave a node.
    """
    table = program.table
    z_dim, wide, a_dim = table[at.Z_DIM], table[at.Y_DIM], table[at.A_DIM]
    if z_dim == 0:
        return
    s = allocate(tile * (z_dim + wide + a_dim + table[at.MAX_TERMS]), g_1)
    gz = Matrix(s, 0, z_dim)
    g = below(gz, tile, wide)
    a = below(g, tile, a_dim)
    work = after(a, tile)
    simd.fill(from_row(g_ends.source, first_node), 0.0, last_node - first_node, z_dim)
    for node in range(first_node, last_node):
        stop = leaving.offsets[node + 1]
        for first in range(leaving.offsets[node], stop, tile):
            count = minimum(tile, stop - first)
            for r in range(count):
                edge = leaving.order[first + r]
                simd.copy(from_row(g, r), Matrix(g_1, edge * wide, 0), 1.0, 1, wide)
                simd.copy(from_row(a, r), Matrix(attribute, edge * a_dim, 0), 1.0, 1, a_dim)
            contract(g, a, program, at.CONTRACT_BACK, work, gz, count, False)
            out = from_row(g_ends.source, node)
            simd.add(Matrix(out.data, out.start, 0), gz, 1.0, count, z_dim)
    free(s)
