"""Kick-drift-kick leapfrog for softened gravity, compiled with numba; importing this module costs
the import of numba.

A system is held as three rows x, y, z of N numbers, so that the loop over j runs over contiguous
memory and is compiled to SIMD instructions. Every pair is visited once: a_i and a_j get equal and
opposite forces.
"""

from __future__ import annotations

import numpy as np
from numba import njit

Array = np.ndarray


# SIMD needs sums that may be reordered; nothing else of IEEE arithmetic is given up. Division by
# zero gives infinity.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _accelerate(x: Array, mass: Array, softening: float, a: Array) -> None:
    """a_i = Σ_j m_j (x_j − x_i) / (|x_j − x_i|² + ε²)^{3/2}; x and a (3, N)."""
    a[:] = 0.0
    square = softening * softening
    for i in range(1, x.shape[1]):
        xi, yi, zi, mi = x[0, i], x[1, i], x[2, i], mass[i]
        ax, ay, az = 0.0, 0.0, 0.0
        for j in range(i):
            dx, dy, dz = x[0, j] - xi, x[1, j] - yi, x[2, j] - zi
            distance = dx * dx + dy * dy + dz * dz + square
            inverse_cube = 1.0 / (distance * np.sqrt(distance))
            inverse_cube = (
                inverse_cube if distance > 0.0 else 0.0
            )  # coincident without softening: no direction, no force
            from_j, from_i = mass[j] * inverse_cube, mi * inverse_cube
            ax += from_j * dx
            ay += from_j * dy
            az += from_j * dz
            a[0, j] -= from_i * dx
            a[1, j] -= from_i * dy
            a[2, j] -= from_i * dz
        a[0, i] += ax
        a[1, i] += ay
        a[2, i] += az


@njit(cache=True, nogil=True)
def _record(x: Array, v: Array, a: Array, mass: Array, out: Array) -> None:
    """Position, velocity and force m a into `out` (3, N, 3)."""
    for i in range(x.shape[1]):
        for k in range(3):
            out[0, i, k] = x[k, i]
            out[1, i, k] = v[k, i]
            out[2, i, k] = a[k, i] * mass[i]


@njit(cache=True, nogil=True)
def _integrate(
    position: Array,
    velocity: Array,
    mass: Array,
    softening: float,
    start: int,
    horizon: int,
    dt: float,
    out: Array,
) -> None:
    """Advance every system of a chunk; `out` (S, 2, 3, N, 3) receives the state at steps `start`
    and `start + horizon`.
    """
    x = np.empty((3, position.shape[1]))
    v = np.empty_like(x)
    a = np.empty_like(x)
    last = start + horizon
    for s in range(position.shape[0]):
        x[:] = position[s].T
        v[:] = velocity[s].T
        _accelerate(x, mass[s], softening, a)
        for step in range(last + 1):
            if step == start:
                _record(x, v, a, mass[s], out[s, 0])
            if step == last:
                _record(x, v, a, mass[s], out[s, 1])
                break
            v += a * dt / 2.0
            x += v * dt
            _accelerate(x, mass[s], softening, a)
            v += a * dt / 2.0


def integrate(
    position: Array,
    velocity: Array,
    mass: Array,
    *,
    softening: float,
    start: int,
    horizon: int,
    dt: float,
) -> Array:
    """Integrate a chunk of systems of N particles, G = 1, without a box; releases the GIL.

    - `position`, `velocity`: (S, N, 3); `mass`: (S, N).
    - `softening`: the length ε in the force m_i m_j r / (r² + ε²)^{3/2}.
    - `start`, `horizon`: steps to the first recorded state, and from it to the second.
    - `dt`: time step.

    Each step: v += a dt/2, x += v dt, a = F(x)/m, v += a dt/2.

    Returns (S, 2, 3, N, 3): system, input | target, position | velocity | force, particle, xyz.
    """
    out = np.empty((len(position), 2, 3, *position.shape[1:]))
    _integrate(position, velocity, mass, float(softening), start, horizon, dt, out)
    return out
