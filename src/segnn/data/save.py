"""Systems written to files."""

from __future__ import annotations

import os
from pathlib import Path

from segnn.data.atom_files import write_atoms
from segnn.data.forms import SystemsLike, as_systems
from segnn.data.hdf5 import is_hdf5, write_hdf5
from segnn.data.npz import write_npz

XYZ = (".xyz", ".extxyz")


def save_systems(path: str | os.PathLike[str], systems: SystemsLike) -> None:
    """Write systems atomically: a temporary file in the same folder takes the place of ``path``
    when complete. By its suffix extended XYZ (.xyz, .extxyz: needs ``atomic_number``), HDF5 (.h5,
    .hdf5), else an NPZ in the published schema. ``systems``: in any form that
    `segnn.data.forms.given` reads.

    Makes the folder if need be. Raises `UserError` if the file cannot be written.
    """
    held = as_systems(systems)
    if is_hdf5(path):
        write_hdf5(path, held)
    elif Path(path).suffix.lower() in XYZ:
        write_atoms(path, held.to_ase())
    else:
        write_npz(path, held.to_arrays())
