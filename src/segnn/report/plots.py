"""The figures of a report. Each function returns a matplotlib `Figure`; `canvas` writes or inlines
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.report.canvas import PALETTE, legend, log_axis, new_figure, style_axes
from segnn.report.words import significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A scatter of more points than this shows every second, third … of them: a page stays small.
MOST_POINTS = 1500
FEW_POINTS = 200
# Line styles of errors that a validation curve is held against, one after the other.
DASHES = ((0, (5, 3)), (0, (1, 1.5)), (0, (5, 2, 1, 2)))


def cloud(
    axes: Axes, x: np.ndarray, y: np.ndarray, label: str, *, alpha: float, size: float | None = None
) -> None:
    """Many points (n,), every second, third … of more than `MOST_POINTS`; larger where there are
    few, unless a ``size`` is given.
    """
    step = max(1, -(-x.size // MOST_POINTS))
    axes.plot(
        x[::step],
        y[::step],
        "o",
        markersize=size or (2.6 if x.size > FEW_POINTS else 4),
        alpha=alpha,
        color=PALETTE["ours"],
        markeredgewidth=0,
        label=label,
    )


def diagonal(axes: Axes, ends: np.ndarray, label: str) -> None:
    """Equal axes from ``ends`` (2,), and the line on which both are equal."""
    axes.plot(ends, ends, color=PALETTE["plus"], linewidth=1.2, linestyle=DASHES[0], label=label)
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)


def loss_curve(
    epoch: np.ndarray,
    train: np.ndarray,
    valid: np.ndarray,
    best_epoch: float | None = None,
    references: Mapping[str, float] | None = None,
    loss: str | None = None,
    validated_by: str | None = None,
) -> Figure:
    """The validation error by epoch and, below it, the training loss, on logarithmic axes.

    The two have panels of their own: they may be different measures (``validate_by``),
    and are of different weights (averaged or not), so that one above the other would say nothing.

    - epoch, train, valid: (rows,), NaN where nothing was measured.
    - best_epoch: whose weights were kept; marked.
    - references: errors by name, such as a published one; horizontal lines.
    - loss, validated_by: the kinds of error (mse, mae, huber) of training and validation.
    """
    figure = new_figure(4.7, 4.2)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    known = dict(references or {})
    for (name, value), dashes in zip(known.items(), DASHES, strict=False):
        upper.axhline(
            value, label=name, color=PALETTE["plus"], linewidth=1.1, linestyle=dashes, zorder=1
        )
    _curve(upper, epoch, valid, PALETTE["ours"], 1.8, list(known.values()))
    _curve(lower, epoch, train, PALETTE["muted"], 1.2, [])
    chosen = (epoch == best_epoch) & np.isfinite(valid) if best_epoch is not None else epoch < 0
    if chosen.any():
        row = np.flatnonzero(chosen)[0]
        upper.plot(
            epoch[row],
            valid[row],
            "o",
            label=f"best, epoch {best_epoch:g}",
            color=PALETTE["ours"],
            markeredgecolor=PALETTE["surface"],
            markersize=8,
        )
    style_axes(upper, "", f"validation {validated_by.upper() if validated_by else 'error'}")
    style_axes(lower, "epoch", f"loss ({loss.upper()})" if loss else "training loss")
    for axes in (upper, lower):
        log_axis(axes, "y")
    lower.xaxis.get_major_locator().set_params(integer=True)
    legend(upper, columns=2)
    figure.align_ylabels()
    return figure


def _curve(
    axes: Axes,
    epoch: np.ndarray,
    values: np.ndarray,
    colour: str,
    width: float,
    others: list[float],
) -> None:
    """A curve through what was measured, and an axis that holds it and the ``others``."""
    seen = np.isfinite(values) & np.isfinite(epoch) & (values > 0)
    marker = "o" if seen.sum() == 1 else None
    axes.plot(epoch[seen], values[seen], color=colour, linewidth=width, marker=marker)
    held = np.append(values[seen], [value for value in others if value > 0])
    axes.set_ylim(*((held.min() / 1.3, held.max() * 1.3) if held.size else (0.1, 1.0)))


def error_histogram(system_mse: np.ndarray, over_all: float | None = None) -> Figure:
    """How many systems have which MSE, (S,), on a logarithmic axis.

    Lines mark the median and the mean over systems, and ``over_all``, the mean over all predicted
    numbers, where it is another one: there a large system counts as much as several small ones.
    """
    figure = new_figure(4.2, 3.1)
    axes = figure.subplots()
    error = system_mse[np.isfinite(system_mse) & (system_mse > 0)]
    if error.size:
        low, high = error.min() / 1.05, error.max() * 1.05
        bins = int(np.clip(np.sqrt(error.size) * 1.5, 5, 40))
        axes.hist(
            error,
            np.geomspace(low, high, bins + 1).tolist(),
            color=PALETTE["ours"],
            edgecolor=PALETTE["surface"],
            linewidth=0.6,
            alpha=0.75,
        )
        mean, median = float(system_mse.mean()), float(np.median(system_mse))
        marks: list[tuple[str, float, Any]] = [
            ("mean of the systems", mean, "-"),
            ("median", median, (0, (4, 2))),
        ]
        if over_all is not None and abs(over_all - mean) > 0.005 * mean:
            marks.insert(0, ("mean of all numbers", over_all, (0, (1, 1.5))))
            high = max(high, 1.05 * over_all)
        for name, value, dashes in marks:
            label = f"{name} {significant(value)}"
            axes.axvline(value, color=PALETTE["ink"], linewidth=1.4, linestyle=dashes, label=label)
        axes.set_xlim(min(low, median), max(high, mean))
        legend(axes, columns=2)
    style_axes(axes, "MSE of a system (log scale)", "systems")
    axes.grid(False, axis="x")
    log_axis(axes, "x")
    return figure


def error_by_distance(
    distance: np.ndarray,
    error: np.ndarray,
    along: str = "distance moved",
    nothing: str = "standing still",
    each: str = "a particle",
) -> Figure:
    """Length of each particle's error against the distance it moved, both (M,), log axes.

    On the diagonal a prediction is as wrong as one that needs no network, ``nothing``: that the
    particle stands still. Below it, it is better. Of another quantity than a position ``along``
    names what stands on the horizontal axis, the error of that other prediction.
    """
    figure = new_figure(4.2, 3.1)
    axes = figure.subplots()
    seen = (distance > 0) & (error > 0) & np.isfinite(distance) & np.isfinite(error)
    distance, error = distance[seen], error[seen]
    if distance.size:
        cloud(axes, distance, error, each, alpha=0.4, size=2.6)
        count = int(np.clip(distance.size // 25, 1, 12))
        bins = [part for part in np.array_split(np.argsort(distance), count) if part.size]
        axes.plot(
            [np.median(distance[part]) for part in bins],
            [np.median(error[part]) for part in bins],
            color=PALETTE["ink"],
            linewidth=1.8,
            label="median",
            marker="o" if len(bins) == 1 else None,
        )
        ends = np.array([distance.min() / 1.1, distance.max() * 1.1])
        axes.plot(
            ends, ends, color=PALETTE["plus"], linewidth=1.2, linestyle=(0, (5, 3)), label=nothing
        )
        axes.set_xlim(*ends)
        axes.set_ylim(min(error.min(), ends[1]) / 1.1, max(error.max(), ends[1]) * 1.1)
        legend(axes, columns=3)
    style_axes(axes, f"{along} (log scale)", "length of the error (log scale)")
    log_axis(axes, "x")
    log_axis(axes, "y")
    return figure
