"""What a command was pointed at: a trained model, or a recipe with fresh weights; and systems to
try it on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from segnn.cli.output import note
from segnn.errors import UserError

if TYPE_CHECKING:
    from segnn.data import Systems
    from segnn.model import PhysicalModel
    from segnn.recipe import Recipe


def find_model(target: str, seed: int = 0, overrides: Iterable[str] = ()) -> PhysicalModel:
    """The model of a run folder, model folder or packaged name; of a recipe (.yaml) one with fresh
    weights.
    """
    import torch

    from segnn.model import PhysicalModel, load
    from segnn.recipe import load_recipe

    if Path(target).suffix not in (".yaml", ".yml"):
        if overrides:
            raise UserError(
                f"--set {next(iter(overrides))}: only a recipe can be changed; {target} is a trained model"
            )
        return load(target)
    recipe = load_recipe(target, overrides)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return PhysicalModel(recipe).eval()


def find_systems(recipe: Recipe, data: Path | None) -> tuple[Systems, str]:
    """Systems and where they are from: ``data``, else test.npz of the recipe's folder, else random
    ones.
    """
    from segnn.data import load_systems
    from segnn.model.check import random_systems

    path = data if data is not None else Path(recipe.data.folder) / "test.npz"
    if data is not None or path.exists():
        return load_systems(path), str(path)
    note(f"{path}: not there; taking random systems with the recipe's fields")
    return random_systems(recipe), "random systems"
