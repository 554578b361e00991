"""The kernels of gates: a program takes some rows and some columns of the input.

A column is a scalar s (y = α s σ(s)), a value v (y = v · β σ(z)) or the gate z of some values, with
σ the sigmoid. Arguments have no types here, as Triton reads them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl

from segnn.o3.plan.gate import SIGMOID_SCALE, SILU_SCALE

ALPHA, BETA = tl.constexpr(SILU_SCALE), tl.constexpr(SIGMOID_SCALE)


@triton.jit
def _sigmoid(x):
    return 1 / (1 + tl.exp(-x))


@triton.jit
def _columns(table, c, dim):
    """Of columns c: where they stand in y, or of a gate its first value; from one component of that
    to the next; how many there are, 0 for a scalar or a value; where its gate stands, or -1.
    """
    place = tl.load(table + 4 * c, mask=c < dim, other=0)
    step = tl.load(table + 4 * c + 1, mask=c < dim, other=0)
    count = tl.load(table + 4 * c + 2, mask=c < dim, other=0)
    at = tl.load(table + 4 * c + 3, mask=c < dim, other=-1)
    return place, step, count, at


@triton.jit
def gate(
    x,
    y,
    table,
    rows,
    dim,
    dim_out,
    gates,
    COMPONENTS: tl.constexpr,
    SCALED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """y of x."""
    r = tl.program_id(0).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    kinds = tl.load(table + 4 * c + 2, mask=c < dim, other=1)  # nothing is written of a gate
    known = (r < rows)[:, None] & (kinds == 0)[None, :]
    place = tl.load(table + 4 * c, mask=c < dim, other=0)
    at = tl.load(table + 4 * c + 3, mask=c < dim, other=-1)
    value = tl.load(x + r[:, None] * dim + c[None, :], mask=known, other=0.0)
    z = tl.load(x + r[:, None] * dim + at[None, :], mask=known & (at >= 0)[None, :], other=0.0)
    scalar = (at < 0)[None, :]
    result = value * _sigmoid(tl.where(scalar, value, z))
    if SCALED:
        result = tl.where(scalar, result * ALPHA, result * BETA)
    tl.store(y + r[:, None] * dim_out + place[None, :], result, mask=known)


@triton.jit
def gate_first(
    x,
    g,
    by_x,
    table,
    rows,
    dim,
    dim_out,
    gates,
    COMPONENTS: tl.constexpr,
    SCALED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """⟨g, ∂y/∂x⟩."""
    r = tl.program_id(0).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    inside = (r < rows)[:, None] & (c < dim)[None, :]
    place, step, count, at = _columns(table, c, dim)
    own = tl.load(x + r[:, None] * dim + c[None, :], mask=inside, other=0.0)
    here = inside & (count == 0)[None, :]
    slope = tl.load(g + r[:, None] * dim_out + place[None, :], mask=here, other=0.0)
    z = tl.load(x + r[:, None] * dim + at[None, :], mask=here & (at >= 0)[None, :], other=0.0)
    scalar = (at < 0)[None, :]
    s = _sigmoid(tl.where(scalar, own, z))
    result = tl.where(scalar, slope * s * (1 + own * (1 - s)), slope * s)
    if SCALED:
        result = tl.where(scalar, result * ALPHA, result * BETA)
    total = tl.zeros((BLOCK_R, BLOCK_C), dtype=by_x.dtype.element_ty)
    for m in tl.static_range(COMPONENTS):
        there = inside & (count > m)[None, :]
        columns = (place + m * step)[None, :]
        slope = tl.load(g + r[:, None] * dim_out + columns, mask=there, other=0.0)
        total += slope * tl.load(x + r[:, None] * dim + columns + gates, mask=there, other=0.0)
    result = tl.where((count > 0)[None, :], total * (s * (1 - s)) * BETA, result)
    tl.store(by_x + r[:, None] * dim + c[None, :], result, mask=inside)


@triton.jit
def gate_second(
    x,
    g,
    h,
    by_g,
    by_x,
    table,
    rows,
    dim,
    dim_out,
    gates,
    COMPONENTS: tl.constexpr,
    SCALED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """The derivatives of ⟨h, ⟨g, ∂y/∂x⟩⟩ by g and by x."""
    r = tl.program_id(0).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    inside = (r < rows)[:, None] & (c < dim)[None, :]
    place, step, count, at = _columns(table, c, dim)
    own = tl.load(x + r[:, None] * dim + c[None, :], mask=inside, other=0.0)
    tangent = tl.load(h + r[:, None] * dim + c[None, :], mask=inside, other=0.0)
    here = inside & (count == 0)[None, :]
    slope = tl.load(g + r[:, None] * dim_out + place[None, :], mask=here, other=0.0)
    gated = here & (at >= 0)[None, :]
    z = tl.load(x + r[:, None] * dim + at[None, :], mask=gated, other=0.0)
    z_tangent = tl.load(h + r[:, None] * dim + at[None, :], mask=gated, other=0.0)
    scalar = (at < 0)[None, :]
    s = _sigmoid(tl.where(scalar, own, z))
    first, second = s * (1 - s), s * (1 - s) * (1 - 2 * s)  # of the sigmoid
    silu_first, silu_second = s + own * first, 2 * first + own * second
    value = tl.where(scalar, silu_first * tangent, s * tangent + own * first * z_tangent)
    result = tl.where(scalar, slope * silu_second * tangent, slope * first * z_tangent)
    if SCALED:
        value = tl.where(scalar, value * ALPHA, value * BETA)
        result = tl.where(scalar, result * ALPHA, result * BETA)
    tl.store(by_g + r[:, None] * dim_out + place[None, :], value, mask=here)
    by_value = tl.zeros((BLOCK_R, BLOCK_C), dtype=by_x.dtype.element_ty)
    by_tangent = tl.zeros((BLOCK_R, BLOCK_C), dtype=by_x.dtype.element_ty)
    for m in tl.static_range(COMPONENTS):
        there = inside & (count > m)[None, :]
        columns = (place + m * step)[None, :]
        slope = tl.load(g + r[:, None] * dim_out + columns, mask=there, other=0.0)
        column = r[:, None] * dim + columns + gates
        by_value += slope * tl.load(x + column, mask=there, other=0.0)
        by_tangent += slope * tl.load(h + column, mask=there, other=0.0)
    of_gate = (by_value * second * tangent + by_tangent * first) * BETA
    result = tl.where((count > 0)[None, :], of_gate, result)
    tl.store(by_x + r[:, None] * dim + c[None, :], result, mask=inside)
