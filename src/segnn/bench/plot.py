"""One picture of all workloads: how many times faster than e3nn's modules, and where the floor is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segnn.bench.contenders import DIRECT, FLOOR, OURS, REFERENCE
from segnn.report.canvas import FONT, PALETTE, log_axis, new_figure, style_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOOKS: dict[str, dict[str, Any]] = {
    FLOOR: {"marker": "|", "color": PALETTE["ink"], "markersize": 13, "markeredgewidth": 2},
    DIRECT: {"marker": "o", "color": PALETTE["surface"], "markeredgecolor": PALETTE["ours"], "markersize": 7},
    "segnn plain": {"marker": "o", "color": PALETTE["path"], "markersize": 6},
    "e3nn (script)": {"marker": "s", "color": PALETTE["minus"], "markersize": 5},
    "EGNN": {"marker": "D", "color": PALETTE["plus"], "markersize": 5},
    OURS: {"marker": "o", "color": PALETTE["ours"], "markersize": 9},
}
GOAL: dict[str, Any] = {"marker": "^", "color": PALETTE["surface"], "markeredgecolor": PALETTE["muted"], "markersize": 7}
LABELS = {FLOOR: "matrix products alone", REFERENCE: "e3nn"}


def speed_figure(results: Sequence[Mapping[str, Any]]) -> Figure:
    """Times faster than e3nn, and times less memory, a line for each workload; of what ``measure`` returned."""
    panels = [
        ("training step, times faster than e3nn", ("training", "forces"), "times_faster_than_e3nn"),
        ("forward pass, times faster than e3nn", ("forward",), "times_faster_than_e3nn"),
        ("peak memory, times less than e3nn", ("training", "forces", "forward"), "part_of_e3nn_memory"),
    ]
    figure = new_figure(10.2, 1.1 + 0.36 * len(results))
    grid = figure.subplots(1, len(panels), sharey=True)
    names = [result["workload"] for result in results]
    for axes, (title, steps, value) in zip(grid, panels, strict=True):
        axes.axvline(1.0, color=PALETTE["muted"], linewidth=1.0)
        for line, result in enumerate(results):
            _line(axes, line, result, steps, value)
        style_axes(axes, title, "")
        log_axis(axes, "x")
        axes.tick_params(axis="y", length=0)
    grid[0].set_yticks(range(len(names)), names, color=PALETTE["ink"])
    grid[0].set_ylim(len(names) - 0.4, -0.6)
    handles, labels = _key()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False, fontsize=FONT)
    return figure


def _line(axes: Axes, line: int, result: Mapping[str, Any], steps: Sequence[str], value: str) -> None:
    """The contenders of one workload; memory is that of its first step, of a training if there is one."""
    step = next((s for s in steps if any(row["step"] == s for row in result["rows"])), None)
    known = [row for row in result["rows"] if row["step"] == step and row[value] is not None]
    size = max((row["size"] for row in known), default=0)
    at = {row["contender"]: row[value] for row in known if row["size"] == size}
    at = {name: 1 / x if value == "part_of_e3nn_memory" else x for name, x in at.items() if x > 0}
    if OURS in at:
        axes.plot([1.0, at[OURS]], [line, line], color=PALETTE["ours"], linewidth=2.2, solid_capstyle="butt")
    wanted = {goal["goal"]: goal["wanted"] for goal in result["goals"]}
    goal = 1 / wanted["memory"] if value == "part_of_e3nn_memory" and "memory" in wanted else wanted.get(step)
    if goal is not None and at:
        axes.plot([goal], [line], linestyle="none", **GOAL)
    for name, look in LOOKS.items():
        if name in at:
            axes.plot([at[name]], [line], linestyle="none", **look)


def _key() -> tuple[list[Any], list[str]]:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], linestyle="none", **look) for look in (*LOOKS.values(), GOAL)]
    return handles, [*(LABELS.get(name, name) for name in LOOKS), "goal"]
