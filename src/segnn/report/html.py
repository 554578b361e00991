"""The report: one HTML file that needs nothing else, and the same numbers as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from segnn.errors import UserError
from segnn.files import write_atomically
from segnn.report import plots, tables
from segnn.report.canvas import new_figure, to_svg
from segnn.report.inputs import Run, read_run
from segnn.report.parity import parity
from segnn.report.summary import change, errors, summarise
from segnn.report.words import significant

INPUTS = ("results.json", "check.json", "versions.json")
COMMANDS = ("make demo",)


def write_report(
    run_folder: str | os.PathLike[str],
    out: str | os.PathLike[str] = "report.html",
    commands: Sequence[str] = COMMANDS,
) -> Path:
    """Write the report of a finished run and, beside it, the same numbers as `.json`; returns the
    path of the HTML.

    Reads `results.json` and, where present, `metrics.csv`, `check.json` and `predictions.npz`; what
    is absent is left out with a sentence that says so. A relative `out` is taken inside the run
    folder. `commands` are shown as the way to reproduce the run.

    Raises `UserError` if `results.json` is missing, a file does not hold what it should, matplotlib
    is not installed, or the report cannot be written.
    """
    folder = Path(run_folder)
    path = folder / out
    numbers = path.with_suffix(".json")
    if path.suffix not in (".html", ".htm") or numbers.name in INPUTS:
        raise UserError(
            f"{path}: a report is an .html file with its numbers in {numbers.name} beside it, "
            "which must not be one of "
            f"{', '.join(INPUTS)}. Give another name, such as report.html."
        )
    new_figure(1, 1)  # a missing matplotlib is told before anything is read
    run = read_run(folder)
    summary = summarise(run, commands)
    page = render(run, summary)
    write_atomically(path, page.encode())
    told = json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(numbers, told.encode())
    return path


def render(run: Run, summary: Mapping[str, Any]) -> str:
    """The page as text, from the run's arrays and its summarised numbers."""
    sections = [
        _results(summary),
        _learning(run, summary),
        _systems(run, summary),
        _errors(run, summary),
        _check(summary),
    ]
    mse = summary["results"]["test"]["mse"]
    template = Template(files("segnn.report").joinpath("template.html").read_text(encoding="utf-8"))
    return template.substitute(
        name=escape(summary["name"]),
        mse=escape("not finite" if mse is None else significant(mse)),
        relation=escape(summary["relation"]),
        single=escape(_one_run(summary["results"])),
        facts=tables.facts(summary["results"]),
        missing=_missing(summary["missing"]),
        sections="\n".join(section for section in sections if section),
        source=escape(summary["citation"] or ""),
        commands=escape("\n".join(summary["commands"])),
        versions=tables.description(
            [(k, str(v)) for k, v in (summary["results"].get("versions") or {}).items()]
        )
        or "<p>results.json names no versions.</p>",
    )


def _one_run(results: Mapping[str, Any]) -> str:
    seed = results.get("seed")
    return f"One run{'' if seed is None else f', seed {seed}'}: a single number without a spread of its own."


def _missing(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    return f'<ul class="missing">{"".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)}</ul>'


def _section(title: str, ident: str, text: str, *parts: str) -> str:
    return f'<section aria-labelledby="{ident}"><h2 id="{ident}">{title}</h2><p>{text}</p>{"".join(parts)}</section>'


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{caption}</figcaption></figure>"


def _scroll(table: str, label: str) -> str:
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">{table}</div>'


def _results(summary: Mapping[str, Any]) -> str:
    text = "Mean squared error over all coordinates of the test systems, smallest first."
    if summary["paper"] is not None:
        text += (
            f" The figure to reproduce is {tables.method(summary['paper']['method'])}; "
            "(l<sub>f</sub>, l<sub>a</sub>) are the"
            " degrees of features and attributes. Published errors are quoted, not recomputed."
        )
    return _section(
        "Results", "results", text, _scroll(tables.comparison(summary["comparison"]), "Results")
    )


def _learning(run: Run, summary: Mapping[str, Any]) -> str:
    if run.metrics is None:
        return ""
    learning, paper, metrics = summary["learning"], summary["paper"], run.metrics
    figure = plots.loss_curve(
        metrics["epoch"],
        metrics["train_loss"],
        metrics["valid_mse"],
        learning["best_epoch"],
        paper and paper["mse"],
    )
    text = "No validation error was recorded."
    if learning["best_valid"] is not None:
        first, best, last = (
            significant(learning[f"{key}_valid"]) for key in ("first", "best", "last")
        )
        text = (
            f"The validation error began at {first}, was {best} at epoch "
            f"{learning['best_epoch']}, whose weights are "
            f"reported, and ended at {last}."
        )
    caption = "Training loss and validation error after each epoch."
    if paper is not None:
        caption += " The dashed line is the paper’s test error; test systems play no part in training or in the choice of epoch."
    svg = to_svg(figure, f"Learning curve, logarithmic error by epoch. {text}", "curve")
    return _section(
        "Learning", "learning", escape(text), f'<div class="wide">{_figure(svg, caption)}</div>'
    )


def _systems(run: Run, summary: Mapping[str, Any]) -> str:
    if run.predictions is None or run.quantity != "position":
        return ""
    systems, parts, charged, moving = (
        run.predictions,
        [],
        "charge" in run.predictions.node,
        "velocity" in run.predictions.node,
    )
    signs: set[int] = set()
    for shown in summary["predictions"]["shown"]:
        one = systems[shown["system"] : shown["system"] + 1]
        charge = one.node["charge"].reshape(len(one.position), -1)[:, 0] if charged else None
        signs |= set(np.sign(charge).astype(int).tolist()) if charge is not None else {0}
        figure = plots.trajectories(
            [one.position],
            [one.node["target_position"]],
            [one.node["predicted_position"]],
            None if charge is None else [charge],
            [one.node["velocity"]] if moving else None,
            planes=("xy", "xz"),
            key=False,
        )
        mse = significant(shown["mse"])
        label = f"Start, true end and predicted end of {len(one.position)} particles, {shown['why']}: MSE {mse}."
        caption = f"<b>{shown['why'].capitalize()}</b> System {shown['system']}, MSE {mse}"
        parts.append(_figure(to_svg(figure, label, f"system-{shown['system']}"), caption))
    key = to_svg(
        plots.trajectory_key(sorted(signs, reverse=True), moving),
        "What the marks mean: start, true end, predicted end.",
        "key",
    )
    text = (
        f"Chosen by their error among the {summary['predictions']['systems']} stored test "
        "systems, not by hand. Each is seen "
        "along z (left) and along y (right)."
    )
    if moving:
        text += " The dotted line is the initial velocity times one unit of time."
    return _section(
        "Single systems",
        "systems",
        text,
        f'<div class="key">{key}</div><div class="grid">{"".join(parts)}</div>',
    )


def _errors(run: Run, summary: Mapping[str, Any]) -> str:
    if run.predictions is None:
        return ""
    by_system, error, distance = errors(run.predictions, run.quantity)
    numbers = summary["predictions"]
    mse, half, error_length, moved = (
        significant(numbers[key])
        for key in ("mse", "median_system_mse", "median_error", "median_distance")
    )
    better = f"{100 * numbers['better_than_standing_still']:.1f} %"
    text = f"The {numbers['systems']} stored systems have an MSE of {mse}, half of them less than {half}. "
    moves, each = (
        run.quantity == "position",
        "particle" if f"target_{run.quantity}" in run.predictions.node else "system",
    )
    name = "displacement" if moves else run.quantity.replace("_", " ")
    if moves:
        text += (
            f"The median particle moves {moved}; the median error is {error_length} long. "
            f"{better} of the particles are "
            "predicted better than by standing still."
        )
    else:
        text += (
            f"The median size of the true {name} is {moved}, of the error {error_length}. "
            f"{better} of the {each}s are "
            "predicted better than by zero."
        )
    histogram = to_svg(
        plots.error_histogram(by_system), f"Histogram of the MSE by system. {text}", "histogram"
    )
    scatter = to_svg(
        plots.error_by_distance(distance, error)
        if moves
        else plots.error_by_distance(
            distance, error, f"size of the true {name}", "predicting zero", f"a {each}"
        ),
        f"Error of each {each} by "
        f"{'the distance it moved' if moves else f'the size of its {name}'}. {text}",
        "distance",
    )
    true, guess = change(run.predictions, run.quantity)
    agreement = to_svg(
        parity(true, guess, name), f"Predicted against true {name}, every component.", "parity"
    )
    return _section(
        "Errors",
        "errors",
        text,
        '<div class="grid">',
        _figure(histogram, "How the error spreads over the systems."),
        _figure(
            scatter,
            "Error against distance moved. Below the dashed line a prediction beats standing still."
            if moves
            else f"Error against the size of the true {name}. Below the dashed line a prediction beats zero.",
        ),
        _figure(
            agreement,
            f"Every component of every {name}: on the dashed line the prediction is exact.",
        ),
        "</div>",
    )


def _check(summary: Mapping[str, Any]) -> str:
    check = summary["check"]
    if check is None:
        return ""
    failed = check["total"] - check["passed"]
    text = (
        f"All {check['total']} properties hold within their tolerance."
        if not failed
        else (f"<strong class='fail'>{failed} of {check['total']} properties do not hold.</strong>")
    )
    text += " Each row holds the model’s answer for systems against its answer for the same systems transformed."
    return _section(
        "Symmetry", "symmetry", text, _scroll(tables.check(check["rows"]), "Symmetry check")
    )
