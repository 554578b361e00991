"""``segnn init``: a first recipe for one's own data."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json
from segnn.errors import UserError
from segnn.files import check_output, write_atomically
from segnn.splits import SPLITS
from segnn.words import counted

if TYPE_CHECKING:
    from segnn.data import Systems

HELP = """Look at a file of your own and write a commented recipe for it.

    segnn init mine.npz --split data/mine
    segnn init data/mine/train.npz -o mine.yaml
    segnn init mine.npz --split data/mine --target energy
    segnn init atoms.xyz -o atoms.yaml

FILE, an NPZ or HDF5, holds position (S, N, 3), or (M, 3) with offsets (S + 1,) for systems of
several sizes; arrays of the particles (S, N, ...) and of the systems (S, ...); in a periodic box
cell (S, 3, 3). What is to be predicted is called target_..., or named with --target.

Training needs train.npz, valid.npz and test.npz in one folder: --split writes them, 80, 10 and 10
% of the systems in random order. A file of atoms with energies (extended XYZ and what else ASE
reads, what segnn convert made of them, NPZ of MD17) needs no split: its recipe, after the packaged
acac, names the file and learns its energies and forces.

The recipe says in comments what every array was taken for; correct it, then segnn check, segnn
train.
"""

VALID = TEST = 0.1


def init(
    file: Annotated[Path, typer.Argument(help="Your data: NPZ, HDF5 or XYZ.", metavar="FILE")],
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The recipe to write; the file's name with .yaml."),
    ] = None,
    split: Annotated[
        Path | None,
        typer.Option(
            "--split", help="Write train, valid and test.npz to this folder.", metavar="FOLDER"
        ),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="The array to predict.", metavar="NAME")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random order of --split.", min=0)] = 0,
    json: JsonFlag = False,
) -> None:
    """Draft a recipe."""
    from segnn.cli.model import require
    from segnn.data.atom_files import holds_atoms
    from segnn.data.hdf5 import is_hdf5

    recipe = out or Path(f"{file.stem}.yaml")
    require(None, file)
    check_output(recipe, ".yaml", ".yml")
    if os.path.lexists(recipe):
        raise UserError(f"{recipe}: exists already. Give another name with -o, or remove it")
    if holds_atoms(file) or (split is None and is_potential(file, target)):
        return from_atoms(file, recipe, split, target, json)
    folder = split or siblings(file)
    files = {name: folder / f"{name}.npz" for name in SPLITS}
    there = [str(path) for path in files.values() if os.path.lexists(path)]
    if split is not None and there:
        raise UserError(f"{', '.join(there)}: exists already. Give another folder with --split")
    from segnn.data import Systems, load_systems, save_systems
    from segnn.data.npz import read_arrays

    arrays = load_systems(file).to_arrays() if is_hdf5(file) else read_arrays(file)
    systems = Systems.from_arrays(arrays, str(file))
    parts = divided(systems, seed, file) if split is not None else {}
    from segnn.recipe import parse_recipe
    from segnn.recipe.draft import draft_recipe, look_at

    text = draft_recipe(look_at(systems, arrays), recipe.stem, str(folder), target)
    loaded = parse_recipe(text, str(recipe))  # what is written can be read
    for name, part in parts.items():
        save_systems(files[name], part)
    write_atomically(recipe, text.encode())
    predicted, irreps = loaded.targets[loaded.main].array, loaded.targets[loaded.main].irreps
    if json:
        sizes = {name: len(part) for name, part in parts.items()}
        print_json({"recipe": str(recipe), "target": predicted, "split": sizes})
        return
    for name, part in parts.items():
        note(f"{counted(len(part), 'system')}: {files[name]}")
    guess = f"{predicted}, taken for {irreps}"
    note(f"{recipe}: predicts {guess}; read it, then: segnn train {quote(str(recipe))}")


def from_atoms(
    file: Path, recipe: Path, split: Path | None, target: str | None, json: bool
) -> None:
    """Write a recipe for energies and forces of the atoms in a file."""
    if split is not None:
        raise UserError(
            f"--split {split}: a recipe for atoms names its file and draws validation and test from"
            " it; leave --split out"
        )
    from segnn.data.inspect.table import read_table
    from segnn.recipe import parse_recipe
    from segnn.recipe.draft.atoms import draft_potential

    table = read_table(file)
    if table.mistakes:
        raise UserError(table.mistakes[0])
    text = draft_potential(table, recipe.stem, target)
    loaded = parse_recipe(text, str(recipe))
    write_atomically(recipe, text.encode())
    named = ", ".join(loaded.targets)
    if json:
        print_json({"recipe": str(recipe), "target": loaded.main, "split": {}})
    else:
        note(f"{recipe}: predicts {named}; read it, then: segnn train {quote(str(recipe))}")


def is_potential(file: Path, target: str | None) -> bool:
    """Whether an HDF5 or NPZ file holds atoms with energies and is not one of three splits."""
    from segnn.data.hdf5 import is_hdf5, opened
    from segnn.data.npz import read_arrays

    if is_hdf5(file):
        with opened(file) as held:
            return "node/atomic_number" in held
    if target not in (None, "energy") or is_split(file):
        return False
    return {"atomic_number", "energy"} <= read_arrays(file).keys()


def is_split(file: Path) -> bool:
    """Whether the three splits lie in the folder of the file."""
    return all(os.path.isfile(file.parent / f"{name}.npz") for name in SPLITS)


def siblings(file: Path) -> Path:
    """The folder of the file, if it holds the three splits. `UserError` with the cure if not."""
    if is_split(file):
        return file.parent
    raise UserError(
        f"{file}: is one file, and a training needs train.npz, valid.npz and test.npz in a folder. "
        f"Split it: segnn init {quote(str(file))} --split {quote(f'data/{file.stem}')}"
    )


def divided(systems: Systems, seed: int, file: Path) -> dict[str, Systems]:
    """The systems in random order, cut into train, valid and test."""
    import numpy as np

    count = len(systems)
    if count < len(SPLITS):
        raise UserError(
            f"{file}: holds {counted(count, 'system')}, and train, valid and test need one "
            "each at least; several systems are stored as position (S, N, 3)"
        )
    order = np.random.default_rng(seed).permutation(count)
    valid, test = max(1, round(VALID * count)), max(1, round(TEST * count))
    train = count - valid - test
    return {
        "train": systems[order[:train]],
        "valid": systems[order[train : train + valid]],
        "test": systems[order[train + valid :]],
    }
