"""`Stored`: systems that stay in an HDF5 file, of which some are read at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from segnn.data.digest import digest_of
from segnn.data.hdf5 import FORMAT, opened
from segnn.data.names import closest
from segnn.data.schema import check_offsets, is_label
from segnn.data.systems import Systems
from segnn.errors import UserError

GAP = 16
"""Systems that are read in vain between two that are wanted, rather than reading twice."""


@dataclass(frozen=True, eq=False)
class Stored:
    """Some systems of a file in the layout of `segnn.data.hdf5`; nothing of them is in memory but
    where each begins.

    - ``path``: the file; ``offsets``: (T + 1,) of all systems in it.
    - ``chosen``: (S,) the numbers there of those that are meant, in their order.
    - ``levels``: "node" or "graph" of every array but the position, by its name in the file;
      ``shapes``: of one row of each.
    - ``renamed``: other names, {name: name in the file}; what it names there has no other name.
    """

    path: Path
    offsets: np.ndarray
    chosen: np.ndarray
    levels: dict[str, str]
    shapes: dict[str, tuple[int, ...]]
    renamed: dict[str, str]

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], renamed: Mapping[str, str] | None = None
    ) -> Stored | None:
        """The systems of a file; None for one of another layout. Raises `UserError` for a file
        that is missing, damaged or still being written, and for ``renamed`` arrays it lacks.
        """
        with opened(path) as file:
            if file.attrs.get("format") != FORMAT:
                return None
            sets = {
                name: (level, file[level][name])
                for level in ("node", "graph")
                for name in file.get(level, ())
            }
            offsets = check_offsets(file["offsets"][()], len(file["position"]), str(path))
            rows = {"node": int(offsets[-1]), "graph": len(offsets) - 1}
            for name, (level, held) in sets.items():
                if held.shape[:1] != (rows[level],):
                    raise UserError(
                        f"{path}: {level}/{name} has shape {held.shape}, expected "
                        f"({rows[level]}, ...)."
                    )
            levels = {name: level for name, (level, _) in sets.items()}
            shapes = {name: tuple(held.shape[1:]) for name, (_, held) in sets.items()}
        found = cls(Path(path), offsets, np.arange(len(offsets) - 1), levels, shapes, {})
        for held in (renamed or {}).values():
            if held not in levels:
                raise UserError(
                    f"{path}: missing array {held!r}, which the recipe's data.labels names; "
                    f"present: {', '.join(found.names)}.{closest(held, found.names)} Correct "
                    "data.labels, or add the labels to the file."
                )
        return replace(found, renamed=dict(renamed or {}))

    def __len__(self) -> int:
        return len(self.chosen)

    @property
    def sizes(self) -> np.ndarray:
        """Number of particles of each system, (S,) int64."""
        sizes: np.ndarray = np.diff(self.offsets)[self.chosen]
        return sizes

    @property
    def names(self) -> list[str]:
        """All arrays."""
        return ["position", *self._files()]

    @property
    def nbytes(self) -> int:
        """What the systems would take in memory."""
        width = {"node": 3, "graph": 1}  # the position; the offset
        for name, level in self.levels.items():
            width[level] += int(np.prod(self.shapes[name]))
        return 8 * (width["node"] * int(self.sizes.sum()) + width["graph"] * len(self))

    def view(self, index: np.ndarray | slice) -> Stored:
        """Some of the systems, in the order asked for, still in the file."""
        return replace(self, chosen=self.chosen[index])

    def read(self, index: np.ndarray | slice = slice(None)) -> Systems:
        """Some of the systems, in the order asked for. Systems that lie near each other in the file
        are read at once. Raises `UserError` for numbers that are not finite and no labels.
        """
        chosen = self.chosen[index]
        wanted, back = np.unique(chosen, return_inverse=True)
        files = self._files()
        parts: dict[str, list[np.ndarray]] = {name: [] for name in ("position", *files)}
        with opened(self.path) as file:
            for run in np.split(wanted, np.flatnonzero(np.diff(wanted) > GAP) + 1):
                if len(run):
                    self._read_run(file, run, files, parts)
        arrays = {
            name: np.concatenate(found) if found else np.empty((0, *self._shape(files.get(name))))
            for name, found in parts.items()
        }
        offsets = np.concatenate([[0], np.cumsum(np.diff(self.offsets)[wanted])])
        position = arrays.pop("position")
        held: dict[str, dict[str, np.ndarray]] = {"node": {}, "graph": {}}
        for name, array in arrays.items():
            held[self.levels[files[name]]][name] = array
        systems = Systems(position, offsets, held["node"], held["graph"])
        return systems if np.array_equal(chosen, wanted) else systems[back]

    def digest(self) -> str:
        """A hash of the arrays: that of `segnn.data.digest` for the whole file, which `segnn
        convert` has written into it; of some of its systems a hash of that and of their numbers.
        """
        with opened(self.path) as file:
            known = None if self.renamed else file.attrs.get("sha256")
            if known is None:
                places = {n: f"{self.levels[was]}/{was}" for n, was in self._files().items()}
                places |= {"position": "position", "offsets": "offsets"}
                known = digest_of({name: file[place] for name, place in places.items()})
        if np.array_equal(self.chosen, np.arange(len(self.offsets) - 1)):
            return str(known)
        return digest_of({str(known): self.chosen})

    def _files(self) -> dict[str, str]:
        """Of every array but the position, its name in the file."""
        taken = set(self.renamed.values())
        own = {n: n for n in self.levels if n not in taken and n not in self.renamed}
        return {**own, **self.renamed}

    def _shape(self, name: str | None) -> tuple[int, ...]:
        return (3,) if name is None else self.shapes[name]

    def _read_run(
        self,
        file: Any,
        run: np.ndarray,
        files: Mapping[str, str],
        parts: dict[str, list[np.ndarray]],
    ) -> None:
        """Add the rows of the systems ``run``, ascending numbers in the file."""
        graph = slice(int(run[0]), int(run[-1]) + 1)
        node = slice(int(self.offsets[graph.start]), int(self.offsets[graph.stop]))
        owner = np.repeat(
            np.arange(graph.start, graph.stop), np.diff(self.offsets[graph.start : graph.stop + 1])
        )
        whole = len(run) == graph.stop - graph.start
        inside = slice(None) if whole else np.isin(owner, run)
        for name, found in parts.items():
            level = "node" if name == "position" else self.levels[files[name]]
            held = file["position"] if name == "position" else file[level][files[name]]
            rows = np.asarray(held[node if level == "node" else graph], np.float64)
            rows = rows[inside] if level == "node" else rows[run - graph.start]
            if not is_label(name) and name not in self.renamed and not np.isfinite(rows).all():
                bad = np.flatnonzero(~np.isfinite(rows.reshape(len(rows), -1)).all(1))[0]
                number = owner[inside][bad] if level == "node" else run[bad]
                raise UserError(
                    f"{self.path}: array {name!r} is not finite in system {int(number)}. Correct "
                    "the numbers, or leave the system out."
                )
            found.append(rows)
