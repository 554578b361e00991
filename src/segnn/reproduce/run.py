"""Do the runs of a table: train or go on, store the result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segnn.recipe import Recipe, load_recipe
from segnn.report.inputs import read_metrics
from segnn.reproduce.store import Result, Store
from segnn.reproduce.sweep import Run


@dataclass(frozen=True)
class Planned:
    """A run, its recipe, its stored result if there is one, and how long it took or may take (seconds, None if unknown)."""

    run: Run
    recipe: Recipe
    result: Result | None
    outdated: bool
    seconds: float | None


def plan(runs: Iterable[Run], store: Store, recipes: Path, overrides: Iterable[str] = ()) -> list[Planned]:
    """What is done and what is to do; times are guessed from stored runs of the same method and setting.

    Raises `UserError` for a recipe that is missing or wrong.
    """
    planned = []
    for run in runs:
        recipe = run.recipe(recipes, overrides)
        result = store.find(recipe)
        seconds = result.get("seconds") if result else _guess(run, recipe, store, recipes, overrides)
        planned.append(Planned(run, recipe, result, store.is_outdated(run, recipe), seconds))
    return planned


def _guess(run: Run, recipe: Recipe, store: Store, recipes: Path, overrides: Iterable[str]) -> float | None:
    """The time of the same training with another seed."""
    for seed in store.seeds:
        other = store.find(recipe.model_copy(update={"training": recipe.training.model_copy(update={"seed": seed})}))
        if other is not None and "seconds" in other and "diverged" not in other:
            return float(other["seconds"])
    return None


def execute(planned: Planned, store: Store, runs: Path, progress: bool = True) -> Result:
    """Train one run in ``runs``/<table>/<id>, or go on with it, and store the result.

    A training that diverges is a result too: it is stored as such. A run folder of another recipe is replaced.
    Raises `TrainingInterrupted`, after which the same call goes on; `UserError` for unusable data.
    """
    from segnn.training import train
    from segnn.training.folder import RunFolder
    from segnn.training.module import DivergedError

    folder = RunFolder(runs / planned.run.table.name / planned.run.id)
    begun = folder.is_run() and load_recipe(folder.recipe_file) == planned.recipe
    try:
        result = train(planned.recipe, folder.path, resume=begun, overwrite=not begun, progress=progress)
        result = {**result, "curve": curve(folder.path / "metrics.csv")}
    except DivergedError as error:
        result = {"diverged": str(error).splitlines()[0]}
    store.write(planned.run, planned.recipe, result)
    return result


def curve(path: Path) -> dict[str, list[float]] | None:
    """The validation error by epoch, from a run's metrics.csv: a result outlives its run folder."""
    metrics = read_metrics(path)
    if metrics is None:
        return None
    seen = np.isfinite(metrics["valid_mse"])
    return {key: [float(f"{value:.5g}") for value in metrics[key][seen]] for key in ("epoch", "valid_mse")}


def data_folders(planned: Iterable[Planned]) -> list[Path]:
    """The data folders of some runs, each once."""
    return list(dict.fromkeys(Path(p.recipe.data.folder) for p in planned))
