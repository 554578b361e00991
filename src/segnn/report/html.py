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

from segnn.errors import UserError
from segnn.files import write_atomically
from segnn.report import sections, tables
from segnn.report.canvas import new_figure
from segnn.report.inputs import Run, read_run
from segnn.report.summary import summarise
from segnn.report.words import SPLITS, pretty, significant

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
    parts = [
        sections.results(summary),
        sections.several(run, summary),
        sections.learning(run, summary),
        sections.systems(run, summary),
        sections.error_spread(run, summary),
        sections.symmetry(summary),
    ]
    split = summary["split"]
    mse = summary["results"][split]["mse"]
    template = Template(files("segnn.report").joinpath("template.html").read_text(encoding="utf-8"))
    return template.substitute(
        name=escape(summary["name"]),
        split=SPLITS[split],
        of=escape(_of(summary["results"])),
        mse=escape("not finite" if mse is None else significant(mse)),
        relation=escape(summary["relation"]),
        single=escape(_one_run(summary["results"])),
        facts=tables.facts(summary["results"]),
        missing=_missing(summary["missing"]),
        verdict=_verdict(summary["verdict"]),
        sections="\n".join(part for part in parts if part),
        source=escape(summary["citation"] or ""),
        commands=escape("\n".join(summary["commands"])),
        versions=tables.description(
            [(k, str(v)) for k, v in (summary["results"].get("versions") or {}).items()]
        )
        or "<p>results.json names no versions.</p>",
    )


def _of(results: Mapping[str, Any]) -> str:
    """Which of several targets the headline is of."""
    if not isinstance(results.get("targets"), dict):
        return ""
    unit = str(results.get("unit", "1"))
    squared = "" if unit == "1" else f" in ({pretty(unit)})²"
    return f" of {results.get('target')}{squared}"


def _one_run(results: Mapping[str, Any]) -> str:
    seed = results.get("seed")
    named = "" if seed is None else f", seed {seed}"
    return f"One run{named}: a single number without a spread of its own."


def _verdict(found: Mapping[str, Any] | None) -> str:
    """A run that is no better than what needs no network says so before anything else."""
    if found is None or found["beaten"]:
        return ""
    return f'<p class="useless"><strong>{escape(found["text"])}</strong></p>'


def _missing(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    listed = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="missing">{listed}</ul>'
