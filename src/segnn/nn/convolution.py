"""The ablations of the paper's App. C.1: steerable point convolutions, linear (as in TFN) and
non-linear.

    SE_linear       m̃_ij = W_ãij h̃_ij                f̃_i ← f̃_i + σ(Σ_j m̃_ij)
    SE_nonlinear    m̃_ij = W_ãij σ(W_ãij h̃_ij)       f̃_i ← f̃_i + σ(Σ_j m̃_ij)

SE_nonlinear++ is SE_nonlinear with the velocity in the node attributes, which here steer embedding
and readout only.
"""

from __future__ import annotations

from e3nn.o3 import Irreps
from torch import Tensor, nn

from segnn.nn.fresh import LINEAR, Given, start_small
from segnn.nn.gate import Gate
from segnn.nn.linear import EdgeLinear, SteerableLinear
from segnn.nn.moments import ROUND_OFF, blocks, root_mean_square
from segnn.nn.norm import make_norm
from segnn.nn.segnn import SteerableNetwork
from segnn.nn.topology import Topology
from segnn.o3.plan.layer import Messages
from segnn.o3.rows import Rows
from segnn.o3.steer import steer_messages


class ConvolutionLayer(nn.Module):
    """One steerable convolution with a gate after the sum; ``nonlinear`` puts a second layer into
    the message. Without ``bias`` in its last layer, a message vanishes where its attribute does.
    """

    def __init__(
        self,
        hidden: Irreps,
        edge_attr: Irreps,
        message: Irreps,
        norm: str | None,
        nonlinear: bool,
        bias: bool = True,
    ):
        super().__init__()
        self.gate = Gate(hidden)
        wide = self.gate.irreps_in
        self.message_1 = EdgeLinear(hidden, message, wide, edge_attr, bias=bias or nonlinear)
        self.message_2 = (
            SteerableLinear(hidden, wide, edge_attr, bias=bias, channels_last=True)
            if nonlinear
            else None
        )
        self.sums = blocks(wide)
        self.norm = make_norm(norm, hidden)
        start_small(self.message_1 if self.message_2 is None else self.message_2)

    @property
    def operations(self) -> tuple[Messages]:
        """What the layer computes, as those see it who ask for its memory."""
        second = None if self.message_2 is None else self.message_2.plan
        return (Messages(self.message_1.plan, self.gate.plan, second, False),)

    def forward(
        self,
        x: Tensor,
        edges: Topology,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None,
        graphs: Rows,
    ) -> Tensor:
        second = None if self.message_2 is None else self.message_2.weights
        first, gate = self.message_1.weights, self.gate.plan
        m = steer_messages(edges.complete(x), message, edge_attr, first, second, gate, False, edges)
        x = x + self.gate(self.sums(edges.own(m)))
        return x if self.norm is None else self.norm(x, graphs)

    def calibrate(self, x: Tensor, given: Given, branch: float) -> Tensor:
        """As ``SEGNNLayer.calibrate``; the sums, which a gate follows, get ``branch`` as their root
        mean square, and so does about what is added to x.
        """
        some, attribute, message = given.some_edges()
        m = self.message_1.rescale(self.message_1(x, message, attribute, some), LINEAR)
        second = None
        if self.message_2 is not None:
            self.message_2.rescale(self.message_2(self.gate(m), attribute), LINEAR)
            second = self.message_2.weights
        first, gate = self.message_1.weights, self.gate.plan
        m = steer_messages(
            x, given.message, given.edge_attr, first, second, gate, False, given.edges
        )
        self.sums.measure(m, branch, ROUND_OFF * root_mean_square(m))
        return given.normed(self.norm, x + self.gate(self.sums(m)))


class SELinear(SteerableNetwork):
    """SE_linear of the paper. Arguments as ``SEGNN``."""

    message_layers, updates = 1, False

    def make_layer(self, norm: str | None) -> nn.Module:
        return ConvolutionLayer(
            self.irreps_hidden,
            self.irreps_edge_attr,
            self.irreps_message,
            norm,
            nonlinear=self.message_layers == 2,
            bias=not self.smooth,
        )


class SENonlinear(SELinear):
    """SE_nonlinear of the paper. Arguments as ``SEGNN``."""

    message_layers = 2
