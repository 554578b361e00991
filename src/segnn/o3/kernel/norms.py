"""Kernels for the normalisation of every graph's features, and its derivatives; see ``segnn.o3.norm``.

    y = w·x̂ + b,   x̂ = (x − mean)·r,   r = 1/√(Σ (x − mean)² / (nodes·components) + ε)           channel by channel

``blocks`` holds (components, channels, first column, first channel) of every irrep, four numbers each. Mean and b concern the
first ``bias.shape[0]`` columns. A graph is done by one thread; sums over graphs run in their order.
"""

from __future__ import annotations

from segnn.o3.kernel import simd
from segnn.o3.kernel.compile import kernel, routine, spread
from segnn.o3.kernel.flat import free, greater, room, root


@routine
def centre(x, x0, dim, mean, mean0, y, y0, rows, scalars):
    """y = x − mean, with the mean over the rows left in ``mean``."""
    one = x.dtype.type(1)
    simd.fill(mean, mean0, 0, x.dtype.type(0), 1, scalars)
    simd.add(mean, mean0, 0, x, x0, dim, one / x.dtype.type(greater(rows, 1)), rows, scalars)
    simd.copy(y, y0, dim, x, x0, dim, one, rows, dim)
    simd.add(y, y0, dim, mean, mean0, 0, -one, rows, scalars)


@routine
def scale(x, x0, dim, blocks, factor, factor0, y, y0, rows):
    """y = x·factor, channel by channel."""
    for q in range(0, blocks.shape[0], 4):
        for m in range(blocks[q]):
            c = blocks[q + 2] + m * blocks[q + 1]
            simd.product(
                y, y0 + c, dim, x, x0 + c, dim, factor, factor0 + blocks[q + 3], 0, x.dtype.type(1), rows, blocks[q + 1]
            )  # fmt: skip


@routine
def channel_sums(a, a0, b, b0, dim, blocks, total, total0, rows, mean):
    """total[channel] = Σ over rows and components of a·b; their mean with ``mean``."""
    for q in range(0, blocks.shape[0], 4):
        weight = a.dtype.type(1)
        if mean:
            weight /= a.dtype.type(greater(rows, 1) * blocks[q])
        simd.fill(total, total0 + blocks[q + 3], 0, a.dtype.type(0), 1, blocks[q + 1])
        for m in range(blocks[q]):
            c = blocks[q + 2] + m * blocks[q + 1]
            simd.add_product(total, total0 + blocks[q + 3], 0, a, a0 + c, dim, b, b0 + c, dim, weight, rows, blocks[q + 1])


@spread
def forward_graph(graph, graphs, x, dim, offsets, blocks, weight, bias, eps, mean, inverse, y):
    """``forward`` for one graph."""
    first, rows = offsets[graph], offsets[graph + 1] - offsets[graph]
    channels, scalars, x0 = weight.shape[0], bias.shape[0], first * dim
    centre(x, x0, dim, mean, graph * scalars, y, x0, rows, scalars)
    channel_sums(y, x0, y, x0, dim, blocks, inverse, graph * channels, rows, True)
    factor = room(channels, x)
    for c in range(channels):
        inverse[graph * channels + c] = x.dtype.type(1) / root(inverse[graph * channels + c] + eps[0])
        factor[c] = inverse[graph * channels + c] * weight[c]
    scale(y, x0, dim, blocks, factor, 0, y, x0, rows)
    simd.add(y, x0, dim, bias, 0, 0, x.dtype.type(1), rows, scalars)
    free(factor)


@kernel(integers="offsets blocks", numbers="dim threads")
def forward(x, dim, offsets, blocks, weight, bias, eps, threads, mean, inverse, y):
    """y (nodes, dim) for the graphs between ``offsets``; mean (graphs, scalars) and r (graphs, channels) are written."""
    forward_graph(threads, offsets.shape[0] - 1, x, dim, offsets, blocks, weight, bias, eps, mean, inverse, y)


@spread
def backward_graph(graph, graphs, g, x, dim, offsets, blocks, weight, mean, scalars, inverse, gx, gw, gb):
    """``backward`` for one graph, whose own sums go to its rows of gw and gb."""
    first, rows = offsets[graph], offsets[graph + 1] - offsets[graph]
    channels, x0 = weight.shape[0], first * dim
    zero, one = g.dtype.type(0), g.dtype.type(1)
    normal, factor, shift = room(rows * dim, g), room(channels, g), room(scalars, g)
    simd.copy(normal, 0, dim, x, x0, dim, one, rows, dim)
    simd.add(normal, 0, dim, mean, graph * scalars, 0, -one, rows, scalars)
    scale(normal, 0, dim, blocks, inverse, graph * channels, normal, 0, rows)
    simd.fill(gb, graph * scalars, 0, zero, 1, scalars)
    simd.add(gb, graph * scalars, 0, g, x0, dim, one, rows, scalars)
    channel_sums(g, x0, normal, 0, dim, blocks, gw, graph * channels, rows, False)
    # gx = w·r·(g − x̂·mean(g·x̂)), less its mean over the nodes
    for c in range(channels):
        factor[c] = weight[c] * inverse[graph * channels + c]
    scale(g, x0, dim, blocks, factor, 0, gx, x0, rows)
    for q in range(0, blocks.shape[0], 4):
        for c in range(blocks[q + 3], blocks[q + 3] + blocks[q + 1]):
            factor[c] *= gw[graph * channels + c] / g.dtype.type(greater(rows, 1) * blocks[q])
    scale(normal, 0, dim, blocks, factor, 0, normal, 0, rows)
    simd.add(gx, x0, dim, normal, 0, dim, -one, rows, dim)
    simd.fill(shift, 0, 0, zero, 1, scalars)
    simd.add(shift, 0, 0, gx, x0, dim, one / g.dtype.type(greater(rows, 1)), rows, scalars)
    simd.add(gx, x0, dim, shift, 0, 0, -one, rows, scalars)
    free(normal)
    free(factor)
    free(shift)


@kernel(integers="offsets blocks", numbers="dim threads scalars")
def backward(g, x, dim, offsets, blocks, weight, threads, mean, scalars, inverse, gx, gw, gb):
    """Derivatives by x, and by weight (channels) and bias (scalars)."""
    graphs, channels = offsets.shape[0] - 1, weight.shape[0]
    gws, gbs = room(graphs * channels, g), room(graphs * scalars, g)
    backward_graph(threads, graphs, g, x, dim, offsets, blocks, weight, mean, scalars, inverse, gx, gws, gbs)
    simd.fill(gw, 0, 0, g.dtype.type(0), 1, channels)
    simd.fill(gb, 0, 0, g.dtype.type(0), 1, scalars)
    simd.add(gw, 0, 0, gws, 0, channels, g.dtype.type(1), graphs, channels)
    simd.add(gb, 0, 0, gbs, 0, scalars, g.dtype.type(1), graphs, scalars)
    free(gws)
    free(gbs)
