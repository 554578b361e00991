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
def clear_unreached(end, offsets, first, stop, columns):
    """Zeros for the ends of those of some nodes that no edge reaches, or leaves: of the others the
    first edge overwrites (``add_edge``).
    """
    for node in range(first, stop):
        if offsets[node] == offsets[node + 1]:
            simd.fill(from_row(end, node), 0.0, 1, columns)


@routine
def clear_ends(ends, graph, leaving, first, stop, sources):
    """``clear_unreached`` for the targets' ends and, if ``sources``, the sources'."""
    columns = ends.target.step // 2
    clear_unreached(ends.target, graph.offsets, first, stop, columns)
    if sources:
        clear_unreached(ends.source, leaving.offsets, first, stop, columns)


@routine
def add_edge(row, gz, is_first):
    """Adds what an edge brings to an end, or writes it if it is the first one there."""
    if is_first:
        simd.copy(row, gz, 1.0, 1, gz.step)
    else:
        simd.add(row, gz, 1.0, 1, gz.step)


@routine
def add_back(ends, graph, leaving, first, rows, gz, both):
    """Adds what edges bring to their targets' ends and, if ``both``, to their sources'. Edges come
    in the order of their targets; those of a source, one by one, in that of ``leaving`` too.
    """
    for r in range(rows):
        edge, gz_r = first + r, from_row(gz, r)
        node = graph.target[edge]
        add_edge(from_row(ends.target, node), gz_r, graph.offsets[node] == edge)
        if both:
            node = graph.source[edge]
            is_first = leaving.order[leaving.offsets[node]] == edge
            add_edge(from_row(ends.source, node), gz_r, is_first)


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
