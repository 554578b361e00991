"""The figures of an evaluation: predicted against true, the error against the size of what is
predicted, the learning curve.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segnn.report import plots
from segnn.report.inputs import read_loss, read_metrics
from segnn.report.parity import parity

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def evaluation_figures(
    prediction: np.ndarray,
    target: np.ndarray,
    base: np.ndarray,
    system_mse: np.ndarray,
    quantity: str,
    unit: str,
    level: str,
) -> dict[str, Figure]:
    """Figures by file name: ``parity``, ``error-by-size``, ``errors``.

    prediction, target, base: (rows, k), of particles or of systems; system_mse: (S,). What a model
    predicts is shown without its base: of positions with the base ``position`` the displacement.
    """
    moved = bool(np.abs(base).max(initial=0.0) > 0)
    name = (
        "displacement"
        if moved and quantity == "position"
        else f"change of {quantity}"
        if moved
        else quantity
    )
    difference = prediction - target
    # What needs no network: the base where there is one, else the mean of the true values.
    without = target - (base if moved else target.mean(0))
    suffix = "" if unit == "1" else f" ({unit})"
    each = "a particle" if level == "node" else "a system"
    along, nothing = (
        (f"size of the true {name}", "the base alone")
        if moved
        else (f"{name}: distance from the mean", "the mean")
    )
    return {
        "parity": parity(target - base, prediction - base, name, unit),
        "error-by-size": plots.error_by_distance(
            np.linalg.norm(without, axis=1),
            np.linalg.norm(difference, axis=1),
            along + suffix,
            nothing,
            each,
        ),
        "errors": plots.error_histogram(system_mse, float(np.square(difference).mean())),
    }


def learning_figure(folder: Path) -> Figure | None:
    """The learning curve of a run folder; None for other models."""
    metrics = read_metrics(folder / "metrics.csv")
    if metrics is None:
        return None
    loss = read_loss(folder / "recipe.yaml")
    label = "training loss" if loss is None else f"loss ({loss.upper()})"
    return plots.loss_curve(
        metrics["epoch"], metrics["train_loss"], metrics["valid_mse"], loss=label
    )
