"""The edges of a graph in the order the network wants them: sorted by target, with both ends
indexed.
"""

from __future__ import annotations

from contextlib import nullcontext

import torch
from torch import Tensor

from segnn.nn.numbering import inverse, near_numbering
from segnn.o3.rows import Edges, check_count, check_range


class Topology(Edges):
    """Edges sorted by target node. Prepare it once where the same edges are used again.

    edge_index: (2, edges) int64; row 0 the source j, row 1 the target i of the relative vector x_j
    − x_i. Copied: it may be changed afterwards. num_nodes: number of nodes; nodes without edges and
    graphs without edges are ordinary. ``order`` is None where the edges came sorted, else the
    permutation that the edges' own tensors need (``sort``). ``numbering`` is None where the nodes
    keep their numbers. The nodes of a large graph get new ones, by which neighbours lie near in
    memory: node n here is the caller's ``numbering[n]`` (``renumber``, and back: ``restore``). The
    networks do that.

    unseen: nobody looks at the numbers, which are known to be right and sorted by target. A
    graphics card would have to finish before it can be asked: data prepared by segnn go this way.

    Raises ValueError for a wrong shape or dtype and IndexError for an index outside 0 … num_nodes −
    1.
    """

    def __init__(self, edge_index: Tensor, num_nodes: int, *, unseen: bool = False):
        if edge_index.ndim != 2 or edge_index.shape[0] != 2:
            raise ValueError(
                f"edge_index has shape {tuple(edge_index.shape)}, expected (2, number of edges)"
            )
        if edge_index.dtype != torch.int64:
            raise ValueError(f"edge_index has dtype {edge_index.dtype}, expected torch.int64")
        compiling = torch.compiler.is_compiling()  # then nothing may depend on values
        check_count("num_nodes", num_nodes)
        if unseen:
            self.order = self.numbering = None
            super().__init__(edge_index[0], edge_index[1], num_nodes, unseen=True)
            return
        check_range("edge_index", edge_index, num_nodes)
        # A topology made while predicting may be trained with later.
        with nullcontext() if compiling else torch.inference_mode(False):
            source, target = edge_index
            in_order = not compiling and (
                edge_index.shape[1] < 2 or bool((target[1:] >= target[:-1]).all())
            )
            self.order = None if in_order else torch.argsort(target, stable=True)
            # Never the caller's memory: what is written there later must not reach the kernels
            # unchecked.
            source, target = (
                edge_index.clone()
                if self.order is None
                else (source[self.order], target[self.order])
            )
            sorted_edges = Edges(source, target, num_nodes, checked=True)
            self.numbering = None if compiling else near_numbering(sorted_edges)
            if self.numbering is not None:
                source, target = self._renumbered(sorted_edges, self.numbering)
            super().__init__(source, target, num_nodes, checked=True)

    def _renumbered(self, edges: Edges, numbering: Tensor) -> tuple[Tensor, Tensor]:
        """The ends by their new numbers, sorted by target; those of one target keep their order."""
        self._number = inverse(numbering)
        offsets = edges.target.offsets
        first, count = offsets[:-1][numbering], offsets.diff()[numbering]
        target = torch.repeat_interleave(torch.arange(edges.nodes), count)
        moved = torch.arange(len(edges)).add_(
            (first - (count.cumsum(0) - count)).index_select(0, target)
        )
        self.order = moved if self.order is None else self.order.index_select(0, moved)
        return self._number.index_select(0, edges.source.index.index_select(0, moved)), target

    divided = False
    """Whether other processes have further nodes and edges of the same graph (`segnn.nn.part`)."""

    @property
    def owned(self) -> int:
        """The nodes that features are computed of: all, unless the graph is divided."""
        return self.nodes

    def complete(self, x: Tensor) -> Tensor:
        """Features (owned, k), with those of all other nodes that edges come from: (nodes, k)."""
        return x

    def own(self, x: Tensor) -> Tensor:
        """Those of the owned nodes, of rows (nodes, k)."""
        return x

    def sort(self, x: Tensor) -> Tensor:
        """A tensor (edges, …) given in the caller's order, in the order of the sorted edges."""
        return x if self.order is None else x.index_select(0, self.order)

    def unsort(self, x: Tensor) -> Tensor:
        """A tensor (edges, …) of the sorted edges, in the caller's order: undoes ``sort``."""
        return x if self.order is None else torch.empty_like(x).index_copy_(0, self.order, x)

    def renumber(self, x: Tensor) -> Tensor:
        """A tensor (nodes, …) of the caller, by the numbers that the edges have."""
        return x if self.numbering is None else x.index_select(0, self.numbering)

    def restore(self, x: Tensor) -> Tensor:
        """A tensor (nodes, …) by the numbers that the edges have, in the caller's order: undoes
        ``renumber``.
        """
        return x if self.numbering is None else x.index_select(0, self._number)
