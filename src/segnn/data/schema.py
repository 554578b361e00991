"""The published schema of arrays, read and written.

=============  ===========  ===========  =======================
schema         `position`   node arrays  graph arrays
=============  ===========  ===========  =======================
equal sizes    (S, N, 3)    (S, N, …)    (S,), (S, k), (S, 3, 3)
one system     (N, 3)       (N, …)       (), (3,), (3, 3)
varying sizes  (M, 3)       (M, …)       (S, …)
=============  ===========  ===========  =======================

Varying sizes need `offsets` (S + 1,), from 0 to M, strictly increasing. An array belongs to the
particles if its leading axes fit them. A name that starts with `graph_` or `target_graph_`, and the
names `cell` (S, 3, 3) and `pbc` (S, 3), make an array per-system whatever its shape: needed where
shapes cannot tell, as for N numbers per system.
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
    """`value` as float64; a UserError if it is not an array of real numbers."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        raise UserError(
            f"{source}: array {name!r} cannot be read as an array ({error})."
        ) from error
    if array.dtype.kind not in "fiub":
        raise UserError(
            f"{source}: array {name!r} has dtype {array.dtype}, expected real numbers. "
            "Encode it as numbers (e.g. species as atomic numbers) or leave it out."
        )
    return array.astype(np.float64)


def parse(arrays: Mapping[str, object], source: str) -> dict[str, Any]:
    """Arrays in any of the three schemas -> the fields of `Systems`; raises `UserError`."""
    if "position" not in arrays:
        raise UserError(
            f"{source}: no array 'position'; present: {', '.join(arrays) or 'nothing'}."
            f"{closest('position', arrays)} Name the coordinates 'position', with shape (S, N, 3) or (N, 3)."
        )
    position = numbers(arrays["position"], "position", source)
    flat = "offsets" in arrays
    if position.ndim not in ((2,) if flat else (2, 3)) or position.shape[-1] != 3:
        raise UserError(
            f"{source}: array 'position' has shape {position.shape}; expected (S, N, 3) for systems of equal size, "
            "(N, 3) for one system, or (M, 3) together with 'offsets' for varying sizes; the last axis is x, y, z."
        )
    if position.size == 0:
        raise UserError(
            f"{source}: array 'position' has shape {position.shape}: empty. Give at least one particle."
        )
    lead = position.shape[:-1]
    if flat:
        offsets = check_offsets(arrays["offsets"], len(position), source)
    else:
        systems = lead[0] if len(lead) == 2 else 1
        offsets = np.arange(systems + 1) * lead[-1]
    node: dict[str, np.ndarray] = {}
    graph: dict[str, np.ndarray] = {}
    for name, value in arrays.items():
        if name == "offsets":
            continue
        array = numbers(value, name, source)
        if array.shape[: len(lead)] == lead and not belongs_to_system(name):
            node[name] = array.reshape(-1, *array.shape[len(lead) :])
            check_finite(node[name], name, offsets, source)
        else:
            graph[name] = per_system(array, name, len(offsets) - 1, lead, flat, source)
            check_finite(graph[name], name, None, source)
    if "pbc" in graph and "cell" not in graph:
        raise UserError(
            f"{source}: array 'pbc' without 'cell'. Add 'cell' (S, 3, 3) or drop 'pbc'."
        )
    return {"position": node.pop("position"), "offsets": offsets, "node": node, "graph": graph}


def per_system(
    array: np.ndarray, name: str, systems: int, lead: tuple[int, ...], flat: bool, source: str
) -> np.ndarray:
    """A per-system array with its axis S in front, or a UserError that names both shapes.

    Without a telling name only a shape passes that can hardly be a node array with a wrong number
    of particles.
    """
    single = len(lead) == 1 and not flat
    batched = array[None] if single and array.shape != (1, *PERIODIC.get(name, (-1,))) else array
    fits = batched.ndim > 0 and len(batched) == systems
    if name in PERIODIC:
        fits = fits and batched.shape[1:] == PERIODIC[name]
        expected = f"{(systems, *PERIODIC[name])}"
    else:
        guess = (
            batched.shape[1:] in ((), (3,), (3, 3)) or (not single and batched.ndim == 2) or flat
        )
        fits = fits and (guess or belongs_to_system(name))
        begin = ", ".join(map(str, lead))
        expected = (
            f"({begin}, …) for an array of the particles, or ({systems}, …) for one of the systems"
        )
    if not fits:
        raise UserError(
            f"{source}: array {name!r} has shape {array.shape}, but 'position' has shape {(*lead, 3)}; "
            f"expected {expected}. Correct the shape; the name of a per-system array may start with 'graph_' to say so."
        )
    return batched


def check_offsets(value: object, particles: int, source: str) -> np.ndarray:
    """`offsets` as int64 if it cuts `particles` rows into systems of at least one particle, else a
    UserError.
    """
    offsets = np.asarray(value)
    cure = f"Expected integers (S + 1,) that start at 0, increase and end at the {particles} rows of 'position'."
    if offsets.dtype.kind not in "iu" or offsets.ndim != 1 or len(offsets) < 2:
        raise UserError(
            f"{source}: array 'offsets' has shape {offsets.shape} and dtype {offsets.dtype}. {cure}"
        )
    offsets = offsets.astype(np.int64)
    if offsets[0] != 0:
        raise UserError(f"{source}: array 'offsets' starts at {offsets[0]}. {cure}")
    wrong = np.flatnonzero(np.diff(offsets) <= 0)
    if len(wrong):
        s = wrong[0]
        raise UserError(
            f"{source}: array 'offsets' goes from {offsets[s]} to {offsets[s + 1]} at system {s}. {cure}"
        )
    if offsets[-1] != particles:
        raise UserError(f"{source}: array 'offsets' ends at {offsets[-1]}. {cure}")
    return offsets


def check_cuts(offsets: np.ndarray, rows: int, source: str) -> None:
    """Raise `UserError` unless `offsets` (S + 1,) cut the rows into systems, which may be empty."""
    cut = offsets.ndim == 1 and len(offsets) > 0 and offsets[0] == 0 and offsets[-1] == rows
    if not cut or (np.diff(offsets) < 0).any():
        raise UserError(
            f"{source}: offsets must run from 0 to the {rows} rows of position and not fall, got {offsets}."
        )


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
    position: np.ndarray,
    offsets: np.ndarray,
    node: Mapping[str, np.ndarray],
    graph: Mapping[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """The inverse of `parse`; raises `UserError` where the schema could not be read back."""
    systems, sizes = len(offsets) - 1, np.diff(offsets)
    equal = systems > 0 and bool((sizes == sizes[0]).all())
    lead = (systems, int(sizes[0])) if equal else position.shape[:1]
    for name, array in graph.items():
        if array.shape[: len(lead)] == lead and not belongs_to_system(name):
            raise UserError(
                f"The per-system array {name!r} of shape {array.shape} would be read back as one of the particles. "
                f"Start its name with one of {', '.join(GRAPH_PREFIXES)}."
            )
    out = {
        name: array.reshape(*lead, *array.shape[1:])
        for name, array in {"position": position, **node}.items()
    }
    out.update(graph)
    return out if equal else {**out, "offsets": offsets}
