"""Error growth and drifts of a rollout, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.report.canvas import FONT, PALETTE, log_axis, new_figure, style_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MODEL: dict[str, Any] = {
    "color": PALETTE["ours"],
    "marker": "o",
    "markersize": 3.5,
    "linewidth": 1.6,
}
OTHER: dict[str, Any] = {"color": PALETTE["muted"], "linewidth": 1.2, "linestyle": (0, (4, 2))}
PANELS = (
    ("energy_drift", "energy drift"),
    ("momentum_drift", "momentum drift"),
    ("angular_momentum_drift", "angular momentum drift"),
)


def error_plot(measured: dict[str, Any]) -> Figure:
    """Four panels from what `measure` returns with a simulator: the error of positions, and three
    drifts (medians).
    """
    figure = new_figure(7.2, 5.0)
    panels = figure.subplots(2, 2).reshape(-1)
    time = np.array(measured["time"])
    _draw(panels[0], time, measured["position_mse"], "this model", MODEL)
    _draw(panels[0], time, measured["straight_line_mse"], "straight line", OTHER)
    _finish(panels[0], "position MSE")
    for axes, (key, label) in zip(panels[1:], PANELS, strict=True):
        _draw(axes, time, measured[key]["model"], "this model", MODEL)
        _draw(axes, time, measured[key]["simulator"], "simulator", OTHER)
        _finish(axes, label)
    return figure


def _draw(
    axes: Any, time: np.ndarray, values: list[float], label: str, look: dict[str, Any]
) -> None:
    """All but the start, where every error is zero."""
    shown = np.array(values[1:])
    if (shown > 0).any():
        axes.plot(time[1:][shown > 0], shown[shown > 0], label=label, **look)


def _finish(axes: Any, label: str) -> None:
    style_axes(axes, "time", label)
    if axes.lines:
        log_axis(axes, "y")
        axes.legend(frameon=False, fontsize=FONT - 1, labelcolor=PALETTE["ink"])
