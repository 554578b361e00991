"""QM9: 130 831 small organic molecules with properties computed in B3LYP/6-31G(2df,p), from the
data files of the package ``qm9pack``.

Source: Ramakrishnan et al., Scientific Data 1, 140022 (2014). The package leaves out the 3054
molecules whose geometries are no minima. Energies are converted from hartree as PyTorch Geometric
does, so that errors can be compared; all other numbers are as published.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from segnn.data.elements import NUMBERS
from segnn.data.systems import Systems
from segnn.errors import UserError

PACKAGE, VERSION = "qm9pack", "1.0.3"
PARTS = ("qm9_part1.csv", "qm9_part2.csv", "qm9_part3.csv")
MOLECULES, TRAIN, TEST = 130_831, 100_000, 13_083
HARTREE = 27.211386246
"""In eV, the value of PyTorch Geometric."""


class Column(NamedTuple):
    """A property: its column in the package, the factor to our ``unit``, its mean over all
    molecules in that unit, to the digits that are compared.
    """

    column: str
    unit: str
    mean: float
    factor: float = 1.0


COLUMNS = {
    "alpha": Column("Polarizability_bohr3", "bohr^3", 75.281),
    "mu": Column("Dipole_debye", "debye", 2.673),
    "gap": Column("HOMO_LUMO_gap_au", "eV", 6.8585, HARTREE),
    "homo": Column("HOMO_au", "eV", -6.5365, HARTREE),
    "lumo": Column("LUMO_au", "eV", 0.322, HARTREE),
    "r2": Column("R2_bohr2", "bohr^2", 1189.41),
    "zpve": Column("ZPVE_au", "eV", 4.0569, HARTREE),
    "U0": Column("InternalEnergy_0K_au", "eV", -11178.97, HARTREE),
    "U": Column("InternalEnergy_298K_au", "eV", -11178.74, HARTREE),
    "H": Column("Enthalphy_298K_au", "eV", -11178.71, HARTREE),
    "G": Column("GibbsFreeEnergy_298K_au", "eV", -11179.87, HARTREE),
    "Cv": Column("Heatcapacity_Cv_cal_mol_K", "cal/mol/K", 31.62),
}
"""The arrays of the twelve properties, one number a molecule. The means were measured on `VERSION`;
those of alpha, mu, r2, U0 and Cv are the ones that public trainings log."""


def package_files() -> list[Path]:
    """The files of molecules of ``qm9pack``, which is not imported: it would need pandas.

    UserError where the package is not there, of another version, or incomplete.
    """
    install = f"pip install 'segnn[qm9]' installs {PACKAGE} {VERSION} (104 MB)"
    spec = find_spec(PACKAGE)
    try:
        found = version(PACKAGE)
    except PackageNotFoundError:
        found = None
    if spec is None or not spec.submodule_search_locations or found is None:
        raise UserError(f"QM9 is read from the package {PACKAGE}, which is not here: {install}")
    if found != VERSION:
        raise UserError(
            f"{PACKAGE} {found} is here, and its columns are only known of {VERSION}: {install}"
        )
    folder = Path(next(iter(spec.submodule_search_locations))) / "data"
    files = [folder / name for name in PARTS]
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise UserError(f"{missing[0]}: missing from {PACKAGE}. Install it again: {install}")
    return files


def read_molecules(
    files: list[Path], progress: Callable[[int, int], None] | None = None
) -> Systems:
    """The molecules of some files, in their order: position (M, 3) in Å, atomic_number (M,), the
    arrays of `COLUMNS` (S,). ``progress`` is called with bytes done and of all.

    UserError that names file, molecule and column for what is not as in `VERSION`.
    """
    positions, numbers, labels = [], [], []
    for path, row in _rows(files, progress):
        where = f"{path}: {row.get('XYZ_file', 'a molecule')}"
        try:
            flat = _plain(row["XYZ_Ang"]).replace("[", "").replace("]", "").split(",")
            position = np.array(flat, dtype=float).reshape(-1, 3)
            symbols = row["Elements"].strip("[]").replace("'", "").split(",")
            number = [NUMBERS[symbol.strip()] for symbol in symbols]
            if len(position) != len(number):
                raise ValueError(f"{len(position)} positions of {len(number)} atoms")
        except (KeyError, ValueError, AttributeError) as error:
            raise UserError(f"{where}: no coordinates and elements can be read ({error})") from None
        positions.append(position)
        numbers.append(number)
        labels.append([_label(row, column, where) for column in COLUMNS.values()])
    offsets = np.cumsum([0, *map(len, numbers)])
    table = np.array(labels, dtype=float).reshape(-1, len(COLUMNS))
    return Systems(
        np.concatenate([np.zeros((0, 3)), *positions]),
        offsets,
        {"atomic_number": np.array([z for number in numbers for z in number], dtype=np.int64)},
        {name: table[:, n].copy() for n, name in enumerate(COLUMNS)},
    )


def check(systems: Systems) -> None:
    """UserError unless these are as many molecules as published, of the known means."""
    if len(systems) != MOLECULES:
        raise UserError(
            f"{PACKAGE}: {len(systems)} molecules, expected {MOLECULES}. Install it again."
        )
    for name, column in COLUMNS.items():
        mean = float(systems.graph[name].mean())
        digits = len(f"{column.mean}".partition(".")[2])
        if abs(mean - column.mean) > 10.0**-digits:
            raise UserError(
                f"{PACKAGE}: the mean of {name} ({column.column}) is {mean:g} {column.unit}, "
                f"expected {column.mean:g}: other numbers or another unit. Install it again."
            )


def public_split(systems: Systems) -> dict[str, Systems]:
    """All molecules as the public codes divide them (Cormorant, EGNN, SEGNN): the order of
    ``numpy.random.seed(0)``, ``permutation``; the first `TRAIN` train, the last `TEST` test.

    So the first molecules of train are random ones, and ``data.train_limit`` takes subsets.
    """
    count = len(systems)
    order = np.random.RandomState(0).permutation(count)
    rows = {
        "train": order[:TRAIN],
        "valid": order[TRAIN : count - TEST],
        "test": order[count - TEST :],
    }
    return {split: systems[chosen] for split, chosen in rows.items()}


def describe() -> str:
    """What stands beside the files: arrays, units, split, source; Markdown."""
    lines = [f"| `{name}` | (S,) | {column.unit} |" for name, column in COLUMNS.items()]
    return "\n".join(
        [
            f"# QM9, from {PACKAGE} {VERSION}",
            "",
            f"{MOLECULES} molecules, B3LYP/6-31G(2df,p); Ramakrishnan et al., Scientific Data 1, "
            "140022 (2014).",
            f"Split of the public codes: numpy.random.seed(0), permutation; the first {TRAIN} "
            f"train, the last {TEST} test.",
            f"Energies are converted with {HARTREE} eV a hartree.",
            "",
            "| array | shape | unit |",
            "|---|---|---|",
            "| `position` | (M, 3) | Å |",
            "| `offsets` | (S + 1,) | |",
            "| `atomic_number` | (M,) | |",
            *lines,
            "",
        ]
    )


def _rows(
    files: list[Path], progress: Callable[[int, int], None] | None
) -> Iterator[tuple[Path, dict[str, str]]]:
    total, before = sum(path.stat().st_size for path in files), 0
    for path in files:
        with path.open("rb") as opened:
            text = (line.decode("utf-8") for line in opened)
            for count, row in enumerate(csv.DictReader(text)):
                if progress is not None and count % 1000 == 0:
                    progress(before + opened.tell(), total)
                yield path, row
        before += path.stat().st_size
    if progress is not None:
        progress(total, total)


def _label(row: dict[str, str], column: Column, where: str) -> float:
    text = row.get(column.column)
    try:
        value = float(_plain(text or ""))
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise UserError(
            f"{where}: column {column.column} holds {text!r}, expected a number: labels of one "
            "property are missing for this molecule, and none is left out. Install the package "
            "again."
        )
    return value * column.factor


def _plain(text: str) -> str:
    """Numbers may be written as Mathematica does, 1.2*^-6."""
    return text.replace("*^", "e")
