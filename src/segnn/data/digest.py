"""A hash that tells systems from others, of arrays in memory and in a file alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

BLOCK = 1 << 24
"""Bytes that are read at a time."""


def digest_of(arrays: Mapping[str, Any]) -> str:
    """The SHA-256 of names, shapes and numbers of all ``arrays``, whatever their order: of NumPy
    or of data sets of an open HDF5 file.
    """
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {tuple(array.shape)} ".encode())
        row = int(np.prod(array.shape[1:])) * array.dtype.itemsize
        step = max(1, BLOCK // max(row, 1))
        for first in range(0, len(array), step):
            digest.update(np.ascontiguousarray(array[first : first + step]).data)
    return digest.hexdigest()
