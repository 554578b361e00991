"""`train`: a recipe becomes a run folder."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.compiled import compile
from segnn.recipe import Features, Recipe, load_recipe
from segnn.splits import SPLITS
from segnn.training.batches import in_order
from segnn.training.checkpoints import read_checkpoint
from segnn.training.epochs import Epochs, is_finished
from segnn.training.fit import fit
from segnn.training.folder import RunFolder
from segnn.training.interrupt import InterruptFlag
from segnn.training.legs import extended
from segnn.training.lock import locked
from segnn.training.notes import notes_between, notes_on
from segnn.training.results import make_results
from segnn.training.reversal import with_reversed
from segnn.training.splits import Data, Split, check_inputs, given_split, read_splits
from segnn.training.trainer import Trainer
from segnn.training.transfer import start_from
from segnn.training.verdict import screen


def train(
    recipe: Recipe | str | Path,
    out: str | Path,
    *,
    data: Mapping[str, Data] | None = None,
    resume: bool = False,
    progress: bool = True,
    overwrite: bool = False,
) -> dict[str, Any]:
    """Train what ``recipe`` declares into the run folder ``out``; returns what stands in its
    results.json: errors of the best model in the target's unit, ``baselines`` and the ``verdict``
    on both among them.

    - ``recipe``: a recipe, its YAML file, or the name of a packaged one ("charged").
    - ``data``: the systems to use instead of those that the recipe's section data names, under the
      keys ``train``, ``valid`` and, where there are some, ``test``: `Systems`, arrays in the
      published schema, or a file.
    - ``resume``: go on from ``out``'s last checkpoint, bit for bit as if never stopped; of a
      finished one, its results. More training.epochs than before are trained after the others, the
      schedule running once more over the added ones; what else may change stands in
      `segnn.training.folder.MAY_CHANGE`.
    - ``progress``: a bar and the result on the terminal (standard error). Without it, warnings are
      Python's.
    - ``overwrite``: replace the training that ``out`` holds; otherwise that is a `UserError`.

    Seeds are the recipe's; torch's own random state is left as it was. Ctrl-C saves and raises
    `TrainingInterrupted`. Raises `UserError` for unusable data or labels, other training or
    validation systems than the resumed training began with, a folder that another training uses,
    a training that diverges, a disk that is full.
    """
    loaded = recipe if isinstance(recipe, Recipe) else load_recipe(recipe)
    folder = RunFolder(out)
    folder.refuse_file()
    with locked(folder.path):
        folder.check(loaded, resume, overwrite)
        results = folder.results() if resume else None
        if results is not None and not _goes_on(loaded, folder):
            told = f"this training is finished (epoch {results['epochs']}); nothing to resume."
            if results["epochs"] < loaded.training.epochs:
                told += " It stopped early: a larger training.patience, or null, lets it go on."
            _say(f"{folder.path}: {told}", progress)
            return results
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(loaded.training.seed)
            results = _train(loaded, folder, data, resume, progress)
        folder.write_json(folder.results_file, results)
    _say(screen(results), progress)
    return results


def _train(
    recipe: Recipe,
    folder: RunFolder,
    data: Mapping[str, Data] | None,
    resume: bool,
    progress: bool,
) -> dict[str, Any]:
    """All mistakes are found before anything is written into the folder."""
    model = PhysicalModel(recipe)
    splits = _read_splits(model, data)
    notes = [note for name in ("train", "valid") for note in notes_on(model, splits[name])]
    notes += notes_between(recipe, splits)
    if resume:
        folder.check_data(splits)
    settings, checkpoint, origin = recipe.training, None, None
    if resume and folder.last.exists():
        checkpoint = read_checkpoint(folder.last)
    elif settings.start_from is not None:
        origin, more = start_from(model, settings.start_from)
        notes += more
    else:
        model.calibrate(splits["train"].features)
    ends: tuple[int, ...] = (settings.epochs,)
    if checkpoint is not None:
        began = checkpoint["segnn"].get("legs") or [folder.recipe().training.epochs]
        ends = extended(began, settings.epochs)
    trainer = Trainer(model, _training_features(model, splits["train"]), ends)
    if settings.compile:
        compile(model, splits["train"].features.batch(slice(settings.batch_size)))
    valid = in_order(splits["valid"].features, settings.batch_size)
    facts = {"warnings": notes, "start_from": origin}
    epochs = Epochs(trainer, valid, folder, InterruptFlag(), facts)
    for note in notes:
        _warn(note, progress)
    if resume:
        folder.adopt(recipe)
    else:
        folder.begin(recipe, splits)
    if checkpoint is not None:
        epochs.load_state_dict(checkpoint["callbacks"]["Epochs"])
        trainer.load_state_dict(checkpoint)
    if epochs.finished:
        folder.write_metrics(
            epochs.rows, epochs.columns
        )  # a kill may have come before the last row
    else:
        fit(epochs, progress)
    return make_results(recipe, splits, epochs)


def _read_splits(model: PhysicalModel, data: Mapping[str, Data] | None) -> dict[str, Split]:
    if data is not None and {*data, "test"} != set(SPLITS):
        raise UserError(
            f"data holds {', '.join(map(repr, data)) or 'nothing'}, expected systems under each of "
            "the keys train and valid, and under test where there are some"
        )
    if data is None:
        splits = read_splits(model)
    else:
        splits = {name: given_split(model, name, data[name]) for name in SPLITS if name in data}
    for split in splits.values():
        check_inputs(split)
    return splits


def _goes_on(recipe: Recipe, folder: RunFolder) -> bool:
    """Whether a finished training has more to do with what ``recipe`` says now."""
    if recipe.training == folder.recipe().training:
        return False
    state = read_checkpoint(folder.last)["callbacks"]["Epochs"]
    return not is_finished(state["rows"], state["best_epoch"], recipe.training)


def _training_features(model: PhysicalModel, split: Split) -> Features:
    """Those of the split, and of its systems run backwards if the recipe asks for them."""
    systems = with_reversed(model.recipe, split.systems, split.source)
    return split.features if systems is split.systems else model.features(systems, split.source)


def _say(text: str, progress: bool) -> None:
    if progress:
        Console(stderr=True, soft_wrap=True).print(text, highlight=False, markup=False)


def _warn(text: str, progress: bool) -> None:
    if progress:
        _say(f"warning: {text}", progress)
    else:
        warnings.warn(text, stacklevel=4)
