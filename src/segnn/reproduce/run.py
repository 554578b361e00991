"""Do the runs of a table: train or go on, store the result."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import torch

from segnn.errors import UserError
from segnn.recipe import Recipe, load_recipe
from segnn.report.inputs import read_metrics
from segnn.reproduce.beside import with_beside
from segnn.reproduce.store import Result, Store
from segnn.reproduce.sweep import Run
from segnn.training.folder import RunFolder
from segnn.training.revision import REVISION
from segnn.versions import versions


@dataclass(frozen=True)
class Planned:
    """A run, its recipe, its stored result if there is one, and how long it took or may take
    (seconds, None if unknown).

    - ``recipe``: of a method that others train, the one whose data it is trained on.
    - ``outdated``: something lies under its name, but of another recipe or an older mechanism.
    - ``earlier``: what an older revision of the training mechanism made of it, for as long as there
      is no ``result``.
    """

    run: Run
    recipe: Recipe
    result: Result | None
    outdated: bool = False
    seconds: float | None = None
    earlier: Result | None = None

    @property
    def is_left(self) -> bool:
        """Whether ``segnn reproduce`` has to train it."""
        return self.result is None and not self.run.method.elsewhere

    @property
    def shown(self) -> Result | None:
        """What a table shows of it."""
        return self.result or self.earlier


def plan(
    runs: Iterable[Run], store: Store, recipes: Path, overrides: Iterable[str] = ()
) -> list[Planned]:
    """What is done and what is to do; times are guessed from stored runs of the same method and
    setting.

    Raises `UserError` for a recipe that is missing or wrong.
    """
    planned = []
    for run in runs:
        recipe = run.recipe(recipes, overrides)
        if run.method.elsewhere:
            planned.append(Planned(run, recipe, store.named(run)))
            continue
        result = store.find(recipe)
        earlier = None if result else store.earlier(run, recipe)
        seconds = result.get("seconds") if result else _guess(run, recipe, store)
        outdated = store.is_outdated(run, recipe)
        planned.append(Planned(run, recipe, result, outdated, seconds, earlier))
    return planned


def _guess(run: Run, recipe: Recipe, store: Store) -> float | None:
    """The time of the same training with another seed, or by an older mechanism."""
    for seed in [run.seed, *store.seeds]:
        training = recipe.training.model_copy(update={"seed": seed})
        other_recipe = recipe.model_copy(update={"training": training})
        other = store.find(other_recipe) or store.earlier(replace(run, seed=seed), other_recipe)
        if other is not None and "seconds" in other and "diverged" not in other:
            return float(other["seconds"])
    return None


def execute(planned: Planned, store: Store, runs: Path, progress: bool = True) -> Result:
    """Train one run in ``runs``/<table>/<id>, or go on with it, and store the result.

    A training that diverges is a result too: it is stored as such, with the time of its finished
    epochs. A finished run folder of another recipe is replaced. Raises `TrainingInterrupted`, after
    which the same call goes on; `UserError` for unusable data, and as `begun`.
    """
    from segnn.training import train
    from segnn.training.trainer import DivergedError

    resume = begun(planned, store, runs)
    folder = run_folder(planned, runs)
    try:
        result = train(
            planned.recipe, folder.path, resume=resume, overwrite=not resume, progress=progress
        )
    except DivergedError as error:
        result = {
            "name": planned.recipe.name,
            "diverged": str(error).splitlines()[0],
            "seconds": round(seconds(folder.metrics_file), 3),
            "seed": planned.recipe.training.seed,
            "revision": REVISION,
            "threads": torch.get_num_threads(),
            "versions": versions(),
        }
    else:
        result = with_beside(result, planned.run.table, folder.path, planned.recipe.data.folder)
    result = {**result, "curve": curve(folder.metrics_file)}
    store.write(planned.run, planned.recipe, result)
    return result


def run_folder(planned: Planned, runs: Path) -> RunFolder:
    """``runs``/<table>/<id>."""
    return RunFolder(runs / planned.run.table.name / planned.run.id)


def begun(planned: Planned, store: Store, runs: Path) -> bool:
    """Whether the run folder holds this very training, to go on with: its recipe, by today's
    mechanism.

    Raises `UserError` if it holds something else that would be lost: an unfinished training of
    another recipe or by an older mechanism, other files.
    """
    folder = run_folder(planned, runs)
    there = load_recipe(folder.recipe_file) if folder.is_run() else None
    resume = there == planned.recipe and folder.revision() == REVISION
    unfinished = (
        there is not None
        and folder.last.exists()
        and folder.results() is None
        and store.find(there) is None
        and store.earlier(planned.run, there) is None
    )
    if unfinished and not resume:
        raise UserError(
            f"{folder.path}: holds an unfinished training of another recipe or by an older "
            f"mechanism. Go on with it: {folder.resume_command}\n"
            "Or give other run folders with --runs, or remove this one."
        )
    folder.check(planned.recipe, resume, overwrite=not resume)
    return resume


def check_writable(folder: Path, option: str) -> None:
    """Make the folder if need be; `UserError` if nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(
            f"{option}: cannot write in {folder} ({error.strerror or error}). Give another folder."
        ) from error


def seconds(path: Path) -> float:
    """How long the finished epochs of a run's metrics.csv took, 0 without one."""
    if not path.is_file():
        return 0.0
    with path.open(newline="", encoding="utf-8") as file:
        return sum(float(row["seconds"]) for row in csv.DictReader(file))


def curve(path: Path) -> dict[str, list[float]] | None:
    """The validation error by epoch, from a run's metrics.csv: a result outlives its run folder."""
    metrics = read_metrics(path)
    if metrics is None:
        return None
    seen = np.isfinite(metrics["valid_error"])
    return {
        key: [float(f"{value:.5g}") for value in metrics[key][seen]]
        for key in ("epoch", "valid_error")
    }


def data_folders(planned: Iterable[Planned]) -> list[Path]:
    """The data folders of some runs, each once."""
    folders = [p.recipe.data.folder for p in planned]
    return [Path(folder) for folder in dict.fromkeys(folders) if folder is not None]
