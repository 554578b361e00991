"""What the kernels in the frames of edges do at both ends of an edge, or of a pair of edges."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import frame_tables as at
from segnn.o3.backends.numba.compiler.flat import tail
from segnn.o3.backends.numba.compiler.records import FixedProgram, Floats, Integers
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.frames.rotate import rotate_back, rotate_in
from segnn.o3.backends.numba.tile.linear import start_rows
from segnn.o3.backends.numba.tile.mix import mix
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, from_column, from_row, numbers, with_step


class Frames(NamedTuple):
    """The rotation of every edge, ``size`` numbers each, and the scale of its attribute (empty:
    one).
    """

    rotation: Floats
    size: int
    scale: Floats


class FrameGraph(NamedTuple):
    """Source and target of every edge; the edges of every row or pair (``per`` of them), where the
    rows of every node begin, and ``cuts``, nodes between which no edge crosses (empty: none).
    """

    source: Integers
    target: Integers
    edge: Integers
    per: int
    offsets: Integers
    cuts: Integers


class FrameLayer(NamedTuple):
    """A layer within the frames: its matrices, bias, and table."""

    weight: Floats
    bias: Floats
    table: Integers


class FrameLayers(NamedTuple):
    """x (nodes, dim), s_ij (edges, m_dim), and the layers that they go through; ``out`` is the
    layout of a message.
    """

    x: Floats
    message: Floats
    first: FrameLayer
    gate: FixedProgram
    second: FrameLayer
    out: Integers
    two: bool
    last: bool


class EndGradients(NamedTuple):
    """Where the derivatives of rows go: nodes (of pairs), sources of every edge, s_ij; the first
    two only if ``by_x``, the last only if ``by_message``.
    """

    x: Floats
    source: Floats
    message: Floats
    by_x: bool
    by_message: bool


@routine
def scale_rows(x, frames, graph, repeat, first, rows):
    """Rows times the scale of their pair, in place; ``repeat`` rows a pair. Nothing where there is
    no scale.
    """
    if len(frames.scale) > 0:
        for r in range(rows):
            value = frames.scale[graph.edge[graph.per * (first + r // repeat)]]
            simd.copy(from_row(x, r), from_row(x, r), value, 1, x.step)


@routine
def sum_and_difference(x, y, rows):
    """Rows (a, b) of x as (a + b, a − b) in y."""
    width = x.step // 2
    b = from_column(x, width)
    simd.add_two(y, x, b, 1.0, rows, width)
    simd.add_two(from_column(y, width), x, b, -1.0, rows, width)


@routine
def invert(x, table, y, add):
    """The layout ``table`` under inversion: odd irreps are negated; y = that, or added to y."""
    for q in range(at.OUT_BLOCKS, at.OUT_BLOCKS + at.BLOCK * table[at.OUT_COUNT], at.BLOCK):
        start = table[table[q + at.BLOCK_OUTSIDE]]
        count = table[q + at.BLOCK_DIM] * table[q + at.BLOCK_CHANNELS]
        sign = 1.0 if table[q + at.BLOCK_PARITY] == 1 else -1.0
        if add:
            simd.add(Matrix(y, start, 0), Matrix(x, start, 0), sign, 1, count)
        else:
            simd.copy(Matrix(y, start, 0), Matrix(x, start, 0), sign, 1, count)


@routine
def blocks_in(x, frame, table, place, y):
    """``rotate_in`` for the blocks of one input of the first layer."""
    rotate_in(x, frame, table, table[place + 1], table[place], y)


@routine
def blocks_back(y, frame, table, place, x):
    """``rotate_back`` for the blocks of one input of the first layer."""
    rotate_back(y, frame, table, table[place + 1], table[place], x)


@routine
def rows_in(layers, frames, graph, first, rows, y, work):
    """Rows s (D x_i ⊕ D x_j ⊕ D s_ij) of some edges; of pairs the sums and differences of both
    ends. Scratch ``work``.
    """
    table, per = layers.first.table, graph.per
    x_dim, m_dim = table[at.NODE_DIM], table[at.MESSAGE_DIM]
    second, second_m = tail(work, x_dim), tail(work, m_dim)
    pair = Matrix(work, 0, 0)
    for r in range(rows):
        e, to = graph.edge[per * (first + r)], numbers(from_row(y, r))
        i, j = graph.target[e] * x_dim, graph.source[e] * x_dim
        frame = tail(frames.rotation, e * frames.size)
        if per == 1:
            blocks_in(tail(layers.x, i), frame, table, at.TARGET, to)
            blocks_in(tail(layers.x, j), frame, table, at.SOURCE, to)
            blocks_in(tail(layers.message, e * m_dim), frame, table, at.MESSAGE, to)
            continue
        x_i, x_j = Matrix(layers.x, i, 0), Matrix(layers.x, j, 0)
        simd.add_two(pair, x_i, x_j, 1.0, 1, x_dim)
        simd.add_two(Matrix(second, 0, 0), x_i, x_j, -1.0, 1, x_dim)
        blocks_in(work, frame, table, at.TARGET, to)
        blocks_in(second, frame, table, at.SOURCE, to)
        if m_dim > 0:
            back = graph.edge[per * (first + r) + 1]
            value = 1.0 if back >= 0 else 0.0  # the message of an edge that is missing is zero
            there = Matrix(layers.message, e * m_dim, 0)
            here = Matrix(layers.message, (back if back >= 0 else e) * m_dim, 0)
            simd.add_two(pair, there, here, value, 1, m_dim)
            simd.add_two(Matrix(second_m, 0, 0), there, here, -value, 1, m_dim)
            blocks_in(work, frame, table, at.MESSAGE, to)
            blocks_in(second_m, frame, table, at.BACK, to)
    scale_rows(y, frames, graph, 1, first, rows)


@routine
def rows_back(g, layers, frames, graph, first, rows, work, grads):
    """Back from ``rows_in``: the derivatives by its rows go to the nodes', or the sources' to those
    of every edge, and to those of s_ij.
    """
    table, per = layers.first.table, graph.per
    x_dim, m_dim = table[at.NODE_DIM], table[at.MESSAGE_DIM]
    here = Matrix(work, 0, 0)
    for r in range(rows):
        e, row = graph.edge[per * (first + r)], numbers(from_row(g, r))
        frame = tail(frames.rotation, e * frames.size)
        if grads.by_x:
            i = Matrix(grads.x, graph.target[e] * x_dim, 0)
            j = Matrix(grads.x, graph.source[e] * x_dim, 0)
            blocks_back(row, frame, table, at.TARGET, work)
            simd.add(i, here, 1.0, 1, x_dim)
            if per == 1:
                blocks_back(row, frame, table, at.SOURCE, tail(grads.source, e * x_dim))
            else:
                simd.add(j, here, 1.0, 1, x_dim)
                blocks_back(row, frame, table, at.SOURCE, work)
                simd.add(i, here, 1.0, 1, x_dim)
                simd.add(j, here, -1.0, 1, x_dim)
        if grads.by_message and per == 1:
            blocks_back(row, frame, table, at.MESSAGE, tail(grads.message, e * m_dim))
        elif grads.by_message:
            back, other = graph.edge[per * (first + r) + 1], tail(work, m_dim)
            blocks_back(row, frame, table, at.MESSAGE, work)
            blocks_back(row, frame, table, at.BACK, other)
            there = Matrix(grads.message, e * m_dim, 0)
            simd.add_two(there, here, Matrix(other, 0, 0), 1.0, 1, m_dim)
            if back >= 0:
                there = Matrix(grads.message, back * m_dim, 0)
                simd.add_two(there, here, Matrix(other, 0, 0), -1.0, 1, m_dim)


@routine
def product(x, layer, y, rows):
    """y = W x + b within the frames."""
    start_rows(layer.bias, y, rows)
    mix(x, layer.table, at.TERMS, layer.weight, y, rows, True)


@routine
def first_product(x, layer, per, halves, y, rows):
    """y_ij of every edge, or (y_ij, I y_ji) of every pair, whose Y_1 and Y_2 are left in
    ``halves``.
    """
    if per == 1:
        product(x, layer, y, rows)
    else:
        width = layer.table[at.Y_DIM]
        pairs = with_step(halves, width)
        product(x, layer, pairs, rows)
        sum_and_difference(pairs, with_step(y, width), rows)
