"""The data folder of a recipe that is about to be trained: there, made on demand, or told how."""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

from segnn.cli.output import note, progress_bar
from segnn.errors import UserError
from segnn.splits import SPLITS
from segnn.words import counted

if TYPE_CHECKING:
    from segnn.recipe import Recipe

# What the files of each simulator hold.
STATE = {"position", "velocity"}
LABELS = {"target_position", "target_velocity"}
SIMULATED = {
    "charged": STATE | {"charge"} | LABELS,
    "gravity": STATE | {"mass"} | LABELS | {"target_force"},
    "spins": {"position", "spin", "target_energy", "target_forces", "target_field"},
    "field": {
        *("position", "atomic_number", "electric_field"),
        *("energy", "forces", "dipole", "polarizability"),
    },
    "adsorbates": {
        *("position", "atomic_number", "tag", "fixed", "height", "relaxed_position"),
        "energy",
    },
}
MEANT_BY = {
    "field": "electric_field",
    "adsorbates": "height",
}  # without it, a recipe of atoms means other ones
QUICK = (
    "charged",
    "field",
    "spins",
)  # all systems in seconds; those of gravity and adsorbates take minutes


def provide_data(recipe: Recipe, name: str, packaged: bool) -> None:
    """Make sure that the files that the recipe names are there, or that its data folder holds some.

    If it holds none, the published systems are simulated into it, provided that takes seconds and
    ``name`` is a packaged recipe with its own folder: a folder of the user's that is misspelt must
    not be filled with other systems than were meant. Otherwise `UserError` with the command.
    """
    if recipe.data.folder is None:
        from segnn.recipe.splits import named_splits, split_files

        for split in named_splits(recipe.data):
            split_files(recipe.data, split)
        return
    from segnn.recipe import load_recipe

    folder = Path(recipe.data.folder)
    if any(os.path.exists(folder / f"{split}.npz") for split in SPLITS):
        return
    simulator = simulator_of(recipe)
    own = packaged and load_recipe(name).data.folder == recipe.data.folder
    if own and simulator in QUICK and not os.path.lexists(folder):
        simulate_into(folder, simulator)
        return
    found = "that folder holds none of train.npz, valid.npz, test.npz"
    missing = "there is no such folder (paths start from the working directory)"
    make = (
        _published(recipe)
        if simulator is None
        else f"\nMake the published systems:  segnn simulate {simulator} "
        f"--out {shlex.quote(str(folder))}" + ("" if simulator in QUICK else "  (some minutes)")
    )
    raise UserError(
        f"{name}: data.folder is {recipe.data.folder!r}, and "
        f"{found if os.path.isdir(folder) else missing}."
        f"{make}\nName your own:               --set data.folder=FOLDER  (with train.npz, "
        "valid.npz, test.npz), or --set data.train=FILE"
    )


def _published(recipe: Recipe) -> str:
    """How to make the files of a published set, if the recipe's arrays are those of one."""
    from segnn.data.qm9 import COLUMNS

    fields = {field.array or name for name, field in recipe.fields.items()}
    if fields != {"position", "atomic_number"} or not recipe.label_arrays <= COLUMNS.keys():
        return ""
    folder = shlex.quote(str(recipe.data.folder))
    return f"\nMake the published set:      segnn data qm9 --out {folder}"


def simulator_of(recipe: Recipe) -> str | None:
    """The simulator whose files hold every array that the recipe names, if there is one."""
    needed = {field.array or name for name, field in recipe.fields.items()} | {"position"}
    needed |= recipe.label_arrays
    return next(
        (
            name
            for name, arrays in SIMULATED.items()
            if needed <= arrays and MEANT_BY.get(name, "position") in needed
        ),
        None,
    )


def simulate_into(folder: Path, simulator: str) -> None:
    """The published systems of a simulator, as ``segnn simulate`` makes them."""
    from importlib import import_module

    from segnn.data import save_systems

    note(f"{folder}: no data yet; simulating the published systems, as segnn simulate {simulator}")
    began = time.perf_counter()
    with progress_bar("simulating") as progress:
        made = import_module(f"segnn.simulate.{simulator}").simulate(progress=progress)
    for split in SPLITS:
        save_systems(folder / f"{split}.npz", made[split])
    held = counted(sum(map(len, made.values())), "system")
    note(f"{held} in {time.perf_counter() - began:.0f} s: {folder}")
