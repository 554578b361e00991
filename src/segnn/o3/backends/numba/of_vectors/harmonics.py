"""Harmonics of a direction by products with it, term by term, and back; ``steps`` holds i, j, k of
the terms y[k] += c · y[i] · u[j] and ``c`` their factors.
"""

from __future__ import annotations

from segnn.o3.backends.numba.compiler.flat import like
from segnn.o3.backends.numba.compiler.routines import routine


@routine
def harmonics(u, steps, c, terms, y, count):
    """y from u: Y_l = Y_{l−1} ⊗ u."""
    y[0] = like(y, 1.0)
    for k in range(1, count):
        y[k] = like(y, 0.0)
    for t in range(terms):
        y[steps[3 * t + 2]] += c[t] * y[steps[3 * t]] * u[steps[3 * t + 1]]


@routine
def harmonics_tangent(u, du, steps, c, terms, y, dy, count):
    """dy, the change of ``harmonics`` for the change du of u."""
    for k in range(count):
        dy[k] = like(dy, 0.0)
    for t in range(terms):
        i, j, k = steps[3 * t], steps[3 * t + 1], steps[3 * t + 2]
        dy[k] += c[t] * (dy[i] * u[j] + y[i] * du[j])


@routine
def harmonics_back(u, steps, c, terms, y, gy, gu):
    """gu = ∂⟨gy, y⟩/∂u, each component of u taken as free; gy is used up."""
    for j in range(3):
        gu[j] = like(gu, 0.0)
    for n in range(terms):
        t = terms - 1 - n
        i, j, k = steps[3 * t], steps[3 * t + 1], steps[3 * t + 2]
        g = c[t] * gy[k]
        gy[i] += g * u[j]
        gu[j] += g * y[i]


@routine
def harmonics_back_tangent(room, steps, terms):
    """``harmonics_back`` of room.gy and room.dgu, the change of its result room.gu for the changes
    room.du and room.dy; gy itself does not change, dgy is scratch.
    """
    gy, dgy, gu, dgu = room.gy, room.dgy, room.gu, room.dgu
    for j in range(3):
        gu[j], dgu[j] = like(gu, 0.0), like(gu, 0.0)
    for n in range(terms):
        t = terms - 1 - n
        i, j, k = steps.index[3 * t], steps.index[3 * t + 1], steps.index[3 * t + 2]
        g, dg = steps.factor[t] * gy[k], steps.factor[t] * dgy[k]
        gy[i] += g * room.u[j]
        gu[j] += g * room.y[i]
        dgy[i] += dg * room.u[j] + g * room.du[j]
        dgu[j] += dg * room.y[i] + g * room.dy[i]
