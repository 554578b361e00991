"""Where the commands under ``segnn simulate`` write to, and what they say."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segnn.cli.output import note, print_json, progress_bar
from segnn.errors import UserError
from segnn.files import check_output
from segnn.splits import SPLITS
from segnn.words import counted, span

if TYPE_CHECKING:
    from segnn.data import Systems

Out = Annotated[
    Path, typer.Option("--out", help="Folder for train.npz, valid.npz, test.npz; made if need be.")
]
Counts = Annotated[str, typer.Option(help="How many systems: train,valid,test.")]
Seed = Annotated[int, typer.Option(help="Seed of all random numbers.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


def new_files(out: Path, force: bool, splits: tuple[str, ...] = SPLITS) -> dict[str, Path]:
    """A file for each split in the folder ``out``; UserError where one cannot be written, or is
    there already without ``force``.
    """
    files = {split: out / f"{split}.npz" for split in splits}
    there = [str(path) for path in files.values() if path.exists()]
    if there and not force:
        raise UserError(
            f"{', '.join(there)}: exists already. Give another folder with --out, or replace it "
            "with --force."
        )
    for path in files.values():
        check_output(path)
    return files


def write(
    out: Path,
    force: bool,
    json: bool,
    simulate: Callable[[Callable[[int, int], None]], dict[str, Systems]],
    splits: tuple[str, ...] = SPLITS,
) -> None:
    """Simulate under a progress bar, write one file a split that has systems into ``out``, say what
    was made.
    """
    from segnn.data import save_systems

    files = new_files(out, force, splits)
    began = time.perf_counter()
    with progress_bar("simulating") as progress:
        made = simulate(progress)
    empty = {split: files.pop(split) for split in splits if not len(made[split])}
    for split, path in files.items():
        save_systems(path, made[split])
    for path in empty.values():
        remove(path)
    seconds = time.perf_counter() - began
    if json:
        sizes = {split: len(made[split]) for split in splits}
        print_json(
            {
                "files": {split: str(path) for split, path in files.items()},
                "systems": sizes,
                "seconds": round(seconds, 2),
            }
        )
    else:
        total = sum(map(len, made.values()))
        each = {int(size) for systems in made.values() for size in systems.sizes} or {0}
        note(
            f"{counted(total, 'system')} of {span(min(each), max(each))} "
            f"particle{'s' * (each != {1})} in {seconds:.1f} s: "
            f"{', '.join(map(str, files.values()))}"
        )
    if empty:
        note(
            f"no systems, so no file: {', '.join(map(str, empty.values()))}; training needs "
            "train, valid and test"
        )


def remove(path: Path) -> None:
    """What --force replaces by no systems at all."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be removed ({error.strerror or error}). Give another folder with "
            "--out."
        ) from error


def counts(text: str) -> tuple[int, int, int]:
    """``3000,2000,2000`` as three numbers."""
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
        raise UserError(
            f"--systems {text}: expected three counts, train,valid,test, such as --systems "
            "3000,2000,2000"
        )
    train, valid, test = (int(part) for part in parts)
    return train, valid, test
