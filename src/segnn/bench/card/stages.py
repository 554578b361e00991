"""What is done on a card, stage by stage: each a function that returns what stands in its file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from segnn.bench.card.agreement import agreement
from segnn.bench.card.recorded import epoch_of_molecules, recorded
from segnn.bench.contenders import (
    COMPILED,
    FLOOR,
    ON_CARD,
    ONE_BY_ONE,
    OURS,
    PLAIN_COMPILED,
    REFERENCE,
)
from segnn.bench.device import described
from segnn.bench.run import measure
from segnn.bench.timing import Effort
from segnn.bench.workloads import WORKLOADS, Workload
from segnn.versions import versions

EAGER = tuple(name for name in ON_CARD if name not in (COMPILED, PLAIN_COMPILED))
FEW = (OURS, ONE_BY_ONE, REFERENCE, FLOOR)
COMPILING = (OURS, REFERENCE, COMPILED, FLOOR)
TESTS = Path("tests/model/test_device.py")


@dataclass(frozen=True)
class Job:
    """Where it runs, whether at tiny sizes, and the seconds there are for it; ``keep`` writes what
    there is so far.
    """

    device: torch.device
    small: bool
    seconds: float
    keep: Callable[[dict[str, Any]], None] = lambda found: None


@dataclass(frozen=True)
class Stage:
    """``run`` gives what is written, with "met": whether all that had to agree does; ``seconds``:
    its limit.
    """

    run: Callable[[Job], dict[str, Any]]
    seconds: float


def _machine(job: Job) -> dict[str, Any]:
    return {"device": described(job.device), "versions": versions(), "met": True}


def _tests(job: Job) -> dict[str, Any]:
    """The tests that need a card, where the sources with their tests are at hand."""
    if job.small or not TESTS.exists():
        return {"told": [f"left out: tiny sizes, or no {TESTS} here"], "met": True}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(TESTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return {"told": done.stdout.splitlines()[-15:], "met": done.returncode == 0}


def _agreement(job: Job) -> dict[str, Any]:
    rows = _kept(agreement(job.device, job.small), job)
    told = [f"{r['network']}, {r['path']}, {r['dtype']}: {_found(r)}" for r in rows if not r["met"]]
    return {"rows": rows, "told": told, "met": not told}


def _kept(rows: Iterable[dict[str, Any]], job: Job) -> list[dict[str, Any]]:
    """The rows, each written as it comes."""
    found = []
    for row in rows:
        found.append(row)
        job.keep({"rows": found, "met": False})  # until it is known of all
    return found


def _found(row: dict[str, Any]) -> str:
    return row["error"] if "error" in row else f"{row['difference']:.2g} > {row['allowed']:.0e}"


def _recorded(job: Job) -> dict[str, Any]:
    """Training steps that the card records, against those it is handed operation by operation."""
    rows = _kept(recorded(job.device, job.small), job)
    told = [f"{r['network']}, {r['dtype']}: {r}" for r in rows if not r["met"]]
    molecules = epoch_of_molecules(job.device, job.small)
    return {"rows": rows, "told": told, "molecules": molecules, "met": not told}


def _bench(name: str, contenders: tuple[str, ...], job: Job) -> dict[str, Any]:
    """A workload, timed for a fifth of the seconds; the rest is for networks and warming up."""
    workload = _tiny(WORKLOADS[name]) if job.small else WORKLOADS[name]
    if job.small:
        contenders = tuple(c for c in contenders if c not in (COMPILED, PLAIN_COMPILED))
    effort = Effort(repeats=2, warm_up=1) if job.small else Effort(seconds=job.seconds / 5)
    threads = 1 if job.small else 2
    found = measure(
        workload, contenders, device=job.device, effort=effort, probes=False, threads=threads
    )
    return {**found, "met": True}  # contenders that disagree are an error


def _tiny(workload: Workload) -> Workload:
    hidden = workload.hidden and "4x0e+4x1o"
    return replace(workload, sizes=(workload.tiny,), width=4, hidden=hidden, layers=1)


def _training(job: Job) -> dict[str, Any]:
    """A short training of the recipe ``charged`` on systems simulated for it."""
    from segnn.recipe import load_recipe
    from segnn.simulate.charged import simulate
    from segnn.training import train

    count, epochs = ((8, 4, 4), 1) if job.small else ((3000, 500, 500), 20)
    data = simulate(count, steps=5000)
    changes = (f"training.device={job.device}", f"training.epochs={epochs}")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        recipe = load_recipe("charged", changes)
        results = train(recipe, Path(folder) / "run", data=data, progress=False)
    seconds = time.perf_counter() - began
    finite = results["test"]["mse"] < float("inf")
    return {"seconds": seconds, "epochs": epochs, "results": results, "met": finite}


STAGES: dict[str, Stage] = {
    "machine": Stage(_machine, 30),
    "tests": Stage(_tests, 60),
    "agreement": Stage(_agreement, 90),
    "charged": Stage(partial(_bench, "charged", EAGER), 50),
    "qm9": Stage(partial(_bench, "qm9", EAGER), 60),
    "forces": Stage(partial(_bench, "forces", FEW), 70),
    "large": Stage(partial(_bench, "large", FEW), 45),
    "recorded": Stage(_recorded, 90),
    "qm9-compiled": Stage(partial(_bench, "qm9", COMPILING), 150),
    "gravity20": Stage(partial(_bench, "gravity20", EAGER), 50),
    "training": Stage(_training, 60),
    "charged-compiled": Stage(partial(_bench, "charged", COMPILING), 100),
}
"""In the order in which they run: what matters most comes first. Seconds are those of a slow host,
which hands over e3nn's step on forces in more than one.
"""
