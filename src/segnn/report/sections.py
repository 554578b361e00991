"""The sections of a report as HTML: a sentence, a figure, what the figure shows."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from segnn.report import plots, tables, targets
from segnn.report.canvas import to_svg
from segnn.report.inputs import Run, labelled
from segnn.report.parity import parity
from segnn.report.summary import change, errors
from segnn.report.trajectories import trajectories, trajectory_key
from segnn.report.words import SPLITS, plain, significant, within

LOSSES = {
    "mae": "mean absolute error",
    "mse": "mean squared error",
    "huber": "squared error of small, absolute error of large deviations",
}


def results(summary: Mapping[str, Any]) -> str:
    """This run among published errors and predictions that need no network."""
    which = SPLITS[summary["split"]]
    text = f"Errors over all coordinates of the {which} systems, smallest mean square first."
    if summary["paper"] is not None:
        text += (
            f" The figure to reproduce is {tables.method(summary['paper']['method'])}; "
            "(l<sub>f</sub>, l<sub>a</sub>) are the degrees of features and attributes. "
            "Published errors are quoted, not recomputed."
        )
    return _section("Results", "results", text, _scroll(tables.comparison(summary), "Results"))


def several(run: Run, summary: Mapping[str, Any]) -> str:
    """Every target in its own unit, where one network has several; nothing for one."""
    held = summary["results"].get("targets")
    if not isinstance(held, dict) or not held:
        return ""
    split = summary["split"]
    text = (
        f"Errors of each target on the {SPLITS[split]} systems in its own unit, over all "
        "coordinates. “Without” is the root mean square error of the best prediction that needs no "
        "network. The other sections are of the first target."
    )
    units = {name: str(one.get("unit", "1")) for name, one in held.items()}
    figures = []
    curves = None if run.metrics is None else targets.curves(run.metrics, units)
    if curves is not None:
        svg = to_svg(curves, "Validation error of every target by epoch.", "targets")
        figures.append(_figure(svg, "Root mean square errors on the validation systems."))
    for name, one in held.items():
        species = (one.get(split) or {}).get("per_species")
        if species:
            svg = to_svg(
                targets.by_species(species, name, units[name]),
                f"Errors of {name} by element.",
                f"species-{name}",
            )
            figures.append(_figure(svg, f"Errors of {escape(name)} by element."))
        if run.predictions is not None and name in run.others:
            true, guess = change(labelled(run.predictions, name), name, run.places)
            shown = f"change of {name}" if name in run.places else name
            svg = to_svg(
                parity(true, guess, shown, units[name]),
                f"Predicted against true {shown}.",
                f"parity-{name}",
            )
            figures.append(_figure(svg, f"Every component of {escape(shown)}."))
    body = _scroll(targets.table(held, split), "Targets")
    layout = "wide" if len(figures) == 1 else "grid"
    grid = f'<div class="{layout}">{"".join(figures)}</div>' if figures else ""
    return _section("Targets", "targets", text, body, grid)


def learning(run: Run, summary: Mapping[str, Any]) -> str:
    """The learning curve; nothing if none was kept."""
    if run.metrics is None:
        return ""
    numbers, paper, metrics = summary["learning"], summary["paper"], run.metrics
    together = isinstance(summary["results"].get("targets"), dict)
    kind = run.validated_by or ""
    rows = [row for row in summary["comparison"] if row["kind"] == "trivial" and row.get(kind)]
    references = {}
    if paper is not None and kind == "mse":
        references[f"paper, test MSE {plain(paper['mse'])}"] = paper["mse"]
    if rows and not together:  # of one target, which is no measure of all
        error, which = rows[0][kind], f"{SPLITS[summary['split']]} {kind.upper()}"
        references[f"{within(rows[0]['method'])}, {which} {significant(error)}"] = error
    loss = LOSSES.get(run.loss or "", "as trained")
    figure = plots.loss_curve(
        metrics["epoch"],
        metrics["train_loss"],
        metrics["valid_error"],
        numbers["best_epoch"],
        references,
        run.loss,
        None if together else run.validated_by,
    )
    text = "No validation error was recorded."
    if numbers["best_valid"] is not None:
        first, best, last = (
            significant(numbers[f"{key}_valid"]) for key in ("first", "best", "last")
        )
        text = (
            f"The validation error began at {first}, was {best} at epoch {numbers['best_epoch']}, "
            f"whose weights are reported, and ended at {last}."
        )
    measure = f"the {LOSSES.get(kind, 'error')} on the validation systems"
    if together:
        measure = "the loss of all targets together on the validation systems"
    caption = (
        f"Above: {measure}. Below: the loss that was "
        f"minimised on the training systems ({loss}), on an axis of its own."
    )
    if references and summary["split"] == "test":
        caption += (
            " Horizontal lines are errors on the test systems, which play no part in training "
            "or in the choice of epoch."
        )
    svg = to_svg(figure, f"Learning curve, logarithmic error by epoch. {text}", "curve")
    shown = f'<div class="wide">{_figure(svg, caption)}</div>'
    return _section("Learning", "learning", escape(text), shown)


def systems(run: Run, summary: Mapping[str, Any]) -> str:
    """Start, true end and predicted end of some systems; nothing for other quantities."""
    if run.predictions is None or run.quantity != "position":
        return ""
    held, parts = run.predictions, []
    charged, moving = "charge" in held.node, "velocity" in held.node
    signs: set[int] = set()
    for shown in summary["predictions"]["shown"]:
        one = held[shown["system"] : shown["system"] + 1]
        charge = one.node["charge"].reshape(len(one.position), -1)[:, 0] if charged else None
        signs |= set(np.sign(charge).astype(int).tolist()) if charge is not None else {0}
        figure = trajectories(
            [one.position],
            [one.node["target_position"]],
            [one.node["predicted_position"]],
            None if charge is None else [charge],
            [one.node["velocity"]] if moving else None,
            planes=("xy", "xz"),
            key=False,
        )
        mse, why = significant(shown["mse"]), shown["why"]
        label = (
            f"Start, true end and predicted end of {len(one.position)} particles, {why}: MSE {mse}."
        )
        caption = f"<b>{why.capitalize()}</b> System {shown['system']}, MSE {mse}"
        parts.append(_figure(to_svg(figure, label, f"system-{shown['system']}"), caption))
    key = to_svg(
        trajectory_key(sorted(signs, reverse=True), moving),
        "What the marks mean: start, true end, predicted end.",
        "key",
    )
    text = (
        f"Chosen by their error among the {summary['predictions']['systems']} stored test "
        "systems, not by hand. Each is seen along z (left) and along y (right)."
    )
    if moving:
        text += " The dotted line is the initial velocity times one unit of time."
    body = f'<div class="key">{key}</div><div class="grid">{"".join(parts)}</div>'
    return _section("Single systems", "systems", text, body)


def error_spread(run: Run, summary: Mapping[str, Any]) -> str:
    """How the errors spread over systems, how they grow with what is predicted, and parity."""
    if run.predictions is None:
        return ""
    by_system, error, without = errors(run.predictions, run.quantity, run.places)
    numbers = summary["predictions"]
    moves = run.quantity in run.places
    of_nodes = f"target_{run.quantity}" in run.predictions.node
    each, name = (
        "particle" if of_nodes else "system",
        "displacement" if moves else run.quantity.replace("_", " "),
    )
    text = _told(numbers, each, name, moves, of_nodes)
    nothing = "standing still" if moves else "the mean"
    histogram = to_svg(
        plots.error_histogram(by_system, numbers["mse"]),
        f"Histogram of the MSE by system. {text}",
        "histogram",
    )
    along = "distance moved" if moves else f"{name}: distance from the mean"
    scatter = to_svg(
        plots.error_by_distance(without, error, along, nothing, f"a {each}"),
        f"Error of each {each} by its {along}. {text}",
        "distance",
    )
    true, guess = change(run.predictions, run.quantity, run.places)
    agreement = to_svg(
        parity(true, guess, name, _unit(summary, run.quantity)),
        f"Predicted against true {name}, every component.",
        "parity",
    )
    spread = "How the error spreads over the systems"
    spread += ": each counts once, whatever its size." if of_nodes else "."
    below = f"Below the dashed line a prediction beats {nothing}."
    exact = f"Every component of every {name}: on the dashed line the prediction is exact."
    return _section(
        "Errors",
        "errors",
        text,
        '<div class="grid">',
        _figure(histogram, spread),
        _figure(scatter, f"Error against {along}. {below}"),
        _figure(agreement, exact),
        "</div>",
    )


def _unit(summary: Mapping[str, Any], quantity: str) -> str:
    """The unit of a quantity: shown of atoms and the like, not of plain lengths."""
    results = summary["results"]
    held = (results.get("targets") or {}).get(quantity, results)
    unit = str(held.get("unit", "1"))
    return "1" if unit == "length" else unit


def _told(numbers: Mapping[str, Any], each: str, name: str, moves: bool, of_nodes: bool) -> str:
    """The errors in words: first how the headline's mean and the histogram go together."""
    mse, half, error, moved = (
        significant(numbers[key])
        for key in ("mse", "median_system_mse", "median_error", "median_change")
    )
    better = f"{100 * numbers['better_than_no_network']:.1f} %"
    text = f"The MSE of the {numbers['systems']} stored systems is {mse}"
    if of_nodes:
        text += ", a mean over all their particles. The histogram is of systems, each with the "
        text += "mean over its own particles: half of them have"
    else:
        text += "; half of them have"
    text += f" less than {half}. "
    if moves:
        return text + (
            f"The median particle moves {moved}; the median error is {error} long. {better} of "
            "the particles are predicted better than by standing still."
        )
    return text + (
        f"The median distance of the true {name} from its mean is {moved}, the median error "
        f"{error}. {better} of the {each}s are predicted better than by that mean."
    )


def symmetry(summary: Mapping[str, Any]) -> str:
    """The symmetry check; nothing if none is stored."""
    check = summary["check"]
    if check is None:
        return ""
    failed = check["total"] - check["passed"]
    text = f"All {check['total']} properties hold within their tolerance."
    if failed:
        text = f"<strong class='fail'>{failed} of {check['total']} properties do not hold.</strong>"
    text += (
        " Each row holds the model’s answer for systems against its answer for the same systems "
        "transformed."
    )
    table = _scroll(tables.check(check["rows"]), "Symmetry check")
    return _section("Symmetry", "symmetry", text, table)


def _section(title: str, ident: str, text: str, *parts: str) -> str:
    head = f'<h2 id="{ident}">{title}</h2><p>{text}</p>'
    return f'<section aria-labelledby="{ident}">{head}{"".join(parts)}</section>'


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{caption}</figcaption></figure>"


def _scroll(table: str, label: str) -> str:
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">{table}</div>'
