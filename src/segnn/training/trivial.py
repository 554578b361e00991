"""Predictors without a network, which a trained one must beat: the base alone, and a straight line."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from segnn.recipe import Recipe
from segnn.training.score import Score, labels
from segnn.training.splits import Split

STAND_STILL = "the recipe's target.base alone (zero where there is none)"
STRAIGHT_LINE = (
    "position + time * velocity, the one time fitted by least squares on the training systems"
)


def straight_line_time(recipe: Recipe, train: Split) -> float | None:
    """The time T that minimises |position + T velocity − target|² on ``train``; None where the task
    has no such line.
    """
    velocity = _velocity(recipe, train)
    if velocity is None or not bool(velocity.any()):
        return None
    moved = labels(train.features) - train.features.base
    return float((velocity * moved).sum() / velocity.square().sum())


def trivial_scores(recipe: Recipe, split: Split, time: float | None) -> dict[str, Any]:
    """The mse of the trivial predictors on ``split``; ``time`` is that of `straight_line_time`,
    None leaves it out.
    """
    base, target = split.features.base, labels(split.features)
    found: dict[str, Any] = {"stand_still": Score.of(base, target).mse}
    meaning = {"stand_still": STAND_STILL}
    velocity = _velocity(recipe, split)
    if time is not None and velocity is not None:
        found |= {
            "straight_line": Score.of(base + time * velocity, target).mse,
            "straight_line_time": time,
        }
        meaning["straight_line"] = STRAIGHT_LINE
    return {**found, "meaning": meaning}


def _velocity(recipe: Recipe, split: Split) -> Tensor | None:
    """(M, 3), if a position is predicted from position and velocity."""
    spec = recipe.fields.get("velocity")
    if (
        recipe.target.base != "position"
        or spec is None
        or spec.irreps != "1o"
        or spec.level != "node"
    ):
        return None
    array = split.systems.node.get(spec.array or "velocity")
    return None if array is None else torch.from_numpy(array)
