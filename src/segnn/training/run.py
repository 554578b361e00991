"""`train`: a recipe becomes a run folder."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import torch
from rich.console import Console

from segnn.data.stored import Stored
from segnn.errors import UserError
from segnn.files import path_of
from segnn.model import PhysicalModel
from segnn.model.budget import size_text
from segnn.model.compiled import compile
from segnn.model.device import on_device
from segnn.recipe import Features, Recipe, load_recipe
from segnn.recipe.oddities import oddities
from segnn.splits import SPLITS
from segnn.training.batches import in_order
from segnn.training.card_memory import out_of_memory
from segnn.training.checkpoints import read_checkpoint
from segnn.training.divided import DividedSystems
from segnn.training.epochs import Epochs, is_finished
from segnn.training.fit import fit
from segnn.training.folder import RunFolder
from segnn.training.interrupt import InterruptFlag
from segnn.training.launch import to_start, train_in_processes
from segnn.training.legs import extended
from segnn.training.lock import locked
from segnn.training.loggers import Loggers
from segnn.training.notes import notes_between, notes_on
from segnn.training.plan import Plan, allowed_memory
from segnn.training.precision import products
from segnn.training.processes import Processes, connected
from segnn.training.ready import check_folder
from segnn.training.results import make_results
from segnn.training.reversal import with_reversed
from segnn.training.splits import Data, Split, check_inputs, training_splits
from segnn.training.stream import Stream
from segnn.training.trainer import Trainer, in_step
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
    folder = RunFolder(path_of(out, "the run folder"))
    folder.refuse_file()
    others = to_start(loaded.training)
    if others:
        call = {"recipe": loaded, "out": folder.path, "data": data, "resume": resume}
        call |= {"progress": progress, "overwrite": overwrite}
        return train_in_processes(others, call, folder.resume_command)
    with connected(loaded.training) as processes, ExitStack() as stack:
        stack.enter_context(products(loaded.training, processes.device))
        progress = progress and processes.first
        processes.on_first(lambda: stack.enter_context(locked(folder.path)))
        processes.on_first(lambda: check_folder(loaded, folder, resume, overwrite))
        results = processes.on_first(
            lambda: _finished(loaded, folder, progress) if resume else None
        )
        if results is None:
            with torch.random.fork_rng(devices=[]):
                torch.default_generator.manual_seed(loaded.training.seed)
                epochs, splits = _train(loaded, folder, data, resume, progress, processes)
            results = processes.on_first(lambda: _write_results(loaded, splits, epochs))
            _say(screen(results), progress)
    return results


def _write_results(recipe: Recipe, splits: dict[str, Split], epochs: Epochs) -> dict[str, Any]:
    results = make_results(recipe, splits, epochs)
    epochs.folder.write_json(epochs.folder.results_file, results)
    return results


def _finished(recipe: Recipe, folder: RunFolder, progress: bool) -> dict[str, Any] | None:
    """The results of a training that has nothing left to do."""
    results = folder.results()
    if results is None or _goes_on(recipe, folder):
        return None
    told = f"this training is finished (epoch {results['epochs']}); nothing to resume."
    if results["epochs"] < recipe.training.epochs:
        told += " It stopped early: a larger training.patience, or null, lets it go on."
    _say(f"{folder.path}: {told}", progress)
    return results


def _train(
    recipe: Recipe,
    folder: RunFolder,
    data: Mapping[str, Data] | None,
    resume: bool,
    progress: bool,
    processes: Processes,
) -> tuple[Epochs, dict[str, Split]]:
    """All mistakes are found before anything is written into the folder."""
    model = PhysicalModel(recipe)
    if recipe.training.precision == "64":
        model.double()
    checkpoint = processes.on_first(lambda: _last(folder)) if resume else None
    settings, origin, other = recipe.training, None, list[str]()
    if checkpoint is None and settings.start_from is not None:
        origin, other = start_from(model, settings.start_from)
    memory = processes.on_first(lambda: allowed_memory(recipe))
    splits = _read_splits(model, data, memory, _plan_before(checkpoint))
    _compare(splits, processes)
    notes = oddities(recipe)
    notes += [note for name in ("train", "valid") for note in notes_on(model, splits[name])]
    notes += notes_between(recipe, splits)
    stream = _stream(model, splits["train"])
    if stream is not None:
        notes.append(_streamed(splits["train"], stream.plan))
    if resume:
        processes.on_first(lambda: folder.check_data(splits))
    notes += other
    if checkpoint is None and settings.start_from is None:
        model.calibrate(splits["train"].features)
    ends: tuple[int, ...] = (settings.epochs,)
    if checkpoint is not None:
        notes += _other_processes(checkpoint, processes)
        began = checkpoint["segnn"].get("legs") or processes.on_first(
            lambda: [folder.recipe().training.epochs]
        )
        ends = extended(began, settings.epochs)
    features = _training_features(model, splits["train"])
    divided = _divided(model, splits, features, processes)
    trainer = Trainer(model, features, ends, processes, stream, divided.get("train"))
    if settings.compile:
        example = splits["train"].features.batch(slice(settings.batch_size))
        compile(model, on_device(example, processes.device))
    valid = divided.get("valid") or in_order(splits["valid"].features, settings.batch_size)
    facts = {"warnings": notes, "start_from": origin}
    epochs = Epochs(trainer, valid, folder, InterruptFlag(), facts)
    epochs.recorded = trainer.fixed_predictions(splits["valid"].features)
    if processes.first:
        for note in notes:
            _warn(note, progress)
    processes.on_first(lambda: folder.adopt(recipe) if resume else folder.begin(recipe, splits))
    if checkpoint is not None:
        epochs.load_state_dict(checkpoint["callbacks"]["Epochs"])
        trainer.load_state_dict(checkpoint)
    if epochs.finished:  # a kill may have come before the last row was written
        processes.on_first(lambda: folder.write_metrics(epochs.rows, epochs.columns))
    else:
        processes.on_first(lambda: _open_loggers(epochs))
        try:
            fit(epochs, progress)
        except torch.OutOfMemoryError:
            train = splits["train"]
            raise out_of_memory(model, train.systems, train.source) from None
        finally:
            if epochs.loggers is not None:
                epochs.loggers.close()
    return epochs, splits


def _open_loggers(epochs: Epochs) -> None:
    epochs.loggers = Loggers(epochs.trainer.model.recipe, epochs.folder.path)


def _other_processes(checkpoint: Mapping[str, Any], processes: Processes) -> list[str]:
    before = checkpoint["segnn"].get("processes", 1)
    if before == processes.size:
        return []
    return [
        f"resumed in {processes.size} processes, begun in {before}: batches and schedule stay what "
        "they were, only sums over a batch are rounded in another order"
    ]


def _last(folder: RunFolder) -> dict[str, Any] | None:
    """The last checkpoint, if there is one."""
    return read_checkpoint(folder.last) if folder.last.exists() else None


def _compare(splits: Mapping[str, Split], processes: Processes) -> None:
    """UserError where the processes of a training have read different systems."""
    if processes.size == 1:
        return
    known = processes.gathered({name: split.fingerprint() for name, split in splits.items()})
    for rank, other in enumerate(known):
        for name in known[0]:
            if other.get(name) != known[0][name]:
                raise UserError(
                    f"{splits[name].source}: process {rank} of {processes.size} has read other "
                    f"systems than process 0. Give all of them the same files under data.{name}"
                )


def _plan_before(checkpoint: Mapping[str, Any] | None) -> Plan | Literal["held"] | None:
    """How the training systems were taken until now, if that is known."""
    held = None if checkpoint is None else checkpoint["segnn"]
    if held is None or "plan" not in held:
        return None
    return Plan(**held["plan"]) if held["plan"] else "held"


def _stream(model: PhysicalModel, train: Split) -> Stream | None:
    """Where the training systems are too many for their cues to lie in memory."""
    if train.whole is None or train.plan is None:
        return None
    if model.recipe.data.time_reversal is not None:
        raise UserError(
            f"{train.source}: data.time_reversal needs all systems with their cues in memory, and "
            f"data.memory is {size_text(train.plan.memory)}. Give more, or leave it out"
        )
    return Stream(model, train.whole, train.source, train.plan, in_step(model))


def _divided(
    model: PhysicalModel, splits: Mapping[str, Split], train: Features, processes: Processes
) -> dict[str, DividedSystems]:
    """The systems for training and validation, where processes share each of them."""
    if processes.size == 1 or model.recipe.training.divide == "batch":
        return {}
    split, valid = splits["train"], splits["valid"]
    if split.plan is not None:
        raise UserError(
            f"{split.source}: training.divide: graph holds its part of all systems in memory, and "
            f"they do not fit into data.memory {size_text(split.plan.memory)}. Give more"
        )
    systems = with_reversed(model.recipe, split.systems, split.source)
    return {
        "train": DividedSystems(model, systems, split.source, train, processes),
        "valid": DividedSystems(model, valid.systems, valid.source, valid.features, processes),
    }


def _streamed(train: Split, plan: Plan) -> str:
    where = "are read from the file" if isinstance(train.whole, Stored) else "are in memory"
    return (
        f"{train.source}: its {train.count} systems {where} and their cues are evaluated while the "
        f"network computes, as they do not fit into data.memory; scales, baselines and what is "
        f"odd about the data are told by a sample of {len(train.systems)}"
    )


def _read_splits(
    model: PhysicalModel,
    data: Mapping[str, Data] | None,
    memory: int,
    plan: Plan | Literal["held"] | None,
) -> dict[str, Split]:
    if data is not None and not isinstance(data, Mapping):
        raise UserError(
            f"data: got {type(data).__name__}, expected systems under the keys train and valid, "
            "and under test where there are some"
        )
    if data is not None and {*data, "test"} != set(SPLITS):
        raise UserError(
            f"data holds {', '.join(map(repr, data)) or 'nothing'}, expected systems under each of "
            "the keys train and valid, and under test where there are some"
        )
    splits = training_splits(model, data, memory, plan)
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
