"""The part of one graph that a process owns, and its halo: the nodes of others that its edges come
from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from segnn.parallel.group import Counts, Group


@dataclass(frozen=True)
class Halo:
    """Rows of nodes in this process: first the ``owned`` ones, then those of the halo, by owner.

    ``whole``: nodes of the graph in all processes. ``give``: (rows,) the owned nodes that others
    have in their halos, by these others, ``given`` of each; ``taken``: how many nodes of this halo
    each process owns.
    """

    group: Group
    whole: int
    owned: int
    give: Tensor
    given: Counts
    taken: Counts

    @classmethod
    def of(cls, group: Group, own: np.ndarray, needed: list[np.ndarray], whole: int) -> Halo:
        """Of the process that owns the nodes ``own`` of ``whole`` and needs ``needed``, by the rank
        of their owner. All processes of the group make theirs together.
        """
        taken = tuple(len(nodes) for nodes in needed)
        each = (1,) * group.size
        asked = group.exchanged(torch.tensor(taken, device=group.device), each, each)
        given = tuple(asked.tolist())
        nodes = torch.from_numpy(np.concatenate(needed)).to(group.device)
        nodes = group.exchanged(nodes, taken, given).cpu()
        row = np.empty(whole, np.int64)
        row[own] = np.arange(len(own))
        give = torch.from_numpy(row[nodes.numpy()]).to(group.device)
        return cls(group, whole, len(own), give, given, taken)

    @property
    def nodes(self) -> int:
        """Nodes that this process has rows of."""
        return self.owned + sum(self.taken)

    def complete(self, x: Tensor) -> Tensor:
        """Rows of owned nodes (owned, k), with those of the halo below them: (nodes, k);
        differentiable.
        """
        others = self.group.exchanged(x.index_select(0, self.give), self.given, self.taken)
        return torch.cat([x, others])

    def own(self, x: Tensor) -> Tensor:
        """Those of the owned nodes, of rows (nodes, k) or (owned, k)."""
        return x[: self.owned]

    def sum(self, x: Tensor) -> Tensor:
        """The sums (1, k) over all nodes of the graph, of rows (nodes, k) or (owned, k)."""
        return self.group.summed(self.own(x).sum(0, keepdim=True))
