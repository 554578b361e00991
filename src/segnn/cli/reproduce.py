"""``segnn reproduce``: the paper's tables, run by run."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segnn.cli.output import JsonFlag, note, plain, print_json, print_table, progress_bar
from segnn.errors import UserError
from segnn.reproduce.declared import check_table, titles

if TYPE_CHECKING:
    from segnn.reproduce.run import Planned
    from segnn.reproduce.sweep import Table

TITLES = "\n".join(f"    {name:<11} {title}" for name, title in titles().items())
HELP = f"""Repeat a table of the paper: each method, setting and seed that results/ does not hold
yet is trained and stored.

    segnn reproduce charged --dry-run
    segnn reproduce charged
    segnn reproduce gravity --only gravity --only position-5 --seeds 0
    segnn reproduce charged --render

TABLE is one of these:

{TITLES}

Data that are missing are simulated; but the files of acac have to be there, segnn data qm9 makes
those of qm9, and field and polar need the extra field (pip install 'segnn[field]'). What an older
revision of the training mechanism has trained is trained again. Each run leaves one JSON in
results/TABLE/; at the end table.md and plot.svg there show ours beside the published figures, and
learning.svg how the validation errors fell. Ctrl-C saves and stops; the same command goes on where
it was. --only takes methods and settings, as --dry-run lists them.
"""

RESULTS, RUNS = Path("results"), Path("runs/reproduce")
OWN = (RESULTS, RUNS, None)  # folders that a command need not name


def reproduce(
    table: Annotated[
        str,
        typer.Argument(
            help=f"{', '.join(titles())}.",
            metavar="TABLE",
        ),
    ],
    *,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="A method or a setting; may be repeated.", metavar="NAME"),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option("--seeds", help="Instead of the table's, such as 0,1,2.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only list the runs, what is done, and the time if known."),
    ] = False,
    render: Annotated[
        bool, typer.Option("--render", help="Only make table.md and plot.svg from what is stored.")
    ] = False,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Replace a value in every run; needs a --results folder of its own.",
            metavar="KEY=VALUE",
        ),
    ] = None,
    results: Annotated[Path, typer.Option("--results", help="Where results are stored.")] = RESULTS,
    recipes: Annotated[
        Path | None,
        typer.Option("--recipes", help="A folder of recipes, instead of the packaged ones."),
    ] = None,
    runs: Annotated[
        Path | None,
        typer.Option(
            "--runs",
            help=(
                "Where run folders are kept: runs/reproduce, or with --set runs in the --results"
                " folder."
            ),
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Reproduce a table."""
    check_table(table)
    chosen = numbers(seeds)
    from segnn.recipe.packaged import PACKAGED_RECIPES
    from segnn.reproduce.data import check_files
    from segnn.reproduce.run import check_writable, plan
    from segnn.reproduce.store import Store
    from segnn.reproduce.sweep import find_table

    changes, declared = overrides or [], recipes or PACKAGED_RECIPES
    for option, folder, own in (("--results", results, RESULTS), ("--runs", runs, RUNS)):
        if changes and folder is not None and folder.resolve() == own.resolve():
            raise UserError(
                f"--set {changes[0]}: not the table's own budget; give it another folder with"
                f" {option}"
            )
    found, store = find_table(table), Store(results)
    planned = plan(found.runs(only or (), chosen), store, declared, changes)
    if dry_run:
        show(planned, json)
        return
    if render and not (results.is_file() or store.seeds):
        raise UserError(
            f"--render: {results} holds no results. Leave --render out to train, or name another "
            "folder with --results"
        )
    if not (render or changes) and any(run.is_left for run in planned):
        check_files(found)
    check_writable(results / found.name, "--results")
    folders = [
        (o, str(f))
        for o, f in (("--results", results), ("--recipes", recipes), ("--runs", runs))
        if f not in OWN
    ]
    command = [
        "segnn",
        "reproduce",
        table,
        *chain(*(("--set", change) for change in changes), *folders),
    ]
    if not render:
        choice = [
            *chain(*(("--only", name) for name in only or ())),
            *(["--seeds", seeds] if seeds else []),
        ]
        kept = runs or (results / "runs" if changes else RUNS)
        with (
            redirect_stdout(sys.stderr) if json else nullcontext()
        ):  # training may print; stdout is for the result alone
            do(found, planned, store, kept, not changes, shlex.join([*command, *choice]))
    everything = plan(
        found.runs(seeds=sorted({*found.seeds, *store.seeds})), store, declared, changes
    )
    write(found, everything, results / found.name, json, shlex.join(command), changes)


def numbers(text: str | None) -> tuple[int, ...] | None:
    """``0,1,2`` as numbers, each once; None for None."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch("[0-9]{1,19}", part) and int(part) < 2**63 for part in parts):
        raise UserError(
            f"--seeds {text}: expected whole numbers below 2^63 with commas between, such as"
            " --seeds 0,1,2"
        )
    return tuple(dict.fromkeys(map(int, parts)))


def show(planned: list[Planned], json: bool) -> None:
    """The runs, which of them are done, and their times."""
    rows: list[dict[str, Any]] = [
        {
            "run": p.run.id,
            "method": p.run.method.label,
            "setting": p.run.setting.label,
            "seed": p.run.seed,
            "state": state(p),
            "seconds": p.seconds,
        }
        for p in planned
    ]
    left = [row for row, p in zip(rows, planned, strict=True) if p.is_left]
    known = [row["seconds"] for row in left if row["seconds"] is not None]
    if json:
        print_json(
            {
                "runs": rows,
                "to_do": len(left),
                "seconds": sum(known),
                "unknown": len(left) - len(known),
            }
        )
        return
    cells = [
        (row["run"], row["method"], row["setting"], row["state"], minutes(row["seconds"]))
        for row in rows
    ]
    print_table("", ("run", "method", "setting", "state", "minutes"), cells, right=(4,))
    unknown = len(left) - len(known)
    note(
        f"{len(left)} of {len(rows)} runs to do"
        + (f", about {minutes(sum(known))} minutes" if known else "")
        + (f"; the time of {unknown} is not known yet" if unknown else "")
    )


def state(planned: Planned) -> str:
    """done, to do, or to do again: an older mechanism or another recipe made what is stored; the
    command of what others train.
    """
    from segnn.training.revision import revision_of

    if planned.result is not None:
        return "done"
    if planned.run.method.elsewhere:
        return f"elsewhere: {planned.run.method.elsewhere}"
    if planned.earlier is not None:
        return f"revision {revision_of(planned.earlier)}: again"
    return "other recipe: again" if planned.outdated else "to do"


def minutes(seconds: float | None) -> str:
    """As a short number."""
    return "?" if seconds is None else f"{seconds / 60:.1f}"


def do(
    table: Table, planned: list[Planned], store: Any, runs: Path, compare: bool, command: str
) -> None:
    """Everything that is not done yet, one after the other; whatever can be refused is refused
    before the first training.

    - ``compare``: the data have to be the simulator's. ``command``: what goes on after an
      interrupt.
    """
    from segnn.reproduce.apart import make_apart
    from segnn.reproduce.data import make_data
    from segnn.reproduce.figures import error
    from segnn.reproduce.run import begun, check_writable, data_folders, execute
    from segnn.training import TrainingInterrupted

    left = [p for p in planned if p.is_left]
    if left:
        check_writable(runs / table.name, "--runs")
    for run in left:
        begun(run, store, runs)
    for folder in data_folders(left):
        with progress_bar(f"{table.simulator} data in {folder}") as progress:
            if make_data(table, folder, progress, compare):
                note(f"simulated {table.simulator}: {folder}")
    if (made := make_apart(table, [run.run for run in left])) is not None:
        note(made)
    for number, run in enumerate(left, start=1):
        note(f"[{number}/{len(left)}] {run.run.label}: {runs / table.name / run.run.id}")
        try:
            result = execute(run, store, runs)
        except TrainingInterrupted:
            raise TrainingInterrupted(
                f"Interrupted in {run.run.label}; everything so far is saved. Go on with the same"
                f" command: {command}"
            ) from None
        reached, target = error(result, table.targets[0], table.measure), table.targets[0]
        said = (
            f"test {table.measure} {reached:.5g}"
            if reached is not None
            else str(result.get("diverged"))
        )
        note(f"  {said}{f' of {target}' if target else ''}: {store.path(run.run)}")


def write(
    table: Table,
    planned: list[Planned],
    folder: Path,
    json: bool,
    command: str,
    overrides: Sequence[str],
) -> None:
    """table.md and plot.svg, and the rows on stdout."""
    from segnn.files import write_atomically
    from segnn.report import save_figure
    from segnn.reproduce.bars import judged
    from segnn.reproduce.markdown import heading, ours, render
    from segnn.reproduce.plot import dot_plot, learning_plot
    from segnn.reproduce.rows import make_rows, units_of
    from segnn.reproduce.verdict import quoted, verdict

    rows = make_rows(table, planned)
    page = folder / "table.md"
    curves = learning_plot(table, planned)
    write_atomically(page, render(table, rows, command, overrides).encode())
    pictures = [save_figure(dot_plot(table, rows), folder / "plot.svg")]
    if curves is not None:
        pictures.append(save_figure(curves, folder / "learning.svg"))
    if json:
        told = {
            "table": table.name,
            "page": str(page),
            "plot": str(pictures[0]),
            "rows": plain([r.to_dict() for r in rows]),
        }
        print_json(told)
        return
    cells = [
        (row.method, row.setting, ours(row).replace("*", ""), quoted(row), verdict(row))
        for row in rows
        if row.is_run or not row.ours
    ]
    compared = heading(table, table.targets[0], units_of(rows))
    print_table(
        table.title, ("method", "setting", compared, "published", "against published"), cells
    )
    if table.bars:
        lines = [(b.what, b.bar, b.aim, b.measured, b.verdict) for b in judged(table, rows)]
        print_table("demanded", ("what", "bar", "aim", "measured", ""), lines)
    note(", ".join(map(str, [page, *pictures])))
