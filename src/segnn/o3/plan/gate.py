"""The gate as an operation on channels-last rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from segnn.o3.constant import on_device

# Scales that give unit second moment under a standard normal, (E[f(z)²])^(−1/2). The digits are
# e3nn's ``normalize2mom`` (a Monte-Carlo estimate, off by 2e-3 and 3e-4), kept so that weights move
# between the two without loss.
SILU_SCALE = 1.6791767923989418
SIGMOID_SCALE = 1.8467055342154763


@dataclass(frozen=True, eq=False)
class GatePlan:
    """``scalars`` even scalars, then one gate a channel, then ``blocks`` of (components, channels)
    that are gated.

    ``order`` says which gate belongs to which channel, where this is not simply one after the
    other.
    """

    scalars: int
    blocks: tuple[tuple[int, int], ...]
    order: Tensor | None

    @cached_property
    def gates(self) -> int:
        """How many scalars of a row are gates: one for each channel of every gated block."""
        return sum(mul for _, mul in self.blocks)


def gate(x: Tensor, plan: GatePlan) -> Tensor:
    """x (rows, scalars + gates + gated) → (rows, scalars + gated), from torch's own operations."""
    s = x[:, : plan.scalars]
    if not plan.blocks:
        return torch.nn.functional.silu(s)
    gates = torch.sigmoid(x[:, plan.scalars : plan.scalars + plan.gates]) * SIGMOID_SCALE
    if plan.order is not None:
        gates = gates.index_select(1, on_device(plan.order, x.device))
    parts = [torch.nn.functional.silu(s) * SILU_SCALE] if plan.scalars else []
    column, channel = plan.scalars + plan.gates, 0
    for dim, mul in plan.blocks:
        v = x.narrow(1, column, dim * mul).reshape(x.shape[0], dim, mul)
        parts.append((v * gates[:, None, channel : channel + mul]).flatten(1))
        column += dim * mul
        channel += mul
    return torch.cat(parts, dim=1)
