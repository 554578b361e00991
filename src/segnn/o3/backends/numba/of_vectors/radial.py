"""Functions of the length: the length itself, Bessel functions by recurrence, Gaussians."""

from __future__ import annotations

import math

from segnn.o3.backends.numba.compiler.flat import like, sqrt
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.of_vectors.polar import Curve
from segnn.o3.plan.vector import BESSEL, GAUSSIAN

PI, ROOT_2 = math.pi, math.sqrt(2)
S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11 = (
    (-1.0) ** n / math.factorial(2 * n + 1) for n in range(1, 12)
)
C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11 = (
    (-1.0) ** n / math.factorial(2 * n) for n in range(1, 12)
)
SMALL = 0.5
"""Below this argument sin(t)/t is a series: its curvature would lose digits to cancellation."""
LOG_2 = math.log(2)
E = tuple(1.0 / math.factorial(n) for n in range(14))


@routine
def sine(t):
    """sin t for |t| ≤ π/2, to round-off."""
    q = t * t
    rest = S6 + q * (S7 + q * (S8 + q * (S9 + q * (S10 + q * S11))))
    return t * (1.0 + q * (S1 + q * (S2 + q * (S3 + q * (S4 + q * (S5 + q * rest))))))


@routine
def cosine(t):
    """cos t for |t| ≤ π/2, to round-off."""
    q = t * t
    rest = C6 + q * (C7 + q * (C8 + q * (C9 + q * (C10 + q * C11))))
    return 1.0 + q * (C1 + q * (C2 + q * (C3 + q * (C4 + q * (C5 + q * rest)))))


@routine
def exponential(y):
    """exp y for y ≤ 0: powers of two are split off, what is left is a series to round-off."""
    if y < -745.0:
        return 0.0
    power, factor, scale = 512.0, 2.0**-512, 1.0
    for _ in range(10):
        if y < (0.5 - power) * LOG_2:
            y = y + power * 0.6931471803691238 + power * 1.9082149292705877e-10
            scale *= factor
        power, factor = 0.5 * power, sqrt(factor)
    high = E[7] + y * (E[8] + y * (E[9] + y * (E[10] + y * (E[11] + y * (E[12] + y * E[13])))))
    series = E[2] + y * (E[3] + y * (E[4] + y * (E[5] + y * (E[6] + y * high))))
    return scale * (1.0 + y * (1.0 + y * series))


@routine
def sinc(t, sin_t, cos_t):
    """sin(t)/t, its slope and its curvature."""
    if t < SMALL:
        q = t * t
        value = 1.0 + q * (S1 + q * (S2 + q * (S3 + q * (S4 + q * (S5 + q * S6)))))
        slope = 2.0 * S1 + q * (4.0 * S2 + q * (6.0 * S3 + q * (8.0 * S4 + q * 10.0 * S5)))
        more = 30.0 * S3 + q * (56.0 * S4 + q * (90.0 * S5 + q * 132.0 * S6))
        return Curve(value, t * slope, 2.0 * S1 + q * (12.0 * S2 + q * more))
    value = sin_t / t
    slope = (cos_t - value) / t
    return Curve(value, slope, -value - 2.0 * slope / t)


@routine
def radial(kind, count, length, cutoff, f):
    """The values of ``count`` functions in f, their slopes and curvatures behind them."""
    if kind == BESSEL:
        bessel(count, length, cutoff, f)
    elif kind == GAUSSIAN:
        width = cutoff / (count - 1.0)
        for k in range(count):
            z = length / width - k
            value = exponential(-0.5 * z * z)
            f[k] = like(f, value)
            f[count + k] = like(f, -z * value / width)
            f[2 * count + k] = like(f, (z * z - 1.0) * value / (width * width))
    else:
        f[0], f[1], f[2] = like(f, length), like(f, 1.0), like(f, 0.0)


@routine
def bessel(count, length, cutoff, f):
    """√2 kπ sinc(kπu), sin and cos of kπu from those of πu."""
    u = length / cutoff
    if u >= 1.0:
        for k in range(3 * count):
            f[k] = like(f, 0.0)
        return
    shifted = PI * (u - 0.5)
    sin_1, cos_1 = cosine(shifted), -sine(shifted)
    sin_k, cos_k = sin_1, cos_1
    for k in range(count):
        wave = PI * (k + 1.0)
        found = sinc(wave * u, sin_k, cos_k)
        wave_d = wave / cutoff
        f[k] = like(f, ROOT_2 * wave * found.value)
        f[count + k] = like(f, ROOT_2 * wave * wave_d * found.slope)
        f[2 * count + k] = like(f, ROOT_2 * wave * wave_d * wave_d * found.curvature)
        sin_k, cos_k = sin_k * cos_1 + cos_k * sin_1, cos_k * cos_1 - sin_k * sin_1
