"""What training makes small: ``mse``, ``mae`` and ``huber`` of predictions (rows, k) and targets of the same shape."""

from __future__ import annotations

from collections.abc import Callable

import torch
from e3nn.o3 import Irreps
from torch import Tensor
from torch.nn.functional import l1_loss, mse_loss

from segnn.recipe.schema import TrainingSpec

Loss = Callable[[Tensor, Tensor], Tensor]


def find_loss(settings: TrainingSpec, irreps: Irreps) -> Loss:
    """The loss a recipe's ``training`` names, for a target of ``irreps``; prediction and target (rows, irreps) → a number."""
    if settings.huber_delta is not None:
        return huber(irreps, settings.huber_delta)
    return {"mse": mse_loss, "mae": l1_loss}[settings.loss]


def huber(irreps: Irreps, delta: float) -> Loss:
    """The pseudo-Huber loss √(|e|² + δ²) − δ of the length |e| of errors, on average (Charbonnier et al. 1997).

    One length for every vector or tensor of ``irreps``: |e|²/2δ where it is small, |e| where it is large, so that a few hard
    systems do not rule. Unlike sums over components, but of squares, it does not depend on how the axes lie. ``delta`` and the
    result are in the target's unit.
    """

    def loss(prediction: Tensor, target: Tensor) -> Tensor:
        error = prediction - target
        lengths = [
            torch.sqrt(part.unflatten(-1, (mul, ir.dim)).square().sum(-1) + delta**2)
            for part, (mul, ir) in zip(error.split([mul * ir.dim for mul, ir in irreps], -1), irreps, strict=True)
        ]
        return torch.cat(lengths, -1).mean() - delta

    return loss
