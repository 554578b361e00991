"""The kernel of sums over rows. Arguments have no types, as Triton reads
them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl


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
def segment_sum(
    x, order, offsets, y, dim, ORDERED: tl.constexpr, BLOCK_R: tl.constexpr, BLOCK_C: tl.constexpr
):
    """y[n] = Σ x[r] over the rows r of node n: one node and some columns a program."""
    n = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    start, stop = tl.load(offsets + n), tl.load(offsets + n + 1)
    value = _summed(x, order, start, stop, 0, dim, c, dim, ORDERED, BLOCK_R)
    tl.store(y + n * dim + c, value, mask=c < dim)
