"""Checkpoints on disk: written whole or not at all, read without unpickling."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import torch

from segnn.errors import UserError
from segnn.files import write_atomically


def write_checkpoint(checkpoint: dict[str, Any], path: Path) -> None:
    """Write ``checkpoint``; UserError if it cannot be written (a full disk), and then the old file
    is still there.
    """
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    write_atomically(path, buffer.getvalue())


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
