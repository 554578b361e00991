"""The table of a sweep as a picture: one line a method and setting, ours beside published, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from segnn.report.canvas import FONT, PALETTE, log_axis, new_figure, style_axes
from segnn.report.plots import legend
from segnn.reproduce.rows import Row
from segnn.reproduce.sweep import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from segnn.reproduce.run import Planned

LINE, MARGIN, WIDTH = 0.24, 0.95, 7.2  # inches
TONES, DASHES = ("ours", "plus", "minus", "muted", "ink"), ("-", (0, (5, 2)), (0, (1, 1.5)))
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


def learning_plot(table: Table, planned: Sequence[Planned]) -> Figure | None:
    """The validation error by epoch of every run that has kept it, one panel a setting, one look a method; None of none."""
    kept = [(p.run, p.result["curve"]) for p in planned if p.result is not None and p.result.get("curve")]
    settings = [setting for setting in table.settings if any(run.setting == setting for run, _ in kept)]
    if not settings:
        return None
    methods = list(dict.fromkeys(run.method.label for run, _ in kept))
    figure = new_figure(WIDTH, 2.9 * len(settings))
    for axes, setting in zip(figure.subplots(len(settings), squeeze=False)[:, 0], settings, strict=True):
        named: set[str] = set()
        for run, curve in kept:
            if run.setting != setting:
                continue
            label, n = run.method.label, methods.index(run.method.label)
            look = {"color": PALETTE[TONES[n % len(TONES)]], "linestyle": DASHES[n // len(TONES) % len(DASHES)]}
            shown = None if label in named else label
            axes.plot(curve["epoch"], curve["valid_mse"], linewidth=1.2, alpha=0.8, label=shown, **look)
            named.add(label)
        style_axes(axes, "epoch", "validation MSE (log scale)")
        axes.set_title(setting.label, fontsize=FONT, color=PALETTE["ink"], loc="left")
        log_axis(axes, "y")
        legend(axes)
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
