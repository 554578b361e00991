"""Weights on disk: safetensors, never a pickle; written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

import e3nn
import safetensors.torch
from safetensors import safe_open
from torch import Tensor

import segnn
from segnn.errors import UserError
from segnn.files import write_atomically
from segnn.model.format import refuse_pickle
from segnn.recipe import Recipe
from segnn.recipe.meaning import differences, meaning

# Coupling coefficients and harmonics follow e3nn ≥ 0.2: x, y, z order, w3j of norm 1, "component"
# normalisation.
CONVENTION = "xyz-component-w3j1"


def write_weights(folder: Path, recipe: Recipe, state: Mapping[str, Tensor]) -> None:
    """``weights.safetensors`` and ``recipe.yaml``.

    The header of the weights holds versions, the convention of couplings and harmonics, and what
    the weights mean (`segnn.recipe.meaning`).
    """
    tensors = {name: value.detach().cpu().contiguous() for name, value in state.items()}
    metadata = {
        "format": "segnn",
        "segnn": segnn.__version__,
        "e3nn": e3nn.__version__,
        "convention": CONVENTION,
        "meaning": meaning(recipe),
    }
    write_atomically(folder / "weights.safetensors", safetensors.torch.save(tensors, metadata))
    write_atomically(folder / "recipe.yaml", recipe.to_yaml().encode())


def read_weights(
    path: Path,
    expected: Mapping[str, Tensor],
    recipe: Recipe | None = None,
    measured: Set[str] = frozenset(),
) -> dict[str, Tensor]:
    """The tensors of a weights file, checked against names, shapes and kinds of ``expected``, and
    against what they mean in ``recipe``. Files of versions that stored no meaning are taken as they
    are, and may lack what is named in ``measured``. UserError for what does not fit, and for
    numbers that are not finite.
    """
    metadata, state = _read(path)
    if metadata.get("format") != "segnn":
        raise UserError(
            f"{path} holds weights of another program (its header does not say 'segnn')"
        )
    if metadata.get("convention") != CONVENTION:
        raise UserError(
            f"{path} was written with the convention {metadata.get('convention')!r} of couplings "
            f"and harmonics (e3nn {metadata.get('e3nn')}), this version of segnn uses "
            f"{CONVENTION!r}"
        )
    if recipe is not None and "meaning" in metadata:
        _check_meaning(path, metadata["meaning"], recipe)
    missing = sorted(set(expected) - set(state) - measured)
    unknown = sorted(set(state) - set(expected))
    if missing or unknown:
        what = f"lacks {missing[0]}" if missing else f"has an unknown tensor {unknown[0]}"
        raise UserError(f"{path} does not belong to the recipe beside it: it {what}")
    for name, value in expected.items():
        if name not in state:
            continue
        if state[name].shape != value.shape:
            raise UserError(
                f"{path} does not belong to the recipe beside it: {name} has shape "
                f"{tuple(state[name].shape)}, the recipe's model expects {tuple(value.shape)}"
            )
        _check_numbers(path, name, state[name], value)
    return state


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    """The header's own words and the tensors; UserError if it is missing, damaged or a pickle."""
    if not path.is_file():
        raise UserError(
            f"{path}: there is no such file; a model is a folder with weights.safetensors and "
            "recipe.yaml"
        )
    refuse_pickle(path)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as error:  # the parser, its binding and torch raise kinds of their own
        raise UserError(
            f"{path} is truncated or not a safetensors file ({error}); copy or train the model "
            "again"
        ) from error
    return metadata, state


def _check_meaning(path: Path, stored: str, recipe: Recipe) -> None:
    """UserError that shows what the recipe beside the weights says otherwise than theirs."""
    try:
        changed = differences(stored, recipe)
    except UserError as error:  # the stored text is damaged
        raise UserError(f"{path}: {error}; copy or train the model again") from error
    if changed:
        raise UserError(
            "\n    ".join(
                [
                    f"{path} does not belong to the recipe beside it; what the weights mean was:",
                    *changed,
                    "Undo these changes, or train the changed recipe (training.start_from takes "
                    "weights that fit).",
                ]
            )
        )


def _check_numbers(path: Path, name: str, found: Tensor, expected: Tensor) -> None:
    """UserError for weights of another kind than numbers with a point, and where some are NaN."""
    if found.is_floating_point() != expected.is_floating_point() or found.is_complex():
        raise UserError(
            f"{path}: {name} holds numbers of the kind {found.dtype}, expected {expected.dtype}; "
            "copy or train the model again"
        )
    bad = int((~found.isfinite()).sum()) if found.is_floating_point() else 0
    if bad:
        raise UserError(
            f"{path}: {name} holds {bad} numbers of {found.numel()} that are NaN or infinite; copy "
            "or train the model again"
        )
