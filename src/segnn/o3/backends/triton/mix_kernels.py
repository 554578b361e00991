"""The kernels of products with weights: partial derivatives of the form Σ x W g of
``segnn.o3.plan.mixed``.

Weights are read and written in e3nn's order, through a table of where the columns of a product
begin. Derivatives by weights are sums over rows in parts, one a program, which are added up
afterwards: every sum has one order. Float32 is multiplied in three parts of TF32 each, nearly as
exact as float32, on tensor cores. ``ALIGNED``: all columns and widths are multiples of four, so
that four numbers are read at once. Numbers of rows are 64 bits wide. Arguments have no types here,
as Triton reads them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl

from segnn.o3.backends.triton.mix_tables import ROW as _ROW

ROW = tl.constexpr(_ROW)


@triton.jit
def aligned(number, ALIGNED: tl.constexpr):
    """The same number, of which the compiler sees that it is a multiple of four."""
    return number // 4 * 4 if ALIGNED else number


@triton.jit
def load_column(place, ALIGNED: tl.constexpr):
    """A number of a table."""
    return aligned(tl.load(place), ALIGNED)


@triton.jit
def _weights(table, n, wide):
    """For the columns n of a product, the place of their first weight and from a channel to the
    next.
    """
    at = tl.load(table + 2 * n, mask=n < wide, other=0)
    return at, tl.load(table + 2 * n + 1, mask=n < wide, other=0)


@triton.jit
def mix(
    x,
    weight,
    z,
    groups,
    inputs,
    columns,
    rows,
    dim_x,
    dim_z,
    count,
    PRECISION: tl.constexpr,
    ALIGNED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_N: tl.constexpr,
):
    """z[r, i, n] = Σ_c x[r, i, c] W[c, n]: one of ``count`` groups of columns of one component, and
    some rows a program.
    """
    pid = tl.program_id(0)
    group = groups + ROW * (pid % count)
    r = (pid // count).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    k, n = tl.arange(0, BLOCK_K), tl.arange(0, BLOCK_N)
    inside = r < rows
    column, wide = load_column(group + 2, ALIGNED), load_column(group + 3, ALIGNED)
    dim_x, dim_z = aligned(dim_x, ALIGNED), aligned(dim_z, ALIGNED)
    own = x + r[:, None] * dim_x
    total = tl.zeros((BLOCK_R, BLOCK_N), dtype=z.dtype.element_ty)
    for s in range(tl.load(group), tl.load(group + 1)):
        row = inputs + ROW * s
        start, channels = load_column(row, ALIGNED), load_column(row + 1, ALIGNED)
        table, channel = columns + 2 * tl.load(row + 2), tl.load(row + 3)
        at, step = _weights(table, n, wide)
        value = tl.load(
            own + (start + k)[None, :], mask=inside[:, None] & (k < channels)[None, :], other=0.0
        )
        w = tl.load(
            weight + at[None, :] + (channel + k)[:, None] * step[None, :],
            mask=(k < channels)[:, None] & (n < wide)[None, :],
            other=0.0,
        )
        total = tl.dot(value, w, total, input_precision=PRECISION, out_dtype=total.dtype)
    place = z + r[:, None] * dim_z + (column + n)[None, :]
    tl.store(place, total, mask=inside[:, None] & (n < wide)[None, :])


@triton.jit
def mix_back(
    z,
    weight,
    x,
    groups,
    columns,
    rows,
    dim_z,
    dim_x,
    count,
    PRECISION: tl.constexpr,
    ALIGNED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_N: tl.constexpr,
):
    """x[r, i, c] = Σ_n W[c, n] z[r, i, n]: one of ``count`` groups of channels of one component,
    and some rows a program.
    """
    pid = tl.program_id(0)
    group = groups + ROW * (pid % count)
    r = (pid // count).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    c, k = tl.arange(0, BLOCK_N), tl.arange(0, BLOCK_K)
    inside = r < rows
    start, channels = load_column(group, ALIGNED), load_column(group + 1, ALIGNED)
    column, wide = load_column(group + 2, ALIGNED), load_column(group + 3, ALIGNED)
    table, channel = columns + 2 * tl.load(group + 4), tl.load(group + 5)
    dim_x, dim_z = aligned(dim_x, ALIGNED), aligned(dim_z, ALIGNED)
    own = z + r[:, None] * dim_z
    total = tl.zeros((BLOCK_R, BLOCK_N), dtype=x.dtype.element_ty)
    for chunk in range(0, wide, BLOCK_K):
        n = chunk + k
        at, step = _weights(table, n, wide)
        value = tl.load(
            own + (column + n)[None, :], mask=inside[:, None] & (n < wide)[None, :], other=0.0
        )
        w = tl.load(  # the columns of a product lie side by side
            weight + at[None, :] + (channel + c)[:, None] * step[None, :],
            mask=(n < wide)[None, :] & (c < channels)[:, None],
            other=0.0,
        )
        total = tl.dot(value, tl.trans(w), total, input_precision=PRECISION, out_dtype=total.dtype)
    place = x + r[:, None] * dim_x + (start + c)[None, :]
    tl.store(place, total, mask=inside[:, None] & (c < channels)[None, :])


@triton.jit
def mix_weight(
    x,
    z,
    parts,
    groups,
    columns,
    rows,
    dim_x,
    dim_z,
    numel,
    share,
    PRECISION: tl.constexpr,
    ALIGNED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_N: tl.constexpr,
):
    """parts[s, c, n] = Σ_r Σ_i x[r, i, c] z[r, i, n] over ``share`` rows: one tile of weights and
    one share of the rows a program.
    """
    group = groups + ROW * tl.program_id(0)
    part = tl.program_id(1).to(tl.int64)
    start, by = load_column(group, ALIGNED), load_column(group + 1, ALIGNED)
    channels, dim = load_column(group + 2, ALIGNED), tl.load(group + 3)
    column, stride = load_column(group + 4, ALIGNED), load_column(group + 5, ALIGNED)
    wide = load_column(group + 6, ALIGNED)
    table, channel = columns + 2 * tl.load(group + 7), tl.load(group + 8)
    dim_x, dim_z = aligned(dim_x, ALIGNED), aligned(dim_z, ALIGNED)
    c, n, k = tl.arange(0, BLOCK_K), tl.arange(0, BLOCK_N), tl.arange(0, BLOCK_R)
    total = tl.zeros((BLOCK_K, BLOCK_N), dtype=parts.dtype.element_ty)
    blocks = share // BLOCK_R
    for step in range(0, blocks * dim):
        i = step // blocks
        r = part * share + (step - i * blocks) * BLOCK_R + k
        inside = r < rows
        value = tl.load(
            x + r[None, :] * dim_x + (start + i * by + c)[:, None],
            mask=inside[None, :] & (c < channels)[:, None],
            other=0.0,
        )
        slope = tl.load(
            z + r[:, None] * dim_z + (column + i * stride + n)[None, :],
            mask=inside[:, None] & (n < wide)[None, :],
            other=0.0,
        )
        total = tl.dot(value, slope, total, input_precision=PRECISION, out_dtype=total.dtype)
    at, by_channel = _weights(table, n, wide)
    place = parts + part * numel + at[None, :] + (channel + c)[:, None] * by_channel[None, :]
    tl.store(place, total, mask=(c < channels)[:, None] & (n < wide)[None, :])


@triton.jit
def sum_parts(parts, weight, bias, count, numel, split, BLOCK: tl.constexpr):
    """Σ_s parts[s], in the order of s: the first ``split`` numbers to ``weight``, the others to
    ``bias``.
    """
    n = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    total = tl.zeros((BLOCK,), dtype=parts.dtype.element_ty)
    place = parts + n
    for _ in range(count):
        total += tl.load(place, mask=n < numel, other=0.0)
        place += numel
    tl.store(weight + n, total, mask=n < split)
    tl.store(bias + n - split, total, mask=(n >= split) & (n < numel))
