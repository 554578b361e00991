"""`Systems`: many systems of varying size in flat arrays; a batch is a vectorised index, nothing is
collated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from segnn.data.names import closest
from segnn.data.schema import check_cuts, parse, rows_of, unparse
from segnn.errors import UserError


@dataclass(frozen=True, eq=False)
class Systems:
    """S systems with M particles in all; system s owns the rows `offsets[s]:offsets[s + 1]`.

    - `position`: (M, 3), x, y, z in the unit of length of the source.
    - `offsets`: (S + 1,) int64, from 0 to M.
    - `node`: per-particle arrays (M, …), e.g. `velocity` (M, 3), `charge` (M,), `target_position`
      (M, 3).
    - `graph`: per-system arrays (S, …), e.g. `target_energy` (S,), `cell` (S, 3, 3) with lattice
      vectors as rows,
      `pbc` (S, 3) with 1 for a periodic axis.

    All numbers are float64. Raises `UserError` if a shape does not fit.
    """

    position: np.ndarray
    offsets: np.ndarray
    node: dict[str, np.ndarray] = field(default_factory=dict)
    graph: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        position = np.ascontiguousarray(self.position, np.float64)
        offsets = np.ascontiguousarray(self.offsets, np.int64)
        object.__setattr__(self, "position", position)
        object.__setattr__(self, "offsets", offsets)
        object.__setattr__(
            self, "node", {k: np.ascontiguousarray(v, np.float64) for k, v in self.node.items()}
        )
        object.__setattr__(
            self, "graph", {k: np.ascontiguousarray(v, np.float64) for k, v in self.graph.items()}
        )
        if position.ndim != 2 or position.shape[1] != 3:
            raise UserError(f"Systems: position has shape {position.shape}, expected (M, 3).")
        check_cuts(offsets, len(position), "Systems")
        for kind, arrays, rows in (
            ("node", self.node, len(position)),
            ("graph", self.graph, len(self)),
        ):
            for name, array in arrays.items():
                if array.ndim == 0 or len(array) != rows:
                    raise UserError(
                        f"Systems: {kind} array {name!r} has shape {array.shape}, expected "
                        f"({rows}, …)."
                    )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> np.ndarray:
        """Number of particles of each system, (S,) int64."""
        return np.diff(self.offsets)

    @property
    def cell(self) -> np.ndarray | None:
        """Lattice vectors as rows, (S, 3, 3), or None."""
        return self.graph.get("cell")

    @property
    def pbc(self) -> np.ndarray | None:
        """Which axes are periodic, (S, 3) bool; all if there is a cell but no `pbc`; None without a
        cell.
        """
        if self.cell is None:
            return None
        return self.graph["pbc"] != 0 if "pbc" in self.graph else np.ones((len(self), 3), bool)

    @property
    def names(self) -> list[str]:
        """All arrays: `position`, then node and graph arrays."""
        return ["position", *self.node, *self.graph]

    def __getitem__(self, index: int | slice | Iterable[int] | np.ndarray) -> Systems:
        """Some systems, in the order asked for: an index (one system), a slice, an index array or a
        mask (S,).
        """
        if isinstance(index, (int, np.integer)):
            index = [int(index)]
        elif not isinstance(index, slice):
            index = np.asarray(index if isinstance(index, np.ndarray) else list(index))
            index = index.astype(np.int64) if index.size == 0 else index
        chosen = np.arange(len(self))[index]
        rows, offsets = rows_of(self.offsets, chosen)
        return Systems(
            position=self.position[rows],
            offsets=offsets,
            node={name: array[rows] for name, array in self.node.items()},
            graph={name: array[chosen] for name, array in self.graph.items()},
        )

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, object],
        source: str = "arrays",
        declared: Collection[str] = (),
    ) -> Systems:
        """Read a dict of arrays in the published schema (see `segnn.data.schema`), checking every
        one of them.

        `source` is the name the error messages give, usually the file; `declared` are names that a
        recipe reads, which may look like names of the schema. Raises `UserError`.
        """
        return cls(**parse(arrays, source, declared))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The published schema: (S, N, …) arrays if all systems have N particles, else flat arrays
        and `offsets`.
        """
        return unparse(self.position, self.offsets, self.node, self.graph)

    def require(self, names: Iterable[str], source: str = "arrays") -> None:
        """Raise `UserError` if an array is missing, listing what there is and the nearest name."""
        missing = [name for name in names if name not in self.names]
        if missing:
            hints = "".join(closest(name, self.names) for name in missing)
            several = len(missing) > 1
            raise UserError(
                f"{source}: missing array{'s' if several else ''} "
                f"{', '.join(map(repr, missing))}; present: {', '.join(self.names)}.{hints} "
                f"Add {'them' if several else 'it'} to the data or drop it from the recipe."
            )


def joined(
    parts: Sequence[Systems],
    source: str = "the list given",
    names: Sequence[str] | None = None,
    needed: Collection[str] = (),
) -> Systems:
    """All systems of ``parts``, one after the other; systems without a cell stay open.

    ``names``: what errors call the parts. With ``needed``, only these arrays must be in all parts,
    and others that are not are left out; without, all must. UserError where they are not, where
    shapes differ, or there are no parts.
    """
    if not parts:
        raise UserError(f"{source}: no systems in an empty list.")
    names = [f"entry {n}" for n in range(len(parts))] if names is None else names
    if len(parts) == 1:
        return parts[0]
    node = _in_all([part.node for part in parts], source, names, needed)
    graph = _in_all([_with_cell(part, parts) for part in parts], source, names, needed)
    sizes = np.concatenate([part.sizes for part in parts])
    position = np.concatenate([part.position for part in parts])
    return Systems(position, np.concatenate([[0], np.cumsum(sizes)]), node, graph)


def _with_cell(part: Systems, parts: Sequence[Systems]) -> dict[str, np.ndarray]:
    """The graph arrays of ``part``, with ``cell`` and ``pbc`` if any of ``parts`` has a cell."""
    if all(other.cell is None for other in parts):
        return part.graph
    if part.cell is None or part.pbc is None:
        none = {"cell": np.zeros((len(part), 3, 3)), "pbc": np.zeros((len(part), 3))}
        return part.graph | none
    return part.graph | {"pbc": part.pbc.astype(np.float64)}


def _in_all(
    parts: Sequence[dict[str, np.ndarray]],
    source: str,
    names: Sequence[str],
    needed: Collection[str],
) -> dict[str, np.ndarray]:
    found = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        having = [n for n, part in enumerate(parts) if name in part]
        if len(having) < len(parts):
            if needed and name not in needed:
                continue
            lacking = next(n for n in range(len(parts)) if n not in having)
            raise UserError(
                f"{source}: {names[having[0]]} and {names[lacking]} hold different arrays, {name!r}"
                f" is in the first only. Give all the same arrays."
            )
        try:
            found[name] = np.concatenate([part[name] for part in parts])
        except ValueError as error:
            if needed and name not in needed:
                continue
            shapes = ", ".join(
                f"{part[name].shape} in {of}" for part, of in zip(parts[:4], names, strict=False)
            )
            raise UserError(f"{source}: {name!r} has different shapes: {shapes}.") from error
    return found
