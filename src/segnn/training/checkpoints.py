"""Checkpoints on disk: written whole or not at all, read without unpickling."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.plugins.io import CheckpointIO

from segnn.errors import UserError
from segnn.files import write_atomically


class SafeCheckpoints(CheckpointIO):
    """What Lightning saves and loads through: a temporary file takes the place of the old one when
    it is complete.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | os.PathLike[str], storage_options: Any = None
    ) -> None:
        """Write ``checkpoint``; UserError if it cannot be written (a full disk), and then the old
        file is still there.
        """
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        write_atomically(Path(path), buffer.getvalue())

    def load_checkpoint(
        self,
        path: str | os.PathLike[str],
        map_location: Any = None,
        weights_only: bool | None = None,
    ) -> dict[str, Any]:
        """Read a checkpoint of segnn, always with ``weights_only=True``, whatever is asked for."""
        return read_checkpoint(Path(path))

    def remove_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Remove the file."""
        Path(path).unlink(missing_ok=True)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint as plain numbers and tensors; no code is run. UserError if it is missing,
    damaged or not one of ours.
    """
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such checkpoint") from None
    except (
        Exception
    ) as error:  # torch raises EOFError, RuntimeError, UnpicklingError, … for damaged files
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if isinstance(error, pickle.UnpicklingError):  # torch's own advice is to unpickle it
            reason = "it holds something else than numbers and tensors"
        raise UserError(
            f"{path}: damaged, or not a checkpoint of segnn ({reason}). {_cure(path)}"
        ) from error
    if not isinstance(checkpoint, dict) or "segnn" not in checkpoint:
        raise UserError(f"{path}: not a checkpoint of segnn. {_cure(path)}")
    return checkpoint


def _cure(path: Path) -> str:
    best = path.with_name("best.ckpt")
    if path.name != "best.ckpt" and best.exists():
        return (
            f"Copy {best} over it to go on from the best epoch, or train anew in another folder "
            "(--out)."
        )
    return "Train anew in another folder (--out)."
