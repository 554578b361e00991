"""Sums over rows, of every node and of columns, by their kernels."""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3.backends.protocol import Form
from segnn.o3.backends.triton import sums_kernels as kernels
from segnn.o3.backends.triton.mix_kernels import sum_parts
from segnn.o3.rows import Rows

SHARES = 64  # of the rows, for sums of columns
NODE_ROWS = 8  # rows of a node that are taken at a time


def _wide(dim: int) -> int:
    return min(128, max(16, 1 << (dim - 1).bit_length()))


def _order(rows: Rows) -> Tensor:
    """The rows node by node; where they lie so already nobody reads it."""
    return rows.offsets if rows.order is None else rows.order


def _segment_sum(rows: Rows, x: Tensor) -> Tensor:
    """x (rows, dim) → (nodes, dim)."""
    x = x.contiguous()
    y = x.new_empty(rows.nodes, x.shape[1])
    if y.numel():
        wide = _wide(x.shape[1])
        kernels.segment_sum[rows.nodes, -(-x.shape[1] // wide)](
            x,
            _order(rows),
            rows.offsets,
            y,
            x.shape[1],
            ORDERED=rows.order is not None,
            BLOCK_R=NODE_ROWS,
            BLOCK_C=wide,
        )
    return y


def _gather(rows: Rows, g: Tensor) -> Tensor:
    """g (nodes, dim) → (rows, dim)."""
    return torch.index_select(g, 0, rows.index)


def column_sums(x: Tensor, columns: int) -> Tensor:
    """The sums of the first ``columns``: (columns,)."""
    x, rows = x.contiguous(), x.shape[0]
    if not rows or not columns:
        return x.new_zeros(columns)
    share = max(64, -(-rows // (64 * SHARES)) * 64)
    parts = x.new_empty(-(-rows // share), columns)
    kernels.column_sums[len(parts), -(-columns // 64)](
        x, parts, rows, x.shape[1], columns, share, BLOCK_R=16, BLOCK_C=64
    )
    y = x.new_empty(columns)
    sum_parts[-(-columns // 64),](parts, y, y, len(parts), columns, columns, BLOCK=64)
    return y


SEGMENT_SUM = Form((_gather, _segment_sum))
