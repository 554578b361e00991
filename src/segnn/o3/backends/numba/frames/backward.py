"""The first derivatives of messages in the frames of their edges."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import frame_tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum, tail
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.frames.ends import (
    EndGradients,
    FrameGraph,
    FrameLayers,
    Frames,
    first_product,
    invert,
    product,
    rows_back,
    rows_in,
    scale_rows,
    sum_and_difference,
)
from segnn.o3.backends.numba.frames.forward import node_bounds, widths
from segnn.o3.backends.numba.frames.rotate import rotate_in
from segnn.o3.backends.numba.messages.chunks import chunk_bounds
from segnn.o3.backends.numba.messages.layers import Leaving
from segnn.o3.backends.numba.rows.forward import Sharing
from segnn.o3.backends.numba.tile.gate import gate, gate_back, gate_sigmoids
from segnn.o3.backends.numba.tile.linear import add_rows
from segnn.o3.backends.numba.tile.mix import mix_back, mix_weight, transpose
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import (
    Matrix,
    after,
    below,
    from_row,
    numbers,
    with_step,
)
from segnn.o3.backends.numba.weights import SHARES, LayerOutputs, chunk_total, clear, share_of


class Backward(NamedTuple):
    """Arguments of ``backward``: g (nodes, dim), what ``forward`` kept, and the derivatives;
    ``first`` and ``second`` are by the matrices of the frames and the biases.
    """

    g: Floats
    layers: FrameLayers
    frames: Frames
    graph: FrameGraph
    leaving: Leaving
    sharing: Sharing
    kept: Floats
    need_x: bool
    need_m: bool
    gx: Floats
    gm: Floats
    first: LayerOutputs
    second: LayerOutputs


class BackScratch(NamedTuple):
    """Scratch of a tile: rows in the frames and their derivative, inputs of both gates, the sums'
    derivative in the frames, behind the first gate, derivatives, sigmoids.
    """

    x: Matrix
    y_1: Matrix
    y_2: Matrix
    g_out: Matrix
    h: Matrix
    gh: Matrix
    g_2: Matrix
    gx: Matrix
    sigmoids: Matrix
    sigmoids_2: Matrix


@kernel
def backward(a: Backward) -> None:
    """Derivatives of ``forward``."""
    threads, chunks, layers = a.sharing.threads, a.sharing.chunks, a.layers
    n_1, n_2, m_1 = len(layers.first.weight), len(layers.second.weight), len(layers.first.bias)
    transposed_1, transposed_2 = allocate(n_1, a.g), allocate(n_2, a.g)
    transpose(layers.first.table, at.TERMS, layers.first.weight, transposed_1)
    transpose(layers.second.table, at.TERMS, layers.second.weight, transposed_2)
    numbers, node_dim = n_1 + n_2 + m_1 + len(layers.second.bias), layers.first.table[at.NODE_DIM]
    by_source = a.need_x and a.graph.per == 1
    partial, bounds = allocate(chunks * numbers, a.g), allocate(chunks + 1, a.graph.offsets)
    g_source = allocate(len(a.graph.target) * node_dim if by_source else 0, a.g)
    node_bounds(a.graph.offsets, a.graph.cuts, chunks, bounds)
    backward_chunk(threads, chunks, bounds, a, transposed_1, transposed_2, g_source, partial)
    if by_source:
        chunk_bounds(a.leaving.offsets, chunks, bounds)
        sources_sum(threads, chunks, bounds, g_source, a.leaving, node_dim, a.gx)
    total_of(threads, SHARES, partial, numbers, 0, a.first.weight)
    total_of(threads, SHARES, partial, numbers, n_1, a.second.weight)
    chunk_total(partial, numbers, n_1 + n_2, a.first.bias)
    chunk_total(partial, numbers, n_1 + n_2 + m_1, a.second.bias)
    free(transposed_1)
    free(transposed_2)
    free(bounds)
    free(partial)
    free(g_source)


@spread
def sources_sum(chunk, chunks, bounds, g_source, leaving, dim, gx):
    """gx of a node += Σ over the edges that leave it, for the nodes of a chunk."""
    for node in range(bounds[chunk], bounds[chunk + 1]):
        for n in range(leaving.offsets[node], leaving.offsets[node + 1]):
            edge = Matrix(g_source, leaving.order[n] * dim, 0)
            simd.add(Matrix(gx, node * dim, 0), edge, 1.0, 1, dim)


@spread
def total_of(share, shares, partial, numbers, start, out):
    """out[n] = Σ_chunks partial[chunk, start + n] with so many ``numbers`` a chunk, for one share
    of n.
    """
    low, high = share * len(out) // shares, (share + 1) * len(out) // shares
    place = Matrix(out, low, 0)
    simd.fill(place, 0.0, 1, high - low)
    for first in range(start + low, len(partial), numbers):
        simd.add(place, Matrix(partial, first, 0), 1.0, 1, high - low)


@routine
def sums_in(g, out, frames, graph, row, rows, g_out, work):
    """The derivative of the sums by the messages of some edges, in their frames; zero for a missing
    edge. Scratch ``work``.
    """
    per, narrow = graph.per, out[at.OUT_DIM]
    for r in range(rows):
        e, first = graph.edge[row + r], graph.edge[row + r - r % per]
        if e < 0:
            simd.fill(from_row(g_out, r), 0.0, 1, narrow)
            continue
        given, frame = tail(g, graph.target[e] * narrow), tail(frames.rotation, first * frames.size)
        if r % per == 1:
            invert(given, out, work, False)
            given = work
        target = numbers(from_row(g_out, r))
        rotate_in(given, frame, out, at.OUT_BLOCKS, out[at.OUT_COUNT], target)


@routine
def back_scratch(s, w, x_dim, tile, per):
    """The scratch, cut."""
    most = per * tile
    x = Matrix(s, 0, x_dim)
    y_1 = below(x, tile, w.wide)
    y_2 = below(y_1, most, w.wide_2)
    g_out = below(y_2, most, w.narrow)
    widest = maximum(w.inner, maximum(w.wide_2, w.wide))
    h = below(g_out, most, w.inner)
    gh = below(with_step(h, widest), most, w.inner)
    g_2 = below(gh, most, w.wide_2)
    gx = below(with_step(g_2, widest), most, x_dim)
    sigmoids = below(gx, tile, w.gated)
    return BackScratch(x, y_1, y_2, g_out, h, gh, g_2, gx, sigmoids, below(sigmoids, most, w.gated))


@spread
def backward_chunk(chunk, chunks, bounds, a, transposed_1, transposed_2, g_source, partial):
    """``backward`` for the messages to the nodes of a chunk: ``gx`` gets the targets' part,
    ``g_source`` (edges, dim) the sources'; for pairs ``gx`` gets both.

    The sums of the chunk (matrices of the frames 1 and 2, bias 1 and 2) are its share of partial.
    """
    layers, frames, graph, tile, per = a.layers, a.frames, a.graph, a.sharing.tile, a.graph.per
    first_node, last_node, total = (
        bounds[chunk],
        bounds[chunk + 1],
        share_of(partial, chunk, chunks),
    )
    clear(total)
    w, table, most = widths(layers, per), layers.first.table, per * tile
    x_dim, node_dim = table[at.X_DIM], table[at.NODE_DIM]
    widest = maximum(w.inner, maximum(w.wide_2, w.wide))
    columns = w.wide + w.wide_2 + w.narrow + w.inner + 2 * w.gated + 2 * widest
    s = allocate(2 * tile * x_dim + most * columns + maximum(2 * w.end, w.narrow), a.g)
    room = back_scratch(s, w, x_dim, tile, per)
    work = after(room.sigmoids_2, most)
    # Reuse two buffers whose contents are no longer needed: a smaller working set stays in the
    # second-level cache.
    halves, g_1 = with_step(room.h, w.wide), with_step(room.g_2, w.wide)
    grads = EndGradients(a.gx, g_source, a.gm, a.need_x, a.need_m)
    if a.need_x:
        simd.fill(
            Matrix(a.gx, first_node * node_dim, node_dim), 0.0, last_node - first_node, node_dim
        )
    stop = graph.offsets[last_node]
    for first in range(graph.offsets[first_node], stop, tile):
        count = minimum(tile, stop - first)
        row, rows = per * first, per * count
        rows_in(layers, frames, graph, first, count, room.x, work)
        if len(a.kept) > 0:
            kept_rows(a.kept, row * w.wide, room.y_1, rows)
        else:
            first_product(room.x, layers.first, per, halves, room.y_1, count)
        sums_in(a.g, layers.out, frames, graph, row, rows, room.g_out, work)
        back = gates_back(a, room, g_1, transposed_2, first, count, total)
        if per == 2:
            pairs = with_step(halves, 2 * w.wide)
            sum_and_difference(with_step(back, 2 * w.wide), pairs, count)
            back = pairs
        mix_weight(room.x, back, table, at.TERMS, total, count)
        if not (a.need_x or a.need_m):
            continue
        simd.fill(room.gx, 0.0, count, x_dim)
        mix_back(back, table, at.TERMS, transposed_1, room.gx, count, True)
        scale_rows(room.gx, frames, graph, 1, first, count)
        rows_back(room.gx, layers, frames, graph, first, count, work, grads)
    free(s)


@routine
def kept_rows(kept, place, y, rows):
    """The input of a gate as it was kept."""
    simd.copy(Matrix(y.data, y.start, 0), Matrix(kept, place, 0), 1.0, 1, rows * y.step)


@routine
def gates_back(a, room, g_1, transposed, first, count, total):
    """From the messages' derivative in the frames to that by the first product, through both gates
    and the second layer: the matrix that holds it.
    """
    layers, frames, graph, per = a.layers, a.frames, a.graph, a.graph.per
    rows, second, back = per * count, layers.second.table, room.g_out
    n_1, n_2, m_1 = len(layers.first.weight), len(layers.second.weight), len(layers.first.bias)
    if layers.two:
        gate(room.y_1, room.sigmoids, layers.gate, room.h, rows)
        scale_rows(room.h, frames, graph, per, first, rows)
        if layers.last:
            if len(a.kept) > 0:
                place = len(graph.edge) * room.y_1.step + per * first * room.y_2.step
                kept_rows(a.kept, place, room.y_2, rows)
            else:
                product(room.h, layers.second, room.y_2, rows)
            gate_sigmoids(room.y_2, room.sigmoids_2, layers.gate, rows)
            gate_back(room.g_out, room.y_2, room.sigmoids_2, layers.gate, room.g_2, rows)
            back = room.g_2
        add_rows(back, tail(total, n_1 + n_2 + m_1), len(layers.second.bias), rows)
        mix_weight(room.h, back, second, at.TERMS, tail(total, n_1), rows)
        simd.fill(room.gh, 0.0, rows, room.gh.step)
        mix_back(back, second, at.TERMS, transposed, room.gh, rows, True)
        scale_rows(room.gh, frames, graph, per, first, rows)
        gate_back(room.gh, room.y_1, room.sigmoids, layers.gate, g_1, rows)
        back = g_1
    elif layers.last:
        gate_sigmoids(room.y_1, room.sigmoids, layers.gate, rows)
        gate_back(room.g_out, room.y_1, room.sigmoids, layers.gate, g_1, rows)
        back = g_1
    add_rows(back, tail(total, n_1 + n_2), m_1, rows)
    return back
