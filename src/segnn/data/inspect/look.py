"""`inspect`: everything about some files, as plain values for JSON."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from segnn.data.elements import symbol
from segnn.data.inspect import geometry
from segnn.data.inspect.columns import describe, spectrum
from segnn.data.inspect.forces import consistency, net
from segnn.data.inspect.hints import hints_on
from segnn.data.inspect.table import Table, labels_of, read_table
from segnn.files import expanded


def inspect(
    files: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    cutoffs: Sequence[float] = geometry.CUTOFFS,
) -> dict[str, Any]:
    """What files of systems hold, and what is odd about them.

    Returns ``files``, one entry each: ``systems``, ``particles``, ``species``, ``compositions``,
    ``boxes``, ``isolated_atoms``, ``arrays`` (level, shape, ranges, probable unit, outliers),
    ``closest``, ``neighbours`` by cutoff, ``duplicates`` (groups of equal systems), ``net`` (forces
    and torques that do not add up to zero), ``consistency`` of energies and forces; ``shared``, the
    systems that two files have in common; ``hints``, sentences with ``file`` and ``system``, of
    ``level`` warning or hint. Systems are counted from 0. Raises `UserError` for a file that cannot
    be read.
    """
    paths = expanded([files] if isinstance(files, str | os.PathLike) else files)
    tables = [read_table(path) for path in paths]
    held = [_keys(table) for table in tables]
    entries = [_entry(table, own, tuple(cutoffs)) for table, own in zip(tables, held, strict=True)]
    common = []
    for (n, first), (m, second) in combinations(enumerate(held), 2):
        pairs = geometry.shared(first, second)
        if pairs:
            names = [tables[n].source, tables[m].source]
            common.append({"files": names, "systems": len(pairs), "pairs": pairs[:20]})
    result: dict[str, Any] = {"files": entries, "shared": common}
    result["hints"] = hints_on(result)
    return result


def _keys(table: Table) -> list[bytes]:
    """What tells a system from others; single particles, which all are alike, differ by number."""
    own = f"{table.source} ".encode()
    keys = geometry.keys(table.systems)
    return [
        key if size > 1 else own + str(n).encode()
        for n, (key, size) in enumerate(zip(keys, table.systems.sizes, strict=True))
    ]


def _entry(table: Table, keys: list[bytes], cutoffs: tuple[float, ...]) -> dict[str, Any]:
    systems, columns = table.systems, table.columns
    entry: dict[str, Any] = {"file": table.source, **geometry.sizes(systems)}
    entry["boxes"] = geometry.boxes(systems)
    entry["isolated_atoms"] = _isolated(table)
    entry["arrays"] = {name: describe(column, table) for name, column in columns.items()}
    entry["closest"] = geometry.closest(systems)
    entry["neighbours"] = geometry.neighbours(systems, cutoffs)
    entry["duplicates"] = geometry.repeated(keys)
    energy, forces = labels_of(columns)
    whole = forces is not None and len(forces.rows) == len(systems.position)
    finite = whole and forces is not None and bool(np.isfinite(forces.rows).all())
    entry["forces"] = forces.name if forces is not None else None
    entry["energy"] = energy.name if energy is not None else None
    entry["net"] = net(systems, forces.rows) if finite and forces is not None else None
    entry["consistency"] = None
    fits = finite and energy is not None and len(energy.rows) == len(systems)
    if fits and forces is not None and energy is not None and forces.rows.any():
        values = energy.rows[:, 0]
        if np.isfinite(values).all():
            entry["consistency"] = consistency(systems, values, forces.rows)
    entry["histograms"] = {
        column.name: spectrum(column, systems) for column in (energy, forces) if column is not None
    }
    entry["mistakes"] = list(table.mistakes)
    return entry


def _isolated(table: Table) -> dict[str, float | None]:
    """The energies of single open atoms by species: of the first of each."""
    systems = table.systems
    species = systems.node.get("atomic_number")
    if species is None:
        return {}
    energy, _ = labels_of(table.columns)
    found: dict[str, float | None] = {}
    for n in np.flatnonzero(systems.sizes == 1):
        if systems.pbc is not None and systems.pbc[n].any():
            continue
        rows = None if energy is None else energy.of(int(n))
        value = None if rows is None or not len(rows) else float(rows[0, 0])
        found.setdefault(symbol(species[systems.offsets[n]]), value)
    return found
