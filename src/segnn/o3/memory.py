"""A bound on the memory of temporaries: operations without gradients then take their rows or target
nodes in pieces.

    with segnn.limit_memory("500 MiB"):
        y = network(x, edge_index, edge_attr, node_attr)

The result is that of the whole at once, up to round-off of the sums within a matrix product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextvars import ContextVar

import torch
from torch import Tensor

from segnn.errors import UserError
from segnn.o3.rows import Edges
from segnn.o3.scoped import within

_limit: ContextVar[int | None] = ContextVar("limit_memory", default=None)
_UNITS = {
    "": 1,
    "B": 1,
    **{f"{p}B": 1000**n for n, p in enumerate("kMGT", 1)},
    **{f"{p}iB": 1024**n for n, p in enumerate("KMGT", 1)},
}
INDEX_BYTES = 48  # of an edge: its two ends in a piece, and the index arithmetic that makes them


def parse_bytes(text: str | int) -> int:
    """``"2 GiB"``, ``"500MB"`` or a number of bytes. Raises UserError for anything else, and for
    nothing at all.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*([A-Za-z]*)\s*", str(text))
    units = {name.lower(): size for name, size in _UNITS.items()}
    if (
        found is None
        or found[2].lower() not in units
        or float(found[1]) * units[found[2].lower()] < 1
    ):
        raise UserError(
            f"memory {text!r}: expected a size such as 500MiB, 2GiB or a number of bytes"
        )
    return int(float(found[1]) * units[found[2].lower()])


def limit_memory(limit: str | int | None) -> AbstractContextManager[None]:
    """Within the block no operation without gradients holds more bytes than ``limit`` beside its
    input and output.

    ``limit``: "500 MiB", "2GB", a number of bytes, or None for no bound. An operation on one row,
    or on the edges to one node, is the least that is done at once. With gradients there is no
    bound: autograd keeps what the pieces would drop (``checkpoint_layers`` is for that). The bound
    holds in the thread that entered the block. Raises UserError for what is no size.
    """
    return within(_limit, None if limit is None else parse_bytes(limit))


def current_limit() -> int | None:
    """The bytes an operation may take now, or None."""
    return None if torch.is_grad_enabled() or torch.compiler.is_compiling() else _limit.get()


def row_pieces(rows: int, row_bytes: int, limit: int) -> list[slice]:
    """Slices of at most ``limit // row_bytes`` rows, at least one; all rows where they fit."""
    step = max(limit // max(row_bytes, 1), 1)
    return [slice(first, min(first + step, rows)) for first in range(0, rows, step)]


class Piece:
    """The edges to the nodes ``targets``, as a graph of their own, which ``x[nodes]`` and
    ``edge_rows`` belong to.

    In it the targets come first, then the other nodes that an edge comes from.
    """

    def __init__(self, edges: Edges, targets: slice, edge_rows: slice, others: Tensor):
        count = targets.stop - targets.start
        own = torch.arange(targets.start, targets.stop, device=others.device)
        self.targets, self.edge_rows, self.nodes = targets, edge_rows, torch.cat([own, others])
        place = own.new_empty(edges.nodes)
        place[self.nodes] = torch.arange(len(self.nodes), device=others.device)
        source = place[edges.source.index[edge_rows]]
        self.edges = _OneGraph(
            source, edges.target.index[edge_rows] - targets.start, count + len(others)
        )


class _OneGraph(Edges):
    """Edges that are not looked at for smaller graphs among them."""

    @property
    def cuts(self) -> Tensor:
        return torch.tensor([0, self.nodes])


def edge_pieces(edges: Edges, node_bytes: int, edge_bytes: int, limit: int) -> Iterator[Piece]:
    """Pieces of consecutive target nodes whose nodes and edges take at most ``limit`` bytes, at
    least one target each.

    Nodes that are near in number as they are near in space share their sources: pieces then are
    large. If ``edges`` fits as a whole, it comes as one piece.
    """
    offsets = edges.target.offsets
    mark = torch.zeros(edges.nodes, dtype=torch.bool, device=offsets.device)
    start, guess = 0, edges.nodes
    while start < edges.nodes:
        stop = min(start + guess, edges.nodes)
        while True:
            rows = slice(int(offsets[start]), int(offsets[stop]))
            count = (stop - start) * node_bytes + (rows.stop - rows.start) * (
                edge_bytes + INDEX_BYTES
            )
            if count <= limit or stop == start + 1:
                mark.zero_()
                mark[edges.source.index[rows]] = True
                mark[start:stop] = False
                others = mark.nonzero().flatten()
                count += len(others) * node_bytes
                if count <= limit or stop == start + 1:
                    break
            stop = start + max(min(int(0.9 * (stop - start) * limit / count), stop - start - 1), 1)
        yield Piece(edges, slice(start, stop), rows, others)
        guess = max(int((stop - start) * min(limit / count, 2.0)), 1)
        start = stop
