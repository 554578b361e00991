"""One picture of all workloads: how many times faster than e3nn's modules, where the floor is, and
how time grows with size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segnn.bench.contenders import COMPILED, DIRECT, FLOOR, OURS, REFERENCE
from segnn.report.canvas import FONT, PALETTE, log_axis, new_figure, style_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Result = Mapping[str, Any]
LOOKS: dict[str, dict[str, Any]] = {
    DIRECT: {
        "marker": "o",
        "color": PALETTE["surface"],
        "markeredgecolor": PALETTE["ours"],
        "markersize": 7,
    },
    "segnn plain": {"marker": "o", "color": PALETTE["path"], "markersize": 6},
    "e3nn (script)": {"marker": "s", "color": PALETTE["minus"], "markersize": 5},
    COMPILED: {"marker": "v", "color": PALETTE["minus"], "markersize": 5},
    "EGNN": {"marker": "D", "color": PALETTE["plus"], "markersize": 5},
    OURS: {"marker": "o", "color": PALETTE["ours"], "markersize": 9},
    FLOOR: {
        "marker": "|",
        "color": PALETTE["ink"],
        "markersize": 13,
        "markeredgewidth": 2,
    },  # last: never hidden
}
GOAL: dict[str, Any] = {
    "marker": "^",
    "color": PALETTE["surface"],
    "markeredgecolor": PALETTE["muted"],
    "markersize": 5.5,
}
BELOW = 0.28  # of a line: goals stand below it, where nothing hides them
LABELS = {FLOOR: "matrix products alone", REFERENCE: "e3nn"}
PANELS = (
    ("training step, times faster than e3nn", ("training", "forces"), "times_faster_than_e3nn"),
    ("forward pass, times faster than e3nn", ("forward",), "times_faster_than_e3nn"),
    ("peak memory, times less than e3nn", ("training", "forces", "forward"), "part_of_e3nn_memory"),
)


def speed_figure(results: Sequence[Result]) -> Figure:
    """Times faster than e3nn, and times less memory, a line for each workload that was measured
    beside it; of what ``measure`` returned. Forward passes of several sizes have a panel of their
    own: time an edge against edges.
    """
    beside = [
        r
        for r in results
        if any(row[value] is not None for row in r["rows"] for _, _, value in PANELS)
    ]
    growing = [r for r in results if len({row["size"] for row in _forward(r)}) > 1]
    panels = PANELS if beside else ()
    widths = [1.0] * len(panels) + [0.85] * bool(growing)
    figure = new_figure(3.1 * max(sum(widths), 1), 1.1 + 0.36 * max(len(beside), 4))
    if not widths:
        return figure
    grid = figure.subplots(1, len(widths), squeeze=False, gridspec_kw={"width_ratios": widths})[0]
    for n, (axes, (title, steps, value)) in enumerate(zip(grid, panels, strict=False)):
        axes.axvline(1.0, color=PALETTE["muted"], linewidth=1.0)
        for line, result in enumerate(beside):
            _line(axes, line, result, steps, value)
        style_axes(axes, title, "")
        axes.spines["left"].set_visible(False)
        axes.grid(False, axis="y")
        axes.margins(x=0.12)  # for the numbers
        log_axis(axes, "x")
        axes.tick_params(axis="x", which="minor", length=0)
        names = [result["workload"] for result in beside] if n == 0 else [""] * len(beside)
        axes.set_yticks(range(len(beside)), names, color=PALETTE["ink"])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(beside) - 0.4, -0.75)
    if growing:
        _growth(grid[-1], growing)
    if panels:
        handles, labels = _key(beside)
        figure.legend(
            handles,
            labels,
            loc="outside lower center",
            ncols=len(labels),
            frameon=False,
            fontsize=FONT,
        )
    return figure


def _line(axes: Axes, line: int, result: Result, steps: Sequence[str], value: str) -> None:
    """The contenders of one workload; memory is that of its first step, of a training if there is
    one.
    """
    step = next((s for s in steps if any(row["step"] == s for row in result["rows"])), None)
    known = [row for row in result["rows"] if row["step"] == step and row[value] is not None]
    size = max((row["size"] for row in known), default=0)
    at = {row["contender"]: row[value] for row in known if row["size"] == size}
    at = {name: 1 / x if value == "part_of_e3nn_memory" else x for name, x in at.items() if x > 0}
    if OURS in at:
        axes.plot(
            [1.0, at[OURS]],
            [line, line],
            color=PALETTE["ours"],
            linewidth=2.2,
            solid_capstyle="butt",
        )
        _note(
            axes,
            f"{at[OURS]:.0f}" if at[OURS] >= 100 else f"{at[OURS]:.2g}",
            (at[OURS], line),
            6,
            "center",
            PALETTE["ours"],
        )
    wanted = {goal["goal"]: goal["wanted"] for goal in result["goals"]}
    goal = (
        1 / wanted["memory"]
        if value == "part_of_e3nn_memory" and "memory" in wanted
        else wanted.get(step)
    )
    if goal is not None and at:
        axes.plot([goal], [line + BELOW], linestyle="none", **GOAL)
    for name, look in LOOKS.items():
        if name in at:
            axes.plot([at[name]], [line], linestyle="none", **look)


def _forward(result: Result) -> list[Any]:
    """Our forward passes, one of each size."""
    ours = (OURS, "forward")
    return [row for row in result["rows"] if (row["contender"], row["step"]) == ours]


def _growth(axes: Axes, results: Sequence[Result]) -> None:
    """Microseconds an edge against the number of edges."""
    top = 0.0
    for result in results:
        rows = sorted(_forward(result), key=lambda row: row["edges"])
        edges = [row["edges"] for row in rows]
        cost = [1e3 * row["median_ms"] / row["edges"] for row in rows]
        top = max(top, *cost)
        axes.plot(edges, cost, linewidth=2.2, **LOOKS[OURS] | {"markersize": 6})
        said = f"{result['workload']}: time ~ edges$^{{{result['exponent']:.2f}}}$"
        _note(axes, said, (edges[0], 0), 8, "left", PALETTE["ink"])
    style_axes(axes, "forward: µs an edge, by edges", "")
    axes.set_xscale("log")
    axes.tick_params(axis="x", which="minor", length=0)
    axes.set_ylim(0, 1.25 * top)


def _note(
    axes: Axes, text: str, at: tuple[float, float], above: float, align: str, colour: str
) -> None:
    """Text so many points above a place."""
    place: dict[str, Any] = {
        "xytext": (0, above),
        "textcoords": "offset points",
        "ha": align,
        "va": "bottom",
    }
    axes.annotate(text, at, color=colour, fontsize=FONT - 1, **place)


def _key(results: Sequence[Result]) -> tuple[list[Any], list[str]]:
    """What the marks mean: those of contenders that were measured."""
    from matplotlib.lines import Line2D

    measured = {row["contender"] for result in results for row in result["rows"]}
    looks = {LABELS.get(name, name): look for name, look in LOOKS.items() if name in measured}
    looks["goal"] = GOAL
    return [Line2D([], [], linestyle="none", **look) for look in looks.values()], [*looks]
