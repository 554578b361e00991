"""Rows of edges by their kernels: both ends and what the edge has of its own, and back."""

from __future__ import annotations

from torch import Tensor

from segnn.o3.backends.protocol import Ends
from segnn.o3.backends.triton import ends_kernels as kernels
from segnn.o3.rows import Edges

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


def _back(edges: Edges, g: Tensor, dim: int) -> Tensor:
    g = g.contiguous()
    x = g.new_empty(edges.nodes, dim)
    if x.numel():
        wide = _wide(dim)
        orders = [rows.order for rows in (edges.target, edges.source)]
        kernels.ends_back[edges.nodes, -(-dim // wide)](
            g,
            *(
                offsets if order is None else order
                for order, offsets in zip(
                    orders, (edges.target.offsets, edges.source.offsets), strict=True
                )
            ),
            edges.target.offsets,
            edges.source.offsets,
            x,
            g.shape[1],
            dim,
            BY_TARGET=orders[0] is not None,
            BY_SOURCE=orders[1] is not None,
            BLOCK_R=NODE_ROWS,
            BLOCK_C=wide,
        )
    return x


ENDS = Ends(_forward, _back)
