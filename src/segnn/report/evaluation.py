"""The figures of an evaluation: predicted against true, the error against the size of what is
predicted, the learning curve.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segnn.report import plots
from segnn.report.inputs import read_metrics
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
    size, error = np.linalg.norm(target - base, axis=1), np.linalg.norm(prediction - target, axis=1)
    suffix = "" if unit == "1" else f" ({unit})"
    each = "a particle" if level == "node" else "a system"
    nothing = "the base alone" if moved else "predicting zero"
    return {
        "parity": parity(target - base, prediction - base, name, unit),
        "error-by-size": plots.error_by_distance(
            size, error, f"size of the true {name}{suffix}", nothing, each
        ),
        "errors": plots.error_histogram(system_mse),
    }


def learning_figure(folder: Path) -> Figure | None:
    """The learning curve of a run folder; None for other models."""
    metrics = read_metrics(folder / "metrics.csv")
    return (
        None
        if metrics is None
        else plots.loss_curve(metrics["epoch"], metrics["train_loss"], metrics["valid_mse"])
    )
