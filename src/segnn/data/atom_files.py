"""Files that ASE reads: extended XYZ, trajectories, databases, CIF …; none of them runs code."""

from __future__ import annotations

import io
import os
import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segnn.data.atoms import import_ase
from segnn.errors import UserError
from segnn.files import to_read, write_atomically

if TYPE_CHECKING:
    from ase import Atoms

DATABASES = (".db", ".aselmdb")
XYZ = ("extxyz", "xyz")
"""Formats of ASE that begin every configuration with the number of its atoms."""
LMDB = bytes.fromhex("dec0efbe")
"""At byte 16 of a file of LMDB, written on a machine with the low bytes first."""
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
    return list(iterate_atoms(path))


def iterate_atoms(path: str | os.PathLike[str], first: int = 0) -> Iterator[Atoms]:
    """One configuration after the other, from number ``first`` on; errors as of `read_atoms`, when
    their place is reached.
    """
    path = to_read(path, "a file of atoms")
    import_ase()
    if path.suffix.lower() in DATABASES:
        yield from _iterate_database(path, first)
        return
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
    if kind in XYZ:
        _check_counts(path)
    count, lines = 0, 0
    try:
        for frame in iread(str(path), index=":", format=kind):
            count, lines = count + 1, lines + len(frame) + 2
            if count > first:
                yield frame
    except Exception as error:  # the readers of ASE raise all kinds
        raise UserError(f"{path}: {_why(error, kind, count)}") from error
    if not count:
        raise UserError(f"{path}: holds no configurations.")
    if kind in XYZ:
        _check_end(path, count, lines)


def _iterate_database(path: Path, first: int) -> Iterator[Atoms]:
    """The rows of an ASE database; the numbers among their key-value pairs, and single ones among
    their data, where fairchem writes labels, become arrays of the configurations.
    """
    connect: Any = import_module("ase.db").connect
    if path.suffix.lower() == ".db":
        _check_database(path)
    else:
        _check_lmdb(path)
    count = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about arrays of older versions
            rows = connect(str(path), serial=True, use_lock_file=False).select()
            for row in rows:
                count += 1
                if count > first:
                    frame = row.toatoms()
                    data = row.data if isinstance(row.data, dict) else {}
                    frame.info |= {n: v for n, v in data.items() if isinstance(v, int | float)}
                    frame.info |= dict(row.key_value_pairs)
                    yield frame
    except Exception as error:  # sqlite, JSON and the readers raise all kinds
        text = str(error) or type(error).__name__
        cure = (
            "A file that was cut short ends like this: get it again. So does one of a newer layout:"
            " update ase and ase-db-backends, or let what wrote it write extended XYZ."
        )
        raise UserError(
            f"{path}: cannot be read as an ASE database after {count} rows ({text}). {cure}"
        ) from error
    if not count:
        raise UserError(f"{path}: holds no rows.")


def _check_database(path: Path) -> None:
    """UserError for what is no SQLite database of ASE: opened, it would be made one."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as held:
            tables = {name for (name,) in held.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error as error:
        raise UserError(
            f"{path}: cannot be read as an ASE database ({error}). A file that was cut short ends "
            "like this: get it again."
        ) from error
    if "systems" not in tables:
        found = f"the tables {', '.join(sorted(tables))}" if tables else "nothing"
        raise UserError(
            f"{path}: holds {found}, and an ASE database has the table 'systems'. Get the file "
            "again, or write it with ase.db.connect(...).write(atoms)."
        )


def _check_lmdb(path: Path) -> None:
    """UserError for what is no LMDB file, which would get a lock file beside it when it is opened,
    and without the backend.
    """
    if find_spec("ase_db_backends") is None:
        raise UserError(
            f"{path}: cannot be read without the backend of fairchem: pip install ase-db-backends. "
            "Or write the rows as an ASE database (.db) or extended XYZ where it is installed."
        )
    with path.open("rb") as file:
        if file.read(len(LMDB) + 16)[16:] != LMDB:
            raise UserError(
                f"{path}: cannot be read as an ASE database (it is no LMDB file). A file that was "
                "cut short ends like this, as does one of another program: get it again."
            )


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
        f"cannot be read as {kind} after {whole} whole configurations ({text}). Correct the "
        "next one; a file that was cut short ends like this too: get it again, or remove that part."
    )


def _check_counts(path: Path) -> None:
    """UserError where a configuration of an XYZ file says that it has more atoms than the file has
    bytes: ASE would go on reading behind the end, line by line, for hours.
    """
    size, line = path.stat().st_size, 0
    with path.open(encoding="utf-8", errors="replace") as lines:
        for head in lines:
            try:
                count = int(head)
            except ValueError:
                count = -1
            if count < 0:
                return  # the end of what ASE reads, or what it tells itself
            if count > size:
                raise UserError(
                    f"{path}: line {line + 1} says that {count} atoms follow, and the whole file "
                    f"has {size} bytes. Correct the number, or get the file again."
                )
            line += 1 + sum(1 for _ in islice(lines, count + 1))


def _check_end(path: Path, frames: int, end: int) -> None:
    """UserError where lines of an XYZ file are left behind the first ``end``: ASE stops at an empty
    line without a word.
    """
    first, left = "", 0
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in islice(lines, end, None):
            if line.strip():
                first, left = first or line, left + 1
    if left and not first.startswith("VEC"):
        raise UserError(
            f"{path}: line {end + 1} is empty after {frames} whole configurations, and "
            f"{left} lines that follow would not be read. Remove the empty line."
        )
