"""Systems in HDF5: the arrays of `Systems` as they are, for data too large to be parsed as text.

    position   (M, 3)                  the rows of all systems, one system after the other
    offsets    (S + 1,)                system s owns the rows offsets[s] to offsets[s + 1]
    node/NAME  (M, ...)                one row a particle
    graph/NAME (S, ...)                one row a system; cell (S, 3, 3) and pbc (S, 3) among them

The file's attribute ``format`` is "segnn systems 1"; a data set's attribute ``unit`` may name its
unit. Numbers keep the type they were written with. A file without ``node`` and ``graph`` whose data
sets follow the schema of NPZ files is read as one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from segnn.data.numbers import check_finite, numbers
from segnn.data.schema import check_offsets, is_label
from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.files import replacing, to_read

SUFFIXES = (".h5", ".hdf5")
FORMAT = "segnn systems 1"


def is_hdf5(path: str | os.PathLike[str]) -> bool:
    """Whether a path names an HDF5 file, by its suffix."""
    return Path(path).suffix.lower() in SUFFIXES


def read_hdf5(
    path: str | os.PathLike[str],
    aside: Callable[[str], bool] | None = None,
    missing: Collection[str] = (),
) -> Systems | dict[str, np.ndarray]:
    """The systems of a file of the layout above, or the arrays of one like an NPZ.

    ``aside`` says of a name whether the array is left out, whatever it holds; the arrays
    ``missing`` may be NaN. Raises `UserError`
    for a file that is missing, damaged or of another layout, and without h5py.
    """
    with opened(path) as file:
        groups = {level: _sets(file[level]) for level in ("node", "graph") if level in file}
        root = _sets(file)
    if not groups:
        return root
    if "position" not in root or "offsets" not in root:
        raise UserError(
            f"{path}: has node or graph arrays, but not both 'position' (M, 3) and 'offsets' "
            f"(S + 1,); present: {', '.join(root) or 'nothing'}. Add them beside the groups."
        )
    position = numbers(root["position"], "position", str(path))
    if position.ndim != 2 or position.shape[1] != 3:
        raise UserError(f"{path}: 'position' has shape {position.shape}, expected (M, 3).")
    offsets = check_offsets(root["offsets"], len(position), str(path))
    check_finite(position, "position", offsets, str(path))
    held: dict[str, dict[str, np.ndarray]] = {"node": {}, "graph": {}}
    for level, arrays in groups.items():
        rows = len(position) if level == "node" else len(offsets) - 1
        for name, value in arrays.items():
            if aside is not None and aside(name):
                continue
            array = numbers(value, name, str(path))
            if array.shape[:1] != (rows,):
                raise UserError(
                    f"{path}: {level}/{name} has shape {array.shape}, expected ({rows}, ...), one "
                    f"row for each {'particle' if level == 'node' else 'system'}. Write it again."
                )
            if not is_label(name):
                known = np.where(np.isnan(array), 0.0, array) if name in missing else array
                check_finite(known, name, offsets if level == "node" else None, str(path))
            held[level][name] = array
    return Systems(position, offsets, held["node"], held["graph"])


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Any]:
    """The file, to read from. Raises `UserError` where it is missing or damaged, also within the
    block, and without h5py.
    """
    path, h5py = to_read(path, "an HDF5 file"), load_h5py()
    try:
        with h5py.File(path, "r") as file:
            yield file
    except UserError:
        raise
    except Exception as error:  # h5py raises OSError, KeyError, RuntimeError for damaged files
        raise UserError(
            f"{path}: cannot be read as HDF5 ({error}). A file that was damaged or cut short, or "
            "is still open elsewhere, ends like this; write or copy it again."
        ) from error


@contextmanager
def created(path: str | os.PathLike[str]) -> Iterator[Any]:
    """A new file to write to; it takes the place of ``path`` when the block ends without an error.
    Raises `UserError` where it cannot be written, a full disk among others, and without h5py.
    """
    h5py = load_h5py()
    with replacing(path) as part:
        try:
            with h5py.File(part, "w") as file:
                yield file
        except (OSError, RuntimeError) as error:  # of a full disk h5py tells in a RuntimeError
            number = re.search(r"errno = (\d+)", str(error))
            if number is None:
                raise
            raise OSError(int(number[1]), os.strerror(int(number[1]))) from error


def write_hdf5(
    path: str | os.PathLike[str], systems: Systems, units: Mapping[str, str] | None = None
) -> None:
    """Write systems in the layout above, whole or not at all; ``units`` by the names of arrays."""
    with created(path) as file:
        file.attrs["format"] = FORMAT
        named = {"position": systems.position, "offsets": systems.offsets}
        named |= {f"node/{name}": array for name, array in systems.node.items()}
        named |= {f"graph/{name}": array for name, array in systems.graph.items()}
        for level in ("node", "graph"):
            file.create_group(level)
        for name, array in named.items():
            # A checksum of each chunk: a damaged number is told when it is read. Of nothing none.
            made = file.create_dataset(name, data=array, fletcher32=array.size > 0)
            unit = (units or {}).get(name.partition("/")[2] or name)
            if unit is not None:
                made.attrs["unit"] = unit


def _sets(group: Any) -> dict[str, np.ndarray]:
    return {name: held[()] for name, held in group.items() if hasattr(held, "shape")}


def load_h5py() -> Any:
    """The package; `UserError` without it."""
    try:
        return import_module("h5py")
    except ImportError as error:
        raise UserError(
            "HDF5 files are read and written with h5py, which is not installed: "
            "pip install 'segnn[hdf5]'"
        ) from error
