"""Fresh weights of order one, whatever the number of neighbours, layers and channels.

By construction alone (``start_small``), a fresh network is nearly its embedding and readout: what
the layers add to the features is small, so that neither depth nor the number of neighbours, which a
network does not know, can blow it up.

With a sample of graphs (``calibrate``), layer by layer, as in LSUV (Mishkin & Matas 2016): every
irrep of every intermediate gets a known second moment, sums over neighbours by a fixed factor, all
else by a factor in the weights that have just been drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from segnn.nn.linear import SteerableWeights
from segnn.nn.moments import ROUND_OFF, root_mean_square
from segnn.nn.norm import SteerableNorm, computed_again
from segnn.nn.topology import Topology
from segnn.o3.backends.choice import kernels
from segnn.o3.rows import Edges, Rows
from segnn.o3.sums import segment_sum

if TYPE_CHECKING:
    from segnn.nn.segnn import SteerableNetwork

SMALL = 1e-3
"""What multiplies the last weights of a layer that has seen no graphs."""
LINEAR = 0.4
"""Root mean square of what enters a gate. Gates pass a large number by twice the factor of a small
one; in series they would make of a rare large feature one that grows from layer to layer, and a
training that runs away with it. A small start keeps them where they are nearly linear."""
BRANCH = 0.4
"""Root mean square of what all layers together add to features of order one."""
SAMPLE_EDGES = 4096
"""Edges on which the moments of single messages are measured; their sums are measured on all."""


@torch.no_grad()
def start_small(layer: SteerableWeights) -> None:
    """Shrink fresh weights and biases, so that the branch they end adds little to what it joins."""
    for parameter in layer.parameters():
        parameter.mul_(SMALL)


@dataclass(frozen=True)
class Given:
    """What every layer of one pass is given: edges sorted by target, attributes in their order."""

    edges: Topology
    edge_attr: Tensor
    node_attr: Tensor
    message: Tensor | None
    graphs: Rows

    def some_edges(self) -> tuple[Edges, Tensor, Tensor | None]:
        """At most `SAMPLE_EDGES` edges, evenly spaced, with their attributes and own inputs."""
        count = len(self.edges)
        step = max(1, -(-count // SAMPLE_EDGES))
        rows = torch.arange(0, count, step, device=self.edge_attr.device)
        source, target = (
            end.index.index_select(0, rows) for end in (self.edges.source, self.edges.target)
        )
        message = None if self.message is None else self.message.index_select(0, rows)
        edges = Edges(source, target, self.edges.nodes, checked=True)
        return edges, self.edge_attr.index_select(0, rows), message

    def normed(self, norm: SteerableNorm | None, x: Tensor) -> Tensor:
        """x after the norm; running means do not move."""
        with computed_again():
            return x if norm is None else norm(x, self.graphs)


@torch.no_grad()
def calibrate(
    network: SteerableNetwork,
    x: Tensor,
    edge_index: Tensor | Topology,
    edge_attr: Tensor,
    node_attr: Tensor,
    message: Tensor | None = None,
    batch: Tensor | Rows | None = None,
    num_graphs: int | None = None,
    *,
    output: float = 1.0,
) -> None:
    """Set the fresh weights of ``network`` so that on these graphs every layer is of order one.

    Arguments as of the network itself; ``output`` is the root mean square that every irrep of its
    output gets. A few hundred nodes with their neighbours suffice. Weights change by a factor for
    each irrep, so that the network stays equivariant; what is zero on the sample keeps its
    weights. Do this once, before the first step of a training: weights that were learned would be
    rescaled as well.
    """
    with kernels("plain"):
        x, given = network.prepare(x, edge_index, edge_attr, node_attr, message, batch, num_graphs)
        x = network.embedding.rescale(network.embedding(x, given.node_attr))
        branch = BRANCH / max(len(network.layers), 1) ** 0.5
        layers: Iterable[Any] = network.layers
        for layer in layers:
            x = layer.calibrate(x, given, branch)
        y = network.readout_1.rescale(network.readout_1(x, given.node_attr), LINEAR)
        y = network.readout_2(network.gate(y), given.node_attr)
        if network.task == "node":
            network.readout_2.rescale(y, output)
            return
        y = segment_sum(network.readout_2.rescale(y), given.graphs)
        if network.pool == "mean":
            y = y / given.graphs.count.clamp(min=1).to(y.dtype)[:, None]
        network.pooled.measure(y, floor=ROUND_OFF * root_mean_square(y))
        one = y.new_ones(len(y), 1)
        y = network.head_1.rescale(network.head_1(network.pooled(y), one), LINEAR)
        network.head_2.rescale(network.head_2(network.head_gate(y), one), output)
