"""Where the particles of one system lie, between the faces of its cell, and who is near to some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segnn.data import Systems
from segnn.data.radius import completed

ROUNDING = 1e-9


@dataclass(frozen=True)
class Space:
    """``place`` (N, 3): distances of the particles from three faces of the cell, taken into it
    along the periodic axes; two particles are at least as far apart as these differ. ``period``
    (3,): how far the opposite faces are, infinite where an axis is not periodic.
    """

    place: np.ndarray
    period: np.ndarray

    @classmethod
    def of(cls, system: Systems) -> Space:
        """That of one system."""
        if system.cell is None or system.pbc is None or not system.periodic:
            return cls(system.position, np.full(3, np.inf))
        periodic = system.pbc[0]
        inverse = np.linalg.inv(completed(system.cell[0], periodic))
        height = 1 / np.linalg.norm(inverse, axis=0)
        place = system.position @ inverse
        place[:, periodic] -= np.floor(place[:, periodic])
        return cls(place * height, np.where(periodic, height, np.inf))

    def near(self, own: np.ndarray, reach: float) -> np.ndarray:
        """The particles, by rising number, that may be within ``reach`` of one of ``own``, which
        are among them: those in the box around these, or an image of them.
        """
        if not len(own):
            return own
        reach = reach * (1 + ROUNDING) + ROUNDING * float(np.abs(self.place).max())
        low, high = self.place[own].min(0) - reach, self.place[own].max(0) + reach
        beyond = self.place - low
        periodic = np.isfinite(self.period)
        beyond[:, periodic] %= self.period[periodic]
        inside: np.ndarray = ((beyond >= 0) & (beyond <= high - low)).all(1)
        return np.flatnonzero(inside)
