"""A trajectory on its way to a picture: where particles are at any time, in a box or without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segnn.viz.cell import folded

# tangents longer than three times the step make a cubic overshoot (Fritsch and Carlson, 1980)
MONOTONE = 3.0


@dataclass(frozen=True)
class Course:
    """Where particles are in time: ``position`` (T, N, 3) at ``time`` (T,), ``velocity`` the same
    shape or None.
    """

    position: np.ndarray
    time: np.ndarray
    velocity: np.ndarray | None = None

    def at(self, share: float) -> np.ndarray:
        """Places (N, 3) at a share (0 … 1) of the stored states: on straight lines, or on cubics
        that start and end with the velocities, cut to what does not overshoot.
        """
        where = share * (len(self.position) - 1)
        low = min(int(where), len(self.position) - 2)
        t, start, end = where - low, self.position[low], self.position[low + 1]
        step = end - start
        if self.velocity is None:
            return np.asarray(start + t * step)
        longest = MONOTONE * np.linalg.norm(step, axis=-1, keepdims=True)
        one, two = (
            _cut(v * (self.time[low + 1] - self.time[low]), longest)
            for v in self.velocity[low : low + 2]
        )
        blend = (3 - 2 * t) * t * t * step + t * (1 - t) ** 2 * one - t * t * (1 - t) * two
        return np.asarray(start + blend)


@dataclass(frozen=True)
class Box:
    """The periodic box in time: ``lattice`` (T, axes, 3), the vectors of its periodic axes, and
    ``origin`` (3,), the corner of the first one.
    """

    lattice: np.ndarray
    origin: np.ndarray

    def at(self, share: float) -> tuple[np.ndarray, np.ndarray]:
        """Lattice vectors and corner at a share (0 … 1) of the stored states."""
        where = share * (len(self.lattice) - 1)
        low = min(int(where), len(self.lattice) - 2)
        part = where - low
        lattice = (1 - part) * self.lattice[low] + part * self.lattice[low + 1]
        # A box that starts elsewhere than at the origin starts there by the same share of itself.
        share_of_box = self.origin @ np.linalg.pinv(self.lattice[0])
        beside = self.origin - share_of_box @ self.lattice[0]
        return lattice, share_of_box @ lattice + beside

    def fold(self, places: np.ndarray, share: float) -> np.ndarray:
        """What to add to places (N, 3) so that they lie in the box at this time, (N, 3)."""
        return folded(places, *self.at(share))


@dataclass(frozen=True)
class Trajectory:
    """``true`` and perhaps ``predicted``; ``charge`` (N,): signs, zeros if unknown.

    - ``number`` (N,): atomic numbers, or None: the particles are no atoms.
    - ``box``: or None. Positions are then without jumps at its walls.
    - ``timed``: whether the times are those of the file, not the numbers of its states.
    """

    true: Course
    predicted: Course | None
    charge: np.ndarray
    number: np.ndarray | None = None
    box: Box | None = None
    timed: bool = True

    @property
    def parts(self) -> dict[str, Course]:
        """The courses there are, by title."""
        named = {"true": self.true, "predicted": self.predicted}
        return {name: part for name, part in named.items() if part is not None}


def _cut(vectors: np.ndarray, longest: np.ndarray) -> np.ndarray:
    """Vectors (N, 3) made no longer than (N, 1)."""
    size = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors * np.minimum(1.0, longest / np.where(size > 0, size, 1.0)))
