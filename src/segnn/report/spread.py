"""Errors of a committee beside the spread between its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segnn.report.canvas import PALETTE, legend, log_axis, new_figure, style_axes
from segnn.report.plots import FEW_POINTS, cloud, diagonal
from segnn.report.words import in_unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BINS, FEWEST = 10, 5  # of the curve, and rows in each


def error_by_spread(
    spread: np.ndarray, error: np.ndarray, quantity: str, unit: str = "1", each: str = "a particle"
) -> Figure:
    """The length of each row's error against the spread of the members there, both (rows,), on
    equal logarithmic axes, with the root mean square error of rows of nearly equal spread.

    Where the curve runs along the diagonal, the spread says how large an error is; above it the
    members agree more with each other than with the truth.
    """
    figure = new_figure(3.8, 3.6)
    axes = figure.subplots()
    seen = (spread > 0) & (error > 0) & np.isfinite(spread) & np.isfinite(error)
    x, y = spread[seen], error[seen]
    if x.size:
        ends = np.array([min(x.min(), y.min()) / 1.3, max(x.max(), y.max()) * 1.3])
        diagonal(axes, ends, "equal")
        cloud(axes, x, y, each, alpha=0.3 if x.size > FEW_POINTS else 0.6)
        axes.plot(*binned(x, y), color=PALETTE["ink"], linewidth=1.6, label="root mean square")
    style_axes(axes, f"spread of {in_unit(quantity, unit)}", f"error of {in_unit(quantity, unit)}")
    for side in ("x", "y"):
        log_axis(axes, side)
    legend(axes, columns=2)
    return figure


def binned(spread: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Root mean squares of spread and error in parts of equally many rows, by rising spread."""
    order = np.argsort(spread, kind="stable")
    parts = np.array_split(order, max(1, min(BINS, len(order) // FEWEST)))
    x, y = (
        np.array([np.sqrt(np.mean(values[part] ** 2)) for part in parts])
        for values in (spread, error)
    )
    return x, y
