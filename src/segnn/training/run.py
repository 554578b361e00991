"""`train`: a recipe becomes a run folder."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.plugins.environments import LightningEnvironment

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.compiled import compile
from segnn.recipe import Features, Recipe
from segnn.training.average import WeightAverage
from segnn.training.batches import in_order
from segnn.training.checkpoints import SafeCheckpoints, read_checkpoint
from segnn.training.epochs import Epochs
from segnn.training.equivariance import equivariance
from segnn.training.folder import RunFolder
from segnn.training.interrupt import InterruptFlag, Stop, TrainingInterrupted
from segnn.training.module import TrainingModule
from segnn.training.progress import EpochBar
from segnn.training.reversal import with_reversed
from segnn.training.score import score_model
from segnn.training.splits import SPLITS, Split, read_split
from segnn.training.trivial import straight_line_time, trivial_scores
from segnn.versions import versions


def train(
    recipe: Recipe,
    out: str | Path,
    *,
    resume: bool = False,
    progress: bool = True,
    overwrite: bool = False,
) -> dict[str, Any]:
    """Train what ``recipe`` declares into the run folder ``out``; returns what stands in its
    results.json.

    - ``resume``: go on from ``out``'s last checkpoint, bit for bit as if never stopped; of a
      finished one, its results.
      With other training or validation systems than it began with: `UserError`.
    - ``progress``: a bar on the terminal.
    - ``overwrite``: replace the training that ``out`` holds; otherwise that is a `UserError`.

    Seeds are the recipe's; torch's own random state is left as it was. Ctrl-C saves and raises
    `TrainingInterrupted`. Raises `UserError` for unusable data or labels, a training that diverges,
    a disk that is full.
    """
    folder = RunFolder(out)
    folder.check(recipe, resume, overwrite)
    results = folder.results() if resume else None
    if results is not None:
        if progress:
            print(
                f"{folder.path}: this training is finished (epoch {results['epochs']}); nothing to resume."
            )
        return results
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(recipe.training.seed)
        model = PhysicalModel(recipe)
        splits = {name: read_split(model, name) for name in SPLITS}
        if resume:
            folder.check_data(splits)
        else:
            folder.begin(recipe, splits)
        again = resume and folder.last.exists()
        if not again:
            model.calibrate(splits["train"].features)
        epochs = _fit(model, splits, folder, again, progress)
    results = _results(recipe, splits, folder, epochs)
    folder.write_json(folder.results_file, results)
    return results


def _fit(
    model: PhysicalModel, splits: dict[str, Split], folder: RunFolder, resume: bool, progress: bool
) -> Epochs:
    settings = model.recipe.training
    module = TrainingModule(model, _training_features(model, splits["train"]))
    if settings.compile:
        compile(model, splits["train"].features.batch(slice(settings.batch_size)))
    average = None if settings.ema is None else WeightAverage(model, settings.ema)
    flag = InterruptFlag()
    epochs = Epochs(
        module, average, in_order(splits["valid"].features, settings.batch_size), folder, flag
    )
    callbacks: list[Callback] = (
        [epochs] if average is None else [average, epochs]
    )  # averages first, then their validation
    if progress:
        callbacks.append(EpochBar(epochs))
    if resume:
        epochs.load_state_dict(read_checkpoint(folder.last)["callbacks"]["Epochs"])
        if epochs.stopped_early or len(epochs.rows) == settings.epochs:
            folder.write_metrics(epochs.rows)  # a kill may have come before the last row
            return epochs
    with quiet_lightning():
        trainer = Trainer(
            accelerator="cpu",
            devices=1,
            max_epochs=settings.epochs,
            gradient_clip_val=settings.clip,
            callbacks=callbacks,
            plugins=[SafeCheckpoints(), LightningEnvironment()],
            default_root_dir=folder.path,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            limit_val_batches=0,
            use_distributed_sampler=False,
        )
        try:
            with flag:
                trainer.fit(module, ckpt_path=folder.last if resume else None, weights_only=True)
        except Stop:
            raise TrainingInterrupted(
                f"Interrupted in epoch {len(epochs.rows) + 1} of {settings.epochs}; everything so far is saved. "
                f"Go on: {folder.resume_command}"
            ) from None
        except UserError as error:
            kept = f"\nThe last good checkpoint: {folder.last}" if folder.last.exists() else ""
            raise type(error)(f"{error}{kept}") from error
    return epochs


def _training_features(model: PhysicalModel, split: Split) -> Features:
    """Those of the split, and of its systems run backwards if the recipe asks for them."""
    systems = with_reversed(model.recipe, split.systems, split.source)
    return split.features if systems is split.systems else model.features(systems, split.source)


def _results(
    recipe: Recipe, splits: dict[str, Split], folder: RunFolder, epochs: Epochs
) -> dict[str, Any]:
    """The best model evaluated on every split that was not trained on."""
    best = PhysicalModel.load(folder.model)
    scores = {
        name: score_model(
            best, in_order(splits[name].features, recipe.training.batch_size)
        ).to_dict()
        for name in ("test", "valid")
    }
    time = straight_line_time(recipe, splits["train"])
    done = len(epochs.rows)
    return {
        "name": recipe.name,
        **scores,
        "best_epoch": epochs.best_epoch,
        "epochs": done,
        "stopped_early": epochs.stopped_early and done < recipe.training.epochs,
        "seconds": round(epochs.seconds, 3),
        "seconds_per_epoch": round(epochs.seconds / done, 4),
        "seed": recipe.training.seed,
        "parameters": sum(p.numel() for p in best.parameters()),
        "systems": {name: len(split.systems) for name, split in splits.items()},
        "threads": torch.get_num_threads(),
        "baselines": trivial_scores(recipe, splits["test"], time),
        "equivariance": equivariance(best, splits["test"]),
        "versions": versions(),
    }


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Without Lightning's banners, tips and advice on loaders, and without lasting changes to
    logging or warnings.
    """
    loggers = [
        logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric", "lightning")
    ]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"lightning\.")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
