"""Pieces of systems put together in one HDF5 file, with units and the names of labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from segnn.data.digest import digest_of
from segnn.data.hdf5 import FORMAT, created
from segnn.data.stored import Stored
from segnn.data.systems import Systems
from segnn.errors import UserError

CHUNK_BYTES = 1 << 18
"""Of one array in the file: what is read at least."""
ATOMIC = {
    "position": "angstrom",
    "cell": "angstrom",
    "energy": "eV",
    "free_energy": "eV",
    "forces": "eV/angstrom",
    "stress": "eV/angstrom^3",
}
"""What ASE gives these arrays in."""
BOX = {"cell": (3, 3), "pbc": (3,)}


@dataclass(frozen=True)
class Wanted:
    """What of the input is written, and how it is called.

    - ``labels``: {array: its name in the input}; ``units``: {array: unit}.
    - ``arrays``: these alone, beside the position, its box and ``labels``; all if empty.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    arrays: Sequence[str] = ()

    def of(self, systems: Systems, source: str) -> Systems:
        """The systems with these arrays, under these names; UserError where one is missing."""
        kept, was = {*BOX, *self.arrays, *self.labels}, set(self.labels.values())
        held = []
        for arrays in (systems.node, systems.graph):
            named = {n: a for n, a in arrays.items() if n not in self.labels and n not in was}
            named |= {n: arrays[old] for n, old in self.labels.items() if old in arrays}
            held.append({n: a for n, a in named.items() if not self.arrays or n in kept})
        present = {"position", *held[0], *held[1]}
        for name in (*self.arrays, *self.labels):
            if name not in present:
                raise UserError(
                    f"{source}: missing array {self.labels.get(name, name)!r}; present: "
                    f"{', '.join(systems.names)}. Correct its name, or leave it out"
                )
        for name in self.units:
            if name not in present:
                raise UserError(
                    f"{source}: unit of {name!r}: there is no such array; present: "
                    f"{', '.join(sorted(present))}. Correct its name"
                )
        return Systems(systems.position, systems.offsets, held[0], held[1])


def assemble(
    paths: Sequence[Path], origins: Sequence[str], out: Path, wanted: Wanted, atoms: bool
) -> dict[str, Any]:
    """Write the systems of the files ``paths`` to ``out``, which gets its name when it is whole;
    ``origins``: what errors call them; ``atoms``: whether they have the units of ASE. Returns what
    `segnn.data.convert.convert` does.
    """
    pieces = [piece for path in paths if (piece := Stored.open(path)) is not None]
    levels, shapes = _agreed(pieces, origins)
    rows = {"node": int(sum(p.sizes.sum() for p in pieces)), "graph": sum(map(len, pieces))}
    units = {n: u for n, u in ATOMIC.items() if atoms and n in levels} | dict(wanted.units)
    with created(out) as file:
        for level in ("node", "graph"):
            file.create_group(level)
        made = {name: _room(file, name, levels[name], rows, shapes[name]) for name in levels}
        for name, unit in units.items():
            made[name].attrs["unit"] = unit
        sizes = np.concatenate([piece.sizes for piece in pieces])
        made["offsets"] = file.create_dataset(
            "offsets",
            data=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            fletcher32=True,
        )
        _fill(pieces, made, levels)
        if wanted.labels:
            file.attrs["labels"] = json.dumps(dict(wanted.labels))
        digest = file.attrs["sha256"] = digest_of(made)
        file.attrs["format"] = FORMAT  # last: without it the file is none of these
    return {
        "output": str(out),
        "systems": rows["graph"],
        "particles": rows["node"],
        "arrays": {name: [rows[levels[name]], *shape] for name, shape in shapes.items()},
        "units": units,
        "sha256": digest,
    }


def _agreed(
    pieces: Sequence[Stored], origins: Sequence[str]
) -> tuple[dict[str, str], dict[str, tuple[int, ...]]]:
    """Levels and shapes of the arrays; UserError where one is not in all pieces."""
    levels = {"position": "node"}
    shapes: dict[str, tuple[int, ...]] = {"position": (3,)}
    owner: dict[str, str] = {}
    for piece, origin in zip(pieces, origins, strict=True):
        for name, level in piece.levels.items():
            owner.setdefault(name, origin)
            was = (levels.setdefault(name, level), shapes.setdefault(name, piece.shapes[name]))
            if was != (level, piece.shapes[name]):
                raise UserError(
                    f"{origin}: array {name!r} has rows of shape {piece.shapes[name]} a {level}, "
                    f"and of shape {was[1]} a {was[0]} in {owner[name]}. Leave it out (--array "
                    "NAME takes the named arrays alone)"
                )
    common = [name for name in levels if all(name in piece.levels for piece in pieces)]
    taken = " ".join(f"--array {name}" for name in common if name not in ("position", *BOX))
    cure = f", or take those that all have: {taken}" if taken else ""
    for piece, origin in zip(pieces, origins, strict=True):
        lacking = [name for name in levels if name not in (*piece.levels, "position", *BOX)]
        if lacking:
            raise UserError(
                f"{origin}: array {lacking[0]!r} is missing, and {owner[lacking[0]]} has it. Add "
                f"it{cure}"
            )
    if "cell" in levels and any("cell" not in piece.levels for piece in pieces):
        levels["pbc"], shapes["pbc"] = "graph", BOX["pbc"]  # a cell alone would mean periodic
    return levels, shapes


def _room(file: Any, name: str, level: str, rows: Mapping[str, int], shape: tuple[int, ...]) -> Any:
    """An array in the file, still empty; a checksum of each chunk tells damage when it is read."""
    count = rows[level]
    chunk = max(1, min(count, CHUNK_BYTES // (8 * max(int(np.prod(shape)), 1))))
    place = name if name == "position" else f"{level}/{name}"
    return file.create_dataset(
        place, (count, *shape), np.float64, chunks=(chunk, *shape), fletcher32=True
    )


def _fill(pieces: Sequence[Stored], made: Mapping[str, Any], levels: Mapping[str, str]) -> None:
    """Write the numbers of all pieces; what has no box gets one of zeros."""
    node, graph = 0, 0
    for piece in pieces:
        systems = piece.read()
        held = {"position": systems.position, **systems.node, **systems.graph}
        if systems.pbc is not None:
            held["pbc"] = systems.pbc.astype(np.float64)
        after = node + len(systems.position), graph + len(systems)
        for name, level in levels.items():
            rows = slice(node, after[0]) if level == "node" else slice(graph, after[1])
            made[name][rows] = held.get(name, 0.0)
        node, graph = after
