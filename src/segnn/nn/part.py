"""The part of a divided graph as the networks take it: edges to the nodes that a process owns.

Each layer asks the other processes for the features of its halo, makes the messages along its own
edges, and goes on with the nodes it owns. What belongs to the whole graph, a pool or a norm, is
summed over all processes.
"""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.nn.topology import Topology
from segnn.o3.rows import Rows
from segnn.parallel.halo import Halo


class PartTopology(Topology):
    """The edges (2, E) to owned nodes, sorted by target, in the numbers that a ``halo`` gives."""

    divided = True

    def __init__(self, edge_index: Tensor, halo: Halo):
        super().__init__(edge_index, halo.nodes, unseen=True)
        self.halo = halo

    @property
    def owned(self) -> int:
        """How many nodes belong to this process; their rows come first."""
        return self.halo.owned

    def complete(self, x: Tensor) -> Tensor:
        """x (owned, k), and below it the rows of the halo, as their owners sent them."""
        return self.halo.complete(x)

    def own(self, x: Tensor) -> Tensor:
        """The rows of x (owned + halo, k) that this process owns."""
        return self.halo.own(x)


class PartRows(Rows):
    """That all owned nodes belong to the one graph."""

    shared = True

    def __init__(self, halo: Halo):
        index = torch.zeros(halo.owned, dtype=torch.int64, device=halo.group.device)
        super().__init__(index, 1, checked=True, in_order=True)
        self.halo = halo

    def whole(self, sums: Tensor) -> Tensor:
        """Sums over the nodes of this process made sums over those of all."""
        return self.halo.group.summed(sums)
