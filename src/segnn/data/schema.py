"""The published schema of arrays, read and written.

====================  ====================  ====================  ====================
schema                `position`            node arrays           graph arrays
====================  ====================  ====================  ====================
equal sizes           (S, N, 3)             (S, N, …)             (S,), (S, k), (S, 3, 3)
one system            (N, 3)                (N, …)                (), (k,), (3, 3)
varying sizes         (M, 3)                (M, …)                (S, …)
====================  ====================  ====================  ====================

Varying sizes need `offsets` (S + 1,), from 0 to M, strictly increasing. An array belongs to the particles if its leading
axes say so, unless its name starts with `graph_` or `target_graph_` or is `cell` or `pbc`: use the prefix where shapes
cannot tell (a per-system vector of N numbers).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from segnn.errors import UserError

GRAPH_PREFIXES = ("graph_", "target_graph_")
PERIODIC = {"cell": (3, 3), "pbc": (3,)}


def belongs_to_system(name: str) -> bool:
    """Whether the name alone makes an array per-system."""
    return name in PERIODIC or name.startswith(GRAPH_PREFIXES)


def closest(name: str, names: Iterable[str]) -> str:
    """' Did you mean …?' with the nearest name, or nothing."""
    near = difflib.get_close_matches(name, list(names), n=1)
    return f" Did you mean {near[0]!r} for {name!r}?" if near else ""


def rows_of(offsets: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the chosen systems, one after the other, and their new offsets."""
    sizes = np.diff(offsets)[chosen]
    new = np.concatenate([[0], np.cumsum(sizes)])
    return np.arange(new[-1]) + np.repeat(offsets[:-1][chosen] - new[:-1], sizes), new


def numbers(value: object, name: str, source: str) -> np.ndarray:
    """`value` as float64; a UserError if it is not made of real numbers."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise UserError(
            f"{source}: array {name!r} has dtype {array.dtype}, expected real numbers. "
            "Encode it as numbers (e.g. species as atomic numbers) or leave it out."
        )
    return array.astype(np.float64)


def parse(arrays: Mapping[str, object], source: str) -> dict[str, Any]:
    """Arrays of any of the three schemas -> the fields of `Systems`; raises `UserError`."""
    if "position" not in arrays:
        raise UserError(
            f"{source}: no array 'position'; present: {', '.join(arrays) or 'nothing'}."
            f"{closest('position', arrays)} Name the coordinates 'position', with shape (S, N, 3) or (N, 3)."
        )
    position = numbers(arrays["position"], "position", source)
    if position.ndim not in (2, 3) or position.shape[-1] != 3 or (position.ndim == 3 and "offsets" in arrays):
        raise UserError(
            f"{source}: array 'position' has shape {position.shape}; expected (S, N, 3) for systems of equal size, (N, 3) "
            "for one system, or (M, 3) together with 'offsets' for varying sizes, the last axis x, y, z."
        )
    if position.size == 0:
        raise UserError(
            f"{source}: array 'position' has shape {position.shape}: no particles. Give at least one system."
        )
    if position.ndim == 3:
        systems, size = position.shape[:2]
        lead, offsets = position.shape[:2], np.arange(systems + 1) * size
    else:
        lead = position.shape[:1]
        offsets = (
            check_offsets(arrays["offsets"], len(position), source) if "offsets" in arrays else np.array([0, lead[0]])
        )
    single = position.ndim == 2 and "offsets" not in arrays
    node: dict[str, np.ndarray] = {}
    graph: dict[str, np.ndarray] = {}
    for name, value in arrays.items():
        if name == "offsets":
            continue
        array = numbers(value, name, source)
        if belongs_to_system(name) or array.shape[: len(lead)] != lead:
            graph[name] = check_graph(array, name, len(offsets) - 1, single, position.shape, source)
            check_finite(graph[name], name, None, source)
        else:
            node[name] = array.reshape(-1, *array.shape[len(lead) :])
            check_finite(node[name], name, offsets, source)
    if "pbc" in graph and "cell" not in graph:
        raise UserError(f"{source}: array 'pbc' without 'cell'. Add 'cell' (S, 3, 3) or drop 'pbc'.")
    return {"position": node.pop("position"), "offsets": offsets, "node": node, "graph": graph}


def check_offsets(value: object, particles: int, source: str) -> np.ndarray:
    """`offsets` as int64 if it cuts `particles` rows into systems of at least one particle, else a UserError."""
    offsets = np.asarray(value)
    cure = f"Expected integers (S + 1,) that start at 0, increase and end at the {particles} rows of 'position'."
    if offsets.dtype.kind not in "iu" or offsets.ndim != 1 or len(offsets) < 2:
        raise UserError(f"{source}: array 'offsets' has shape {offsets.shape} and dtype {offsets.dtype}. {cure}")
    offsets = offsets.astype(np.int64)
    if offsets[0] != 0:
        raise UserError(f"{source}: array 'offsets' starts at {offsets[0]}. {cure}")
    wrong = np.flatnonzero(np.diff(offsets) <= 0)
    if len(wrong):
        s = wrong[0]
        raise UserError(f"{source}: array 'offsets' goes from {offsets[s]} to {offsets[s + 1]} at system {s}. {cure}")
    if offsets[-1] != particles:
        raise UserError(f"{source}: array 'offsets' ends at {offsets[-1]}. {cure}")
    return offsets


def check_graph(
    array: np.ndarray, name: str, systems: int, single: bool, position: tuple[int, ...], source: str
) -> np.ndarray:
    """A per-system array with its leading axis S, or a UserError that names both shapes."""
    if single and not (name in PERIODIC and array.ndim == len(PERIODIC[name]) + 1):
        array = array[None]
    trailing = array.shape[1:]
    if name in PERIODIC:
        fits, expected = trailing == PERIODIC[name], str((systems, *PERIODIC[name]))
    elif belongs_to_system(name):
        fits, expected = True, f"({systems}, …)"
    else:
        # Without the prefix, only shapes that can hardly be a node array with a wrong number of particles.
        fits = len(trailing) <= 1 or trailing == (3, 3) or len(position) == 2 and not single
        expected = (
            f"{position[:-1]} and more axes for a quantity of the particles, ({systems}, …) for one of the systems"
        )
    if (
        array.ndim == 0
        or len(array) != systems
        or not fits
        or (single and not belongs_to_system(name) and array.ndim > 2)
    ):
        shape = array.shape[1:] if single and name not in PERIODIC else array.shape
        raise UserError(
            f"{source}: array {name!r} has shape {shape}, but 'position' has {position}; expected {expected}. "
            "Correct the shape, or start the name with 'graph_' if it is a per-system array."
        )
    return array


def check_finite(array: np.ndarray, name: str, offsets: np.ndarray | None, source: str) -> None:
    """Raise `UserError` at the first NaN or infinity, saying where."""
    bad = ~np.isfinite(array)
    if not bad.any():
        return
    index = np.unravel_index(int(np.argmax(bad)), array.shape)
    row = int(index[0])
    if offsets is None:
        where = f"system {row}"
    else:
        system = int(np.searchsorted(offsets, row, side="right")) - 1
        where = f"system {system}, particle {row - offsets[system]}"
    raise UserError(
        f"{source}: array {name!r} is {array[index]} in {where} ({int(bad.sum())} such values in all). "
        "Remove or repair these systems."
    )


def unparse(
    position: np.ndarray, offsets: np.ndarray, node: Mapping[str, np.ndarray], graph: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The inverse of `parse`; raises `UserError` where the schema could not be read back."""
    systems, sizes = len(offsets) - 1, np.diff(offsets)
    equal = systems > 0 and bool((sizes == sizes[0]).all())
    lead = (systems, int(sizes[0])) if equal else position.shape[:1]
    for name, array in graph.items():
        if array.shape[: len(lead)] == lead and not belongs_to_system(name):
            raise UserError(
                f"The per-system array {name!r} of shape {array.shape} would be read back as an array of the particles. "
                f"Start its name with one of {', '.join(GRAPH_PREFIXES)}."
            )
    out = {name: array.reshape(*lead, *array.shape[1:]) for name, array in {"position": position, **node}.items()}
    out.update(graph)
    return out if equal else {**out, "offsets": offsets}
