"""A network that is called with features, with the scales of its task, whatever its kind."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from segnn.model.scale import Standards, TargetScale, sample
from segnn.nn import Topology
from segnn.o3.trusted import may_look
from segnn.recipe import Cues, Features

FRESH = 1.0
"""Root mean square of a fresh output, in units of the target's scale, which is a part of the
target: a start near the base and the mean, yet one that every weight has a part in."""


class OnFeatures(nn.Module):
    """A network that is called with ``Features``, and the scales of its task, stored with it.

    ``standards`` bring what enters to order one, ``target`` says of what size the output is.
    """

    def __init__(self, cues: Cues):
        super().__init__()
        self.standards, self.target = Standards(cues), TargetScale(cues)

    def forward(self, f: Features) -> Tensor:
        """Output (M, irreps_out.dim) for nodes, (S, irreps_out.dim) for systems, in the network's
        dtype.
        """
        return self.output(self.standards(f))

    def output(self, f: Features) -> Tensor:
        """``forward`` from features that have been through ``standards``."""
        raise NotImplementedError

    def calibrate(self, f: Features) -> None:
        """Measure all scales on these features and make the fresh weights of order one on them."""
        self.target.measure(f)
        some = sample(f)
        self.standards.measure(some)
        self.fit_weights(self.standards(some))

    def fit_weights(self, f: Features) -> None:
        """Rescale the fresh weights; ``f`` has been through ``standards``."""
        raise NotImplementedError


class Edges:
    """Topologies of batches of equal shape, prepared once: complete graphs of equal size share
    theirs.
    """

    def __init__(self) -> None:
        self._last: tuple[Tensor, Topology] | None = None

    def __call__(self, edge_index: Tensor, num_nodes: int) -> Topology:
        if not may_look(edge_index):
            return Topology(edge_index, num_nodes, unseen=True)
        if self._last is not None:
            known, topology = self._last
            if topology.nodes == num_nodes and torch.equal(known, edge_index):
                return topology
        topology = Topology(edge_index, num_nodes)
        self._last = (edge_index.clone(), topology)  # the caller may write into theirs
        return topology
