"""Kernels for the normalisation of every graph's features, and its derivatives; see
``segnn.o3.norm``.

    y = w·x̂ + b,   x̂ = (x − mean)·r,   r = 1/√(Σ (x − mean)² / (nodes·components) + ε)           channel by channel

``blocks`` holds (components, channels, first column, first channel) of every irrep, four numbers
each. Mean and b concern the first ``bias.shape[0]`` columns. A graph is done by one thread; sums
over graphs run in their order.
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba.compile import kernel, routine, spread
from segnn.o3.backends.numba.flat import free, greater, room, root


@routine
def centre(x, x0, dim, mean, mean0, y, y0, rows, scalars):
    """y = x − mean, with the mean over the rows left in ``mean``."""
    one = x.dtype.type(1)
    simd.fill(mean, mean0, 0, x.dtype.type(0), 1, scalars)
    simd.add(mean, mean0, 0, x, x0, dim, one / x.dtype.type(greater(rows, 1)), rows, scalars)
    simd.copy(y, y0, 0, x, x0, 0, one, 1, rows * dim)
    simd.add(y, y0, dim, mean, mean0, 0, -one, rows, scalars)


@routine
def across(factor, factor0, blocks, row):
    """One number a channel, to every component's column of a row: the loops over rows then run over
    whole rows.
    """
    one = row.dtype.type(1)
    for q in range(0, blocks.shape[0], 4):
        simd.copy(
            row,
            blocks[q + 2],
            blocks[q + 1],
            factor,
            factor0 + blocks[q + 3],
            0,
            one,
            blocks[q],
            blocks[q + 1],
        )


@routine
def scale(x, x0, dim, blocks, factor, factor0, row, y, y0, rows):
    """y = x·factor, channel by channel. Scratch ``row`` (dim,)."""
    across(factor, factor0, blocks, row)
    simd.product(y, y0, dim, x, x0, dim, row, 0, 0, x.dtype.type(1), rows, dim)


@routine
def channel_sums(a, a0, b, b0, dim, blocks, row, total, total0, rows, mean):
    """total[channel] = Σ over rows and components of a·b; their mean with ``mean``. Scratch ``row``
    (dim,).
    """
    one = a.dtype.type(1)
    simd.fill(row, 0, 0, a.dtype.type(0), 1, dim)
    simd.add_product(row, 0, 0, a, a0, dim, b, b0, dim, one, rows, dim)
    for q in range(0, blocks.shape[0], 4):
        weight = one
        if mean:
            weight /= a.dtype.type(greater(rows, 1) * blocks[q])
        simd.fill(total, total0 + blocks[q + 3], 0, a.dtype.type(0), 1, blocks[q + 1])
        simd.add(
            total,
            total0 + blocks[q + 3],
            0,
            row,
            blocks[q + 2],
            blocks[q + 1],
            weight,
            blocks[q],
            blocks[q + 1],
        )


@spread
def forward_graph(graph, graphs, x, dim, offsets, blocks, weight, bias, eps, mean, inverse, y):
    """``forward`` for one graph."""
    first, rows = offsets[graph], offsets[graph + 1] - offsets[graph]
    channels, scalars, x0 = weight.shape[0], bias.shape[0], first * dim
    row, factor = room(dim, x), room(channels, x)
    centre(x, x0, dim, mean, graph * scalars, y, x0, rows, scalars)
    channel_sums(y, x0, y, x0, dim, blocks, row, inverse, graph * channels, rows, True)
    for c in range(channels):
        inverse[graph * channels + c] = x.dtype.type(1) / root(
            inverse[graph * channels + c] + eps[0]
        )
        factor[c] = inverse[graph * channels + c] * weight[c]
    scale(y, x0, dim, blocks, factor, 0, row, y, x0, rows)
    simd.add(y, x0, dim, bias, 0, 0, x.dtype.type(1), rows, scalars)
    free(row)
    free(factor)


@kernel(integers="offsets blocks", numbers="dim threads")
def forward(x, dim, offsets, blocks, weight, bias, eps, threads, mean, inverse, y):
    """y (nodes, dim) for the graphs between ``offsets``; mean (graphs, scalars) and r (graphs,
    channels) are written.
    """
    forward_graph(
        threads, offsets.shape[0] - 1, x, dim, offsets, blocks, weight, bias, eps, mean, inverse, y
    )


@spread
def backward_graph(
    graph, graphs, g, x, dim, offsets, blocks, weight, mean, scalars, inverse, gx, gw, gb
):
    """``backward`` for one graph, whose own sums go to its rows of gw and gb."""
    first, rows = offsets[graph], offsets[graph + 1] - offsets[graph]
    channels, x0 = weight.shape[0], first * dim
    zero, one = g.dtype.type(0), g.dtype.type(1)
    row, factor, shift, normal = (
        room(dim, g),
        room(channels, g),
        room(scalars, g),
        room(rows * dim, g),
    )
    simd.copy(normal, 0, 0, x, x0, 0, one, 1, rows * dim)
    simd.add(normal, 0, dim, mean, graph * scalars, 0, -one, rows, scalars)
    scale(normal, 0, dim, blocks, inverse, graph * channels, row, normal, 0, rows)
    simd.fill(gb, graph * scalars, 0, zero, 1, scalars)
    simd.add(gb, graph * scalars, 0, g, x0, dim, one, rows, scalars)
    channel_sums(g, x0, normal, 0, dim, blocks, row, gw, graph * channels, rows, False)
    # gx = w·r·(g − x̂·mean(g·x̂)), less its mean over the nodes
    for q in range(0, blocks.shape[0], 4):
        for c in range(blocks[q + 3], blocks[q + 3] + blocks[q + 1]):
            factor[c] = -gw[graph * channels + c] / g.dtype.type(greater(rows, 1) * blocks[q])
    across(factor, 0, blocks, row)
    simd.copy(gx, x0, 0, g, x0, 0, one, 1, rows * dim)
    simd.add_product(gx, x0, dim, normal, 0, dim, row, 0, 0, one, rows, dim)
    for c in range(channels):
        factor[c] = weight[c] * inverse[graph * channels + c]
    scale(gx, x0, dim, blocks, factor, 0, row, gx, x0, rows)
    simd.fill(shift, 0, 0, zero, 1, scalars)
    simd.add(shift, 0, 0, gx, x0, dim, one / g.dtype.type(greater(rows, 1)), rows, scalars)
    simd.add(gx, x0, dim, shift, 0, 0, -one, rows, scalars)
    free(row)
    free(factor)
    free(shift)
    free(normal)


@kernel(integers="offsets blocks", numbers="dim threads scalars")
def backward(g, x, dim, offsets, blocks, weight, threads, mean, scalars, inverse, gx, gw, gb):
    """Derivatives by x, and by weight (channels) and bias (scalars)."""
    graphs, channels = offsets.shape[0] - 1, weight.shape[0]
    gws, gbs = room(graphs * channels, g), room(graphs * scalars, g)
    backward_graph(
        threads, graphs, g, x, dim, offsets, blocks, weight, mean, scalars, inverse, gx, gws, gbs
    )
    simd.fill(gw, 0, 0, g.dtype.type(0), 1, channels)
    simd.fill(gb, 0, 0, g.dtype.type(0), 1, scalars)
    simd.add(gw, 0, 0, gws, 0, channels, g.dtype.type(1), graphs, channels)
    simd.add(gb, 0, 0, gbs, 0, scalars, g.dtype.type(1), graphs, scalars)
    free(gws)
    free(gbs)
