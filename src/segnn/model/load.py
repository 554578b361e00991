"""Models by path or by name."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from segnn.errors import UserError
from segnn.model.format import refuse_pickle
from segnn.recipe.packaged import packaged_recipes

if TYPE_CHECKING:
    from segnn.model.physical import PhysicalModel

PACKAGED = Path(__file__).parent.parent / "weights"


def packaged_models() -> list[str]:
    """Names of the models that are shipped with the package."""
    return sorted(p.parent.name for p in PACKAGED.glob("*/weights.safetensors"))


def model_folder(path_or_name: str | Path) -> Path:
    """The folder with ``weights.safetensors``: of a model, of a run, or of a packaged model."""
    path = Path(path_or_name)
    for candidate in (path, path / "model", PACKAGED / str(path_or_name)):
        if os.path.isfile(candidate / "weights.safetensors"):
            return candidate
    if os.path.isfile(path):
        if path.suffix == ".safetensors" and (path.parent / "recipe.yaml").is_file():
            return path.parent
        refuse_pickle(path)
        raise UserError(
            f"{path} is a file; give a run folder, or a folder with weights.safetensors and"
            " recipe.yaml"
        )
    if os.path.isdir(path):
        unfinished = (
            " (its training has not finished its first epoch?)"
            if (path / "checkpoints").is_dir()
            else ""
        )
        raise UserError(
            f"{path} holds no model: neither weights.safetensors nor"
            f" model/weights.safetensors{unfinished}"
        )
    names = packaged_models()
    near = difflib.get_close_matches(str(path_or_name), names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    recipes = ", ".join(packaged_recipes())
    raise UserError(
        f"there is no run folder or model {str(path_or_name)!r}{hint}; "
        f"packaged models: {', '.join(names) or 'none'}; packaged recipes: {recipes}"
    )


def load(path_or_name: str | Path) -> PhysicalModel:
    """The model in a run folder or model folder, or a packaged one by name (``"charged"``); in
    evaluation mode.

    No code is run and nothing is unpickled. Raises UserError for what is missing, damaged or does
    not match its recipe.
    """
    folder = model_folder(path_or_name)  # told before the imports of a model, which take a second
    from segnn.model.physical import PhysicalModel

    return PhysicalModel.load(folder)
