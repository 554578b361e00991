"""The kernels of the normalisation of every graph's features: a program takes one graph and some
channels of an irrep.

    y = w·x̂ + b,   x̂ = (x − mean)·r,   r = 1/√(Σ (x − mean)² / (nodes·components) + ε)

Mean and b concern even scalars. Arguments have no types here, as Triton reads them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def _tile(tiles):
    """The program's channels of an irrep: components, columns from one to the next, first column,
    first channel, channels, whether they are shifted.
    """
    tile = tiles + 6 * tl.program_id(1)
    components, step, column = tl.load(tile), tl.load(tile + 1), tl.load(tile + 2)
    channel, count, shifted = tl.load(tile + 3), tl.load(tile + 4), tl.load(tile + 5)
    return components, step, column, channel, count, shifted


@triton.jit
def norm(
    x,
    offsets,
    tiles,
    weight,
    bias,
    mean,
    inverse,
    y,
    dim,
    scalars,
    channels,
    EPS: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """y, and the mean (graphs, scalars) and r (graphs, channels) that were found."""
    n = tl.program_id(0).to(tl.int64)
    components, step, column, channel, count, shifted = _tile(tiles)
    start, stop = tl.load(offsets + n), tl.load(offsets + n + 1)
    c = tl.arange(0, BLOCK_C)
    here = c < count
    nodes = tl.maximum(stop - start, 1).to(y.dtype.element_ty)
    total = tl.zeros((BLOCK_R, BLOCK_C), dtype=y.dtype.element_ty)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R * shifted):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        mask = (r < stop)[:, None] & here[None, :]
        total += tl.load(x + r[:, None] * dim + (column + c)[None, :], mask=mask, other=0.0)
    middle = tl.sum(total, axis=0) / nodes  # zero for what is not shifted
    square = tl.zeros((BLOCK_R, BLOCK_C), dtype=y.dtype.element_ty)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        mask = (r < stop)[:, None] & here[None, :]
        for m in range(components):
            place = x + r[:, None] * dim + (column + m * step + c)[None, :]
            d = tl.where(mask, tl.load(place, mask=mask, other=0.0) - middle[None, :], 0.0)
            square += d * d
    scale = 1 / tl.sqrt(tl.sum(square, axis=0) / (nodes * components) + EPS)
    tl.store(inverse + n * channels + channel + c, scale, mask=here)
    is_scalar = here & (c < count * shifted)
    tl.store(mean + n * scalars + channel + c, middle, mask=is_scalar)
    factor = scale * tl.load(weight + channel + c, mask=here, other=0.0)
    shift = tl.load(bias + channel + c, mask=is_scalar, other=0.0)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        mask = (r < stop)[:, None] & here[None, :]
        for m in range(components):
            at = r[:, None] * dim + (column + m * step + c)[None, :]
            d = tl.load(x + at, mask=mask, other=0.0) - middle[None, :]
            tl.store(y + at, d * factor[None, :] + shift[None, :], mask=mask)


@triton.jit
def norm_first(
    x,
    g,
    offsets,
    tiles,
    weight,
    mean,
    inverse,
    gx,
    parts,
    dim,
    scalars,
    channels,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """⟨g, y⟩ by x; and by weight and bias, of every graph: parts (graphs, channels + scalars)."""
    n = tl.program_id(0).to(tl.int64)
    components, step, column, channel, count, shifted = _tile(tiles)
    start, stop = tl.load(offsets + n), tl.load(offsets + n + 1)
    c = tl.arange(0, BLOCK_C)
    here = c < count
    is_scalar = here & (c < count * shifted)
    nodes = tl.maximum(stop - start, 1).to(gx.dtype.element_ty)
    middle = tl.load(mean + n * scalars + channel + c, mask=is_scalar, other=0.0)
    scale = tl.load(inverse + n * channels + channel + c, mask=here, other=0.0)
    by_weight = tl.zeros((BLOCK_R, BLOCK_C), dtype=gx.dtype.element_ty)
    by_bias = tl.zeros((BLOCK_R, BLOCK_C), dtype=gx.dtype.element_ty)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        mask = (r < stop)[:, None] & here[None, :]
        for m in range(components):
            at = r[:, None] * dim + (column + m * step + c)[None, :]
            slope = tl.load(g + at, mask=mask, other=0.0)
            d = tl.load(x + at, mask=mask, other=0.0) - middle[None, :]
            by_weight += slope * d
            by_bias += slope
    of_weight, of_bias = tl.sum(by_weight, axis=0) * scale, tl.sum(by_bias, axis=0)
    own = parts + n * (channels + scalars) + channel + c
    tl.store(own, of_weight, mask=here)
    tl.store(own + channels, of_bias, mask=is_scalar)
    factor = scale * tl.load(weight + channel + c, mask=here, other=0.0)
    along = scale * of_weight / (nodes * components)  # of x − mean, from r
    shift = tl.where(is_scalar, of_bias / nodes, 0.0)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        mask = (r < stop)[:, None] & here[None, :]
        for m in range(components):
            at = r[:, None] * dim + (column + m * step + c)[None, :]
            slope = tl.load(g + at, mask=mask, other=0.0)
            d = tl.load(x + at, mask=mask, other=0.0) - middle[None, :]
            value = factor[None, :] * (slope - d * along[None, :] - shift[None, :])
            tl.store(gx + at, value, mask=mask)
