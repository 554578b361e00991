"""Initial conditions of the charged N-body benchmark, drawn as the published data: from one legacy
NumPy stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BOX = 5.0  # half the edge of the box in which particles start
SPEED = 0.5  # every particle's initial speed
SPRING = 0.1  # spring constant of a coupled pair


@dataclass(frozen=True)
class Start:
    """Initial state of S systems of N particles (no units: mass, Coulomb constant and length are
    1).

    - `position`, `velocity`: (S, N, 3).
    - `interaction`: charges (S, 1, N), or spring constants (S, N, N); of gravity, masses (S, N).
    """

    position: np.ndarray
    velocity: np.ndarray
    interaction: np.ndarray

    def first(self, count: int) -> Start:
        """The first `count` systems."""
        return Start(self.position[:count], self.velocity[:count], self.interaction[:count])

    @staticmethod
    def concatenate(parts: Sequence[Start]) -> Start:
        """All systems of all parts, in order."""
        return Start(
            np.concatenate([part.position for part in parts]),
            np.concatenate([part.velocity for part in parts]),
            np.concatenate([part.interaction for part in parts]),
        )


def draw(
    rng: np.random.RandomState, systems: int, particles: int, unused: int, springs: bool
) -> Start:
    """Draw `systems` initial states; `rng` moves on by exactly as much as the published generator
    moves it.

    Per system: the interaction (charges ±1 with equal probability; or for springs a symmetric
    matrix whose entries are `SPRING` or 0 with equal probability), positions `randn(3, N)`,
    velocities `randn(3, N)` scaled to `SPEED`, and twice `randn(unused, 3, N)`, the observation
    noise, which the published data multiply by zero.
    """
    position = np.empty((systems, 3, particles))
    velocity = np.empty((systems, 3, particles))
    interaction = np.empty((systems, particles if springs else 1, particles))
    for s in range(systems):
        if springs:
            couplings = np.tril(
                rng.choice([0.0, 0.5, 1.0], size=(particles, particles), p=[0.5, 0.0, 0.5]), -1
            )
            interaction[s] = SPRING * (couplings + couplings.T)
        else:
            interaction[s, 0] = rng.choice(
                [-1.0, 0.0, 1.0], size=(particles, 1), p=[0.5, 0.0, 0.5]
            )[:, 0]
        position[s] = rng.randn(3, particles)
        velocity[s] = rng.randn(3, particles)
        rng.randn(unused, 3, particles)
        rng.randn(unused, 3, particles)
    velocity *= SPEED / np.sqrt((velocity**2).sum(1, keepdims=True))
    reflect(position, velocity)
    return Start(position.swapaxes(1, 2).copy(), velocity.swapaxes(1, 2).copy(), interaction)


def reflect(position: np.ndarray, velocity: np.ndarray) -> None:
    """Reflect, once and in place, what lies beyond ±`BOX`; the velocity component is turned inwards
    with it.
    """
    over, under = position > BOX, position < -BOX
    position[over] = 2 * BOX - position[over]
    velocity[over] = -np.abs(velocity[over])
    position[under] = -2 * BOX - position[under]
    velocity[under] = np.abs(velocity[under])
