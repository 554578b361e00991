"""Systems on disk: NPZ files in the published schema. Reading one never unpickles, so it runs no
code.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.files import replacing


def load_systems(path: str | os.PathLike[str]) -> Systems:
    """Read and check an NPZ file in the schema of `segnn.data.schema`.

    Raises `UserError` if the file is missing, is not an NPZ, is damaged, holds a pickle, or holds
    data that do not fit.
    """
    return Systems.from_arrays(read_arrays(path), str(path))


def read_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """All arrays of an NPZ file. Raises `UserError` if it is missing, is not an NPZ, is damaged or
    holds a pickle.
    """
    path = Path(path)
    if not path.exists():
        raise UserError(
            f"{path}: no such file. Check the path, or make the data with 'segnn simulate'."
        )
    if not path.is_file():
        raise UserError(f"{path}: is a folder, expected an NPZ file.")
    arrays = {}
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise UserError(
                    f"{path}: not an NPZ file, or cut short. Write it with numpy.savez(path, position=...)."
                )
        with np.load(path, allow_pickle=False) as stored:
            for name in stored.files:
                arrays[name] = _read(stored, name, path)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror or error}). Check the file and its rights."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UserError(f"{path}: damaged NPZ file ({error}). Write or copy it again.") from error
    return arrays


def _read(stored: np.lib.npyio.NpzFile, name: str, path: Path) -> np.ndarray:
    try:
        array = stored[name]
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise UserError(
                f"{path}: array {name!r} holds Python objects (a pickle), refused because reading it can run code. "
                "Save plain numeric arrays; for systems of varying size use flat arrays and 'offsets'."
            ) from error
        raise UserError(
            f"{path}: array {name!r} is damaged ({error}). Write or copy the file again."
        ) from error
    if not isinstance(array, np.ndarray):
        raise UserError(
            f"{path}: entry {name!r} is not a NumPy array. Write the file with numpy.savez."
        )
    return array


def save_systems(path: str | os.PathLike[str], systems: Systems) -> None:
    """Write an NPZ file atomically: a temporary file in the same folder takes the place of `path`
    when complete.

    Makes the folder if need be. Raises `UserError` if the file cannot be written.
    """
    write_npz(path, systems.to_arrays())


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays as an NPZ file, whole or not at all. Raises `UserError` as `save_systems`."""
    # Not numpy.savez: it takes arrays called "file" or "allow_pickle" for its own options.
    with replacing(path) as part, zipfile.ZipFile(part, "w", allowZip64=True) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
