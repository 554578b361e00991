"""The value of messages in the frames of their edges, and their sums."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import frame_tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum, tail
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.frames.ends import (
    FrameGraph,
    FrameLayers,
    Frames,
    first_product,
    invert,
    product,
    rows_in,
    scale_rows,
)
from segnn.o3.backends.numba.frames.rotate import rotate_back
from segnn.o3.backends.numba.messages.chunks import chunk_bounds, cut_bounds
from segnn.o3.backends.numba.rows.forward import Sharing
from segnn.o3.backends.numba.tables import GATES, SCALARS
from segnn.o3.backends.numba.tile.gate import gate
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, after, below, from_row, numbers


class Forward(NamedTuple):
    """Arguments of ``forward``: y (nodes, dim) is written.

    ``kept`` gets the inputs of both gates (rows, wide) and (rows, wide_2), a row for every entry of
    ``graph.edge``, one after the other, or is empty.
    """

    layers: FrameLayers
    frames: Frames
    graph: FrameGraph
    sharing: Sharing
    kept: Floats
    y: Floats


class Widths(NamedTuple):
    """Columns of a row before the first gate and behind it, before the last gate and behind it, of
    scalars and gates; the most columns of an end.
    """

    wide: int
    inner: int
    wide_2: int
    narrow: int
    gated: int
    end: int


@routine
def widths(layers, per):
    """The columns of all that a message goes through."""
    first, second, gates = layers.first.table, layers.second.table, layers.gate.table
    wide = first[at.Y_DIM] // per
    return Widths(
        wide,
        second[at.X_DIM],
        second[at.Y_DIM] if layers.two else wide,
        layers.out[at.OUT_DIM],
        gates[SCALARS] + gates[GATES],
        maximum(first[at.NODE_DIM], first[at.MESSAGE_DIM]),
    )


@routine
def node_bounds(offsets, cuts, chunks, bounds):
    """First node of every chunk: whole graphs where there are ``cuts``, else whole nodes."""
    if len(cuts) == 0:
        chunk_bounds(offsets, chunks, bounds)
        return
    cut_bounds(offsets, cuts, chunks, bounds)
    for chunk in range(chunks + 1):
        bounds[chunk] = cuts[bounds[chunk]]


@kernel
def forward(a: Forward) -> None:
    """y (nodes, dim), the summed messages."""
    threads, chunks = a.sharing.threads, a.sharing.chunks
    bounds = allocate(chunks + 1, a.graph.offsets)
    node_bounds(a.graph.offsets, a.graph.cuts, chunks, bounds)
    forward_chunk(threads, chunks, bounds, a)
    free(bounds)


@spread
def forward_chunk(chunk, chunks, bounds, a):
    """``forward`` for the messages to the nodes of a chunk."""
    layers, frames, graph, tile, per = a.layers, a.frames, a.graph, a.sharing.tile, a.graph.per
    first_node, last_node, w = bounds[chunk], bounds[chunk + 1], widths(layers, per)
    x_dim, most = layers.first.table[at.X_DIM], per * tile
    columns = 2 * w.wide + w.inner + w.wide_2 + w.narrow + w.gated
    s = allocate(tile * x_dim + most * columns + maximum(2 * w.end, w.narrow), a.y)
    x = Matrix(s, 0, x_dim)
    y_1 = below(x, tile, w.wide)
    halves = below(y_1, most, w.wide)
    h = below(halves, most, w.inner)
    y_2 = below(h, most, w.wide_2)
    out = below(y_2, most, w.narrow)
    sigmoids = below(out, most, w.gated)
    work = after(sigmoids, most)
    sums = Matrix(a.y, 0, w.narrow)
    simd.fill(from_row(sums, first_node), 0.0, last_node - first_node, w.narrow)
    stop = graph.offsets[last_node]
    for first in range(graph.offsets[first_node], stop, tile):
        count = minimum(tile, stop - first)
        row, rows, later = per * first, per * count, y_1
        rows_in(layers, frames, graph, first, count, x, work)
        first_product(x, layers.first, per, halves, y_1, count)
        if layers.two:
            gate(y_1, sigmoids, layers.gate, h, rows)
            scale_rows(h, frames, graph, per, first, rows)
            product(h, layers.second, y_2, rows)
            later = y_2
        if len(a.kept) > 0:
            keep(y_1, a.kept, row * w.wide, rows)
            if layers.two:
                keep(y_2, a.kept, len(graph.edge) * w.wide + row * w.wide_2, rows)
        if layers.last:
            gate(later, sigmoids, layers.gate, out, rows)
            later = out
        add_messages(later, layers.out, frames, graph, row, rows, work, sums)
    free(s)


@routine
def keep(y, kept, place, rows):
    """Keeps the input of a gate."""
    simd.copy(Matrix(kept, place, 0), Matrix(y.data, y.start, 0), 1.0, 1, rows * y.step)


@routine
def add_messages(y, out, frames, graph, row, rows, work, sums):
    """Messages out of their frames, added to the sums of their targets. Scratch ``work``."""
    per = graph.per
    for r in range(rows):
        e, first = graph.edge[row + r], graph.edge[row + r - r % per]
        if e < 0:
            continue
        frame = tail(frames.rotation, first * frames.size)
        message, node = numbers(from_row(y, r)), from_row(sums, graph.target[e])
        rotate_back(message, frame, out, at.OUT_BLOCKS, out[at.OUT_COUNT], work)
        if r % per == 0:
            simd.add(node, Matrix(work, 0, 0), 1.0, 1, y.step)
        else:
            invert(work, out, numbers(node), True)
