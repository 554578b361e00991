"""The table of a sweep as a picture: one line a method and setting, ours beside published, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from segnn.report.canvas import FONT, PALETTE, log_axis, new_figure, style_axes
from segnn.reproduce.rows import Row
from segnn.reproduce.sweep import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINE, MARGIN, WIDTH = 0.24, 0.95, 7.2  # inches
SEED: dict[str, Any] = {"color": PALETTE["ours"], "alpha": 0.35, "markersize": 3.5}
OURS: dict[str, Any] = {"color": PALETTE["ours"], "markersize": 6.5}
PUBLISHED: dict[str, Any] = {"color": PALETTE["plus"], "markerfacecolor": "none", "markersize": 6.0, "markeredgewidth": 1.3}


def dot_plot(table: Table, rows: Sequence[Row]) -> Figure:
    """Every row that has a number: the seeds and their mean, the published figure and its spread."""
    shown: list[Row | str] = []
    for setting in table.settings:
        here = [row for row in rows if row.setting_id == setting.id and (row.errors or row.published)]
        shown += [setting.label] if setting.label and here else []
        shown += here
    figure = new_figure(WIDTH, MARGIN + LINE * max(len(shown), 1))
    axes = figure.subplots()
    for height, row in enumerate(shown):
        if isinstance(row, Row):
            _draw(axes, row, height)
    style_axes(axes, "test MSE (log scale), less is better", "")
    axes.set_yticks(range(len(shown)), [row.method if isinstance(row, Row) else f"$\\bf{{{_bold(row)}}}$" for row in shown])
    axes.tick_params(axis="y", length=0, labelcolor=PALETTE["ink"], labelsize=FONT - 0.5)
    axes.set_ylim(max(len(shown), 1) - 0.4, -0.6)
    axes.grid(False, axis="y")
    if any(isinstance(row, Row) for row in shown):
        log_axis(axes, "x")
        _legend(axes)
    return figure


def _draw(axes: Any, row: Row, height: int) -> None:
    if row.published is not None:
        axes.errorbar(row.published.mse, height, xerr=row.published.spread, fmt="D", label="published", **PUBLISHED)
    if row.mean is not None:
        if len(row.errors) > 1:
            axes.plot(row.errors, [height] * len(row.errors), "o", label="ours, each seed", **SEED)
        axes.plot(row.mean, height, "o", label="ours", **OURS)


def _legend(axes: Any) -> None:
    handles, labels = axes.get_legend_handles_labels()
    first = dict(reversed(list(zip(labels, handles, strict=True))))
    names = [name for name in ("ours", "ours, each seed", "published") if name in first]
    axes.legend([first[name] for name in names], names, loc="best", frameon=False, fontsize=FONT, labelcolor=PALETTE["ink"])


def _bold(text: str) -> str:
    return text.replace(" ", "\\ ").replace(",", "{,}")
