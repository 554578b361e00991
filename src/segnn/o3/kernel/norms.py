"""Kernels for the normalisation of every graph's features, and its derivatives; see ``segnn.o3.norm``.

    y = w·x̂ + b,   x̂ = (x − mean)·r,   r = 1/√(Σ (x − mean)² / (nodes·components) + ε)           channel by channel

``blocks`` holds (components, channels, first column, first channel) of every irrep, four numbers each. Mean and b concern the
first ``bias.shape[0]`` columns. A graph is done by one thread; sums over graphs run in their order.
"""

from __future__ import annotations

import numpy as np

from segnn.o3.kernel import simd
from segnn.o3.kernel.compile import kernel, prange, routine
from segnn.o3.kernel.simd import stay
from segnn.o3.kernel.tile import room


@routine
def centre(x, x0, dim, mean, mean0, y, y0, rows, scalars):
    """y = x − mean, with the mean over the rows left in ``mean``."""
    stay()
    one = x.dtype.type(1)
    simd.fill(mean, mean0, 0, x.dtype.type(0), 1, scalars)
    simd.add(mean, mean0, 0, x, x0, dim, one / x.dtype.type(max(rows, 1)), rows, scalars)
    simd.copy(y, y0, 0, x, x0, 0, one, 1, rows * dim)
    simd.add(y, y0, dim, mean, mean0, 0, -one, rows, scalars)


@routine
def spread(factor, factor0, blocks, row):
    """One number a channel, to every component's column of a row: the loops over rows then run over whole rows."""
    stay()
    one = row.dtype.type(1)
    for q in range(0, blocks.shape[0], 4):
        simd.copy(row, blocks[q + 2], blocks[q + 1], factor, factor0 + blocks[q + 3], 0, one, blocks[q], blocks[q + 1])


@routine
def scale(x, x0, dim, blocks, factor, factor0, row, y, y0, rows):
    """y = x·factor, channel by channel. Scratch ``row`` (dim,)."""
    stay()
    spread(factor, factor0, blocks, row)
    simd.product(y, y0, dim, x, x0, dim, row, 0, 0, x.dtype.type(1), rows, dim)


@routine
def channel_sums(a, a0, b, b0, dim, blocks, row, total, total0, rows, mean):
    """total[channel] = Σ over rows and components of a·b; their mean with ``mean``. Scratch ``row`` (dim,)."""
    stay()
    one = a.dtype.type(1)
    simd.fill(row, 0, 0, a.dtype.type(0), 1, dim)
    simd.add_product(row, 0, 0, a, a0, dim, b, b0, dim, one, rows, dim)
    for q in range(0, blocks.shape[0], 4):
        weight = one / a.dtype.type(max(rows, 1) * blocks[q]) if mean else one
        simd.fill(total, total0 + blocks[q + 3], 0, a.dtype.type(0), 1, blocks[q + 1])
        simd.add(total, total0 + blocks[q + 3], 0, row, blocks[q + 2], blocks[q + 1], weight, blocks[q], blocks[q + 1])


@routine
def forward_graph(x, dim, first, stop, blocks, weight, bias, eps, mean, inverse, graph, y):
    """``forward`` for one graph."""
    stay()
    channels, scalars, x0, rows = weight.shape[0], bias.shape[0], first * dim, stop - first
    row, factor = np.empty(dim, x.dtype), np.empty(channels, x.dtype)
    centre(x, x0, dim, mean, graph * scalars, y, x0, rows, scalars)
    channel_sums(y, x0, y, x0, dim, blocks, row, inverse, graph * channels, rows, True)
    for c in range(channels):
        inverse[graph * channels + c] = x.dtype.type(1) / np.sqrt(inverse[graph * channels + c] + eps)
        factor[c] = inverse[graph * channels + c] * weight[c]
    scale(y, x0, dim, blocks, factor, 0, row, y, x0, rows)
    simd.add(y, x0, dim, bias, 0, 0, x.dtype.type(1), rows, scalars)


@kernel()
def forward(x, dim, offsets, blocks, weight, bias, eps, mean, inverse, y):
    """y (nodes, dim) for the graphs between ``offsets``; mean (graphs, scalars) and r (graphs, channels) are written."""
    for graph in prange(offsets.shape[0] - 1):
        forward_graph(x, dim, offsets[graph], offsets[graph + 1], blocks, weight, bias, eps, mean, inverse, graph, y)


@routine
def backward_graph(g, x, dim, first, stop, blocks, weight, mean, scalars, inverse, graph, gx, gw, gb):
    """``backward`` for one graph, whose own sums go to its rows of gw and gb."""
    stay()
    channels, x0, rows = weight.shape[0], first * dim, stop - first
    zero, one = g.dtype.type(0), g.dtype.type(1)
    row, factor, shift = np.empty(dim, g.dtype), np.empty(channels, g.dtype), np.empty(scalars, g.dtype)
    normal = room(rows * dim, g)
    simd.copy(normal, 0, 0, x, x0, 0, one, 1, rows * dim)
    simd.add(normal, 0, dim, mean, graph * scalars, 0, -one, rows, scalars)
    scale(normal, 0, dim, blocks, inverse, graph * channels, row, normal, 0, rows)
    simd.fill(gb, graph * scalars, 0, zero, 1, scalars)
    simd.add(gb, graph * scalars, 0, g, x0, dim, one, rows, scalars)
    channel_sums(g, x0, normal, 0, dim, blocks, row, gw, graph * channels, rows, False)
    # gx = w·r·(g − x̂·mean(g·x̂)), less its mean over the nodes
    for q in range(0, blocks.shape[0], 4):
        for c in range(blocks[q + 3], blocks[q + 3] + blocks[q + 1]):
            factor[c] = -gw[graph * channels + c] / g.dtype.type(max(rows, 1) * blocks[q])
    spread(factor, 0, blocks, row)
    simd.copy(gx, x0, 0, g, x0, 0, one, 1, rows * dim)
    simd.add_product(gx, x0, dim, normal, 0, dim, row, 0, 0, one, rows, dim)
    for c in range(channels):
        factor[c] = weight[c] * inverse[graph * channels + c]
    scale(gx, x0, dim, blocks, factor, 0, row, gx, x0, rows)
    simd.fill(shift, 0, 0, zero, 1, scalars)
    simd.add(shift, 0, 0, gx, x0, dim, one / g.dtype.type(max(rows, 1)), rows, scalars)
    simd.add(gx, x0, dim, shift, 0, 0, -one, rows, scalars)


@kernel()
def backward(g, x, dim, offsets, blocks, weight, mean, scalars, inverse, gx, gw, gb):
    """Derivatives by x, and by weight (channels) and bias (scalars)."""
    graphs, channels = offsets.shape[0] - 1, weight.shape[0]
    gws, gbs = np.empty(graphs * channels, g.dtype), np.empty(graphs * scalars, g.dtype)
    for graph in prange(graphs):
        backward_graph(
            g, x, dim, offsets[graph], offsets[graph + 1], blocks, weight, mean, scalars, inverse, graph, gx, gws, gbs
        )  # fmt: skip
    simd.fill(gw, 0, 0, g.dtype.type(0), 1, channels)
    simd.fill(gb, 0, 0, g.dtype.type(0), 1, scalars)
    simd.add(gw, 0, 0, gws, 0, channels, g.dtype.type(1), graphs, channels)
    simd.add(gb, 0, 0, gbs, 0, scalars, g.dtype.type(1), graphs, scalars)
