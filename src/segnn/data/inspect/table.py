"""A file of systems as it is: every array that any of its systems has, whole or not."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from segnn.data.atom_files import holds_atoms, read_atoms
from segnn.data.atoms import of_atoms, of_configuration
from segnn.data.forms import given
from segnn.data.hdf5 import is_hdf5
from segnn.data.npz import read_arrays
from segnn.data.systems import Systems
from segnn.errors import UserError


@dataclass(frozen=True)
class Column:
    """One array of a file: ``rows`` (R, k) of the systems that have it, ``owner`` (R,) whose each
    row is; ``level`` node or graph, ``shape`` of a row.
    """

    name: str
    level: str
    rows: np.ndarray
    owner: np.ndarray
    shape: tuple[int, ...]

    def of(self, system: int) -> np.ndarray:
        """The rows of one system."""
        rows: np.ndarray = self.rows[self.owner == system]
        return rows


@dataclass(frozen=True)
class Table:
    """A file: its systems with the arrays that all of them have, and every array as a column."""

    source: str
    systems: Systems
    columns: dict[str, Column]
    mistakes: tuple[str, ...] = ()


def read_table(path: str | os.PathLike[str]) -> Table:
    """Read a file; UserError where nothing can be read. What a training would refuse, and a look
    need not, stands under ``mistakes``.
    """
    source = os.fspath(path)
    if not holds_atoms(path):
        names = {} if is_hdf5(path) else read_arrays(path)
        systems = given(path, missing=names).systems  # a look may find what no training takes
        return Table(source, systems, _columns_of(systems))
    frames = read_atoms(path)
    mistakes = []
    try:
        systems = Systems.from_ase(frames, source, needed=("position",))
    except UserError as error:
        mistakes.append(str(error))
        kept = [frame for frame in frames if len(frame) and np.isfinite(frame.positions).all()]
        if not kept:
            raise
        for frame in kept:
            frame.pbc = False
        systems = Systems.from_ase(kept, source, needed=("position",))
        frames = kept
    parts: dict[tuple[str, str], list[tuple[int, np.ndarray]]] = {}
    for n, frame in enumerate(frames):
        try:
            graph = of_configuration(frame, source, n)
        except UserError as error:
            mistakes.append(str(error))
            graph = {}
        for level, arrays in (("node", of_atoms(frame)), ("graph", graph)):
            for name, array in arrays.items():
                rows = array if level == "node" else array[None]
                parts.setdefault((name, level), []).append((n, rows))
    columns = {}
    for (name, level), found in parts.items():
        if name != "atomic_number":
            columns[name] = _joined(name, level, found, mistakes, source)
    return Table(source, systems, columns, tuple(mistakes))


def _joined(
    name: str, level: str, found: list[tuple[int, np.ndarray]], mistakes: list[str], source: str
) -> Column:
    shape = found[0][1].shape[1:]
    other = [n for n, rows in found if rows.shape[1:] != shape]
    if other:
        mistakes.append(
            f"{source}: {name!r} has another shape in system {other[0]} than in {found[0][0]}."
        )
    kept = [(n, rows) for n, rows in found if rows.shape[1:] == shape]
    rows = np.concatenate([rows.reshape(len(rows), -1) for _, rows in kept])
    owner = np.repeat([n for n, _ in kept], [len(rows) for _, rows in kept])
    return Column(name, level, rows, owner, shape)


def _columns_of(systems: Systems) -> dict[str, Column]:
    particles = np.repeat(np.arange(len(systems)), systems.sizes)
    columns = {}
    for level, arrays, owner in (
        ("node", systems.node, particles),
        ("graph", systems.graph, np.arange(len(systems))),
    ):
        for name, array in arrays.items():
            if name not in ("atomic_number", "cell", "pbc"):
                rows = array.reshape(len(array), -1)
                columns[name] = Column(name, level, rows, owner, array.shape[1:])
    return columns


def labels_of(
    columns: dict[str, Column], energy: str | None = None
) -> tuple[Column | None, Column | None]:
    """The energies and the forces of a file by their names: ``energy``, or what ends so, such as
    REF_energy; ``forces``, those of the same beginning first.
    """
    scalars = [c for c in columns.values() if c.level == "graph" and c.rows.shape[1] == 1]
    vectors = [c for c in columns.values() if c.level == "node" and c.shape == (3,)]
    if energy is not None:
        found = next((column for column in scalars if column.name == energy), None)
    else:
        found = _named("energy", scalars)
    beginning = "" if found is None else found.name.removesuffix("energy")
    return found, (
        _named(f"{beginning}forces", vectors)
        or _named("forces", vectors)
        or _named("force", vectors)
    )


def _named(word: str, columns: list[Column]) -> Column | None:
    named = [column for column in columns if column.name.lower().endswith(word.lower())]
    named = [column for column in named if not column.name.startswith("free_")]
    exact = [column for column in named if column.name == word]
    return next(iter([*exact, *named]), None)
