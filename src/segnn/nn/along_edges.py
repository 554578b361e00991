"""An invariant SEGNN that answers with vectors along the edges: ours, not of the paper.

With features of degree 0 nothing steerable leaves a layer. In `SEGNN` an output then lies in the
span of the vectors that the readout's node attribute holds, the mean direction to the neighbours
and the velocity; on the charged particles no weights bring that below a mean squared error of
0.0124.
Here every edge has its own coefficient, so that any central force can be said:

    out_i = 1/n_i Σ_j φ_e(h_i, h_j, a_ij) r_ij / (1 + |r_ij|) + Σ_k φ_v(h_i)_k v_ik
    r_ij = x_j − x_i

h are the features that a `SEGNN` of degree 0 ends with, a_ij the invariants of an edge, n_i the
number of neighbours, v_ik the vectors of a node, such as its velocity. The coefficient sees the
distance among the a_ij, so that the bounded vector loses nothing; with r_ij itself, pairs that are
far apart made one training of two fail.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from segnn.nn.fresh import calibrate
from segnn.nn.moments import ROUND_OFF, Standardise, root_mean_square
from segnn.nn.mpnn import joined, mlp
from segnn.nn.segnn import SEGNN
from segnn.nn.topology import Topology
from segnn.o3.constant import Columns
from segnn.o3.rows import count_of
from segnn.o3.safe import norm


class AlongEdges(nn.Module):
    """The readout above on the scalars that ``net`` ends with; equivariant to E(3).

    Args:
        net: a `SEGNN` for nodes whose irreps_out are even scalars, and without a norm.
        invariants: the columns of the even scalars in its irreps_message, the a_ij.
        num_vectors: vectors of a node besides the position, 0 for none.
    """

    def __init__(self, net: SEGNN, invariants: Sequence[int], num_vectors: int):
        super().__init__()
        channels = net.irreps_out.dim
        self.net, self.invariants = net, list(invariants)
        self.take_invariants = Columns(self.invariants)
        self.phi_e = mlp(2 * channels + len(self.invariants), channels, 1)
        self.phi_v = mlp(channels, channels, num_vectors) if num_vectors else None
        self.out = Standardise(3, [slice(3)])

    def forward(
        self,
        x: Tensor,
        edges: Topology,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None,
        vectors: Tensor,
        edge_index: Tensor,
    ) -> Tensor:
        """A vector for every node, (nodes, 3). The first five as of `SEGNN`; vectors (nodes, 1 +
        num_vectors, 3), the first of them a position, of which only differences count; edge_index
        (2, edges), what ``edges`` was made of.
        """
        h = self.net(x, edges, edge_attr, node_attr, message)
        result: Tensor = self.out(self.moves(h, edge_index, message, vectors))
        return result

    def moves(
        self, h: Tensor, edge_index: Tensor, message: Tensor | None, vectors: Tensor
    ) -> Tensor:
        """The formula above, from the features h (nodes, channels)."""
        source, target = edge_index
        position = vectors[:, 0]
        known = None if message is None else self.take_invariants(message)
        coefficient = self.phi_e(joined(h[target], h[source], known))
        relative = position[source] - position[target]
        relative = relative / (1 + norm(relative))
        count = count_of(target, len(position)).clamp(min=1).to(position.dtype)
        found = torch.zeros_like(position).index_add(0, target, coefficient * relative)
        found = found / count[:, None]
        if self.phi_v is None:
            return found
        moved: Tensor = found + (self.phi_v(h)[:, :, None] * vectors[:, 1:]).sum(1)
        return moved

    @torch.no_grad()
    def calibrate(
        self,
        x: Tensor,
        edges: Topology,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None,
        vectors: Tensor,
        edge_index: Tensor,
        *,
        output: float = 1.0,
    ) -> None:
        """Set the fresh weights so that on these graphs features are of order one and the output
        has the root mean square ``output``. Arguments as of ``forward``.
        """
        calibrate(self.net, x, edges, edge_attr, node_attr, message)
        h = self.net(x, edges, edge_attr, node_attr, message)
        found = self.moves(h, edge_index, message, vectors)
        self.out.measure(found, to=output, floor=ROUND_OFF * root_mean_square(found))
