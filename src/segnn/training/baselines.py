"""Predictors without a network, which a trained one must beat.

Which of them make sense depends on the task: the mean label always, standing still where the recipe
has a ``target.base``, a straight line where there are velocities, and a constant for every class of
particles (species, sign of a charge) where scalars are predicted. What they need is fitted once, on
the training systems, and kept in results.json, so that later evaluations use the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.recipe import Features, Recipe
from segnn.recipe.target import TargetSpec
from segnn.recipe.targets import REFERENCE
from segnn.recipe.units import Unit
from segnn.training.classes import class_columns, describe_classes, fit_classes
from segnn.training.score import Score
from segnn.training.splits import Split

Fitted = Mapping[str, Mapping[str, Any]]
"""Of each baseline by its key, the numbers fitted on the training systems."""

VELOCITIES = ("velocity", "velocities", "vel")


def fit_baselines(recipe: Recipe, train: Split, name: str) -> dict[str, dict[str, Any]]:
    """The baselines of the target ``name`` by their keys, each with what it learned from
    ``train``; none where there are no labels of it.

    - ``mean_label`` (``mean_change`` where there is a base): ``mean``, one number per component.
    - ``stand_still`` (``base_alone`` where the base is not the position): nothing to fit.
    - ``straight_line``: ``time``, and the ``field`` that holds the velocities.
    - ``per_class``: ``constant`` and ``classes``, see `segnn.training.classes`.
    """
    if name not in train.features.labels:
        return {}
    train = train.with_labels(name)
    change, target = train.features.rest(name), recipe.targets[name]
    based = has_base(target)
    fitted: dict[str, dict[str, Any]] = {
        "mean_change" if based else "mean_label": {"mean": change.mean(0).tolist()}
    }
    if based:
        fitted["stand_still" if target.base == "position" else "base_alone"] = {}
    line = _fit_line(recipe, target, train, change)
    if line is not None:
        fitted["straight_line"] = line
    if any(ir.l == 0 and ir.p == 1 for _, ir in Irreps(target.irreps)):
        classes = fit_classes(recipe, train.systems, change.numpy(), target.level)
        if classes is not None:
            fitted["per_class"] = classes
    return fitted


def has_base(target: TargetSpec) -> bool:
    """Whether the target has a base that is known without training; references are not."""
    return target.base is not None and not target.base.lstrip().startswith(f"{REFERENCE}(")


def known_without_training(recipe: Recipe, name: str) -> dict[str, dict[str, Any]]:
    """The baselines that need no training systems: for a model whose training data are not here."""
    target = recipe.targets[name]
    if not has_base(target):
        return {}
    return {"stand_still" if target.base == "position" else "base_alone": {}}


def baseline_scores(
    recipe: Recipe, split: Split, fitted: Fitted, name: str
) -> dict[str, dict[str, Any]]:
    """The errors of the ``fitted`` baselines of the target ``name`` on ``split``, as they stand in
    results.json.

    Of each: ``label`` for tables and plots, ``meaning`` in a sentence, ``mse``, ``mae``, ``rmse``
    over all coordinates in the target's unit (squared for ``mse``), and ``fitted``.
    """
    found = dict[str, dict[str, Any]]()
    if name not in split.features.labels:
        return found
    split = split.with_labels(name)
    for key, numbers in fitted.items():
        change = _change(key, split, numbers, name)
        if change is None:  # the field that it needs is not in these data
            continue
        label, meaning = _words(key, recipe.targets[name], numbers)
        score = Score.of(base_of(split.features, name) + change, split.features.labels[name])
        found[key] = {
            "label": label,
            "meaning": meaning,
            **score.to_dict(),
            "fitted": dict(numbers),
        }
    return found


def base_of(features: Features, name: str) -> Tensor:
    """The base of a target, zero for a derivative."""
    found = features.base.get(name)
    return torch.zeros_like(features.labels[name]) if found is None else found


def _change(key: str, split: Split, fitted: Mapping[str, Any], name: str) -> Tensor | None:
    """What the baseline adds to the base, (M, k) or (S, k)."""
    base = base_of(split.features, name)
    if key in ("mean_label", "mean_change"):
        return torch.tensor(fitted["mean"], dtype=base.dtype).expand_as(base)
    if key in ("stand_still", "base_alone"):
        return torch.zeros_like(base)
    if key == "straight_line":
        velocity = split.systems.node.get(fitted["field"])
        return None if velocity is None else fitted["time"] * torch.from_numpy(velocity)
    columns = class_columns(fitted["classes"], split.systems, split.features.level[name])
    if columns is None:
        return None
    coefficients = [row for one in fitted["classes"] for row in one["coefficients"]]
    return torch.from_numpy(columns @ np.array(coefficients) + np.array(fitted["constant"]))


def _words(key: str, target: TargetSpec, fitted: Mapping[str, Any]) -> tuple[str, str]:
    base = target.base
    if key == "mean_label":
        return "mean label", "the mean of the training labels, for everything"
    if key == "mean_change":
        return (
            "mean change",
            f"target.base ({base}) plus the mean of label - base over the training systems",
        )
    if key == "stand_still":
        return "standing still", "target.base alone: every particle stays at its position"
    if key == "base_alone":
        return "base alone", f"target.base alone: {base}"
    if key == "straight_line":
        return (
            f"straight line, T = {fitted['time']:.3g}",
            f"{base or 'zero'} + T * {fitted['field']}, the one time T fitted by least squares on "
            "the training systems",
        )
    return describe_classes(fitted["classes"], target.level)


def _fit_line(
    recipe: Recipe, target: TargetSpec, train: Split, change: Tensor
) -> dict[str, Any] | None:
    """The time T that minimises |T velocity − change|², if the task has such a line.

    Velocities are a field 1o of every particle whose unit, times one power of one base unit, is
    that of the target; where no units are declared, a field called velocity beside a position.
    """
    if target.irreps not in ("1o", "1x1o") or target.level != "node":
        return None
    unit = Unit.parse(target.unit)
    for name, spec in recipe.fields.items():
        array = spec.array or name
        if spec.irreps not in ("1o", "1x1o") or spec.level != "node":
            continue
        over = (unit / Unit.parse(spec.unit)).powers
        named = name in VELOCITIES or array in VELOCITIES
        moves = target.base == "position" and not over
        if not (named and (moves or (len(over) == 1 and over[0][1] == 1))):
            continue
        velocity = train.systems.node.get(array)
        if velocity is None or not velocity.any():
            continue
        rows = torch.from_numpy(velocity)
        time = float((rows * change).sum() / rows.square().sum())
        return {"time": time, "field": array}
    return None
