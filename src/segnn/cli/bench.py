"""``segnn bench``: speed and memory, beside the same network from e3nn's modules."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from segnn.cli.output import JsonFlag, note, plain, print_json, print_table, progress_bar
from segnn.errors import UserError

HELP = """Time forward passes and training steps, and measure peak memory, beside the same network
from e3nn's modules.

    segnn bench --list
    segnn bench charged --quick
    segnn bench charged qm9 --threads 1 --contenders segnn,e3nn
    segnn bench acac --contenders segnn,mace,nequip      after 'make contenders'
    segnn bench qm9 --device cuda
    segnn bench --out results/speed

Contenders have the same weights, must give the same outputs before anything is timed, and take
turns. Ratios are to the e3nn row. "floor" does the network's matrix products and nothing else.
Memory is the growth of the resident set during two steps, in a fresh process for each row, after
a tiny step; on a graphics card what torch has given out of it. One JSON file a workload, a line for
each step in history.jsonl and the picture speed.svg go to --out.

    segnn bench --compare
"""

PUBLISHED = Path("results/speed")


MOST_THREADS = 256


def check_machine(threads: int, pythons: Sequence[str]) -> None:
    """UserError for more threads than can be started, and for a Python that is none."""
    most = max(MOST_THREADS, os.cpu_count() or 1)
    if threads > most:
        raise UserError(f"--threads {threads}: expected at most {most}")
    for path in pythons:
        if not os.access(path, os.X_OK) or os.path.isdir(path):
            raise UserError(
                f"--contender-python {path}: there is no program that can be started. Give the "
                "python of an environment with MACE or NequIP; make contenders makes some"
            )


def bench(
    workloads: Annotated[
        list[str] | None,
        typer.Argument(help="All if none is given; see --list.", metavar="WORKLOAD"),
    ] = None,
    *,
    threads: Annotated[int, typer.Option(help="Threads of every contender.", min=1)] = 2,
    seconds: Annotated[
        float, typer.Option(help="Time for the turns of a workload; at least 5 turns.", min=0.0)
    ] = 60.0,
    repeats: Annotated[
        int | None, typer.Option(help="Turns, instead of as many as fit in --seconds.", min=1)
    ] = None,
    dtype: Annotated[str, typer.Option(help="float32 or float64.")] = "float32",
    device: Annotated[
        str, typer.Option(help="Where to compute: cpu, cuda, cuda:1 or auto.", metavar="DEVICE")
    ] = "cpu",
    contenders: Annotated[
        str | None,
        typer.Option(help="Some of them, with commas between; see --list.", metavar="NAMES"),
    ] = None,
    contender_python: Annotated[
        list[str] | None,
        typer.Option(
            help="A Python that has MACE or NequIP (make contenders); may be repeated.",
            metavar="PATH",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=f"Folder for the results; {PUBLISHED}[-cuda] if not given.")
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="A try-out: 3 turns, no memory, nothing written unless --out is given."
        ),
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="What can be measured, and stop.")] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Measure nothing: name what became more than 15 % slower, against the floor, "
            "between the last two runs in --out; status 1 if there is something.",
        ),
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Measure."""
    import torch

    from segnn.bench import cuequivariance
    from segnn.bench.contenders import CONTENDERS, CUEQUIVARIANCE, DEFAULT, ON_CARD
    from segnn.bench.run import measure
    from segnn.bench.timing import Effort
    from segnn.bench.workloads import WORKLOADS, find_workloads, one_of
    from segnn.model.device import find_device

    if listed:
        described = {
            "workloads": {w.name: w.text for w in WORKLOADS.values()},
            "contenders": CONTENDERS,
        }
        if json:
            print_json(described)
        else:
            for what, texts in described.items():
                print_table("", (what[:-1], ""), list(texts.items()))
        return
    if compare:
        compare_runs(out or PUBLISHED, json)
        return
    chosen = find_workloads(workloads or [])
    check_machine(threads, contender_python or ())
    where = find_device(device, "--device")
    card = where.type != "cpu"
    names = (
        list(ON_CARD if card else DEFAULT)
        if contenders is None
        else [one_of(n.strip(), list(CONTENDERS), "contender") for n in contenders.split(",")]
    )
    if contenders is not None and CUEQUIVARIANCE in names and not cuequivariance.installed():
        raise UserError(
            f"contender {CUEQUIVARIANCE!r} is not installed: pip install cuequivariance-torch, and "
            "for a graphics card cuequivariance-ops-torch-cu12 or -cu13"
        )
    one_of(dtype, ["float32", "float64"], "--dtype")
    published = PUBLISHED.with_name(f"speed-{where.type}") if card else PUBLISHED
    folder = None if quick and out is None else out or published
    if folder is not None:
        prepare(folder)
    effort = Effort(
        seconds=seconds, repeats=repeats or (3 if quick else None), warm_up=1 if quick else 3
    )

    results = []
    for workload in chosen:
        result = measure(
            workload,
            names,
            threads=threads,
            dtype=getattr(torch, dtype),
            device=where,
            effort=effort,
            probes=not quick,
            stage=progress_bar,
            pythons=contender_python or (),
        )
        results.append(result)
        if folder is not None:
            write(folder, result)
        if not json:
            show(result)
    if json:
        print_json(results)
    if folder is not None:
        draw(folder)


def prepare(folder: Path) -> None:
    """What would stop the results from being stored is told before they are measured."""
    from segnn.report.canvas import new_figure

    new_figure(1, 1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"--out {folder}: cannot be made a folder ({error.strerror or error}); give another one"
        ) from error
    stored(folder)


def write(folder: Path, result: Mapping[str, Any]) -> None:
    """One workload's file, whole or not at all."""
    from json import dumps

    from segnn.bench import history
    from segnn.files import write_atomically

    write_atomically(
        folder / f"{result['workload']}.json", (dumps(plain(result), indent=2) + "\n").encode()
    )
    history.append(folder / history.FILE, history.entries(result))


def compare_runs(folder: Path, json: bool) -> None:
    """What became slower between the last two runs, as a table and an exit status."""
    from dataclasses import asdict

    from segnn.bench import history

    kept = history.read(folder / history.FILE)
    if not kept:
        raise UserError(
            f"{folder / history.FILE}: no measurements yet; segnn bench --out {folder} adds some"
        )
    found = history.slowdowns(kept)
    if json:
        print_json([{**asdict(slower), "factor": slower.factor} for slower in found])
    elif found:
        rows = [
            (
                f"{s.now.workload}, {s.now.step}, {s.now.edges:,} edges",
                f"{s.before.floors:.2f} ({s.before.date[:10]})",
                f"{s.now.floors:.2f} ({s.now.date[:10]})",
                f"{s.factor:.2f}×",
            )
            for s in found
        ]
        columns = ("slower", "floors before", "floors now", "factor")
        print_table("", columns, rows, right=(1, 2, 3))
    else:
        note(f"nothing is more than {history.SLOWER - 1:.0%} slower than in the run before")
    if found:
        raise typer.Exit(1)


def stored(folder: Path) -> list[dict[str, Any]]:
    """All results in the folder, in the order of ``--list``."""
    from json import loads

    from segnn.bench.workloads import WORKLOADS

    results = []
    for path in (folder / f"{name}.json" for name in WORKLOADS):
        if path.exists():
            try:
                results.append(loads(path.read_text()))
            except (OSError, ValueError):
                results.append({})
            if results[-1].get("workload") != path.stem:
                raise UserError(
                    f"{path}: is not a result of segnn bench; move it away, or give another --out"
                )
    return results


def draw(folder: Path) -> None:
    """The picture of all results in the folder."""
    from segnn.bench.plot import speed_figure
    from segnn.report import save_figure

    picture = save_figure(speed_figure(stored(folder)), folder / "speed.svg")
    note(f"results: {folder}, picture: {picture}")


def show(result: Mapping[str, Any]) -> None:
    """One workload as tables."""
    several = len(result["sizes"]) > 1
    rows = [
        (
            f"{row['step']}, {row['edges']:,} edges" if several else row["step"],
            row["contender"],
            f"{row['median_ms']:.2f}",
            "{:.2f}-{:.2f}".format(*row["quartiles_ms"]),
            f"{row['p95_ms']:.2f}",
            _number(row["times_faster_than_e3nn"], "{:.2f}×"),
            _number(row["times_the_floor"], "{:.1f}"),
            _number(row["peak_mib"], "{:.1f}"),
            _number(row["part_of_e3nn_memory"], "{:.2f}"),
        )
        for row in result["rows"]
    ]
    columns = (
        "step",
        "contender",
        "ms",
        "quartiles",
        "95 %",
        "faster than e3nn",
        "floors",
        "MiB",
        "of e3nn's",
    )
    machine = f"{result['threads']} threads, {result['dtype']}, {result['device']['name']}"
    title = f"{result['workload']}: {result['text']}\n{machine}"
    print_table(title, columns, rows, right=range(2, len(columns)))
    verdicts = {True: "pass", False: "FAIL", None: ""}
    cells = [
        (g["what"], f"{g['wanted']:.2f}", _number(g["reached"], "{:.2f}"), verdicts[g["met"]])
        for g in result["goals"]
    ]
    if cells:
        print_table("Goals", ("goal", "wanted", "reached", "verdict"), cells, right=(1, 2))
    if result["busy"]:
        shares = [
            part["processors_of_others"]
            for part in result["sizes"]
            if part["processors_of_others"] is not None
        ]
        busy = f"; others kept {max(shares):.1f} processors busy meanwhile" if shares else ""
        note(
            "warning: these figures are not to be quoted: the machine was busy (load average "
            f"{result['load_average_before']} "
            f"before{busy})"
        )
    data = result["data"]
    if data is not None:
        shown = [
            (what, f"{data[f'{key}_ms']:.2f}", _number(data[f"{key}_part_of_step"], "{:.1%}"))
            for key, what in (
                ("batch", "cut out of the data set, every step"),
                ("neighbours", "search, if positions change"),
            )
        ]
        print_table(
            "Data of a batch",
            ("edges and features", "ms", "of segnn's training step"),
            shown,
            right=(1, 2),
        )
    if result["exponent"] is not None:
        note(f"time grows as edges^{result['exponent']:.3f}")
    if result["first_call"] is not None:
        empty, warm = (
            _number(result["first_call"][key], "{:.1f} s")
            for key in ("empty_cache_s", "warm_cache_s")
        )
        note(
            f"first step of a process: {empty} with kernels to compile, {warm} with kernels on disk"
        )


def _number(value: float | None, text: str) -> str:
    return "" if value is None else text.format(value)
