"""Rows of edges from their targets and to them; ``x`` and ``sums`` are (nodes, dim)."""

from __future__ import annotations

from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, from_row


@routine
def rows_of_targets(x, graph, first, count, y):
    """y gets the rows of x of the targets of the edges from ``first`` on."""
    nodes = Matrix(x, 0, y.step)
    for r in range(count):
        simd.copy(from_row(y, r), from_row(nodes, graph.target[first + r]), 1.0, 1, y.step)


@routine
def add_to_targets(rows, graph, first, count, sums):
    """Adds the rows of the edges from ``first`` on to their targets' sums, in the order of the
    edges.
    """
    nodes = Matrix(sums, 0, rows.step)
    for r in range(count):
        node = from_row(nodes, graph.target[first + r])
        simd.add(node, from_row(rows, r), 1.0, 1, rows.step)
