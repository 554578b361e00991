"""Systems written to files."""

from __future__ import annotations

import os
from pathlib import Path

from segnn.data.atom_files import write_atoms
from segnn.data.hdf5 import is_hdf5, write_hdf5
from segnn.data.npz import write_npz
from segnn.data.systems import Systems

XYZ = (".xyz", ".extxyz")


def save_systems(path: str | os.PathLike[str], systems: Systems) -> None:
    """Write systems atomically: a temporary file in the same folder takes the place of ``path``
    when complete. By its suffix extended XYZ (.xyz, .extxyz: needs ``atomic_number``), HDF5 (.h5,
    .hdf5), else an NPZ in the published schema.

    Makes the folder if need be. Raises `UserError` if the file cannot be written.
    """
    if is_hdf5(path):
        write_hdf5(path, systems)
    elif Path(path).suffix.lower() in XYZ:
        write_atoms(path, systems.to_ase())
    else:
        write_npz(path, systems.to_arrays())
