"""The training loop itself."""

from __future__ import annotations

from contextlib import nullcontext

from segnn.errors import UserError
from segnn.training.epochs import Epochs
from segnn.training.interrupt import Stop, TrainingInterrupted
from segnn.training.progress import EpochBar


def fit(epochs: Epochs, progress: bool) -> None:
    """Train ``epochs.trainer`` from where it stands to its last epoch.

    Raises `TrainingInterrupted` where the user stops it; a `UserError` names the checkpoint and the
    best model that are left, if there are any.
    """
    folder, settings = epochs.folder, epochs.settings
    try:
        with epochs.flag, EpochBar(epochs) if progress else nullcontext() as bar:
            _loop(epochs, bar)
    except Stop:
        raise TrainingInterrupted(
            f"Interrupted in epoch {len(epochs.rows) + 1} of {settings.epochs}; everything so "
            f"far is saved. Go on: {folder.resume_command}"
        ) from None
    except UserError as error:
        raise type(error)(f"{error}{_left(epochs)}") from error


def _loop(epochs: Epochs, bar: EpochBar | None) -> None:
    trainer = epochs.trainer
    trainer.model.train()
    epochs.begin()
    while not epochs.finished:
        for index in trainer.batches:
            trainer.train_on(index, epochs.flag.requested)
            epochs.end_step()
            if bar is not None:
                bar.end_step()
        epochs.end_epoch()
        if bar is not None:
            bar.end_epoch()


def _left(epochs: Epochs) -> str:
    """What a training that failed leaves behind."""
    folder, left = epochs.folder, ""
    if epochs.best_epoch and folder.model.is_dir():
        left += f"\nThe best model so far is that of epoch {epochs.best_epoch}: {folder.model}"
    if folder.last.exists():
        left += f"\nThe last good checkpoint: {folder.last}"
    return left
