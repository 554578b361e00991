"""Energy, momentum and angular momentum of many systems, by the law of the simulator they come
from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segnn.data import Systems
from segnn.simulate import gravity


@dataclass(frozen=True)
class Conserved:
    """Of S systems: ``kinetic`` and ``potential`` energy (S,), ``momentum`` and
    ``angular_momentum`` about 0 (S, 3).
    """

    kinetic: np.ndarray
    potential: np.ndarray
    momentum: np.ndarray
    angular_momentum: np.ndarray

    @property
    def energy(self) -> np.ndarray:
        """(S,)."""
        total: np.ndarray = self.kinetic + self.potential
        return total


def conserved(
    systems: Systems, position: np.ndarray, velocity: np.ndarray, softening: float | None = None
) -> Conserved:
    """For positions and velocities (M, 3) of ``systems``, whose charges, spring constants or masses
    count.

    - ``charge``: U = Σ_{i<j} q_i q_j / r_ij, unit masses.
    - ``coupling``: U = ½ Σ_{i<j} k_ij r_ij², unit masses.
    - ``mass``: U = −Σ_{i<j} m_i m_j / (r_ij² + ε²)^{1/2}.
    """
    node = systems.node
    mass = node["mass"].reshape(-1, 1) if "mass" in node else np.ones((len(position), 1))
    potential = np.empty(len(systems))
    for s in range(len(systems)):
        rows = slice(systems.offsets[s], systems.offsets[s + 1])
        potential[s] = _potential(
            systems, rows, position[rows], gravity.SOFTENING if softening is None else softening
        )
    first = systems.offsets[:-1]
    return Conserved(
        kinetic=0.5 * np.add.reduceat((mass * velocity**2).sum(1), first),
        potential=potential,
        momentum=np.add.reduceat(mass * velocity, first),
        angular_momentum=np.add.reduceat(mass * np.cross(position, velocity), first),
    )


def _potential(systems: Systems, rows: slice, x: np.ndarray, softening: float) -> float:
    node = systems.node
    square = ((x[:, None] - x[None]) ** 2).sum(-1)
    pairs = np.triu_indices(len(x), 1)
    if "coupling" in node:
        return float(0.5 * (node["coupling"][rows] * square)[pairs].sum())
    if "mass" in node:
        m = node["mass"][rows].reshape(-1)
        return float(
            -((m[:, None] * m) / np.sqrt(square + softening**2 + np.eye(len(x))))[pairs].sum()
        )
    q = node["charge"][rows].reshape(-1)
    return float(((q[:, None] * q) / np.sqrt(square + np.eye(len(x))))[pairs].sum())
