"""Systems on disk: NPZ files in the published schema. Reading one never unpickles, so it runs no
code.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError


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
    path = Path(path)
    arrays = systems.to_arrays()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, arrays)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error.strerror or error}). Give another path."
        ) from error


def _write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for its own options
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)  # mkstemp makes files private
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
