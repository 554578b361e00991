"""The sources' share of the second derivative of messages, where several threads work on one large
graph: see ``segnn.o3.backends.numba.messages.second_edges``.
"""

from __future__ import annotations

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, minimum, part
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.messages.second_couple import couple_back
from segnn.o3.backends.numba.tile.couple import Attribute
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Dual, Matrix, after, below, from_row


@routine
def sources_second(a, program, g_1, first_node, last_node, ends):
    """Back from the first layer of the edges and its tangent to their sources' end, summed over the
    edges that leave a node.
    """
    table, tile, leaving = program.table, a.sharing.tile, a.leaving
    z_dim, wide, a_dim = table[at.Z_DIM], table[at.Y_DIM], table[at.A_DIM]
    nodes, has_tangent = last_node - first_node, a.tangents.has_attribute
    if z_dim == 0:
        return
    s = allocate(tile * (2 * z_dim + 2 * wide + 2 * a_dim + 2 * table[at.MAX_TERMS]), g_1)
    gz = Matrix(s, 0, z_dim)
    g = below(gz, 2 * tile, wide)
    value = below(g, 2 * tile, a_dim)
    tangent = below(value, tile, a_dim)
    work, none = after(tangent, tile), Matrix(part(g_1, 0, 0), 0, 0)
    simd.fill(from_row(ends.by_value.source, first_node), 0.0, nodes, z_dim)
    simd.fill(from_row(ends.by_tangent.source, first_node), 0.0, nodes, z_dim)
    attribute = Attribute(value, tangent, has_tangent)
    for node in range(first_node, last_node):
        stop = leaving.offsets[node + 1]
        out, d_out = from_row(ends.by_value.source, node), from_row(ends.by_tangent.source, node)
        for first in range(leaving.offsets[node], stop, tile):
            count = minimum(tile, stop - first)
            for r in range(count):
                edge = leaving.order[first + r]
                stored = Matrix(g_1, 2 * edge * wide, wide)
                simd.copy(from_row(g, r), stored, 1.0, 1, wide)
                simd.copy(from_row(g, count + r), from_row(stored, 1), 1.0, 1, wide)
                own = Matrix(a.layers.attribute, edge * a_dim, 0)
                simd.copy(from_row(value, r), own, 1.0, 1, a_dim)
                if has_tangent:
                    own = Matrix(a.tangents.da, edge * a_dim, 0)
                    simd.copy(from_row(tangent, r), own, 1.0, 1, a_dim)
            both = Dual(g, from_row(g, count))
            couple_back(both, attribute, program, gz, gz, work, none, count)
            simd.add(Matrix(out.data, out.start, 0), gz, 1.0, count, z_dim)
            d_out_row = Matrix(d_out.data, d_out.start, 0)
            simd.add(d_out_row, from_row(gz, count), 1.0, count, z_dim)
    free(s)
