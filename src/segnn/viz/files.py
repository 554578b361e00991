"""Surfaces on disk: OBJ and binary glTF (GLB), with a colour at every vertex. Own writers: both
formats are a page long.

Sources: Wavefront OBJ (``v x y z r g b``, ``f a b c`` counted from 1); Khronos glTF 2.0, sections
3.6 (geometry) and 4 (GLB).
"""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np

from segnn.errors import UserError
from segnn.files import write_atomically
from segnn.report.colours import diverging, linear
from segnn.viz.glyph import Glyph

FLOAT, UINT32 = 5126, 5125
ARRAY, ELEMENTS = 34962, 34963


def save_mesh(
    path: str | os.PathLike[str],
    glyph: Glyph,
    at: np.ndarray | None = None,
    names: list[str] | None = None,
) -> Path:
    """Write glyphs, one object a row, to a ``.glb`` or ``.obj`` file; returns the path.

    ``at``: (rows, 3), where each stands, for instance the positions of the nodes; one beside the
    other along x if None. Raises UserError for another ending or a place that cannot be written,
    ValueError for a wrong shape of ``at``.
    """
    path = Path(path)
    if path.suffix not in (".glb", ".obj"):
        raise UserError(
            f"{path}: a surface is written as .glb or .obj, not {path.suffix or 'nothing'!r}. "
            "Change the ending."
        )
    rows = len(glyph)
    if rows == 0:
        raise ValueError("there is no glyph to write")
    if at is None:
        reach = 2.2 * float(np.linalg.norm(glyph.vertices, axis=-1).max(initial=0.0)) or 1.0
        at = np.arange(rows)[:, None] * np.array([reach, 0.0, 0.0])
    at = np.asarray(at, float)
    if at.shape != (rows, 3):
        raise ValueError(f"at has shape {at.shape}, expected ({rows}, 3), a place for each glyph")
    names = [f"glyph {n}" for n in range(rows)] if names is None else names
    vertices, colours = glyph.vertices + at[:, None], glyph.colours()
    data = (
        _obj(vertices, colours, glyph.faces, names)
        if path.suffix == ".obj"
        else _glb(glyph, vertices, colours, names)
    )
    write_atomically(path, data)
    return path


def colour_table(size: int = 256) -> np.ndarray:
    """The glyphs' colours for values from −1 to 1: (size, 3) uint8."""
    return np.round(255 * diverging(np.linspace(-1, 1, size))).astype(np.uint8)


def _obj(vertices: np.ndarray, colours: np.ndarray, faces: np.ndarray, names: list[str]) -> bytes:
    lines = ["# glyphs of steerable features, written by segnn; v x y z r g b"]
    for n, name in enumerate(names):
        lines.append(f"o {name.replace(' ', '_')}")
        rows = np.concatenate([vertices[n], colours[n]], axis=1)
        lines += ["v " + " ".join(f"{value:.6g}" for value in row) for row in rows]
        lines += ["f " + " ".join(map(str, face)) for face in faces + 1 + n * vertices.shape[1]]
    return ("\n".join(lines) + "\n").encode()


def _glb(glyph: Glyph, vertices: np.ndarray, colours: np.ndarray, names: list[str]) -> bytes:
    """One node and mesh a glyph; the triangles are stored once and shared."""
    rows, count = vertices.shape[:2]
    faces, points, normals = glyph.faces, vertices.astype("<f4"), glyph.normals().astype("<f4")
    light = linear(colours).astype("<f4")  # glTF's COLOR_0 is linear
    parts = [faces.astype("<u4").tobytes(), points.tobytes(), normals.tobytes(), light.tobytes()]
    starts = np.cumsum([0, *map(len, parts)])
    views = [
        {"buffer": 0, "byteOffset": int(start), "byteLength": len(part), "target": target}
        for start, part, target in zip(starts, parts, (ELEMENTS, ARRAY, ARRAY, ARRAY), strict=False)
    ]
    accessors: list[dict[str, Any]] = [
        {"bufferView": 0, "componentType": UINT32, "count": faces.size, "type": "SCALAR"}
    ]
    for view in (1, 2, 3):
        for n in range(rows):
            accessor: dict[str, Any] = {
                "bufferView": view,
                "byteOffset": 12 * count * n,
                "componentType": FLOAT,
                "count": count,
            }
            accessor["type"] = "VEC3"
            bounds = (
                {"min": points[n].min(0).tolist(), "max": points[n].max(0).tolist()}
                if view == 1
                else {}
            )
            accessors.append(accessor | bounds)
    attributes = [
        {"POSITION": 1 + n, "NORMAL": 1 + rows + n, "COLOR_0": 1 + 2 * rows + n}
        for n in range(rows)
    ]
    meshes = [
        {"name": name, "primitives": [{"attributes": attributes[n], "indices": 0, "material": 0}]}
        for n, name in enumerate(names)
    ]
    tree = {
        "asset": {"version": "2.0", "generator": "segnn"},
        "scene": 0,
        "scenes": [{"nodes": list(range(rows))}],
        "nodes": [{"name": name, "mesh": n} for n, name in enumerate(names)],
        "meshes": meshes,
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.7}}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": int(starts[-1])}],
    }
    text = json.dumps(tree, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    data = b"".join(parts)  # a whole number of 4-byte numbers: needs no padding
    head = struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(data))
    return (
        head
        + struct.pack("<I4s", len(text), b"JSON")
        + text
        + struct.pack("<I4s", len(data), b"BIN\0")
        + data
    )
