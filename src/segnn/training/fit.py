"""The training loop itself, run by Lightning."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.pytorch import Callback, Trainer

from segnn.errors import UserError
from segnn.training.average import WeightAverage
from segnn.training.checkpoints import SafeCheckpoints
from segnn.training.epochs import Epochs
from segnn.training.interrupt import Stop, TrainingInterrupted
from segnn.training.progress import EpochBar


def fit(epochs: Epochs, average: WeightAverage | None, resume: bool, progress: bool) -> None:
    """Train ``epochs.module`` to its last epoch, from the last checkpoint with ``resume``.

    Raises `TrainingInterrupted` where the user stops it; a `UserError` names the checkpoint and the
    best model that are left, if there are any.
    """
    folder, settings = epochs.folder, epochs.settings
    # The averages of a step must be made before the epoch's end validates with them.
    callbacks: list[Callback] = [epochs] if average is None else [average, epochs]
    if progress:
        callbacks.append(EpochBar(epochs))
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
            with epochs.flag:
                trainer.fit(
                    epochs.module,
                    ckpt_path=folder.last if resume else None,
                    weights_only=True,
                )
        except Stop:
            raise TrainingInterrupted(
                f"Interrupted in epoch {len(epochs.rows) + 1} of {settings.epochs}; everything so "
                f"far is saved. Go on: {folder.resume_command}"
            ) from None
        except UserError as error:
            raise type(error)(f"{error}{_left(epochs)}") from error


def _left(epochs: Epochs) -> str:
    """What a training that failed leaves behind."""
    folder, left = epochs.folder, ""
    if epochs.best_epoch and folder.model.is_dir():
        left += f"\nThe best model so far is that of epoch {epochs.best_epoch}: {folder.model}"
    if folder.last.exists():
        left += f"\nThe last good checkpoint: {folder.last}"
    return left


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
