"""Several targets of one network: their errors each in its unit, their learning curves, errors by
element.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.report.canvas import PALETTE, log_axis, new_figure, style_axes
from segnn.report.inputs import is_number
from segnn.report.words import in_unit, significant
from segnn.training.folder import RMSE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def curves(metrics: Mapping[str, np.ndarray], units: Mapping[str, str]) -> Figure | None:
    """The validation error of every target by epoch, one panel for each, for they have units of
    their own; None where metrics.csv holds none.
    """
    names = [name for name in units if f"{RMSE}{name}" in metrics]
    if len(names) < 2:  # of one target the learning curve shows it
        return None
    figure = new_figure(4.7, 0.6 + 1.7 * len(names))
    grid = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    for axes, name in zip(grid, names, strict=True):
        values = metrics[f"{RMSE}{name}"]
        seen = np.isfinite(values) & (values > 0) & np.isfinite(metrics["epoch"])
        marker = "o" if seen.sum() == 1 else None
        look: dict[str, Any] = {"color": PALETTE["ours"], "linewidth": 1.8, "marker": marker}
        axes.plot(metrics["epoch"][seen], values[seen], **look)
        last = name == names[-1]
        style_axes(axes, "epoch" if last else "", f"RMSE of {in_unit(name, units[name])}")
        log_axis(axes, "y")
    grid[-1].xaxis.get_major_locator().set_params(integer=True)
    figure.align_ylabels()
    return figure


def by_species(errors: Mapping[str, Mapping[str, float]], quantity: str, unit: str) -> Figure:
    """Root mean square and mean absolute errors of the atoms of every element."""
    names = list(errors)
    figure = new_figure(4.2, 0.9 + 0.42 * len(names))
    axes = figure.subplots()
    place = np.arange(len(names))[::-1]
    for shift, key, colour, label in (
        (0.19, "rmse", "ours", "root mean square"),
        (-0.19, "mae", "muted", "mean absolute"),
    ):
        values = [errors[name][key] for name in names]
        axes.barh(place + shift, values, height=0.36, color=PALETTE[colour], label=label)
        for y, value in zip(place + shift, values, strict=True):
            told = f" {significant(value)}"
            axes.text(value, y, told, va="center", fontsize=8, color=PALETTE["ink"])
    axes.set_yticks(place, names)
    axes.set_xlim(0, 1.25 * max(errors[name]["rmse"] for name in names) or 1.0)
    style_axes(axes, f"error of {in_unit(quantity, unit)}", "")
    axes.grid(False, axis="y")
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return figure


def table(targets: Mapping[str, Mapping[str, Any]], split: str) -> str:
    """Errors of every target in its unit, per atom and per element where there are such, beside the
    best prediction that needs no network.
    """
    body = []
    for name, target in targets.items():
        errors, unit = target.get(split) or {}, str(target.get("unit", "1"))
        best = _best(target.get("baselines") or {})
        body.append(_row(in_unit(name, unit), errors, best, "target"))
        if "per_atom" in errors:
            body.append(_row("per atom", errors["per_atom"], None, "part"))
        for element, one in (errors.get("per_species") or {}).items():
            body.append(_row(f"of {element}", one, None, "part"))
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Target", "RMSE", "MAE", "Without"))
    return (
        f'<table class="targets"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def _row(name: str, errors: Mapping[str, Any], best: float | None, kind: str) -> str:
    cells = [_number(errors.get("rmse")), _number(errors.get("mae")), _number(best)]
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="{kind}"><th scope="row">{escape(name)}</th>{told}</tr>'


def _number(value: object) -> str:
    return significant(float(value)) if is_number(value) else "–"  # type: ignore[arg-type]


def _best(baselines: Mapping[str, Any]) -> float | None:
    """The smallest root mean square error of a prediction that needs no network."""
    found = [one["rmse"] for one in baselines.values() if isinstance(one, dict) and "rmse" in one]
    return min(map(float, found)) if found else None
