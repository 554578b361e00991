"""What the operations of ``segnn.o3.steer`` are told about a layer: its weights and plan, and what
a message is made of.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from segnn.o3.plan.gate import GatePlan
from segnn.o3.plan.linear import LinearPlan


class Weights(NamedTuple):
    """A linear layer's flat weight in e3nn's order, its bias or None, its plan, and the order of
    the plan with its inverse.
    """

    weight: Tensor
    bias: Tensor | None
    plan: LinearPlan
    order: Tensor
    inverse: Tensor

    def matrices(self) -> tuple[Tensor, ...]:
        """The flat matrices of (before, after) for every part."""
        if torch.compiler.is_compiling():
            return self.weight.index_select(0, self.order).split(self.plan.sizes)
        return _Permute.apply(self.weight, self.order, self.inverse).split(self.plan.sizes)


class _Permute(torch.autograd.Function):
    """weights[order] with the inverse permutation as its derivative (no scatter)."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, order: Tensor, inverse: Tensor) -> Tensor:
        ctx.save_for_backward(order, inverse)
        return weight.index_select(0, order)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        order, inverse = ctx.saved_tensors
        return _Permute.apply(g, inverse, order), None, None


class Messages(NamedTuple):
    """What a message is made of: the first layer on (x_i, x_j, s_ij), a gate, a second layer or
    None, whether a last gate.
    """

    first: LinearPlan
    gated: GatePlan
    second: LinearPlan | None
    last: bool
