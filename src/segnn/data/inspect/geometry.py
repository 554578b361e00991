"""Positions of a file: sizes, boxes, closest distances, neighbours, equal systems."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from segnn.data.atoms import RESULTS
from segnn.data.edges import radius
from segnn.data.elements import symbol
from segnn.data.inspect.columns import composition, histogram
from segnn.data.schema import is_label
from segnn.data.systems import Systems

CLOSE = 0.3
"""Distances below this, in the unit of position, are told: no two atoms are so near."""
CUTOFFS = (3.0, 4.0, 5.0, 6.0)
SAMPLE = 200
"""So many systems, evenly spread over the file, are looked at for neighbours."""
MOST_ROWS = 20_000
MOST_PAIRS = 20_000_000
MOST = 5
COMPUTED = ("energy", "energies", "force", "forces", "stress", "dipole")


def sizes(systems: Systems) -> dict[str, Any]:
    """Numbers of systems and particles, of each species, of the most frequent compositions."""
    found: dict[str, Any] = {
        "systems": len(systems),
        "particles": {
            "all": len(systems.position),
            "min": int(systems.sizes.min()),
            "median": float(np.median(systems.sizes)),
            "max": int(systems.sizes.max()),
        },
    }
    if "atomic_number" not in systems.node:
        return found
    species, counts = composition(systems)
    found["species"] = {symbol(s): int(n) for s, n in zip(species, counts.sum(0), strict=True)}
    kinds, times = np.unique(counts, axis=0, return_counts=True)
    order = np.argsort(-times)
    found["compositions"] = {
        "".join(
            f"{symbol(s)}{int(n) if n > 1 else ''}"
            for s, n in sorted(zip(species, kinds[k], strict=True), key=_hill)
            if n
        ): int(times[k])
        for k in order[: 4 * MOST]
    }
    return found


def _hill(species: tuple[float, float]) -> tuple[bool, bool, str]:
    """Carbon first, then hydrogen, then by the alphabet, as chemists write formulas."""
    name = symbol(species[0])
    return name != "C", name != "H", name


def boxes(systems: Systems) -> dict[str, Any] | None:
    """Cells and periodic axes; None where there are none."""
    cell, pbc = systems.cell, systems.pbc
    if cell is None or pbc is None:
        return None
    lengths = np.linalg.norm(cell, axis=2)
    determinant = np.linalg.det(cell)
    return {
        "periodic": int(pbc.any(axis=1).sum()),
        "axes": sorted({"".join("TF"[not on] for on in row) for row in pbc}),
        "lengths": [lengths.min(axis=0).tolist(), lengths.max(axis=0).tolist()],
        "left_handed": np.flatnonzero((determinant < 0) & pbc.all(axis=1))[:MOST].tolist(),
        "thinnest": _thinnest(cell, pbc),
    }


def _thinnest(cell: np.ndarray, pbc: np.ndarray) -> float | None:
    """The smallest distance between opposite faces of a cell that is periodic along them."""
    whole = pbc.all(axis=1) & (np.abs(np.linalg.det(cell)) > 0)
    if not whole.any():
        return None
    return float((1 / np.linalg.norm(np.linalg.inv(cell[whole]), axis=1)).min())


def sample(systems: Systems) -> np.ndarray:
    """The systems that are looked at for neighbours, spread evenly over the file."""
    chosen = np.unique(np.linspace(0, len(systems) - 1, SAMPLE).round().astype(int))
    rows = np.cumsum(systems.sizes[chosen])
    kept: np.ndarray = chosen[: max(1, int((rows <= MOST_ROWS).sum()))]
    return kept


def neighbours(systems: Systems, cutoffs: tuple[float, ...] = CUTOFFS) -> dict[str, Any]:
    """By cutoff, the neighbours of a particle in a sample of the systems, images included."""
    some = systems[sample(systems)]
    index, shift = radius(some.position, some.offsets, max(cutoffs), cell=some.cell, pbc=some.pbc)
    away = np.linalg.norm(some.position[index[0]] + shift - some.position[index[1]], axis=1)
    found = {}
    for cutoff in sorted(cutoffs):
        count = np.bincount(index[1][away <= cutoff], minlength=len(some.position))
        found[f"{cutoff:g}"] = {
            "mean": float(count.mean()),
            "min": int(count.min()),
            "max": int(count.max()),
            "without": float((count == 0).mean()),
        }
    return {"looked_at": len(some), "by_cutoff": found, "distances": histogram(away, 0.0)}


def closest(systems: Systems) -> dict[str, Any] | None:
    """The smallest distance of two particles, in which system, between what, and the systems with
    one below `CLOSE`. None without a pair.
    """
    systems, numbers = some_of(systems)
    nearest = np.full(len(systems), np.inf)
    pair = ""
    reach = 1.0
    while not np.isfinite(nearest).any() and reach < 100:
        reach *= 2
        index, shift = radius(
            systems.position, systems.offsets, reach, cell=systems.cell, pbc=systems.pbc
        )
        if not index.shape[1]:
            continue
        away = np.linalg.norm(
            systems.position[index[0]] + shift - systems.position[index[1]], axis=1
        )
        owner = np.repeat(np.arange(len(systems)), systems.sizes)[index[1]]
        np.minimum.at(nearest, owner, away)
        if "atomic_number" in systems.node:
            ends = systems.node["atomic_number"][index[:, np.argmin(away)]]
            pair = "-".join(sorted(map(symbol, ends)))
    if not np.isfinite(nearest).any():
        return None
    close = np.flatnonzero(nearest < CLOSE)
    return {
        "distance": float(nearest.min()),
        "system": int(numbers[np.argmin(nearest)]),
        "pair": pair or None,
        "below": {
            "distance": CLOSE,
            "systems": numbers[close[:MOST]].tolist(),
            "count": len(close),
        },
    }


def some_of(systems: Systems) -> tuple[Systems, np.ndarray]:
    """All systems, or evenly spread ones where they have too many pairs; and their numbers."""
    pairs = int((np.minimum(systems.sizes, 500) * systems.sizes.astype(float)).sum())
    step = max(1, -(-pairs // MOST_PAIRS))
    numbers = np.arange(0, len(systems), step)
    return (systems if step == 1 else systems[numbers]), numbers


def keys(systems: Systems, fields: Collection[str] | None = None) -> list[bytes]:
    """Of every system, what tells it from others: its cell, its fields, and its positions to 1e-6
    from the first particle on, so that a shift as a whole makes no other system.

    ``fields``: the arrays that count; None takes all of the particles and all vectors of the
    systems, but for what looks like a result.
    """
    node, graph = (
        {name: array for name, array in arrays.items() if _counts(name, array, level, fields)}
        for level, arrays in (("node", systems.node), ("graph", systems.graph))
    )
    first = np.repeat(systems.offsets[:-1], systems.sizes)
    placed = np.round((systems.position - systems.position[first]) * 1e6).astype(np.int64)
    rows = [_rounded(array) for array in node.values()]
    whole = np.concatenate([placed.astype(np.float64), *rows], axis=1)
    cell = np.zeros((len(systems), 9)) if systems.cell is None else systems.cell.reshape(-1, 9)
    if systems.pbc is not None:
        cell = cell * np.repeat(systems.pbc, 3, axis=1)
    every = np.concatenate([_rounded(cell), *map(_rounded, graph.values())], axis=1)
    return [
        whole[start:end].tobytes() + of_system.tobytes()
        for start, end, of_system in zip(
            systems.offsets[:-1], systems.offsets[1:], every, strict=True
        )
    ]


def _counts(name: str, array: np.ndarray, level: str, fields: Collection[str] | None) -> bool:
    if name in ("cell", "pbc"):
        return False
    if fields is not None:
        return name in fields
    result = name in RESULTS or is_label(name) or name.lower().endswith(COMPUTED)
    return not result and (level == "node" or array.shape[1:] == (3,))


def _rounded(array: np.ndarray) -> np.ndarray:
    """Rows of numbers to 1e-6, without the sign of zero."""
    rows: np.ndarray = np.round(array.reshape(len(array), -1), 6) + 0.0
    return rows


def repeated(held: list[bytes]) -> list[list[int]]:
    """The groups of systems of one file that are the same."""
    groups: dict[bytes, list[int]] = {}
    for n, key in enumerate(held):
        groups.setdefault(key, []).append(n)
    return [group for group in groups.values() if len(group) > 1]


def shared(first: list[bytes], second: list[bytes]) -> list[tuple[int, int]]:
    """Which systems of two files are the same, by their numbers."""
    at = {key: n for n, key in reversed(list(enumerate(first)))}
    return [(at[key], n) for n, key in enumerate(second) if key in at]
