"""Files that ASE reads: extended XYZ, trajectories, databases, CIF …; none of them runs code."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segnn.data.atoms import import_ase
from segnn.errors import UserError
from segnn.files import write_atomically

if TYPE_CHECKING:
    from ase import Atoms

DATABASES = (".db", ".aselmdb")
PICKLES = ("bundletrajectory", "py")
"""Formats of ASE whose reading can run code that the file holds."""


def holds_atoms(path: str | os.PathLike[str]) -> bool:
    """Whether a file is read through ASE: by its suffix, everything but NumPy's own formats."""
    return Path(path).suffix.lower() not in ("", ".npz", ".npy", ".h5", ".hdf5")


def read_atoms(path: str | os.PathLike[str]) -> list[Atoms]:
    """All configurations of a file that ASE reads: extended XYZ, trajectories, databases, CIF …

    Raises `UserError` that names the file and the configuration if it is missing, of no known
    format, damaged or cut short, or of a format whose reading can run code.
    """
    path = Path(path)
    if path.is_dir():
        raise UserError(f"{path}: is a folder, expected a file of atoms.")
    if not path.exists():
        raise UserError(f"{path}: no such file. Check the path.")
    import_ase()
    if path.suffix.lower() in DATABASES:
        return _read_database(path)
    from ase.io import iread
    from ase.io.formats import filetype, ioformats

    try:
        kind = filetype(str(path))
        if kind not in ioformats:
            raise ValueError(kind)
    except Exception as error:  # unknown formats, and files that cannot be opened
        raise UserError(
            f"{path}: ASE does not know this format ({error}). Give an NPZ, an extended XYZ file "
            "(.xyz, .extxyz), or any other that ASE reads."
        ) from error
    if kind in PICKLES:
        raise UserError(f"{path}: reading the format {kind!r} can run code, so segnn never does.")
    frames: list[Atoms] = []
    try:
        frames.extend(iread(str(path), index=":", format=kind))
    except Exception as error:  # the readers of ASE raise all kinds
        raise UserError(f"{path}: {_why(error, kind, len(frames))}") from error
    if not frames:
        raise UserError(f"{path}: holds no configurations.")
    if kind in ("extxyz", "xyz"):
        _check_end(path, frames)
    return frames


def _read_database(path: Path) -> list[Atoms]:
    """All rows of an ASE database; the numbers among their key-value pairs become arrays of the
    configurations.
    """
    connect: Any = import_module("ase.db").connect

    frames: list[Atoms] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about arrays of older versions
            for row in connect(str(path), serial=True, use_lock_file=False).select():
                frame = row.toatoms()
                frame.info |= dict(row.key_value_pairs)
                frames.append(frame)
    except Exception as error:  # sqlite, JSON and the readers raise all kinds
        text = str(error) or type(error).__name__
        cure = "A file that was cut short ends like this; get it again."
        if path.suffix.lower() == ".aselmdb":
            cure = (
                "Files of this kind need the backend of fairchem: pip install ase-db-backends. "
                "Or write the rows as an ASE database (.db) or extended XYZ where it is installed."
            )
        raise UserError(
            f"{path}: cannot be read as an ASE database after {len(frames)} rows ({text}). {cure}"
        ) from error
    if not frames:
        raise UserError(f"{path}: holds no rows.")
    return frames


def write_atoms(path: str | os.PathLike[str], frames: Sequence[Atoms]) -> None:
    """Write configurations as extended XYZ, whole or not at all: positions, forces and other
    arrays to 8 decimals. Raises `UserError` where they cannot be written.
    """
    import_ase()
    from ase.io.extxyz import write_extxyz

    text = io.StringIO()
    try:
        write_extxyz(text, list(frames))
    except Exception as error:  # what ASE cannot write: names with blanks, arrays of odd shapes
        raise UserError(f"{path}: ASE cannot write this as extended XYZ ({error}).") from error
    write_atomically(path, text.getvalue().encode())


def _why(error: Exception, kind: str, whole: int) -> str:
    from ase.data import atomic_numbers

    text = str(error) or type(error).__name__
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        symbol = error.args[0].strip()
        if symbol.isalpha() and len(symbol) <= 3 and symbol not in atomic_numbers:
            return (
                f"configuration {whole} has an atom of the unknown species {symbol!r}. Correct the "
                "symbol; X stands for what is no element."
            )
    return (
        f"cannot be read as {kind} after {whole} whole configurations ({text}). A file that was "
        "cut short ends like this; get it again, or remove the last part."
    )


def _check_end(path: Path, frames: list[Atoms]) -> None:
    """UserError where lines of an XYZ file are left: ASE stops at an empty line without a word."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    end = sum(len(frame) + 2 for frame in frames)
    left = [n for n, line in enumerate(lines[end:], end + 1) if line.strip()]
    if left and not lines[left[0] - 1].startswith("VEC"):
        raise UserError(
            f"{path}: line {end + 1} is empty after {len(frames)} whole configurations, and "
            f"{len(left)} lines that follow would not be read. Remove the empty line."
        )
