"""How nodes and graphs are shared out: chunks with about as many edges each, blocks that fit the
cache.
"""

from __future__ import annotations

from segnn.o3.backends.numba.compiler.routines import routine


@routine
def chunk_bounds(offsets, chunks, bounds):
    """First node of every chunk, for chunks of whole nodes with about as many edges each."""
    nodes, node = len(offsets) - 1, 0
    for chunk in range(chunks):
        while node < nodes and offsets[node] < chunk * offsets[nodes] // chunks:
            node += 1
        bounds[chunk] = node
    bounds[0], bounds[chunks] = 0, nodes


@routine
def cut_bounds(offsets, cuts, chunks, bounds):
    """First cut of every chunk, for chunks of whole graphs with about as many edges each."""
    edges, last, cut = offsets[len(offsets) - 1], len(cuts) - 1, 0
    for chunk in range(chunks):
        while cut < last and offsets[cuts[cut]] < chunk * edges // chunks:
            cut += 1
        bounds[chunk] = cut
    bounds[0], bounds[chunks] = 0, last


@routine
def block_end(cuts, first, last, most):
    """The last of the cuts after ``first`` that leaves at most ``most`` nodes between, at least one
    further.
    """
    stop = first + 1
    while stop < last and cuts[stop + 1] - cuts[first] <= most:
        stop += 1
    return stop
