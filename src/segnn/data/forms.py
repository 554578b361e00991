"""One way to hand over systems: what a public call was given, read, and results arranged like it.

Every public call that takes systems takes a dict of arrays in the published schema, `Systems`, ASE
``Atoms``, the path of a file, or a list of these, and reads it here and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from segnn.data.atom_files import holds_atoms, read_atoms
from segnn.data.atoms import is_atoms
from segnn.data.hdf5 import is_hdf5, read_hdf5
from segnn.data.joined import joined
from segnn.data.npz import read_arrays
from segnn.data.pyg import is_pyg
from segnn.data.systems import Systems
from segnn.errors import UserError

SystemsLike = Systems | Mapping[str, Any] | str | os.PathLike[str] | list[Any] | tuple[Any, ...]
"""What stands for systems: `Systems`, arrays by name, the path of a file, a list of these."""


@dataclass(frozen=True)
class Given:
    """Systems, the name that errors give them, and the shape of what they were read from.

    - ``systems``: what was given, read and checked.
    - ``source``: the file, or "the arrays given".
    - ``lead``: the leading axes of per-particle arrays as they were given: (S, N), (N,) of one
      system, or (M,).
    - ``single``: whether one system was given without an axis for systems.
    - ``offsets``: (S + 1,) as given, or None where the shape of ``position`` says it all.
    - ``shapes``: the shape of every array given.
    """

    systems: Systems
    source: str
    lead: tuple[int, ...]
    single: bool
    offsets: np.ndarray | None
    shapes: dict[str, tuple[int, ...]]

    def arranged(self, rows: np.ndarray, level: str, like: str = "") -> np.ndarray:
        """Results (M, …) of ``level`` "node", or (S, …) of "graph", arranged as the input.

        They get the shape of the array ``like`` where one of as many numbers was given. Otherwise
        per-particle rows get the leading axes of the input, rows of one system lose their first
        axis, and single numbers have no last axis of length one.
        """
        shape = self.shapes.get(like)
        if shape is not None and int(np.prod(shape)) == rows.size:
            return rows.reshape(shape)
        kept = () if rows.shape[1:] == (1,) else rows.shape[1:]
        lead = self.lead if level == "node" else () if self.single else rows.shape[:1]
        return rows.reshape((*lead, *kept))


def given(
    x: Any,
    source: str | None = None,
    *,
    declared: Collection[str] = (),
    aside: Callable[[str], bool] | None = None,
    missing: Collection[str] = (),
) -> Given:
    """Read what a public call was given; UserError that says what was expected.

    x: arrays by name in the schema of `segnn.data.schema`, `Systems`, ASE ``Atoms``, the path of an
    NPZ file or of a file that ASE reads (extended XYZ, trajectories, databases), or a list of
    these. ``source`` names it in errors; by default the path, or what it is. ``declared``: names of
    arrays that a recipe reads. ``aside``: says of a name whether the array is left out of the
    systems, whatever it holds; its shape is known still. ``missing``: arrays that may be NaN,
    and that some configurations of a file of atoms may lack, which are NaN there.
    """
    if isinstance(x, Systems):
        return _of_systems(x, source or "the systems given")
    if isinstance(x, str | os.PathLike):
        source = source or os.fspath(x)
        if is_hdf5(x):
            found = read_hdf5(x, aside, missing)
            if isinstance(found, Systems):
                return _of_systems(found, source)
            return _of_arrays(found, source, declared, aside, missing)
        if holds_atoms(x):
            read = Systems.from_ase(read_atoms(x), source, declared or None, aside, missing)
            return _of_systems(read, source)
        return _of_arrays(read_arrays(x), source, declared, aside, missing)
    if is_atoms(x) or (isinstance(x, list | tuple) and x and all(map(is_atoms, x))):
        source = source or "the atoms given"
        return _of_systems(Systems.from_ase(x, source, declared or None, aside, missing), source)
    if is_pyg(x):
        source = source or "the data given"
        return _of_systems(Systems.from_pyg(x, source), source)
    if isinstance(x, Mapping):
        return _of_arrays(_items(x, source), source or "the arrays given", declared, aside, missing)
    if isinstance(x, list | tuple):
        parts = [
            given(part, _entry(part, source, n), declared=declared, aside=aside, missing=missing)
            for n, part in enumerate(x)
        ]
        source, names = source or "the list given", [part.source for part in parts]
        together = joined([part.systems for part in parts], source, names, declared)
        return _of_systems(together, source)
    raise UserError(
        f"{source or 'the systems given'}: got {type(x).__name__}, expected a dict of arrays "
        "(position, and the fields of the recipe), segnn.Systems, ASE Atoms, the path of an NPZ or "
        "extended XYZ file, or a list of these."
    )


def as_systems(x: Any, source: str | None = None, *, declared: Collection[str] = ()) -> Systems:
    """The systems that a public call was given in any of the forms of `given`."""
    return given(x, source, declared=declared).systems


def load_systems(path: str | os.PathLike[str], declared: Collection[str] = ()) -> Systems:
    """Read and check a file of systems: an NPZ in the schema of `segnn.data.schema`, or, by its
    suffix, HDF5 (see `segnn.data.hdf5`) or what ASE reads (see `segnn.data.atoms` for the names of
    its arrays).

    ``declared``: names of arrays that a recipe reads, which may look like names of the schema.
    Raises `UserError` if the file is missing, damaged, of no known format, holds a pickle, or holds
    data that do not fit.
    """
    return given(path, declared=declared).systems


def _entry(x: Any, source: str | None, n: int) -> str | None:
    """The name of entry ``n`` of a list in errors: a file has its own."""
    return None if isinstance(x, str | os.PathLike) else f"{source or 'the list given'}[{n}]"


def _of_systems(systems: Systems, source: str) -> Given:
    shapes = {"position": systems.position.shape}
    shapes |= {name: array.shape for name, array in (systems.node | systems.graph).items()}
    return Given(systems, source, (len(systems.position),), False, systems.offsets, shapes)


def _of_arrays(
    arrays: Mapping[str, Any],
    source: str,
    declared: Collection[str],
    aside: Callable[[str], bool] | None,
    missing: Collection[str],
) -> Given:
    """Arrays in the published schema; their arrangement is that of ``position``."""
    taken = {
        name: array
        for name, array in arrays.items()
        if aside is None or not isinstance(name, str) or not aside(name)
    }
    systems = Systems.from_arrays(taken, source, declared, missing)
    lead = np.shape(arrays["position"])[:-1]
    offsets = systems.offsets if "offsets" in arrays else None
    shapes = {name: _shape(array) for name, array in arrays.items()}
    return Given(systems, source, lead, len(lead) == 1 and offsets is None, offsets, shapes)


def _shape(array: Any) -> tuple[int, ...]:
    """The shape of an array; of what is none, one that no result has."""
    try:
        return tuple(np.shape(array))
    except (ValueError, TypeError):
        return (0,)


def _items(x: Mapping[str, Any], source: str | None) -> dict[str, Any]:
    """The arrays of a mapping that may read them only now, such as an open NPZ file."""
    try:
        return dict(x)
    except Exception as error:  # whatever a foreign mapping raises
        raise UserError(
            f"{source or 'the arrays given'}: cannot be read ({error}). Give the path of the file, "
            "or plain arrays."
        ) from error
