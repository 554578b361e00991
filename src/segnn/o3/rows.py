"""Which node each row of a table reads, and back: the index behind gathers and segment sums."""

from __future__ import annotations

from functools import cached_property
from numbers import Integral
from typing import Any

import torch
from torch import Tensor


def check_count(name: str, count: Any) -> None:
    """ValueError unless ``count`` is a whole number, 0 or more. Not while torch.compile traces,
    which knows symbols.
    """
    if not torch.compiler.is_compiling() and (
        not isinstance(count, Integral) or isinstance(count, bool) or count < 0
    ):
        raise ValueError(f"{name} is {count!r}, expected a whole number, 0 or more")


def check_range(name: str, index: Tensor, count: int, what: str = "node") -> None:
    """IndexError unless all of ``index`` lies in [0, count). Not while torch.compile traces:
    nothing may depend on values.
    """
    if index.numel() and not torch.compiler.is_compiling():
        low, high = (int(v) for v in index.aminmax())
        if low < 0 or high >= count:
            wrong = low if low < 0 else high
            raise IndexError(
                f"{name} holds {what} {wrong}, but there are {count} {what}s (0 to {count - 1})"
            )


def count_of(index: Tensor, count: int) -> Tensor:
    """(count,) how many entries of ``index`` are 0, 1, …; `torch.bincount` would have to wait for a
    card, to learn how long the answer is.
    """
    return index.new_zeros(count).index_add_(0, index, torch.ones_like(index))


class Rows:
    """Row r belongs to node ``index[r]``; the rows of node n are ``order[offsets[n] :
    offsets[n+1]]``.

    index: (rows,) int64 in [0, nodes), not changed afterwards; ValueError or IndexError for
    another, unless the caller has ``checked``. ``in_order``: whether it is known to be sorted
    (True) or taken for unsorted without a look (False). ``order`` is None when the index is sorted
    already: then a node's rows are contiguous and a sum over them is a segment sum. Sums run in
    this fixed order: deterministic, and parallel over nodes.
    """

    def __init__(
        self, index: Tensor, nodes: int, *, checked: bool = False, in_order: bool | None = None
    ):
        self._in_order = in_order
        if not checked:
            if index.ndim != 1 or index.dtype != torch.int64:
                raise ValueError(
                    f"index is {index.dtype} of shape {tuple(index.shape)}, expected torch.int64 "
                    "of shape (rows,)"
                )
            check_range("index", index, nodes)
        self.index = index.contiguous()
        self.nodes = nodes

    def __len__(self) -> int:
        return self.index.shape[0]

    @property
    def size(self) -> int:
        """The number of rows; a symbol while torch.export traces, which ``len`` would turn into a
        number.
        """
        return self.index.shape[0]

    @cached_property
    @torch.inference_mode(False)
    def offsets(self) -> Tensor:
        """(nodes + 1,) where each node's rows begin in the order."""
        return torch.nn.functional.pad(self.count.cumsum(0), (1, 0))

    @cached_property
    @torch.inference_mode(False)
    def order(self) -> Tensor | None:
        """(rows,) the rows node by node, or None. Made when first asked for: a forward pass asks
        for the target's only.
        """
        sorted_already = self._in_order
        if sorted_already is None:
            sorted_already = len(self) < 2 or bool((self.index[1:] >= self.index[:-1]).all())
        return None if sorted_already else torch.argsort(self.index, stable=True)

    @cached_property
    @torch.inference_mode(False)
    def all_rows(self) -> Tensor:
        """(rows,) 0, 1, 2, …: the order where the index is sorted."""
        return torch.arange(len(self.index), device=self.index.device)

    @property
    def count(self) -> Tensor:
        """(nodes,) number of rows of each node. Not kept: the lock of a kept one ends a graph of
        torch.compile.
        """
        return self.index.new_zeros(self.nodes).index_add(
            0, self.index, torch.ones_like(self.index)
        )

    shared = False
    """Whether other processes have further rows of the same nodes (`segnn.nn.part`)."""

    def whole(self, sums: Tensor) -> Tensor:
        """Sums (nodes, …) over all rows of each node, from those over the rows that are here."""
        return sums


class Edges:
    """The two ends of every edge: ``target`` (sorted, node i) and ``source`` (node j). Errors as of
    ``Rows``; ``unseen``: nothing is looked at, the target is sorted.
    """

    def __init__(
        self,
        source: Tensor,
        target: Tensor,
        nodes: int,
        *,
        checked: bool = False,
        unseen: bool = False,
    ):
        if source.shape != target.shape:
            raise ValueError(
                f"source has shape {tuple(source.shape)}, target {tuple(target.shape)}: an edge "
                "has both"
            )
        known = (True, False) if unseen else (None, None)
        self.target = Rows(target, nodes, checked=checked or unseen, in_order=known[0])
        self.source = Rows(source, nodes, checked=checked or unseen, in_order=known[1])
        self.nodes = nodes

    def __len__(self) -> int:
        return self.target.index.shape[0]

    @property
    def size(self) -> int:
        """The number of edges, as ``Rows.size``."""
        return self.target.size

    @cached_property
    @torch.inference_mode(False)
    def cuts(self) -> Tensor:
        """(graphs + 1,) nodes before which the graph may be cut without cutting an edge, with 0 and
        ``nodes``.
        """
        nodes = torch.arange(self.nodes)
        lowest, highest = (
            nodes.scatter_reduce(0, self.target.index, self.source.index, reduce, include_self=True)
            for reduce in ("amin", "amax")
        )  # the ends that a node is joined with; nothing here is as long as the edges
        crossing, ones = torch.zeros(self.nodes + 2, dtype=torch.int64), torch.ones_like(nodes)
        crossing.index_add_(0, lowest + 1, ones).index_add_(0, highest + 1, -ones)
        return torch.nonzero(crossing[:-1].cumsum(0) == 0).flatten()

    @cached_property
    @torch.inference_mode(False)
    def back(self) -> Tensor:
        """(edges,) an edge from i to j for every one from j to i, the first of several; −1 where
        there is none.
        """
        target, source = self.target.index, self.source.index
        if not len(self):
            return target
        key, order = (target * self.nodes + source).sort(stable=True)
        wanted = source * self.nodes + target
        place = torch.searchsorted(key, wanted).clamp(max=len(key) - 1)
        return torch.where(key[place] == wanted, order[place], -1)

    @cached_property
    def largest(self) -> int:
        """Nodes of the largest graph between two cuts."""
        return int(self.cuts.diff().max()) if len(self.cuts) > 1 else 0
