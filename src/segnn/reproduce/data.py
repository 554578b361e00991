"""The data of a table: simulated if they are missing, compared with the simulator if they are
there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np

from segnn.data import Systems, load_systems, save_systems
from segnn.errors import UserError
from segnn.reproduce.sweep import Table
from segnn.simulate.protocol import DRAWN
from segnn.splits import SPLITS

# Absolute and relative. Gravity is chaotic: a change of the starting positions in their last digit,
# as another processor may round, moves the inputs by up to 1e-5, the final positions by 5e-4, the
# final forces by 0.6. Other systems differ by about 1.
INPUTS, POSITIONS = 1e-3, 1e-2


def check_files(table: Table) -> None:
    """UserError that says where they are to be had if files are missing that nothing here makes."""
    for file in table.files:
        if not Path(file).is_file():
            raise _not_there(Path(file), table)


def make_data(
    table: Table,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    compare: bool = True,
) -> bool:
    """Simulate the table's systems into ``folder`` if there are no files yet; whether that was
    needed. Nothing is made for a table without a simulator.

    - ``compare``: the first system of each split that is there has to be the simulator's.

    Raises `UserError` if the files that are there hold other systems or fewer than the table needs,
    or if some are missing.
    """
    splits = (*SPLITS, *(Path(file).stem for file in table.beside.values()))
    files = {split: folder / f"{split}.npz" for split in splits}
    missing = [path for path in files.values() if not path.is_file()]
    if not table.simulator:
        if missing:
            raise _not_there(missing[0], table)
        return False
    if len(missing) == len(files):
        made = import_module(f"segnn.simulate.{table.simulator}").simulate(
            table.systems, progress=progress
        )
        for split, path in files.items():  # one that is missing tells of an interrupt
            save_systems(path, made[split])
        return True
    if missing:
        raise UserError(
            f"{folder}: {missing[0].name} is missing. Remove the folder, and the data are simulated"
            " anew."
        )
    there = {split: load_systems(path) for split, path in files.items()}
    counts = dict(zip(SPLITS, table.systems, strict=True))
    for split in splits:
        needed = counts.get(split, counts["test"])  # simulators make as many of each test set
        if len(there[split]) < needed:
            raise UserError(
                f"{files[split]}: holds {len(there[split])} systems, the table {table.name} needs"
                f" {needed}. Remove the folder, and the data are simulated anew."
            )
    if compare:
        published = first_systems(table.simulator, table.systems)
        for split, path in files.items():
            if different := _difference(there[split][0], published[split][0]):
                raise UserError(
                    f"{path}: not the systems of the table {table.name}: {different!r} of the first"
                    " one differs from the simulator's. Make them again: segnn simulate"
                    f" {table.simulator} --systems {','.join(map(str, table.systems))} --out"
                    f" {folder} --force. Or train on other systems on purpose: --set"
                    " data.folder=FOLDER --results OTHER."
                )
    return False


def _not_there(file: Path, table: Table) -> UserError:
    return UserError(
        f"{file}: no such file, and the table {table.name} needs it (paths start from the working "
        f"directory). {table.source}"
    )


@cache
def first_systems(simulator: str, systems: tuple[int, int, int]) -> dict[str, Systems]:
    """The splits that begin as those of ``systems`` do, as small as can be: only more systems than
    are drawn shift the rest.
    """
    few = tuple(count if count > drawn else 1 for count, drawn in zip(systems, DRAWN, strict=True))
    made: dict[str, Systems] = import_module(f"segnn.simulate.{simulator}").simulate(few)
    return made


def _difference(there: Systems, published: Systems) -> str | None:
    """The first array that is not what was published, apart from rounding; final velocities and
    forces are too sensitive.
    """
    mine = there.to_arrays()
    for name, array in published.to_arrays().items():
        tolerance = POSITIONS if name == "target_position" else INPUTS
        if name not in ("target_velocity", "target_force") and not (
            name in mine
            and mine[name].shape == array.shape
            and np.allclose(mine[name], array, rtol=tolerance, atol=tolerance)
        ):
            return name
    return None
