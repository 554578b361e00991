"""`Systems`: many systems of varying size in flat arrays; a batch is a vectorised index, nothing is
collated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.data.names import closest
from segnn.data.schema import check_cuts, parse, rows_of, unparse
from segnn.errors import UserError

if TYPE_CHECKING:
    from ase import Atoms


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
    def periodic(self) -> bool:
        """Whether any system repeats along any axis; one in a box that is not periodic does not."""
        return self.pbc is not None and bool(self.pbc.any())

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
        missing: Collection[str] = (),
    ) -> Systems:
        """Read a dict of arrays in the published schema (see `segnn.data.schema`), checking every
        one of them.

        `source` is the name the error messages give, usually the file; `declared` are names that a
        recipe reads, which may look like names of the schema; the arrays `missing` may be NaN where
        a number is missing. Raises `UserError`.
        """
        return cls(**parse(arrays, source, declared, missing))

    @classmethod
    def from_ase(
        cls,
        atoms: Atoms | Sequence[Atoms],
        source: str = "the atoms given",
        needed: Collection[str] | None = None,
        aside: Callable[[str], bool] | None = None,
        missing: Collection[str] = (),
    ) -> Systems:
        """Systems of one or many ASE ``Atoms``; `segnn.data.atoms` says under which names.

        ``source`` is named in errors. ``needed``: the arrays that must be whole; others are left
        out where only some configurations have them or a value is not finite. None needs all.
        ``aside`` says of a name whether the array is left out, whatever it holds. ``missing``:
        arrays that some configurations may lack; there they are NaN. Raises
        `UserError` for arrays that are not whole, cells that are flat or missing along a periodic
        axis, and no atoms.
        """
        from segnn.data.atoms import read_frames

        return cls(**read_frames(atoms, source, needed, aside, missing))

    def to_ase(self) -> list[Atoms]:
        """ASE ``Atoms`` of every system, their labels as results of a calculator. Raises
        `UserError` without an array ``atomic_number`` (M,), or if ASE is not installed.
        """
        from segnn.data.atoms import make_frames

        return make_frames(self)

    @classmethod
    def from_pyg(cls, data: Any, source: str = "the data given") -> Systems:
        """Systems of one or many ``Data`` of PyTorch Geometric, or of a ``Batch``;
        `segnn.data.pyg` says under which names. Raises `UserError` for what does not fit.
        """
        from segnn.data.pyg import read_data

        return cls(**read_data(data, source))

    def to_pyg(self) -> list[Any]:
        """One ``Data`` of PyTorch Geometric for every system, in float64. Raises `UserError` if it
        is not installed.
        """
        from segnn.data.pyg import make_data

        return make_data(self)

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
