"""The kernels of sums over rows: of every node, and of columns. Arguments have no types, as Triton
reads them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def segment_sum(
    x, order, offsets, y, dim, ORDERED: tl.constexpr, BLOCK_R: tl.constexpr, BLOCK_C: tl.constexpr
):
    """y[n] = Σ x[r] over the rows r of node n: one node and some columns a program."""
    n = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    start, stop = tl.load(offsets + n), tl.load(offsets + n + 1)
    total = tl.zeros((BLOCK_R, BLOCK_C), dtype=x.dtype.element_ty)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        inside = r < stop
        if ORDERED:
            r = tl.load(order + r, mask=inside, other=0)
        mask = inside[:, None] & (c < dim)[None, :]
        total += tl.load(x + r[:, None] * dim + c[None, :], mask=mask, other=0.0)
    tl.store(y + n * dim + c, tl.sum(total, axis=0), mask=c < dim)


@triton.jit
def column_sums(x, parts, rows, dim, columns, share, BLOCK_R: tl.constexpr, BLOCK_C: tl.constexpr):
    """parts[s, c] = Σ x[r, c] over ``share`` rows, of the first ``columns``: some of these and one
    share of the rows a program.
    """
    part = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    total = tl.zeros((BLOCK_R, BLOCK_C), dtype=x.dtype.element_ty)
    for block in range(0, share, BLOCK_R):
        r = part * share + block + tl.arange(0, BLOCK_R)
        mask = (r < rows)[:, None] & (c < columns)[None, :]
        total += tl.load(x + r[:, None] * dim + c[None, :], mask=mask, other=0.0)
    tl.store(parts + part * columns + c, tl.sum(total, axis=0), mask=c < columns)
