"""Models by path or by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, overload

from segnn.errors import UserError
from segnn.files import path_of
from segnn.model.format import refuse_pickle
from segnn.recipe.packaged import packaged_recipes
from segnn.words import nearest

if TYPE_CHECKING:
    from segnn.model.committee import Committee
    from segnn.model.physical import PhysicalModel

PACKAGED = Path(__file__).parent.parent / "weights"


def packaged_models() -> list[str]:
    """Names of the models that are shipped with the package."""
    return sorted(p.parent.name for p in PACKAGED.glob("*/weights.safetensors"))


def model_folder(path_or_name: str | Path) -> Path:
    """The folder with ``weights.safetensors``: of a model, of a run, or of a packaged model."""
    path = path_of(path_or_name, "the model")
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
        if seeds := members(path):
            raise UserError(
                f"{path} holds {len(seeds)} trainings, {seeds[0].name} to {seeds[-1].name}: name "
                f"one of them, {seeds[0]}, or all of them as a list; segnn predict and segnn "
                "evaluate take the folder"
            )
        raise UserError(
            f"{path} holds no model: neither weights.safetensors nor"
            f" model/weights.safetensors{unfinished}"
        )
    names = packaged_models()
    near = nearest(str(path_or_name), names)
    hint = f"; did you mean {near!r}?" if near else ""
    recipes = ", ".join(packaged_recipes())
    if str(path_or_name) in packaged_recipes():
        raise UserError(
            f"{path_or_name} is a packaged recipe, and no trained model of it is packaged. Train "
            f"it: segnn train {path_or_name}; packaged models: {', '.join(names) or 'none'}"
        )
    raise UserError(
        f"there is no run folder or model {str(path_or_name)!r}{hint}; "
        f"packaged models: {', '.join(names) or 'none'}; packaged recipes: {recipes}"
    )


@overload
def load(path_or_name: str | Path, *, device: str = "cpu") -> PhysicalModel: ...
@overload
def load(
    path_or_name: list[str] | list[Path] | tuple[str | Path, ...], *, device: str = "cpu"
) -> Committee: ...
def load(
    path_or_name: str | Path | list[str] | list[Path] | tuple[str | Path, ...],
    *,
    device: str = "cpu",
) -> PhysicalModel | Committee:
    """The model in a run folder or model folder, or a packaged one by name (``"charged"``); in
    evaluation mode. Several of them are a `Committee`, which predicts their mean and spread.

    ``device``: where it computes: ``cpu``, ``cuda``, ``cuda:1``, or ``auto``, a graphics card if
    there is one; what goes in and comes out are NumPy arrays in any case.

    No code is run and nothing is unpickled. Raises UserError for what is missing, damaged or does
    not match its recipe, and for a device that is not there.
    """
    if isinstance(path_or_name, list | tuple):
        folders = [model_folder(one) for one in path_or_name]
        from segnn.model.committee import Committee

        loaded = [load(folder, device=device) for folder in folders]
        return Committee(loaded, [str(one) for one in path_or_name])
    folder = model_folder(path_or_name)  # told before the imports of a model, which take a second
    from segnn.model.device import find_device
    from segnn.model.physical import PhysicalModel

    place = find_device(device)
    return PhysicalModel.load(folder).to(place)


def members(folder: str | Path) -> list[Path]:
    """The run folders that ``segnn train --seeds`` wrote into ``folder``, by their seeds; of any
    other folder none.
    """
    found = {
        int(path.name.removeprefix("seed")): path
        for path in Path(folder).glob("seed*")
        if path.name.removeprefix("seed").isdecimal()
        and os.path.isfile(path / "model" / "weights.safetensors")
    }
    return [found[seed] for seed in sorted(found)]


def load_any(path_or_name: str | Path, device: str = "cpu") -> PhysicalModel | Committee:
    """`load`; a folder that ``segnn train --seeds`` wrote is the committee of its runs."""
    found = members(path_or_name)
    return load(found, device=device) if len(found) > 1 else load(path_or_name, device=device)
