"""Which node each row of a table reads, and back: the sorted index behind gathers and segment sums."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor


class Rows:
    """Row r belongs to node ``index[r]``; the rows of node n are ``order[offsets[n] : offsets[n+1]]``.

    index: (rows,) int64 in [0, nodes). ``order`` is None when the index is sorted already: then a node's rows are contiguous
    and a sum over them is a segment sum. Sums run in this fixed order: deterministic, and parallel over nodes.
    """

    def __init__(self, index: Tensor, nodes: int):
        self.index = index.contiguous()
        self.nodes = nodes
        count = torch.bincount(index, minlength=nodes) if len(index) else index.new_zeros(nodes)
        self.offsets = torch.cat([count.new_zeros(1), count.cumsum(0)])
        sorted_already = len(index) < 2 or bool((index[1:] >= index[:-1]).all())
        self.order = None if sorted_already else torch.argsort(index, stable=True)

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def all_rows(self) -> Tensor:
        """(rows,) 0, 1, 2, …: the order where the index is sorted."""
        return torch.arange(len(self.index), device=self.index.device)

    @cached_property
    def count(self) -> Tensor:
        """(nodes,) number of rows of each node."""
        return self.offsets[1:] - self.offsets[:-1]


class Edges:
    """The two ends of every edge: ``target`` (sorted, node i) and ``source`` (node j)."""

    def __init__(self, source: Tensor, target: Tensor, nodes: int):
        self.target = Rows(target, nodes)
        self.source = Rows(source, nodes)
        self.nodes = nodes

    def __len__(self) -> int:
        return len(self.target)

    @cached_property
    def cuts(self) -> Tensor:
        """(graphs + 1,) nodes before which the graph may be cut without cutting an edge, with 0 and ``nodes``."""
        ends = torch.stack([self.target.index, self.source.index])
        crossing = torch.zeros(self.nodes + 2, dtype=torch.int64)
        ones = torch.ones(len(self), dtype=torch.int64)
        crossing.index_add_(0, ends.amin(0) + 1, ones).index_add_(0, ends.amax(0) + 1, -ones)
        return torch.nonzero(crossing[:-1].cumsum(0) == 0).flatten()

    @cached_property
    def largest(self) -> int:
        """Nodes of the largest graph between two cuts."""
        return int(self.cuts.diff().max()) if len(self.cuts) > 1 else 0
