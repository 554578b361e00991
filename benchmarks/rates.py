"""Learning rates of the methods of a table, by validation errors of short trainings: a search of
equal size for all of them.

    python benchmarks/rates.py qm9 alpha-10000 --rates 6e-4,1.2e-3,2.4e-3 -o results/rates/qm9.json
    python benchmarks/rates.py adsorbates --rates 1.5e-3,3e-3,6e-3 -o results/rates/adsorbates.json

Run where the table's data are. Of each training only the error of the validation systems is kept;
what is there is not trained again. What was found best stands in the table, as ``set`` of a method.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from shared import tell

from segnn.recipe.packaged import PACKAGED_RECIPES
from segnn.reproduce.sweep import Run, find_table
from segnn.training import train
from segnn.training.trainer import DivergedError


def main() -> None:
    """Train every method with every rate, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("setting", nargs="?", help="not for a table that has none")
    parser.add_argument("--rates", required=True, help="divided by commas")
    parser.add_argument("--part", type=float, default=0.2, help="of the table's epochs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="methods, divided by commas; unless given, all")
    parser.add_argument("-o", "--out", type=Path, required=True)
    said = parser.parse_args()
    table, rates = find_table(said.table), said.rates.split(",")
    found = json.loads(said.out.read_text()) if said.out.is_file() else {"part": said.part}
    if found["part"] != said.part:
        parser.error(f"{said.out} has trainings of --part {found['part']}: another --out")
    only = [*filter(None, [said.setting]), *(said.only.split(",") if said.only else ())]
    for run in table.runs(only, [said.seed]):
        known = found.setdefault(said.setting or said.table, {}).setdefault(run.method.id, {})
        for rate in rates:
            if rate not in known and not run.method.elsewhere:
                known[rate] = valid_error(run, rate, said.part, table.measure)
                tell(found, said.out)


def valid_error(run: Run, rate: str, part: float, measure: str) -> float | None:
    """On the validation systems, of the best epoch; None where training diverged."""
    epochs = max(1, round(part * run.recipe(PACKAGED_RECIPES).training.epochs))
    recipe = run.recipe(
        PACKAGED_RECIPES, [f"training.learning_rate={rate}", f"training.epochs={epochs}"]
    )
    with TemporaryDirectory() as folder:
        try:
            results = train(recipe, Path(folder) / "run", progress=False)
        except DivergedError:
            return None
    error: float = results["valid"][measure]
    return error


if __name__ == "__main__":
    main()
