"""Leapfrog for many small systems, compiled with numba; importing this module costs the import of
numba.
"""

from __future__ import annotations

import numpy as np
from numba import njit

Array = np.ndarray


@njit(cache=True, nogil=True)
def _charged_force(x: Array, charge: Array, force: Array) -> None:
    """F_i = Σ_j q_i q_j (x_i - x_j) / |x_i - x_j|³, each component clipped to ±100 after the
    sum.
    """
    n = x.shape[0]
    force[:] = 0.0
    for i in range(n):
        for j in range(i):
            dx = x[i, 0] - x[j, 0]
            dy = x[i, 1] - x[j, 1]
            dz = x[i, 2] - x[j, 2]
            square = dx * dx + dy * dy + dz * dz
            if square == 0.0:  # coincident particles: the direction is undefined, so no force
                continue
            scale = charge[i] * charge[j] / (square * np.sqrt(square))
            force[i, 0] += scale * dx
            force[i, 1] += scale * dy
            force[i, 2] += scale * dz
            force[j, 0] -= scale * dx
            force[j, 1] -= scale * dy
            force[j, 2] -= scale * dz
    for i in range(n):
        for k in range(3):
            force[i, k] = min(max(force[i, k], -100.0), 100.0)


@njit(cache=True, nogil=True)
def _spring_force(x: Array, coupling: Array, force: Array) -> None:
    """F_i = -Σ_j K_ij (x_i - x_j), each component clipped to ±100 after the sum."""
    n = x.shape[0]
    for i in range(n):
        for k in range(3):
            total = 0.0
            for j in range(n):
                total -= coupling[i, j] * (x[i, k] - x[j, k])
            force[i, k] = min(max(total, -100.0), 100.0)


@njit(cache=True, nogil=True)
def _leapfrog(
    springs: bool,
    position: Array,
    velocity: Array,
    interaction: Array,
    start: int,
    horizon: int,
    dt: float,
    out: Array,
) -> None:
    """Advance every system of a chunk; `out` (S, 2, 2, N, 3) receives (x, v) at steps `start` and
    `start + horizon`.
    """
    particles = position.shape[1]
    x = np.empty((particles, 3))
    v = np.empty((particles, 3))
    force = np.empty((particles, 3))
    last = start + horizon
    for s in range(position.shape[0]):
        x[:] = position[s]
        v[:] = velocity[s]
        for step in range(last + 1):
            if step > 0:  # drift; the state is recorded before the kick
                for i in range(particles):
                    for k in range(3):
                        x[i, k] += dt * v[i, k]
            if step == start:
                out[s, 0, 0] = x
                out[s, 0, 1] = v
            if step == last:
                out[s, 1, 0] = x
                out[s, 1, 1] = v
            if springs:
                _spring_force(x, interaction[s], force)
            else:
                _charged_force(x, interaction[s, 0], force)
            for i in range(particles):
                for k in range(3):
                    v[i, k] += dt * force[i, k]


def leapfrog(
    position: Array,
    velocity: Array,
    interaction: Array,
    *,
    springs: bool,
    start: int,
    horizon: int,
    dt: float,
) -> Array:
    """Integrate a chunk of systems of N particles of unit mass, without a box; releases the GIL.

    - `position`, `velocity`: (S, N, 3).
    - `interaction`: charges (S, 1, N), or the spring constants (S, N, N) if `springs`.
    - `start`, `horizon`: steps to the first recorded state, and from it to the second.
    - `dt`: time step.

    v += dt F(x) once; then each step: x += dt v, record (x, v), v += dt F(x).

    Returns (S, 2, 2, N, 3): system, input | target, position | velocity, particle, xyz.
    """
    out = np.empty((len(position), 2, 2, *position.shape[1:]))
    _leapfrog(springs, position, velocity, interaction, start, horizon, dt, out)
    return out
