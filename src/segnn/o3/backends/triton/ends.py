"""Rows of edges by their kernels, both ends and what the edge has of its own, and back; and sums
over the rows of every node.
"""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3.backends.protocol import Ends, Form
from segnn.o3.backends.triton import ends_kernels as kernels
from segnn.o3.rows import Edges, Rows

TILE = 1024  # numbers that a program holds
NODE_ROWS = 8  # rows of a node that are taken at a time


def _wide(dim: int) -> int:
    return min(128, max(16, 1 << (dim - 1).bit_length()))


def _forward(edges: Edges, x: Tensor, message: Tensor | None) -> Tensor:
    x, own = x.contiguous(), 0 if message is None else message.shape[1]
    y = x.new_empty(len(edges), 2 * x.shape[1] + own)
    if y.numel():
        wide = _wide(y.shape[1])
        rows = TILE // wide
        kernels.ends[-(-len(y) // rows), -(-y.shape[1] // wide)](
            x,
            x if message is None else message.contiguous(),
            edges.target.index,
            edges.source.index,
            y,
            len(y),
            x.shape[1],
            own,
            BLOCK_R=rows,
            BLOCK_C=wide,
        )
    return y


def _order(rows: Rows) -> Tensor:
    """The rows node by node; where they lie so already nobody reads it."""
    return rows.offsets if rows.order is None else rows.order


def _back(edges: Edges, g: Tensor, dim: int) -> Tensor:
    g = g.contiguous()
    x = g.new_empty(edges.nodes, dim)
    if x.numel():
        wide = _wide(dim)
        kernels.ends_back[edges.nodes, -(-dim // wide)](
            g,
            _order(edges.target),
            _order(edges.source),
            edges.target.offsets,
            edges.source.offsets,
            x,
            g.shape[1],
            dim,
            BY_TARGET=edges.target.order is not None,
            BY_SOURCE=edges.source.order is not None,
            BLOCK_R=NODE_ROWS,
            BLOCK_C=wide,
        )
    return x


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


ENDS = Ends(_forward, _back)
SEGMENT_SUM = Form((_gather, _segment_sum))
