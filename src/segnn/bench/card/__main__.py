"""``python -m segnn.bench.card``: all stages, one after the other, within a time."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from segnn.errors import UserError
from segnn.files import write_atomically

LEAST = 5.0  # seconds under which no stage is started
MET, NO_DEVICE, NOT_MET = 0, 2, 3  # 1 is Python's, for an error that nobody caught


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs all stages, or as a process of its own the one of ``--stage``; the exit status: 0 where
    all is met, 3 where something is not or did not end in time, 2 where there is no such device.
    """
    parser = argparse.ArgumentParser(prog="segnn.bench.card", description=__doc__)
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1, cpu (default: cuda)")
    parser.add_argument(
        "--out", default="results/card", type=Path, help="folder for the JSON files"
    )
    parser.add_argument("--seconds", default=470.0, type=float, help="for all stages together")
    parser.add_argument("--small", action="store_true", help="tiny sizes: a test of the script")
    parser.add_argument("--stages", help="some of them, with commas between")
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)

    from segnn.model.device import find_device

    try:
        find_device(given.device, "--device")
    except UserError as error:
        print(f"{error}\nNothing was measured. (--device cpu --small tests the script.)")
        return NO_DEVICE
    if given.stage:
        return _one(given)
    return _all(given)


def _one(given: Any) -> int:
    """The stage as a process of its own."""
    from segnn.bench.card.stages import STAGES, Job
    from segnn.model.device import find_device

    def keep(found: dict[str, Any]) -> None:
        _write(given.out / f"{given.stage}.json", found)

    job = Job(find_device(given.device), given.small, given.seconds, keep)
    found = STAGES[given.stage].run(job)
    keep(found)
    return MET if found["met"] else NOT_MET


def _all(given: Any) -> int:
    from segnn.bench.card.stages import STAGES

    names = given.stages.split(",") if given.stages else list(STAGES)
    began, summary = time.monotonic(), dict[str, Any]()
    for name in names:
        left = given.seconds - (time.monotonic() - began)
        # at tiny sizes the question is whether it works, on whatever busy machine
        limit = left if given.small else min(left, STAGES[name].seconds)
        summary[name] = _stage(given, name, limit) if left > LEAST else {"outcome": "no time left"}
        _write(given.out / "summary.json", summary)  # after every stage
        print(f"{name:18} {summary[name]['outcome']}", flush=True)
        for line in summary[name].get("told", ()):
            print(f"    {line}", flush=True)
    return MET if all(row["outcome"] == "met" for row in summary.values()) else NOT_MET


def _stage(given: Any, name: str, seconds: float) -> dict[str, Any]:
    """One stage in a process of its own, ended when its time is up."""
    command = [sys.executable, "-m", "segnn.bench.card", "--stage", name]
    command += ["--device", given.device, "--out", str(given.out), "--seconds", f"{seconds:.0f}"]
    command += ["--small"] if given.small else []
    began = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return {"outcome": f"not done within {seconds:.0f} s"}
    took = {"seconds": round(time.monotonic() - began, 1)}
    outcomes = {MET: "met", NOT_MET: "not met"}
    if done.returncode in outcomes:
        return {"outcome": outcomes[done.returncode], "told": _told(given.out, name), **took}
    told = done.stderr.strip().splitlines()[-3:]
    return {"outcome": f"ended with status {done.returncode}", "told": told, **took}


def _told(folder: Path, name: str) -> list[str]:
    """What a stage says in words."""
    path = folder / f"{name}.json"
    found: list[str] = json.loads(path.read_text()).get("told", []) if path.exists() else []
    return found


def _write(path: Path, found: dict[str, Any]) -> None:
    write_atomically(path, (json.dumps(found, indent=2) + "\n").encode())


if __name__ == "__main__":
    sys.exit(main())
