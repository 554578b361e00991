"""Figures without pyplot: made, written to disk, or turned into SVG that follows the page's light
or dark colours.
"""

from __future__ import annotations

import io
import os
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segnn.errors import UserError
from segnn.files import replacing
from segnn.report.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Every colour of a figure, by the name of the CSS variable that takes its place in a page.
PALETTE = {
    "ink": "#1b2127",
    "muted": "#59636d",
    "grid": "#dde2e6",
    "path": "#b3bec8",
    "surface": "#ffffff",
    "ours": "#0a7570",
    "plus": "#b5400d",
    "minus": "#2456c2",
}
FONT = 9.0


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of width × height inches. Raises `UserError` without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UserError(
            f"Figures need matplotlib, which cannot be imported ({error}). Install it: pip "
            "install 'segnn[plots]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained", facecolor=PALETTE["surface"])


def style_axes(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Two spines, a quiet grid, labels in the palette."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(PALETTE["muted"])
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    axes.grid(True, color=PALETTE["grid"], linewidth=0.7)
    axes.tick_params(
        which="both", colors=PALETTE["muted"], labelcolor=PALETTE["muted"], labelsize=FONT, length=3
    )
    axes.set_xlabel(xlabel, color=PALETTE["ink"], fontsize=FONT)
    axes.set_ylabel(ylabel, color=PALETTE["ink"], fontsize=FONT)


def log_axis(axes: Axes, which: str) -> None:
    """A logarithmic x or y axis whose ticks read 0.01, not 10⁻², and are never fewer than a reader
    needs.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = sorted(axis.get_view_interval())
    ratio = high / low if low > 0 else 1e9
    subs = (
        (1.0, 2.0, 3.0, 5.0)
        if ratio < 10
        else (1.0, 2.0, 5.0)
        if ratio < 30
        else (1.0, 3.0)
        if ratio < 1e3
        else (1.0,)
    )
    axis.set_major_locator(
        MaxNLocator(5, steps=[1, 2, 5, 10]) if ratio < 4 else LogLocator(subs=subs)
    )
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axis.set_minor_formatter(NullFormatter())


def legend_look() -> dict[str, Any]:
    """How every legend is set."""
    return {
        "frameon": False,
        "fontsize": FONT,
        "labelcolor": PALETTE["ink"],
        "handlelength": 2.6,
        "columnspacing": 1.4,
    }


def legend(axes: Axes, columns: int = 2) -> None:
    """What the lines of a figure's axes mean, above the axes, where it never covers anything;
    nothing if no line has a name.
    """
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.figure.legend(
            handles,
            labels,
            loc="outside upper left",
            ncols=min(columns, len(handles)),
            **legend_look(),
            handletextpad=0.6,
            borderaxespad=0.2,
        )


def to_svg(figure: Figure, label: str, ident: str) -> str:
    """The figure as inline SVG: text stays text, colours become CSS variables, `label` is read to
    who cannot see it.

    `ident` is put before every id of the figure, so that several figures can stand in one page.
    """
    import matplotlib

    figure.patch.set_visible(False)
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": ident}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    figure.patch.set_visible(True)
    text = buffer.getvalue()
    box = re.search(r'viewBox="([-\d. ]+)"', text)
    if box is None:
        raise RuntimeError("matplotlib wrote an SVG without a viewBox")
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    body = re.sub(
        r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL
    )
    body = re.sub(r'\bid="', f'id="{ident}-', body)
    body = re.sub(r'(?:xlink:)?href="#', f'href="#{ident}-', body)
    body = body.replace("url(#", f"url(#{ident}-")
    body = re.sub(r"font-family:[^;\"]*;?\s*", "", body)
    body = re.sub(r"(font:[^;\"]*?\dpx)[^;\"]*", r"\1 var(--sans, sans-serif)", body)
    for name, colour in PALETTE.items():
        body = body.replace(colour, f"var(--{name}, {colour})")
    body = body.replace("stroke: #000000; stroke-opacity: 0", "stroke: none")
    body = re.sub(r"\s*\n\s*", "\n", body)
    return (
        f'<svg class="plot" role="img" aria-label="{escape(label)}" viewBox="{box[1]}">{body}</svg>'
    )


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write a figure to an `.svg` or `.png` file, on white, making its folder if need be; returns
    the path. The same figure gives the same bytes.
    """
    import matplotlib

    path = Path(path)
    if path.suffix not in (".svg", ".png"):
        raise UserError(
            f"{path}: the name of a figure ends in {path.suffix or 'nothing'!r}, expected .svg or "
            ".png."
        )
    undated: Any = {"Date": None} if path.suffix == ".svg" else None
    with replacing(path) as part, matplotlib.rc_context({"svg.hashsalt": "segnn"}):
        figure.savefig(part, dpi=200, metadata=undated)  # in an SVG, of the surfaces alone
    return path
