"""Calibrated colours: a scale whose equal steps in value are equal steps for the eye, made in
OKLab.

Source: Ottosson, "A perceptual color space for image processing" (2020): OKLab, where the distance
of two colours is how different they look.
"""

from __future__ import annotations

import numpy as np

# Middle and ends of the scale in OKLab: (lightness, green to red, blue to yellow).
NEUTRAL = (0.93, 0.0, 0.005)
PLUS = (0.60, 0.105, 0.112)  # orange
MINUS = (0.50, -0.012, -0.175)  # blue

_LMS_OF_LAB = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB_OF_LMS = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def diverging(value: np.ndarray) -> np.ndarray:
    """Blue over light grey to orange for values from −1 to 1 (…,); what is beyond is clipped.
    Returns sRGB (…, 3) in 0 to 1.
    """
    value = np.clip(np.asarray(value, float), -1, 1)
    end = np.where(value[..., None] < 0, MINUS, PLUS)
    size = np.abs(value)[..., None]
    return srgb((1 - size) * np.asarray(NEUTRAL) + size * end)


def srgb(lab: np.ndarray) -> np.ndarray:
    """OKLab (…, 3) to sRGB (…, 3), clipped to 0 … 1."""
    light = np.clip((np.asarray(lab) @ _LMS_OF_LAB.T) ** 3 @ _RGB_OF_LMS.T, 0, 1)
    return np.asarray(
        np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    )


def linear(rgb: np.ndarray) -> np.ndarray:
    """sRGB (…, 3) in 0 to 1 to amounts of light (…, 3)."""
    rgb = np.asarray(rgb, float)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """sRGB (…, 3) in 0 to 1 to OKLab (…, 3); the inverse of `srgb`."""
    lms = np.cbrt(linear(rgb) @ np.linalg.inv(_RGB_OF_LMS).T)
    return np.asarray(lms @ np.linalg.inv(_LMS_OF_LAB).T)


def hexadecimal(rgb: np.ndarray) -> str:
    """One sRGB colour (3,) as #rrggbb."""
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in rgb)
