"""The kernels of rows of edges, and of sums over rows. Arguments have no types, as Triton reads
them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def ends(
    x, message, target, source, y, rows, dim, own, BLOCK_R: tl.constexpr, BLOCK_C: tl.constexpr
):
    """y = x_i ⊕ x_j ⊕ s_ij: some edges and some columns a program."""
    r = tl.program_id(0).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    inside, wide = r < rows, 2 * dim + own
    i = tl.load(target + r, mask=inside, other=0)
    j = tl.load(source + r, mask=inside, other=0)
    column = c[None, :]
    first = inside[:, None] & (column < dim)
    second = inside[:, None] & (column >= dim) & (column < 2 * dim)
    third = inside[:, None] & (column >= 2 * dim) & (column < wide)
    value = tl.load(x + i[:, None] * dim + column, mask=first, other=0.0)
    value += tl.load(x + j[:, None] * dim + column - dim, mask=second, other=0.0)
    value += tl.load(message + r[:, None] * own + column - 2 * dim, mask=third, other=0.0)
    tl.store(y + r[:, None] * wide + column, value, mask=inside[:, None] & (column < wide))


@triton.jit
def _summed(
    g, order, start, stop, shift, wide, c, dim, ORDERED: tl.constexpr, BLOCK_R: tl.constexpr
):
    """Σ g[r, shift + c] over the rows from start to stop."""
    total = tl.zeros((BLOCK_R, c.shape[0]), dtype=g.dtype.element_ty)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        inside = r < stop
        if ORDERED:
            r = tl.load(order + r, mask=inside, other=0)
        mask = inside[:, None] & (c < dim)[None, :]
        total += tl.load(g + r[:, None] * wide + (shift + c)[None, :], mask=mask, other=0.0)
    return tl.sum(total, axis=0)


@triton.jit
def ends_back(
    g,
    target_order,
    source_order,
    target_offsets,
    source_offsets,
    x,
    wide,
    dim,
    BY_TARGET: tl.constexpr,
    BY_SOURCE: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """x[n, c] = Σ g[r, c] over edges to n + Σ g[r, dim + c] over edges from n: one node and some
    columns a program.
    """
    n = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    start, stop = tl.load(target_offsets + n), tl.load(target_offsets + n + 1)
    value = _summed(g, target_order, start, stop, 0, wide, c, dim, BY_TARGET, BLOCK_R)
    start, stop = tl.load(source_offsets + n), tl.load(source_offsets + n + 1)
    value += _summed(g, source_order, start, stop, dim, wide, c, dim, BY_SOURCE, BLOCK_R)
    tl.store(x + n * dim + c, value, mask=c < dim)


@triton.jit
def segment_sum(
    x, order, offsets, y, dim, ORDERED: tl.constexpr, BLOCK_R: tl.constexpr, BLOCK_C: tl.constexpr
):
    """y[n] = Σ x[r] over the rows r of node n: one node and some columns a program."""
    n = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    start, stop = tl.load(offsets + n), tl.load(offsets + n + 1)
    value = _summed(x, order, start, stop, 0, dim, c, dim, ORDERED, BLOCK_R)
    tl.store(y + n * dim + c, value, mask=c < dim)
