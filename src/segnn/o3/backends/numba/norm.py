"""Kernels for the normalisation of every graph's features, and its derivatives; see
``segnn.o3.norm``.

    y = w·x̂ + b,   x̂ = (x − mean)·r,   r = 1/√(Σ (x − mean)² / (nodes·components) + ε)

channel by channel. ``blocks`` holds four numbers of every irrep (``tables.NORM_BLOCK``). Mean and b
concern the first ``len(bias)`` columns. A graph is done by one thread; sums over graphs run in
their order.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, like, maximum, sqrt
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats, Integers
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix


class Graphs(NamedTuple):
    """x (nodes, dim), where every graph's nodes begin, and the blocks of a row."""

    x: Floats
    dim: int
    offsets: Integers
    blocks: Integers
    threads: int


class Forward(NamedTuple):
    """Arguments of ``forward``: y (nodes, dim), mean (graphs, scalars) and r (graphs, channels) are
    written; ``eps`` holds ε.
    """

    graphs: Graphs
    weight: Floats
    bias: Floats
    eps: Floats
    mean: Floats
    inverse: Floats
    y: Floats


class Backward(NamedTuple):
    """Arguments of ``backward``: mean and r (``inverse``) as ``forward`` left them; gx (nodes,
    dim), gw (channels) and gb (scalars) are written.
    """

    graphs: Graphs
    g: Floats
    weight: Floats
    mean: Floats
    inverse: Floats
    gx: Floats
    gw: Floats
    gb: Floats


@routine
def centre(x, mean, y, rows, scalars):
    """y = x − mean, with the mean over the rows left in ``mean``."""
    one = like(x.data, 1)
    simd.fill(mean, 0.0, 1, scalars)
    simd.add(mean, x, one / like(x.data, maximum(rows, 1)), rows, scalars)
    simd.copy(Matrix(y.data, y.start, 0), Matrix(x.data, x.start, 0), 1.0, 1, rows * x.step)
    simd.add(y, mean, -1.0, rows, scalars)


@routine
def per_column(factor, blocks, row):
    """One number a channel, to every component's column of a row: the loops over rows then run over
    whole rows.
    """
    for q in range(0, len(blocks), at.NORM_BLOCK):
        channels = blocks[q + at.BLOCK_CHANNELS]
        columns = Matrix(row, blocks[q + at.BLOCK_COLUMN], channels)
        source = Matrix(factor.data, factor.start + blocks[q + at.BLOCK_CHANNEL], 0)
        simd.copy(columns, source, 1.0, blocks[q + at.BLOCK_DIM], channels)


@routine
def scale(x, blocks, factor, row, y, rows):
    """y = x·factor, channel by channel. Scratch ``row`` (dim,)."""
    per_column(factor, blocks, row)
    simd.product(y, x, Matrix(row, 0, 0), 1.0, rows, x.step)


@routine
def channel_sums(a, b, blocks, row, total, rows, mean):
    """total[channel] = Σ over rows and components of a·b; their mean with ``mean``. Scratch ``row``
    (dim,).
    """
    simd.fill(Matrix(row, 0, 0), 0.0, 1, a.step)
    simd.add_product(Matrix(row, 0, 0), a, b, 1.0, rows, a.step)
    for q in range(0, len(blocks), at.NORM_BLOCK):
        channels, dim = blocks[q + at.BLOCK_CHANNELS], blocks[q + at.BLOCK_DIM]
        weight = like(a.data, 1)
        if mean:
            weight /= like(a.data, maximum(rows, 1) * dim)
        place = Matrix(total.data, total.start + blocks[q + at.BLOCK_CHANNEL], 0)
        simd.fill(place, 0.0, 1, channels)
        simd.add(place, Matrix(row, blocks[q + at.BLOCK_COLUMN], channels), weight, dim, channels)


@spread
def forward_graph(graph, graphs, a):
    """``forward`` for one graph."""
    x, dim, offsets, blocks = a.graphs.x, a.graphs.dim, a.graphs.offsets, a.graphs.blocks
    first, rows = offsets[graph], offsets[graph + 1] - offsets[graph]
    channels, scalars = len(a.weight), len(a.bias)
    x_graph, y_graph = Matrix(x, first * dim, dim), Matrix(a.y, first * dim, dim)
    row, factor = allocate(dim, x), allocate(channels, x)
    centre(x_graph, Matrix(a.mean, graph * scalars, 0), y_graph, rows, scalars)
    inverse = Matrix(a.inverse, graph * channels, 0)
    channel_sums(y_graph, y_graph, blocks, row, inverse, rows, True)
    for c in range(channels):
        n = graph * channels + c
        a.inverse[n] = like(x, 1) / sqrt(a.inverse[n] + a.eps[0])
        factor[c] = a.inverse[n] * a.weight[c]
    scale(y_graph, blocks, Matrix(factor, 0, 0), row, y_graph, rows)
    simd.add(y_graph, Matrix(a.bias, 0, 0), 1.0, rows, scalars)
    free(row)
    free(factor)


@kernel
def forward(a: Forward) -> None:
    """y for the graphs between the offsets."""
    forward_graph(a.graphs.threads, len(a.graphs.offsets) - 1, a)


@spread
def backward_graph(graph, graphs, a, gw, gb):
    """``backward`` for one graph, whose own sums go to its rows of gw and gb."""
    x, dim, offsets, blocks = a.graphs.x, a.graphs.dim, a.graphs.offsets, a.graphs.blocks
    first, rows = offsets[graph], offsets[graph + 1] - offsets[graph]
    channels, scalars, size = len(a.weight), len(a.gb), rows * dim
    row, factor, shift = allocate(dim, x), allocate(channels, x), allocate(scalars, x)
    normal = allocate(size, x)
    g, gx = Matrix(a.g, first * dim, dim), Matrix(a.gx, first * dim, dim)
    unit, column, factors = Matrix(normal, 0, dim), Matrix(row, 0, 0), Matrix(factor, 0, 0)
    simd.copy(Matrix(normal, 0, 0), Matrix(x, first * dim, 0), 1.0, 1, size)
    simd.add(unit, Matrix(a.mean, graph * scalars, 0), -1.0, rows, scalars)
    scale(unit, blocks, Matrix(a.inverse, graph * channels, 0), row, unit, rows)
    by_bias = Matrix(gb, graph * scalars, 0)
    simd.fill(by_bias, 0.0, 1, scalars)
    simd.add(by_bias, g, 1.0, rows, scalars)
    channel_sums(g, unit, blocks, row, Matrix(gw, graph * channels, 0), rows, False)
    # gx = w·r·(g − x̂·mean(g·x̂)), less its mean over the nodes
    for q in range(0, len(blocks), at.NORM_BLOCK):
        low = blocks[q + at.BLOCK_CHANNEL]
        for c in range(low, low + blocks[q + at.BLOCK_CHANNELS]):
            count = like(x, maximum(rows, 1) * blocks[q + at.BLOCK_DIM])
            factor[c] = -gw[graph * channels + c] / count
    per_column(factors, blocks, row)
    simd.copy(Matrix(a.gx, first * dim, 0), Matrix(a.g, first * dim, 0), 1.0, 1, size)
    simd.add_product(gx, unit, column, 1.0, rows, dim)
    for c in range(channels):
        factor[c] = a.weight[c] * a.inverse[graph * channels + c]
    scale(gx, blocks, factors, row, gx, rows)
    mean = Matrix(shift, 0, 0)
    simd.fill(mean, 0.0, 1, scalars)
    simd.add(mean, gx, like(x, 1) / like(x, maximum(rows, 1)), rows, scalars)
    simd.add(gx, mean, -1.0, rows, scalars)
    free(row)
    free(factor)
    free(shift)
    free(normal)


@kernel
def backward(a: Backward) -> None:
    """Derivatives by x, and by weight (channels) and bias (scalars)."""
    graphs, channels, scalars = len(a.graphs.offsets) - 1, len(a.weight), len(a.gb)
    gw, gb = allocate(graphs * channels, a.g), allocate(graphs * scalars, a.g)
    backward_graph(a.graphs.threads, graphs, a, gw, gb)
    simd.fill(Matrix(a.gw, 0, 0), 0.0, 1, channels)
    simd.fill(Matrix(a.gb, 0, 0), 0.0, 1, scalars)
    simd.add(Matrix(a.gw, 0, 0), Matrix(gw, 0, channels), 1.0, graphs, channels)
    simd.add(Matrix(a.gb, 0, 0), Matrix(gb, 0, scalars), 1.0, graphs, scalars)
    free(gw)
    free(gb)
