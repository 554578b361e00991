"""The table of a sweep as a picture: one line a method and setting, ours beside published, on a
logarithmic axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from segnn.report.canvas import FONT, PALETTE, log_axis, new_figure, style_axes
from segnn.reproduce.markdown import heading
from segnn.reproduce.rows import Row, units_of
from segnn.reproduce.sweep import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from segnn.reproduce.run import Planned

LINE, AXIS, HEAD, WIDTH, ENTRY = 0.24, 0.6, 0.35, 7.2, 0.19  # inches
TONES, DASHES = ("ours", "plus", "minus", "muted", "ink"), ("-", (0, (5, 2)), (0, (1, 1.5)))
LONG = 30  # characters; methods of longer names stand beneath the curves, which they would squeeze
TOP = 100.0  # the highest error shown of a learning curve, in units of the lowest
SEED: dict[str, Any] = {"color": PALETTE["ours"], "alpha": 0.35, "markersize": 3.5}
OURS: dict[str, Any] = {"color": PALETTE["ours"], "markersize": 6.5}
PUBLISHED: dict[str, Any] = {
    "color": PALETTE["plus"],
    "markerfacecolor": "none",
    "markersize": 6.0,
    "markeredgewidth": 1.3,
}


def dot_plot(table: Table, rows: Sequence[Row]) -> Figure:
    """Every row that was run or is only quoted: the seeds and their mean, the published figure and
    its spread; one panel a recipe of the settings, since errors of different targets do not
    compare.
    """
    panels: dict[str | None, list[Row | str]] = {}
    for setting in table.settings:
        here = [row for row in rows if row.setting_id == setting.id]
        here = [row for row in here if row.errors or not row.ours] if _any_run(here) else []
        title = [setting.label] if setting.label and here else []
        panels[setting.recipe] = [*panels.get(setting.recipe, []), *title, *here]
    panels = {recipe: shown for recipe, shown in panels.items() if shown}
    heights = [AXIS + LINE * len(shown) for shown in panels.values()] or [AXIS]
    figure = new_figure(WIDTH, HEAD + sum(heights))
    grid = figure.subplots(len(heights), squeeze=False, height_ratios=heights)[:, 0]
    for axes, shown in zip(grid, panels.values(), strict=False):
        for height, row in enumerate(shown):
            if isinstance(row, Row):
                _draw(axes, row, height)
        what = heading(table, table.targets[0], units_of(rows))
        style_axes(axes, f"{what}, log scale, less is better", "")
        axes.set_yticks(
            range(len(shown)),
            [row.method if isinstance(row, Row) else f"$\\bf{{{_bold(row)}}}$" for row in shown],
        )
        axes.tick_params(axis="y", length=0, labelcolor=PALETTE["ink"], labelsize=FONT - 0.5)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.grid(False, axis="y")
        log_axis(axes, "x")
    _legend(figure, ("trained here", "each seed", "published"), loc="outside upper left", ncols=3)
    return figure


def learning_plot(table: Table, planned: Sequence[Planned]) -> Figure | None:
    """The validation error by epoch of every run that has kept it, one panel a setting, one look a
    method; None of none.
    """
    kept = [
        (p.run, p.shown["curve"]) for p in planned if p.shown is not None and p.shown.get("curve")
    ]
    settings = [
        setting for setting in table.settings if any(run.setting == setting for run, _ in kept)
    ]
    if not settings:
        return None
    methods = [
        method.label for method in table.methods if any(run.method == method for run, _ in kept)
    ]
    beneath = max(map(len, methods)) > LONG
    figure = new_figure(
        WIDTH + 1.6, 2.9 * len(settings) + (ENTRY * -(-len(methods) // 2) if beneath else 0)
    )
    for axes, setting in zip(
        figure.subplots(len(settings), squeeze=False)[:, 0], settings, strict=True
    ):
        for run, curve in kept:
            if run.setting == setting:
                n = methods.index(run.method.label)
                look = {
                    "color": PALETTE[TONES[n % len(TONES)]],
                    "linestyle": DASHES[n // len(TONES) % len(DASHES)],
                }
                axes.plot(
                    curve["epoch"],
                    curve["valid_error"],
                    linewidth=1.2,
                    alpha=0.8,
                    label=run.method.label,
                    **look,
                )
        style_axes(axes, "epoch", "validation error (log scale)")
        axes.set_title(setting.label, fontsize=FONT, color=PALETTE["ink"], loc="left")
        axes.xaxis.get_major_locator().set_params(integer=True)
        least = min(line.get_ydata().min() for line in axes.lines)
        axes.set_ylim(
            least / 1.2, min(TOP * least, axes.get_ylim()[1])
        )  # a wild first epoch would flatten the rest
        log_axis(axes, "y")
    place = {"loc": "outside lower left", "ncols": 2} if beneath else {"loc": "outside right upper"}
    _legend(figure, methods, **place)
    return figure


def _any_run(rows: Sequence[Row]) -> bool:
    return any(row.is_run for row in rows)


def _draw(axes: Any, row: Row, height: int) -> None:
    if row.published is not None:
        axes.errorbar(
            row.published.mse,
            height,
            xerr=row.published.spread,
            fmt="D",
            label="published",
            **PUBLISHED,
        )
    if row.mean is not None:
        if len(row.errors) > 1:
            axes.plot(row.errors, [height] * len(row.errors), "o", label="each seed", **SEED)
        axes.plot(row.mean, height, "o", label="trained here", **OURS)


def _legend(figure: Figure, order: Sequence[str], **place: Any) -> None:
    """One legend for all panels, outside them: nothing lies under it."""
    found = [axes.get_legend_handles_labels() for axes in figure.axes]
    handles = {label: handle for pair in found for handle, label in zip(*pair, strict=True)}
    names = [name for name in order if name in handles]
    if names:
        figure.legend(
            [handles[n] for n in names],
            names,
            frameon=False,
            fontsize=FONT,
            labelcolor=PALETTE["ink"],
            **place,
        )


def _bold(text: str) -> str:
    return text.replace(" ", "\\ ").replace(",", "{,}")
