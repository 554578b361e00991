"""What a command was pointed at: a trained model, or a recipe with fresh weights; and systems to
try it on.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from segnn.cli.output import complain, note
from segnn.errors import UserError
from segnn.files import to_read

if TYPE_CHECKING:
    import numpy as np

    from segnn.data import Systems
    from segnn.model import PhysicalModel
    from segnn.recipe import Recipe


def find_recipe(name: str, overrides: Iterable[str] = ()) -> tuple[Recipe, bool]:
    """The recipe in a file or the packaged one of that name, and whether it is a packaged one."""
    from segnn.recipe.packaged import hides_packaged, packaged_recipes, read_recipe

    if hides_packaged(name):
        note(f"{name}: the file in the working directory, not the packaged recipe of that name")
    read_recipe(name)  # a file that is missing is told before the slow imports that follow
    from segnn.recipe.load import load_recipe

    recipe = load_recipe(name, overrides)
    return recipe, name in packaged_recipes() and not hides_packaged(name)


def is_recipe(target: str, changed: bool) -> bool:
    """Whether a recipe is meant, not a trained model.

    A name that is both a packaged model and a packaged recipe is the model, unless values are to be
    ``changed``, which only a recipe allows.
    """
    from segnn.model.load import packaged_models
    from segnn.recipe.packaged import packaged_recipes

    if Path(target).suffix in (".yaml", ".yml"):
        return True
    if target not in packaged_recipes() or os.path.isdir(target):
        return False
    return changed or target not in packaged_models()


def is_file(target: str) -> bool:
    """Whether a file of states or systems is meant, not a model: by its suffix, but no recipe and
    no folder.
    """
    path = Path(target)
    return path.suffix not in ("", ".yaml", ".yml") and not path.is_dir()


def require(model: str | None = None, *files: Path | None) -> None:
    """Tell at once, before the imports that take a second, what is not there."""
    from segnn.model.load import members, model_folder

    if model is not None and not is_recipe(model, False) and not members(model):
        model_folder(model)
    for path in files:
        if path is not None and not os.path.isdir(path):  # a folder may be one of splits
            to_read(path)


def find_model(target: str, seed: int = 0, overrides: Iterable[str] = ()) -> PhysicalModel:
    """The model of a run folder, model folder or packaged name; of a recipe (a .yaml file, or a
    packaged recipe that is no model) one with fresh weights.
    """
    from segnn.model.load import load

    if not is_recipe(target, bool(overrides)):
        if overrides:
            raise UserError(
                f"--set {next(iter(overrides))}: only a recipe can be changed; "
                f"{target} is a trained model"
            )
        return load(target)
    recipe, _ = find_recipe(target, overrides)
    import torch

    from segnn.model.physical import PhysicalModel
    from segnn.recipe.oddities import oddities

    for text in oddities(recipe):
        complain(text, label="warning: ")

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return PhysicalModel(recipe).eval()


def find_systems(
    model: PhysicalModel, data: Path | None, *, labels: bool = False
) -> tuple[Systems, str]:
    """Systems and where they are from: ``data``, else the recipe's test systems (those of
    validation where it has none), else random ones. Without ``labels`` those of a file are left
    aside, whatever they hold.
    """
    from segnn.model.check import random_systems
    from segnn.recipe.splits import declared_splits, is_there, named_files, read_split

    if data is not None:
        return model.read(data, labels=labels).systems, str(data)
    declared = model.recipe.data
    missing = "the recipe names no data"
    for split in declared_splits(declared)[-1:]:
        if is_there(declared, split):
            held = read_split(model.recipe, split, labels=labels)
            return held.systems, held.source
        missing = f"{named_files(declared, split)}: not there"
    note(f"{missing}; taking random systems with the recipe's fields")
    return random_systems(model.recipe), "random systems"


def arrays_of(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file of systems, arranged as predictions for it are: as they stand in an NPZ;
    of atoms all rows one after the other, with ``offsets``. Labels are among them.
    """
    from segnn.data import given
    from segnn.data.atom_files import holds_atoms
    from segnn.data.hdf5 import is_hdf5
    from segnn.data.npz import read_arrays

    if not holds_atoms(path) and not is_hdf5(path):
        return read_arrays(path)
    held = given(path, declared=("position",)).systems
    return {"position": held.position, "offsets": held.offsets, **held.node, **held.graph}
