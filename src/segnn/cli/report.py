"""``segnn report``: a run folder as one page to look at."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json

HELP = """Write report.html (one file, figures inside) and report.json from a run folder.

    segnn train charged
    segnn report runs/charged

It shows more if the run folder also holds check.json and predictions.npz:

    segnn check runs/charged --out runs/charged/check.json
    segnn predict runs/charged data/charged/test.npz --keep-input -o runs/charged/predictions.npz

"""


def report(
    run: Annotated[Path, typer.Argument(help="A run folder with results.json.", metavar="RUN")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The HTML file; RUN/report.html if not given.")
    ] = None,
    reproduce: Annotated[
        list[str] | None,
        typer.Option(
            "--reproduce",
            help="A command to show as the way to this run; may be repeated.",
            metavar="COMMAND",
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Write the report of a run."""
    from segnn.report.finished import require_results

    require_results(run)  # before the imports of plots
    from segnn.report import write_report

    again = quote(str(run / "recipe.yaml")), quote(f"{run}-again")
    commands = reproduce or [f"segnn train {again[0]} --out {again[1]}"]
    written = write_report(run, "report.html" if out is None else out.absolute(), commands)
    if json:
        print_json({"html": str(written)})
    else:
        note(f"report: {written}")
