"""Ranges, units and outliers of the arrays of a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from segnn.data.inspect.table import Column, Table, labels_of
from segnn.data.systems import Systems

UNITS = {
    "energy": "eV",
    "free_energy": "eV",
    "forces": "eV/angstrom",
    "stress": "eV/angstrom^3",
    "dipole": "e*angstrom",
    "charges": "e",
    "magmoms": "mu_B",
}
"""The units that ASE keeps its results in; a file says no unit, so that these are guesses."""
ENERGIES = {1.0: "hartree", 27.2114: "eV", 627.5095: "kcal/mol", 2625.4996: "kJ/mol"}
"""Of one hartree."""
_LIGHT = """
0 0.5 2.9034 7.478 14.667 24.654 37.845 54.589 75.067 99.734 128.938 162.255 200.053 242.346
289.359 341.259 398.11 460.15 527.54
"""
NEUTRAL = np.array([float(number) for number in _LIGHT.split()])
"""Minus the exact nonrelativistic energies of the atoms up to argon, hartree: total energies of
all electrons lie within a few percent of their sums."""
NEAR = 0.04
FAR = 8.0
"""Robust standard deviations (of the median absolute deviation) from which on a value is told."""
MOST = 5
BINS = 48


def robust(values: np.ndarray) -> np.ndarray:
    """By how many standard deviations, told from the median absolute deviation, each value is away
    from the median; zeros where most values are the same.
    """
    middle = np.median(values)
    spread = 1.4826 * float(np.median(np.abs(values - middle)))
    if spread == 0:
        return np.zeros(len(values))
    scores: np.ndarray = (values - middle) / spread
    return scores


def describe(column: Column, table: Table) -> dict[str, Any]:
    """One column: level, shape, how many systems have it or lack it, ranges, unit, outliers."""
    rows = column.rows
    finite = np.isfinite(rows).all(axis=1)
    good = rows[finite]
    found: dict[str, Any] = {
        "level": column.level,
        "shape": list(column.shape),
        "systems": len(np.unique(column.owner)),
        "missing": len(table.systems)
        - len(np.unique(column.owner))
        + len(np.unique(column.owner[np.isnan(rows).any(1)])),
        "not_finite": sorted({int(n) for n in column.owner[~finite]})[:MOST],
        "unit": unit(column, table),
    }
    if not len(good):
        return found
    found |= {
        "min": float(good.min()),
        "max": float(good.max()),
        "mean": float(good.mean()),
        "rms": float(np.sqrt(np.mean(good**2))),
        "zero": not good.any(),
        "constant": len(good) > 1 and bool((good == good[0]).all()),
        "outliers": _outliers(column, table.systems, finite),
    }
    if column.level == "graph" and rows.shape[1] == 1:
        found["spread"] = float(_beside_species(column, table.systems)[finite].std())
    return found


def histogram(values: np.ndarray, low: float | None = None) -> dict[str, list[float]] | None:
    """Counts of finite values in bins between ``edges``; None without any."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    span = (float(finite.min()) if low is None else low, float(finite.max()))
    if span[1] <= span[0]:
        span = (span[0] - 0.5, span[0] + 0.5)
    counts, edges = np.histogram(finite, bins=BINS, range=span)
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def spectrum(column: Column, systems: Systems) -> dict[str, list[float]] | None:
    """The histogram of a label: of vectors their lengths, of numbers of systems what the numbers
    of atoms do not explain.
    """
    larger = systems.sizes[column.owner] > 1
    if column.rows.shape[1] > 1:
        return histogram(np.linalg.norm(column.rows, axis=1), 0.0)
    if column.level == "graph":
        return histogram(_beside_species(column, systems)[larger])
    return histogram(column.rows[:, 0])


def _outliers(column: Column, systems: Systems, finite: np.ndarray) -> list[dict[str, Any]]:
    """Systems whose value is far from the others': the largest size of a row of vectors, the
    number itself of a scalar (beside what the numbers of atoms explain).
    """
    vector = column.rows.shape[1] > 1
    if vector:
        values = np.where(finite, np.linalg.norm(column.rows, axis=1), 0)
    elif column.level == "graph":
        values = _beside_species(column, systems)
    else:
        values = column.rows[:, 0]
    if not finite.any():
        return []
    middle = np.where(finite, values, np.median(values[finite]))
    scores = np.abs(robust(middle))
    found: dict[int, dict[str, Any]] = {}
    for row in np.argsort(-scores)[: 4 * MOST]:
        system = int(column.owner[row])
        if scores[row] > FAR * (1.5 if vector else 1.0) and system not in found:
            value = float(values[row]) if vector else float(column.rows[row, 0])
            found[system] = {"system": system, "value": value, "deviations": float(scores[row])}
    return list(found.values())[:MOST]


def _beside_species(column: Column, systems: Systems) -> np.ndarray:
    """Values (R,) less what the numbers of atoms of each species explain by least squares."""
    values = np.where(np.isfinite(column.rows[:, 0]), column.rows[:, 0], 0.0)
    counts = composition(systems)[1][column.owner]
    if len(values) <= counts.shape[1]:
        counts = np.ones((len(values), 1))
    solution: np.ndarray = np.linalg.lstsq(counts, values, rcond=None)[0]
    rest: np.ndarray = values - counts @ solution
    return rest


def composition(systems: Systems) -> tuple[np.ndarray, np.ndarray]:
    """The species (k,), atomic numbers or one kind for all, and how many of each a system has,
    (S, k).
    """
    rows = systems.node.get("atomic_number", np.zeros(len(systems.position)))
    species, kind = np.unique(rows, return_inverse=True)
    owner = np.repeat(np.arange(len(systems)), systems.sizes)
    counts = np.zeros((len(systems), len(species)))
    np.add.at(counts, (owner, kind.reshape(-1)), 1.0)
    return species, counts


def unit(column: Column, table: Table) -> str | None:
    """The unit that an array probably has, or None: of total energies from their size, of forces
    beside them, else what ASE has under this name.
    """
    name = column.name
    if name.endswith("forces") and (energies := labels_of(table.columns)[0]) is not None:
        return f"{unit(energies, table)}/angstrom"
    if name.endswith("energy") and column.level == "graph" and column.rows.shape[1] == 1:
        return energy_unit(column, table.systems) or UNITS["energy"]
    return next((usual for known, usual in UNITS.items() if name.endswith(known)), None)


def energy_unit(column: Column, systems: Systems) -> str | None:
    """The unit of total energies of all electrons of light atoms; None for other energies."""
    species, counts = composition(systems)
    if "atomic_number" not in systems.node or species.max() >= len(NEUTRAL) or species.min() < 1:
        return None
    ratio = -column.rows[:, 0] / (counts[column.owner] @ NEUTRAL[species.astype(int)])
    middle = float(np.median(ratio))
    for size, name in ENERGIES.items():
        if abs(middle / size - 1) < NEAR:
            return name
    return None
