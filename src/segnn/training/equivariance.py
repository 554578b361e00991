"""Equivariance shown on the test set: the same systems turned, reflected and moved, predicted
anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from e3nn.o3 import Irreps

from segnn.model import PhysicalModel
from segnn.model.check.symmetry import views
from segnn.model.check.transform import transformed, turn
from segnn.training.batches import in_order
from segnn.training.score import Score, predict_batches
from segnn.training.splits import Split

SHOWN = ("rotation", "reflection", "translation")


def equivariance(model: PhysicalModel, split: Split, seed: int = 0) -> dict[str, Any]:
    """What a rotation, a reflection and a translation by ten times the systems' size do to the
    predictions of the first target on ``split``.

    For each: ``mse``, the error on the transformed systems against transformed labels; ``change``,
    that error over the untransformed one, minus 1; ``deviation``, the root mean square of
    f(g·systems) − g·f(systems) over all coordinates, in the target's unit. For an equivariant model
    both are rounding. For another one the change may be small all the same, where the data look
    alike from all sides; the deviation is not.
    """
    recipe, systems = model.recipe, split.systems
    size, name = recipe.training.batch_size, recipe.main
    prediction = predict_batches(model, in_order(split.features, size))[name]
    error = Score.of(prediction, split.features.labels[name]).mse
    irreps, points = Irreps(recipe.targets[name].irreps), model.cues.is_point(name)
    found = {}
    for view_name, view in views(recipe, systems, np.random.default_rng(seed)).items():
        if view_name not in SHOWN:
            continue
        there = model.features(
            transformed(recipe, systems, view.rotation, view.shift), split.source
        )
        result = predict_batches(model, in_order(there, size))[name]
        expected = torch.from_numpy(turn(prediction.numpy(), irreps, view.rotation))
        if points:
            expected = expected + torch.from_numpy(view.shift)
        mse = Score.of(result, there.labels[name]).mse
        found[view_name] = {
            "mse": mse,
            "change": mse / error - 1 if error > 0 else 0.0,
            "deviation": float((result - expected).square().mean().sqrt()),
        }
    return found
