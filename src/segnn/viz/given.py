"""What a caller hands over as systems, in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from segnn.data import Systems, load_systems

Given = Systems | Mapping[str, Any] | str | os.PathLike[str]


def as_systems(given: Given, source: str = "the systems") -> Systems:
    """`Systems` as they are, a dict of arrays in the published schema, or the path of an NPZ.

    Raises `UserError` for arrays or a file that do not follow the schema.
    """
    if isinstance(given, Systems):
        return given
    if isinstance(given, Mapping):
        return Systems.from_arrays(given, source)
    return load_systems(given)
