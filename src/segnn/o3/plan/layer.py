"""What the operations of ``segnn.o3.steer`` compute, as plans, and the weights of a plan."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from segnn.o3.plan.gate import GatePlan
from segnn.o3.plan.linear import LinearPlan
from segnn.o3.rows import Edges


class Weights(NamedTuple):
    """A linear layer's flat weight in e3nn's order, its bias or None, and its plan."""

    weight: Tensor
    bias: Tensor | None
    plan: LinearPlan


class RowsLayer(NamedTuple):
    """One steerable layer of rows, or two with a gate between them (both or neither); ``residual``
    adds the input.
    """

    first: LinearPlan
    gated: GatePlan | None
    second: LinearPlan | None
    residual: bool

    @property
    def output_dim(self) -> int:
        """Columns of a row of the result."""
        return (self.second or self.first).output.dim


class Messages(NamedTuple):
    """What a message is made of: the first layer on (x_i, x_j, s_ij), a gate, a second layer or
    None, whether a last gate.
    """

    first: LinearPlan
    gated: GatePlan
    second: LinearPlan | None
    last: bool

    @property
    def output_dim(self) -> int:
        """Columns of a message: the last gate takes its gates away."""
        wide = (self.second or self.first).output.dim
        return wide - (self.gated.gates if self.last else 0)

    @property
    def mixed(self) -> int:
        """Numbers of a node's features after they were mixed for one end of an edge."""
        before = self.first.plans[0].before
        return 0 if before is None else before.dim_out


class MessagesOn(NamedTuple):
    """Messages along some edges, summed at their targets."""

    layer: Messages
    edges: Edges
