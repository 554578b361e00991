"""The mean of the networks of a setting of a table, one of each seed, as a row of that table.

    python benchmarks/mean.py acac committee -o results/acac
    python benchmarks/mean.py acac committee --seeds 3,4,5 -o results/acac

after ``segnn reproduce acac --only committee`` with the same seeds, in the same folder, whose run
folders it reads. A committee costs what its members cost together; it is stored under its first
seed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from shared import tell

from segnn import load
from segnn.reproduce.sweep import find_table
from segnn.training.evaluation import evaluated
from segnn.training.revision import REVISION


def main() -> None:
    """Evaluate the mean of the members and store it under the method ``mean``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("setting")
    parser.add_argument("--seeds", help="of the members, as 3,4,5; unless given, the table's")
    parser.add_argument("--runs", type=Path, default=Path("runs/reproduce"))
    parser.add_argument("-o", "--out", type=Path, required=True)
    said = parser.parse_args()
    table = find_table(said.table)
    seeds = [int(seed) for seed in said.seeds.split(",")] if said.seeds else None
    members = [run for run in table.runs([said.setting], seeds) if not run.method.elsewhere]
    folders = [said.runs / said.table / run.id for run in members]
    results = [json.loads((folder / "results.json").read_text()) for folder in folders]
    found = {split: evaluated(load(folders), split=split)[0] for split in ("valid", "test")}
    targets = {
        name: {**told, "valid": _errors(found["valid"]["targets"][name]), "test": _errors(told)}
        for name, told in found["test"]["targets"].items()
    }
    main_target = found["test"]["target"]
    seed = members[0].seed
    result = {
        "name": "mean",
        **targets[main_target],
        "target": main_target,
        "targets": targets,
        "members": [run.id for run in members],
        "seed": seed,
        "processor_seconds": sum(result["processor_seconds"] for result in results),
        "seconds": sum(result["seconds"] for result in results),
        "parameters": sum(result["parameters"] for result in results),
        "revision": REVISION,
        "versions": results[0]["versions"],
        "recipe": {"training": {"seed": seed}},
    }
    tell(result, said.out / f"mean-{said.setting}-seed{seed}.json")


def _errors(told: dict[str, float]) -> dict[str, float]:
    return {key: told[key] for key in ("mse", "mae", "rmse")}


if __name__ == "__main__":
    main()
