"""Where particles start, where they end, and where they were predicted to end: small maps of
single systems.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.report.canvas import FONT, PALETTE, legend_look, new_figure, style_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRUE: dict[str, Any] = {"color": PALETTE["path"], "linewidth": 3.2, "solid_capstyle": "round"}
PREDICTED: dict[str, Any] = {"color": PALETTE["ours"], "linewidth": 1.5, "linestyle": (0, (3, 1.6))}
DRIFT: dict[str, Any] = {"color": PALETTE["muted"], "linewidth": 1.0, "linestyle": (0, (1, 2))}
TRUE_END: dict[str, Any] = {
    "marker": "o",
    "markerfacecolor": "none",
    "markeredgecolor": PALETTE["ink"],
    "markersize": 6.5,
}
PREDICTED_END: dict[str, Any] = {
    "marker": "x",
    "color": PALETTE["ours"],
    "markersize": 4.8,
    "markeredgewidth": 1.6,
}
# charge sign → (face, marker, the sign drawn on it)
CHARGES: dict[int, tuple[str, str, str | None]] = {
    1: (PALETTE["plus"], "o", "+"),
    -1: (PALETTE["minus"], "s", "_"),
    0: (PALETTE["muted"], "^", None),
}
SIGN_NAMES = {1: "start, charge +", -1: "start, charge −", 0: "start"}


def trajectories(
    position: Sequence[np.ndarray] | np.ndarray,
    target: Sequence[np.ndarray] | np.ndarray,
    predicted: Sequence[np.ndarray] | np.ndarray,
    charge: Sequence[np.ndarray] | np.ndarray | None = None,
    velocity: Sequence[np.ndarray] | np.ndarray | None = None,
    *,
    titles: Sequence[str] | None = None,
    planes: Sequence[str] = ("xy",),
    columns: int = 3,
    key: bool = True,
) -> Figure:
    """From where each particle starts to where it ends, truly and as predicted: S systems, one
    panel a plane.

    position, target, predicted, velocity: (S, N, 3), or S arrays (N_s, 3); charge: (S, N) or S
    arrays (N_s,). `planes` names projections ("xy", "xz", "yz"). The dotted line is the initial
    velocity times one unit of time. All panels of a system share one scale. `key` puts the meaning
    of the marks below.
    """
    count, wide = len(position), len(planes)
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    figure = new_figure(2.1 * columns * wide, 2.2 * rows + (0.55 if key else 0.0))
    grid = figure.subplots(rows, columns * wide, squeeze=False)
    signs: set[int] = set()
    for cell in range(rows * columns):
        panels = grid[cell // columns, (cell % columns) * wide : (cell % columns + 1) * wide]
        if cell >= count:
            for panel in panels:
                panel.set_axis_off()
            continue
        start, true, guess = (
            np.asarray(points[cell], float) for points in (position, target, predicted)
        )
        drift = None if velocity is None else start + np.asarray(velocity[cell], float)
        sign = (
            np.zeros(len(start), int)
            if charge is None
            else np.sign(np.asarray(charge[cell]).reshape(len(start))).astype(int)
        )
        signs |= set(sign.tolist())
        everything = np.concatenate([start, true, guess] + ([] if drift is None else [drift]))
        middle = (everything.min(0) + everything.max(0)) / 2
        half = 0.56 * max(float(np.ptp(everything, axis=0).max()), 1e-9)
        for panel, plane in zip(panels, planes, strict=True):
            _system(panel, plane, start, true, guess, drift, sign)
            a, b = ("xyz".index(letter) for letter in plane)
            panel.set_xlim(middle[a] - half, middle[a] + half)
            panel.set_ylim(middle[b] - half, middle[b] + half)
        if titles is not None:
            panels[0].set_title(
                titles[cell], fontsize=FONT, color=PALETTE["ink"], loc="left", pad=16
            )
    if key:
        handles, labels = _key_handles(sorted(signs, reverse=True), velocity is not None)
        figure.legend(
            handles,
            labels,
            loc="outside lower center",
            ncols=max(1, int(1.35 * columns * wide)),
            **legend_look(),
        )
    return figure


def trajectory_key(signs: Sequence[int], drift: bool) -> Figure:
    """What the marks of `trajectories` mean, alone: for pages that show several of them."""
    figure = new_figure(4.75, 0.6)
    handles, labels = _key_handles(signs, drift)
    figure.legend(handles, labels, loc="center left", ncols=3, **legend_look())
    return figure


def _system(
    axes: Axes,
    plane: str,
    start: np.ndarray,
    true: np.ndarray,
    guess: np.ndarray,
    drift: np.ndarray | None,
    sign: np.ndarray,
) -> None:
    a, b = ("xyz".index(letter) for letter in plane)
    style_axes(axes, "", "")
    letter: dict[str, Any] = {
        "transform": axes.transAxes,
        "color": PALETTE["muted"],
        "fontsize": FONT,
        "fontstyle": "italic",
    }
    axes.text(1.02, 0.0, plane[0], ha="left", va="center", **letter)
    axes.text(0.0, 1.02, plane[1], ha="center", va="bottom", **letter)
    axes.set_aspect("equal", adjustable="box")
    axes.locator_params(nbins=4)
    for n in range(len(start)):
        if drift is not None:
            axes.plot([start[n, a], drift[n, a]], [start[n, b], drift[n, b]], **DRIFT)
        axes.plot([start[n, a], true[n, a]], [start[n, b], true[n, b]], **TRUE)
        axes.plot([start[n, a], guess[n, a]], [start[n, b], guess[n, b]], **PREDICTED)
        axes.plot(true[n, a], true[n, b], color=PALETTE["ink"], linestyle="none", **TRUE_END)
        axes.plot(guess[n, a], guess[n, b], **PREDICTED_END)
    for value in np.unique(sign):
        face, marker, symbol = CHARGES[int(value)]
        points = start[sign == value]
        axes.plot(
            points[:, a],
            points[:, b],
            marker,
            color=face,
            markersize=7.5,
            markeredgecolor=PALETTE["surface"],
            zorder=4,
        )
        if symbol is not None:
            axes.plot(
                points[:, a],
                points[:, b],
                symbol,
                color=PALETTE["surface"],
                markersize=4.4,
                markeredgewidth=1.3,
                zorder=5,
                linestyle="none",
            )


def _key_handles(signs: Sequence[int], drift: bool) -> tuple[list[Any], list[str]]:
    from matplotlib.lines import Line2D

    handles: list[Any] = []
    labels: list[str] = []
    for value in signs:
        face, marker, symbol = CHARGES[value]
        back = Line2D(
            [],
            [],
            linestyle="none",
            marker=marker,
            markersize=7.5,
            color=face,
            markeredgecolor=PALETTE["surface"],
        )
        front = Line2D(
            [],
            [],
            linestyle="none",
            marker=symbol,
            markersize=4.4,
            color=PALETTE["surface"],
            markeredgewidth=1.3,
        )
        handles.append((back, front) if symbol else back)
        labels.append(SIGN_NAMES[value])
    handles += [
        Line2D([], [], **{**TRUE, **TRUE_END}),
        Line2D([], [], **{**PREDICTED, **PREDICTED_END}),
    ]
    labels += ["true end", "predicted end"]
    if drift:
        handles.append(Line2D([], [], **DRIFT))
        labels.append("initial velocity")
    return handles, labels
