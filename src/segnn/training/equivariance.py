"""Equivariance shown on the test set: the same systems turned, reflected and moved, predicted
anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.model import PhysicalModel
from segnn.model.check.symmetry import View, views
from segnn.model.check.transform import transformed, turn
from segnn.training.batches import in_order
from segnn.training.score import predict_batches, scores
from segnn.training.splits import Split

SHOWN = ("rotation", "reflection", "translation")


def equivariance(model: PhysicalModel, split: Split, seed: int = 0) -> dict[str, Any]:
    """What a rotation, a reflection and a translation by ten times the systems' size do to the
    predictions on ``split``: of the first target, and under ``targets`` of each of several.

    For each: ``mse``, the error on the transformed systems against transformed labels; ``change``,
    that error over the untransformed one, minus 1; ``deviation``, the root mean square of
    f(g·systems) − g·f(systems) over all coordinates, in the target's unit. For an equivariant model
    both are rounding. For another one the change may be small all the same, where the data look
    alike from all sides; the deviation is not.
    """
    recipe, systems, size = model.recipe, split.systems, model.recipe.training.batch_size
    there = predict_batches(model, in_order(split.features, size))
    found: dict[str, Any] = {}
    for view_name, view in views(recipe, systems, np.random.default_rng(seed)).items():
        if view_name not in SHOWN:
            continue
        seen = model.features(transformed(recipe, systems, view.rotation, view.shift), split.source)
        result = predict_batches(model, in_order(seen, size))
        entries = {}
        for name, before in there.items():
            expected = _turned(model, name, before, view)
            entries[name] = {"deviation": float((result[name] - expected).square().mean().sqrt())}
            labels = split.features.labels.get(name)
            if labels is not None and len(labels):
                error = scores({name: before}, {name: labels})[name].mse
                mse = scores({name: result[name]}, {name: seen.labels[name]})[name].mse
                change = mse / error - 1 if error > 0 else 0.0
                entries[name] = {"mse": mse, "change": change, **entries[name]}
        found[view_name] = dict(entries[recipe.main])
        if len(entries) > 1:
            found[view_name]["targets"] = entries
    return found


def _turned(model: PhysicalModel, name: str, rows: Tensor, view: View) -> Tensor:
    """What the predictions ``rows`` of a target have to become."""
    irreps = Irreps(model.recipe.targets[name].irreps)
    turned = torch.from_numpy(turn(rows.numpy(), irreps, view.rotation))
    return turned + torch.from_numpy(view.shift) if model.cues.is_point(name) else turned
