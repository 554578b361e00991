"""The train, valid and test systems of a recipe, their labels checked before any time is spent on
training.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from segnn.data import Systems, load_systems
from segnn.errors import UserError
from segnn.recipe import Features, Recipe

if TYPE_CHECKING:
    from segnn.model import PhysicalModel

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Split:
    """The systems of one file and their features, evaluated once."""

    source: str
    systems: Systems
    features: Features

    def fingerprint(self) -> dict[str, Any]:
        """The number of systems, and a hash of the names, shapes and numbers of all their arrays."""
        digest, systems = hashlib.sha256(), self.systems
        arrays = {
            "position": systems.position,
            "offsets": systems.offsets,
            **systems.node,
            **systems.graph,
        }
        for name, array in sorted(arrays.items()):
            digest.update(f"{name} {array.shape} ".encode())
            digest.update(array.tobytes())
        return {"systems": len(systems), "sha256": digest.hexdigest()}


def split_path(recipe: Recipe, split: str) -> Path:
    """The file of ``split``: train, valid or test."""
    if split not in SPLITS:
        raise UserError(f"split {split!r}: expected one of {', '.join(SPLITS)}")
    return Path(recipe.data.folder) / f"{split}.npz"


def read_split(model: PhysicalModel, split: str) -> Split:
    """Read ``split`` of the model's recipe, as many systems as the recipe allows, with checked
    labels.
    """
    path = split_path(model.recipe, split)
    limit = getattr(model.recipe.data, f"{split}_limit")
    return make_split(model, load_systems(path)[slice(limit)], str(path))


def make_split(model: PhysicalModel, systems: Systems, source: str) -> Split:
    """The features of ``systems``; UserError if the labels are absent, all zero, constant or equal
    to the base.
    """
    target = model.recipe.target
    systems.require([target.array], source)
    features = model.features(systems, source)
    check_labels(features, target.array, source, target.base)
    return Split(source, systems, features)


def check_labels(features: Features, array: str, source: str, base: str | None) -> None:
    """UserError for labels that are there but cannot be meant: all zero, constant, nothing but the
    base.
    """
    target = features.target
    if target is None:
        raise UserError(
            f"{source}: no array {array!r}, the recipe's target. Add it, or correct target.array."
        )
    cure = f"Check that {array!r} holds the labels, or name the right array in the recipe's target.array."
    if len(target) and not bool(target.any()):
        raise UserError(
            f"{source}: the target array {array!r} is zero throughout ({len(target)} rows). {cure}"
        )
    if len(target) > 1 and bool((target == target[0]).all()):
        value = [round(float(v), 6) for v in target[0]]
        shown = value[0] if len(value) == 1 else value
        raise UserError(
            f"{source}: the target array {array!r} is {shown} in all of its {len(target)} rows. {cure}"
        )
    if base is not None and torch.equal(target, features.base):
        raise UserError(
            f"{source}: the target array {array!r} equals target.base ({base}): nothing to learn. {cure}"
        )
