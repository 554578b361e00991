"""Systems on disk: NPZ files in the published schema. Reading one never unpickles, so it runs no
code.
"""

from __future__ import annotations

import math
import os
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np

from segnn.data.layouts import in_schema
from segnn.errors import UserError
from segnn.files import replacing, to_read


def read_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """All arrays of an NPZ file, those of MD17 under the names of the schema, see
    `segnn.data.layouts`. Raises `UserError` if it is missing, is not an NPZ, is damaged or holds a
    pickle.

    The archive is opened as one whatever its first bytes are: `numpy.load` would take a file with a
    damaged head for a pickle, and advise to unpickle it.
    """
    path = to_read(path, "an NPZ file")
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise UserError(
                    f"{path}: not an NPZ file, or cut short. Write it with "
                    "numpy.savez(path, position=...)."
                )
            return in_schema(_read_archive(file, path))
    except UserError:
        raise
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror or error}). Check the file and its rights."
        ) from error
    except Exception as error:  # zipfile and zlib raise a dozen kinds for damaged archives
        raise UserError(f"{path}: damaged NPZ file ({error}). Write or copy it again.") from error


def _read_archive(file: IO[bytes], path: Path) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            name = entry.filename.removesuffix(".npy")
            if name == entry.filename:
                raise UserError(
                    f"{path}: entry {name!r} is not a NumPy array. Write the file with numpy.savez."
                )
            if name in arrays:
                raise UserError(f"{path}: holds {name!r} twice. Write the file again.")
            with archive.open(entry) as stream:
                arrays[name] = _read_array(stream, entry.file_size, name, path)
    return arrays


def _read_array(stream: IO[bytes], size: int, name: str, path: Path) -> np.ndarray:
    """One array of ``size`` bytes; what its header promises must be there before room is made."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about headers of other Python versions
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0
            header = read if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = header(stream)
            if dtype.hasobject:
                raise UserError(
                    f"{path}: array {name!r} holds Python objects (a pickle), refused because "
                    "reading it can run code. Save plain numeric arrays; for systems of varying "
                    "size use flat arrays and 'offsets'."
                )
            count = math.prod(shape)
            if min(shape, default=0) < 0 or count * dtype.itemsize > size:
                raise ValueError(f"its header says shape {shape}, the file holds {size} bytes")
            data = stream.read(count * dtype.itemsize)
            stream.read(1)  # zipfile compares the checksum at the end of an entry
            array = np.frombuffer(data, dtype, count).copy() if data else np.empty(0, dtype)
            return array.reshape(shape, order="F" if fortran else "C")
    except (UserError, zipfile.BadZipFile, zlib.error, OSError):
        raise
    except Exception as error:  # a damaged header is parsed as Python text: anything may come
        raise UserError(
            f"{path}: array {name!r} is damaged ({error}). Write or copy the file again."
        ) from error


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays as an NPZ file, whole or not at all. Raises `UserError` as `save_systems`."""
    # Not numpy.savez: it takes arrays called "file" or "allow_pickle" for its own options.
    with replacing(path) as part, zipfile.ZipFile(part, "w", allowZip64=True) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
