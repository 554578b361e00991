"""Arrays on their way to the page: the length of a JSON header (uint32), the header, then float32
and int32, little-endian.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np


def pack(meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """One message. ``arrays``: integers become int32, everything else float32; the header lists
    shapes and offsets. Numbers beyond float32 become infinite, which the page tells.
    """
    parts, listed, start = [], [], 0
    for name, array in arrays.items():
        kind = "int32" if array.dtype.kind in "iu" else "float32"
        with np.errstate(over="ignore"):
            data = np.ascontiguousarray(array, "<i4" if kind == "int32" else "<f4").tobytes()
        listed.append({"name": name, "type": kind, "shape": list(array.shape), "start": start})
        parts.append(data)
        start += len(data)
    header = json.dumps({**meta, "arrays": listed}, allow_nan=False, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 4)
    return struct.pack("<I", len(header)) + header + b"".join(parts)


def unpack(message: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The inverse of `pack`."""
    (length,) = struct.unpack_from("<I", message)
    meta = json.loads(message[4 : 4 + length])
    arrays = {}
    for entry in meta.pop("arrays"):
        dtype = "<i4" if entry["type"] == "int32" else "<f4"
        count = int(np.prod(entry["shape"]))
        arrays[entry["name"]] = np.frombuffer(
            message, dtype, count, 4 + length + entry["start"]
        ).reshape(entry["shape"])
    return meta, arrays
