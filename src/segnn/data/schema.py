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

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from segnn.data.names import COORDINATES, GRAPH_PREFIXES, bare, check_keys, check_names, closest
from segnn.data.numbers import check_finite, numbers
from segnn.errors import UserError

PERIODIC = {"cell": (3, 3), "pbc": (3,)}


def belongs_to_system(name: str) -> bool:
    """Whether the name alone makes an array per-system."""
    return name in PERIODIC or name.startswith(GRAPH_PREFIXES)


def rows_of(offsets: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the chosen systems, one after the other, and their new offsets."""
    sizes = np.diff(offsets)[chosen]
    new = np.concatenate([[0], np.cumsum(sizes)])
    return np.arange(new[-1]) + np.repeat(offsets[:-1][chosen] - new[:-1], sizes), new


def parse(
    arrays: Mapping[str, object],
    source: str,
    declared: Collection[str] = (),
    missing: Collection[str] = (),
) -> dict[str, Any]:
    """Arrays in any of the three schemas -> the fields of `Systems`; raises `UserError`.

    ``declared``: names that a recipe reads; they may look like names of the schema. Labels
    (``target_…``) may be NaN here, because predictions need none; what trains on them looks. So may
    the arrays ``missing``.
    """
    check_keys(arrays, source)
    if "position" not in arrays:
        raise UserError(_no_position(arrays, source))
    read = {name: numbers(value, name, source) for name, value in arrays.items()}
    position, flat = read["position"], "offsets" in arrays
    _check_position(position, flat, source)
    check_names(read, position.shape, source, declared)
    lead = position.shape[:-1]
    if flat:
        offsets = check_offsets(arrays["offsets"], len(position), source)
    else:
        systems = lead[0] if len(lead) == 2 else 1
        offsets = np.arange(systems + 1) * lead[-1]
    node: dict[str, np.ndarray] = {}
    graph: dict[str, np.ndarray] = {}
    for name, array in read.items():
        if name == "offsets":
            continue
        per_node = array.shape[: len(lead)] == lead and not belongs_to_system(name)
        if per_node:
            node[name] = array.reshape(-1, *array.shape[len(lead) :])
        else:
            graph[name] = per_system(array, name, len(offsets) - 1, lead, flat, source)
        if not is_label(name):
            found = node[name] if per_node else graph[name]
            found = np.where(np.isnan(found), 0.0, found) if name in missing else found
            check_finite(found, name, offsets if per_node else None, source)
    if "pbc" in graph and "cell" not in graph:
        raise UserError(
            f"{source}: array 'pbc' without 'cell'. Add 'cell' (S, 3, 3) or drop 'pbc'."
        )
    _check_pbc(graph, source)
    return {"position": node.pop("position"), "offsets": offsets, "node": node, "graph": graph}


def is_label(name: str) -> bool:
    """Whether the name says that an array holds labels, which predictions do not need."""
    return name.startswith("target_")


def _no_position(arrays: Mapping[str, object], source: str) -> str:
    meant = [name for name in arrays if COORDINATES.fullmatch(bare(name))]
    hint = f" Did you mean {meant[0]!r} for 'position'?" if meant else closest("position", arrays)
    return (
        f"{source}: no array 'position'; present: {', '.join(arrays) or 'nothing'}.{hint} "
        "Name the coordinates 'position', with shape (S, N, 3) or (N, 3)."
    )


def _check_position(position: np.ndarray, flat: bool, source: str) -> None:
    shape = position.shape
    if position.ndim not in ((2,) if flat else (2, 3)) or shape[-1] != 3:
        swapped = position.ndim in (2, 3) and shape[-1] != 3 and shape[-2] == 3
        hint = " Its last two axes look exchanged: numpy.swapaxes(position, -1, -2)."
        raise UserError(
            f"{source}: array 'position' has shape {shape}; expected (S, N, 3) for systems of "
            "equal size, (N, 3) for one system, or (M, 3) together with 'offsets' for varying "
            f"sizes; the last axis is x, y, z.{hint if swapped else ''}"
        )
    if position.size == 0:
        raise UserError(
            f"{source}: array 'position' has shape {shape}: empty. Give at least one particle."
        )


def _check_pbc(graph: Mapping[str, np.ndarray], source: str) -> None:
    wrong = [value for value in np.unique(graph.get("pbc", [])) if value not in (0, 1)]
    if wrong:
        raise UserError(
            f"{source}: array 'pbc' holds {wrong[0]:g}, expected 1 for a periodic axis and 0 for "
            "an open one."
        )


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
            batched.shape[1:] in ((), (1,), (3,), (3, 3))
            or (not single and batched.ndim == 2)
            or flat
        )
        fits = fits and (guess or belongs_to_system(name))
        begin = ", ".join(map(str, lead))
        expected = (
            f"({begin}, …) for an array of the particles, or ({systems}, …) for one of the systems"
        )
    if not fits:
        raise UserError(
            f"{source}: array {name!r} has shape {array.shape}, but 'position' has shape "
            f"{(*lead, 3)}; expected {expected}. Correct the shape; the name of a per-system array "
            f"may start with 'graph_' to say so.{_shape_hint(array, name, lead)}"
        )
    return batched


def _shape_hint(array: np.ndarray, name: str, lead: tuple[int, ...]) -> str:
    """What a shape that does not fit probably is."""
    if name == "cell" and (array.ndim < 2 or array.shape[-1] == 3):
        return " Box lengths L (S, 3) make cell = L[:, :, None] * numpy.eye(3)."
    if array.ndim == len(lead) + 1 and array.swapaxes(-1, -2).shape[:-1] == lead:
        return f" Its last two axes look exchanged: numpy.swapaxes({name}, -1, -2)."
    return ""


def check_offsets(value: object, particles: int, source: str) -> np.ndarray:
    """`offsets` as int64 if it cuts `particles` rows into systems of at least one particle, else a
    UserError.
    """
    offsets = np.asarray(value)
    cure = (
        "Expected integers (S + 1,) that start at 0, increase and end at the "
        f"{particles} rows of 'position'."
    )
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
            f"{source}: array 'offsets' goes from {offsets[s]} to {offsets[s + 1]} at system {s}. "
            f"{cure}"
        )
    if offsets[-1] != particles:
        raise UserError(f"{source}: array 'offsets' ends at {offsets[-1]}. {cure}")
    return offsets


def check_cuts(offsets: np.ndarray, rows: int, source: str) -> None:
    """Raise `UserError` unless `offsets` (S + 1,) cut the rows into systems, which may be empty."""
    cut = offsets.ndim == 1 and len(offsets) > 0 and offsets[0] == 0 and offsets[-1] == rows
    if not cut or (np.diff(offsets) < 0).any():
        raise UserError(
            f"{source}: offsets must run from 0 to the {rows} rows of position and not fall, got "
            f"{offsets}."
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
                f"The per-system array {name!r} of shape {array.shape} would be read back as one "
                f"of the particles. Start its name with one of {', '.join(GRAPH_PREFIXES)}."
            )
    out = {
        name: array.reshape(*lead, *array.shape[1:])
        for name, array in {"position": position, **node}.items()
    }
    out.update(graph)
    return out if equal else {**out, "offsets": offsets}
