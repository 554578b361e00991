"""Direction and length of a vector, and the envelope, with their changes."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba.compiler.flat import sqrt
from segnn.o3.backends.numba.compiler.routines import routine


class Polar(NamedTuple):
    """A direction (x, y, z), the length, and 1/length: all zero for the zero vector."""

    x: float
    y: float
    z: float
    length: float
    inverse: float


class Curve(NamedTuple):
    """A function's value, slope and curvature."""

    value: float
    slope: float
    curvature: float


@routine
def polar(vectors, row):
    """Of one row (rows, 3), scaled by its largest component: nothing under- or overflows."""
    x, y, z = 1.0 * vectors[3 * row], 1.0 * vectors[3 * row + 1], 1.0 * vectors[3 * row + 2]
    if x == 0.0 and y == 0.0 and z == 0.0:
        return Polar(0.0, 0.0, 0.0, 0.0, 0.0)
    largest = abs(x)
    if abs(y) > largest:
        largest = abs(y)
    if abs(z) > largest:
        largest = abs(z)
    x, y, z = x / largest, y / largest, z / largest
    scaled = sqrt(x * x + y * y + z * z)
    return Polar(x / scaled, y / scaled, z / scaled, scaled * largest, 1.0 / scaled / largest)


@routine
def envelope(length, scale, cutoff, power):
    """scale times the envelope; the scale alone for the power 0."""
    if power == 0:
        return Curve(1.0 * scale, 0.0, 0.0)
    u = length / cutoff
    if u >= 1.0:
        return Curve(0.0, 0.0, 0.0)
    p, scale = 1.0 * power, 1.0 * scale
    low = scale
    for _ in range(power - 2):
        low *= u
    half = 0.5 * (p + 1.0) * (p + 2.0)
    inner = half - u * (p * (p + 2.0) - u * (0.5 * p * (p + 1.0)))
    rest, h = 1.0 - u, p * half
    return Curve(
        scale - low * u * u * inner,
        -h * low * u * rest * rest / cutoff,
        -h * low * rest * ((p - 1.0) * rest - 2.0 * u) / (cutoff * cutoff),
    )
