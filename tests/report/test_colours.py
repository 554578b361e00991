"""The calibrated colours: even to the eye, symmetric, and the same as in other light."""

import numpy as np
import pytest

from segnn.report.colours import MINUS, PLUS, diverging, hexadecimal, linear, oklab, srgb


@pytest.mark.parametrize("end", [-1.0, 1.0])
def test_equal_steps_look_equal(end):
    """In OKLab, where distance is difference to the eye, either half of the scale is walked at one
    speed.
    """
    steps = np.linalg.norm(np.diff(oklab(diverging(np.linspace(0.0, end, 33))), axis=0), axis=1)
    assert steps.min() > 0.005
    assert steps.max() / steps.min() < 1.01


def test_both_signs_weigh_alike():
    value = np.linspace(0, 1, 9)
    plus, minus = oklab(diverging(value)), oklab(diverging(-value))
    middle = oklab(diverging(np.zeros(1)))
    ratio = np.linalg.norm(plus[1:] - middle, axis=1) / np.linalg.norm(minus[1:] - middle, axis=1)
    assert np.abs(ratio - 1).max() < 0.25


def test_what_is_beyond_is_clipped_and_in_gamut():
    np.testing.assert_array_equal(
        diverging(np.array([-9.0, 9.0])), diverging(np.array([-1.0, 1.0]))
    )
    for end in (PLUS, MINUS):
        np.testing.assert_allclose(oklab(srgb(np.array(end))), end, atol=1e-6)


def test_hexadecimal_and_light():
    assert hexadecimal(np.array([1.0, 0.5, 0.0])) == "#ff8000"
    np.testing.assert_allclose(linear(np.array([0.0, 0.5, 1.0])), [0, 0.21404114, 1], atol=1e-7)


def test_red_is_red():
    """Reference: Ottosson 2020, OKLab of sRGB red is (0.628, 0.225, 0.126)."""
    np.testing.assert_allclose(oklab(np.array([1.0, 0, 0])), [0.628, 0.225, 0.126], atol=1e-3)
