"""The picture of `segnn inspect`: how labels and distances are spread, file beside file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segnn.report.canvas import PALETTE, legend, new_figure, style_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("ours", "plus", "minus", "muted", "ink")


def inspection_figure(result: Mapping[str, Any]) -> Figure:
    """A panel for the energies, the sizes of the forces and the distances of neighbours, as far as
    the files hold them; every file a line.
    """
    panels: dict[str, list[tuple[int, Mapping[str, Any] | None]]] = {}
    for number, entry in enumerate(result["files"]):
        for label, found in entry["histograms"].items():
            unit = entry["arrays"][label].get("unit")
            what = f"size of {label}" if label == entry["forces"] else f"{label} beside its mean"
            title = f"{what} ({unit})" if unit else what
            panels.setdefault(title, []).append((number, found))
        panels.setdefault("distance of neighbours", []).append(
            (number, entry["neighbours"]["distances"])
        )
    figure = new_figure(3.4 * len(panels), 3.2)
    named: set[int] = set()
    for place, (title, lines) in enumerate(panels.items()):
        axes = figure.add_subplot(1, len(panels), place + 1)
        for number, found in lines:
            if found is None:
                continue
            edges, total = found["edges"], max(sum(found["counts"]), 1)
            share = [count / total / (edges[1] - edges[0]) for count in found["counts"]]
            axes.stairs(share, edges, color=PALETTE[COLOURS[number % len(COLOURS)]])
            named.add(number)
        style_axes(axes, title, "density" if place == 0 else "")
    for number in sorted(named):
        name = Path(result["files"][number]["file"]).name
        figure.axes[0].plot([], [], color=PALETTE[COLOURS[number % len(COLOURS)]], label=name)
    legend(figure.axes[0], 3)
    return figure
