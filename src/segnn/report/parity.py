"""Predictions against the truth, and errors as time goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from segnn.report.canvas import PALETTE, legend, log_axis, new_figure, style_axes
from segnn.report.plots import FEW_POINTS, cloud, diagonal
from segnn.report.words import in_unit, pretty, significant

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOKS = (("ours", "-"), ("plus", (0, (5, 2))), ("minus", (0, (3, 1.5))), ("muted", (0, (1, 1.5))))


def parity(true: np.ndarray, predicted: np.ndarray, quantity: str, unit: str = "1") -> Figure:
    """Predicted against true values, any equal shapes, every number one point (1500 at most), on
    equal axes.

    On the diagonal a prediction is right. The title gives the root mean square error over all
    numbers, and R² = 1 − the mean squared error over the variance of the true values.
    """
    figure = new_figure(3.6, 3.5)
    axes = figure.subplots()
    x, y = np.ravel(np.asarray(true, float)), np.ravel(np.asarray(predicted, float))
    seen = np.isfinite(x) & np.isfinite(y)
    x, y = x[seen], y[seen]
    if x.size:
        centre = _far(x)
        if centre:  # energies of thousands of eV that differ by one: from a round value on
            x, y = x - centre, y - centre
            quantity = f"{quantity} {'−' if centre > 0 else '+'} {abs(centre):g}"
        low, high = min(x.min(), y.min()), max(x.max(), y.max())
        ends = np.array([low, high]) + np.array([-0.04, 0.04]) * max(high - low, 1e-9)
        diagonal(axes, ends, "exact")
        cloud(axes, x, y, "a number", alpha=0.4 if x.size > FEW_POINTS else 0.7)
        error, spread = float(np.square(y - x).mean()), float(x.var())
        r2 = f", R² = {1 - error / spread:.4f}".replace("-", "−") if spread > 0 else ""
        axes.set_title(
            f"RMSE {significant(error**0.5)}{'' if unit == '1' else f' {pretty(unit)}'}{r2}",
            fontsize=9,
            color=PALETTE["ink"],
            loc="left",
        )
        legend(axes, columns=2)
    axes.set_aspect("equal", adjustable="box")
    style_axes(axes, f"true {in_unit(quantity, unit)}", f"predicted {in_unit(quantity, unit)}")
    return figure


def _far(values: np.ndarray) -> float:
    """A round number in the middle of values that lie far from zero beside their range, else 0."""
    size = float(np.ptp(values))
    if size == 0 or abs(values.mean()) < 20 * size:
        return 0.0
    step = 10.0 ** np.floor(np.log10(size))
    return float(step * np.round(values.mean() / step))


def error_by_time(
    time: np.ndarray, errors: Mapping[str, np.ndarray], quantity: str = "error", unit: str = "1"
) -> Figure:
    """Errors (T,) of several methods, by name, at times (T,), on a logarithmic axis; the first in
    the first colour.
    """
    figure = new_figure(4.7, 3.0)
    axes = figure.subplots()
    for n, (name, error) in enumerate(errors.items()):
        colour, line = LOOKS[n % len(LOOKS)]
        values = np.asarray(error, float)
        seen = np.isfinite(values) & (values > 0)
        marker = "o" if seen.sum() == 1 else None
        axes.plot(
            time[seen],
            values[seen],
            color=PALETTE[colour],
            linestyle=line,
            linewidth=1.8,
            label=name,
            marker=marker,
        )
    style_axes(axes, "time", f"{quantity}{'' if unit == '1' else f' ({unit})'} (log scale)")
    log_axis(axes, "y")
    legend(axes)
    return figure
