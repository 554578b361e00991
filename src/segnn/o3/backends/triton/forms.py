"""The forms of ``segnn.o3.backends.plain.forms`` by the kernels, and their partial derivatives.

The matrix products (``mix``) are left to torch: they are cuBLAS's.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from segnn.o3.backends.protocol import Form, Inputs, Kernels, Need
from segnn.o3.backends.triton import kernels
from segnn.o3.backends.triton.kernels import Matrix, Reads, Segments, Table
from segnn.o3.backends.triton.tables import Terms, by_attribute, by_input, by_output
from segnn.o3.plan.coupling import Contraction
from segnn.o3.rows import Edges, Rows

TILE = 1024  # numbers of a result that a program holds
NODE_ROWS = 8  # rows of a node that are taken at a time


def _blocks(channels: int) -> dict[str, int]:
    """Rows and columns of a tile; both powers of two."""
    wide = max(16, 1 << (channels - 1).bit_length())
    return {"BLOCK_R": max(1, TILE // wide), "BLOCK_C": wide}


def _matrix(x: Tensor) -> Matrix:
    """Its rows, which a caller has made contiguous: ``x.contiguous()`` must live as long."""
    return Matrix(x, x.shape[1])


def _table(terms: Terms, device: torch.device) -> Table:
    return Table(*terms.on(device))


def _new(like: Tensor, rows: int, dim: int, terms: Terms) -> Tensor:
    """Memory for a result; zeros where some columns belong to no group."""
    return like.new_empty(rows, dim) if terms.whole else like.new_zeros(rows, dim)


def _reads(x: Tensor, rows: Rows | None = None) -> Reads:
    index = x if rows is None else rows.index
    return Reads(x, index, x, index, x.shape[1])


def _segments(rows: Rows) -> Segments:
    return Segments(rows.offsets if rows.order is None else rows.order, rows.offsets)


def _tiled(kernel: Any, count: int, terms: Terms, arguments: tuple[Any, ...], indexed: int) -> None:
    """A kernel of tiles of rows, if there are any."""
    blocks, groups = _blocks(terms.channels), len(terms.groups)
    if count and groups:
        grid = (-(-count // blocks["BLOCK_R"]), groups)
        kernel[grid](*arguments, count, INDEXED=indexed, **blocks)


def _contracted(reads: Reads, indexed: int, attribute: Tensor, terms: Terms, dim: int) -> Tensor:
    attribute = attribute.contiguous()
    y = _new(attribute, attribute.shape[0], dim, terms)
    table = _table(terms, attribute.device)
    arguments = (reads, _matrix(attribute), _matrix(y), table)
    _tiled(kernels.contract, len(y), terms, arguments, indexed)
    return y


def _contract(c: Contraction, x: Tensor, attribute: Tensor) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    reads = _reads(x.contiguous())
    return _contracted(reads, 0, attribute, by_output(c, x.dtype), c.dim_out)


def _contract_input(c: Contraction, attribute: Tensor, g: Tensor) -> Tensor:
    """∂T/∂x: (rows, dim_in)."""
    reads = _reads(g.contiguous())
    return _contracted(reads, 0, attribute, by_input(c, g.dtype), c.dim_in)


def _by_attribute(c: Contraction, reads: Reads, indexed: int, g: Tensor) -> Tensor:
    g, terms = g.contiguous(), by_attribute(c, g.dtype)
    a = _new(g, g.shape[0], c.dim_attr, terms)
    arguments = (reads, _matrix(g), _matrix(a), _table(terms, g.device))
    _tiled(kernels.contract_attribute, len(a), terms, arguments, indexed)
    return a


def _contract_attribute(c: Contraction, x: Tensor, g: Tensor) -> Tensor:
    """∂T/∂a: (rows, dim_attr)."""
    return _by_attribute(c, _reads(x.contiguous()), 0, g)


def _contract_end(c: Contraction, attribute: Tensor, g: Tensor, rows: Rows) -> Tensor:
    """∂T/∂x summed over the rows that read each node: (nodes, dim_in)."""
    attribute, g, terms = attribute.contiguous(), g.contiguous(), by_input(c, g.dtype)
    x = _new(g, rows.nodes, c.dim_in, terms)
    if rows.nodes and len(terms.groups):
        kernels.contract_reduce[rows.nodes, len(terms.groups)](
            _matrix(g),
            _segments(rows),
            _matrix(attribute),
            _matrix(x),
            _table(terms, g.device),
            ORDERED=rows.order is not None,
            BLOCK_R=NODE_ROWS,
            BLOCK_C=_blocks(terms.channels)["BLOCK_C"],
        )
    return x


def _ends(target: Tensor, source: Tensor, edges: Edges) -> Reads:
    target, source = target.contiguous(), source.contiguous()
    return Reads(target, edges.target.index, source, edges.source.index, target.shape[1])


def _pair(plan: tuple[Contraction, Edges], inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """The contraction of target[i] + source[j] with each edge's attribute: (edges, dim_out)."""
    target, source, attribute = inputs
    c, edges = plan
    terms = by_output(c, target.dtype)
    return _contracted(_ends(target, source, edges), 2, attribute, terms, c.dim_out), ()


def _pair_first(
    plan: tuple[Contraction, Edges], inputs: Inputs, kept: Inputs, g: Tensor, need: Need
) -> Inputs:
    target, source, attribute = inputs
    c, edges = plan
    return (
        _contract_end(c, attribute, g, edges.target) if need[0] else None,
        _contract_end(c, attribute, g, edges.source) if need[1] else None,
        _by_attribute(c, _ends(target, source, edges), 2, g) if need[2] else None,
    )


def _segment_sum(rows: Rows, x: Tensor) -> Tensor:
    """x (rows, dim) → (nodes, dim)."""
    x = x.contiguous()
    y = x.new_empty(rows.nodes, x.shape[1])
    if y.numel():
        wide = min(128, _blocks(x.shape[1])["BLOCK_C"])
        kernels.segment_sum[rows.nodes, -(-x.shape[1] // wide)](
            _matrix(x),
            _segments(rows),
            _matrix(y),
            ORDERED=rows.order is not None,
            BLOCK_R=NODE_ROWS,
            BLOCK_C=wide,
        )
    return y


def _gather(rows: Rows, g: Tensor) -> Tensor:
    """g (nodes, dim) → (rows, dim)."""
    return torch.index_select(g, 0, rows.index)


CONTRACT = Form((_contract_input, _contract_attribute, _contract))
SEGMENT_SUM = Form((_gather, _segment_sum))
CONTRACT_EDGES = Kernels(_pair, _pair_first)
