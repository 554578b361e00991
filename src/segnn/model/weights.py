"""Weights on disk: safetensors, never a pickle; written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import e3nn
import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

import segnn
from segnn.errors import UserError
from segnn.model.format import refuse_pickle

# Coupling coefficients and harmonics follow e3nn ≥ 0.2: x, y, z order, w3j of norm 1, "component"
# normalisation.
CONVENTION = "xyz-component-w3j1"


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file by ``data``; if that fails half-way (a full disk, a kill), the old file is
    still there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror or error}; what was there before is unchanged. "
            "Give a path in a folder with room that may be written"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_weights(folder: Path, recipe: str, state: Mapping[str, Tensor]) -> None:
    """``weights.safetensors`` (with the versions and the convention in its header) and
    ``recipe.yaml``.
    """
    tensors = {name: value.detach().cpu().contiguous() for name, value in state.items()}
    metadata = {
        "format": "segnn",
        "segnn": segnn.__version__,
        "e3nn": e3nn.__version__,
        "convention": CONVENTION,
    }
    write_atomically(folder / "weights.safetensors", safetensors.torch.save(tensors, metadata))
    write_atomically(folder / "recipe.yaml", recipe.encode())


def read_weights(path: Path, expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a weights file, checked against names and shapes of ``expected``."""
    if not path.is_file():
        raise UserError(
            f"{path}: there is no such file; a model is a folder with weights.safetensors and recipe.yaml"
        )
    refuse_pickle(path)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise UserError(
            f"{path} is truncated or not a safetensors file ({error}); copy or train the model again"
        ) from error
    if metadata.get("format") != "segnn":
        raise UserError(
            f"{path} holds weights of another program (its header does not say 'segnn')"
        )
    if metadata.get("convention") != CONVENTION:
        raise UserError(
            f"{path} was written with the convention {metadata.get('convention')!r}, this version of segnn uses {CONVENTION!r}"
        )
    missing, unknown = sorted(set(expected) - set(state)), sorted(set(state) - set(expected))
    if missing or unknown:
        what = f"lacks {missing[0]}" if missing else f"has an unknown tensor {unknown[0]}"
        raise UserError(f"{path} does not belong to the recipe beside it: it {what}")
    for name, value in expected.items():
        if state[name].shape != value.shape:
            raise UserError(
                f"{path} does not belong to the recipe beside it: {name} has shape {tuple(state[name].shape)}, "
                f"the recipe's model expects {tuple(value.shape)}"
            )
    return state
