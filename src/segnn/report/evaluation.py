"""The figures of an evaluation: predicted against true, the error against the size of what is
predicted, the learning curve.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.report import plots, targets
from segnn.report.inputs import read_errors, read_metrics
from segnn.report.parity import parity
from segnn.report.spread import error_by_spread
from segnn.report.words import in_unit
from segnn.training.evaluation import Predictions

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def evaluation_figures(found: Predictions, errors: Mapping[str, Any]) -> dict[str, Figure]:
    """Figures by file name: ``parity``, ``error-by-size``, ``errors``, ``species`` where
    ``errors``, what was evaluated of this target, tells them apart, and of a committee ``spread``.

    What a model predicts is shown without its base: of positions with the base ``position`` the
    displacement; and extensive targets of systems of several sizes per atom.
    """
    prediction, target, base = found.prediction, found.target, found.base
    quantity, unit, level = found.quantity, found.unit, found.level
    sizes = np.diff(found.offsets)[:, None]
    if "per_atom" in errors and np.ptp(sizes) > 0:
        prediction, target, base = prediction / sizes, target / sizes, base / sizes
        quantity = f"{quantity} per atom"
    moved = bool(np.abs(base).max(initial=0.0) > 0)
    name = (
        "displacement"
        if moved and quantity == "position"
        else quantity
        if not moved
        else f"change of {quantity}"
        if level == "node"
        else f"{quantity} less its base"
    )
    difference = prediction - target
    # What needs no network: the base where there is one, else the mean of the true values.
    without = target - (base if moved else target.mean(0))
    each = "a particle" if level == "node" else "a system"
    along, nothing = (
        (f"size of the true {name}", "the base alone")
        if moved
        else (f"{name}: distance from the mean", "the mean")
    )
    figures = {
        "parity": parity(target - base, prediction - base, name, unit),
        "error-by-size": plots.error_by_distance(
            np.linalg.norm(without, axis=1),
            np.linalg.norm(difference, axis=1),
            in_unit(along, unit),
            nothing,
            each,
        ),
        "errors": plots.error_histogram(found.mse, float(errors["mse"])),
    }
    if errors.get("per_species"):
        figures["species"] = targets.by_species(errors["per_species"], quantity, unit)
    if found.spread is not None:
        size = np.linalg.norm(found.prediction - found.target, axis=1)
        figures["spread"] = error_by_spread(found.spread, size, found.quantity, unit, each)
    return figures


def learning_figures(folder: Path, units: Mapping[str, str]) -> dict[str, Figure]:
    """The learning curves of a run folder by file name: ``learning``, and of several targets, by
    name with their ``units``, ``learning-targets``; none of other models.
    """
    metrics = read_metrics(folder / "metrics.csv")
    if metrics is None:
        return {}
    known = read_errors(folder / "recipe.yaml")
    figures = {
        "learning": plots.loss_curve(
            metrics["epoch"],
            metrics["train_loss"],
            metrics["valid_error"],
            loss=known.get("loss"),
            validated_by=known.get("validated_by"),
        )
    }
    each = targets.curves(metrics, units)
    return figures if each is None else figures | {"learning-targets": each}
