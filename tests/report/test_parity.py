"""Parity and error-by-time figures by what they hold."""

import numpy as np
import pytest

from segnn.report.canvas import to_svg
from segnn.report.parity import error_by_time, parity

RNG = np.random.default_rng(0)


def test_parity_shows_every_number_and_the_errors_of_all():
    true = RNG.normal(size=(50, 3))
    guess = true + 0.1
    axes = parity(true, guess, "force", "eV/A").axes[0]
    points = next(line for line in axes.get_lines() if line.get_label() == "a number")
    np.testing.assert_allclose(np.sort(points.get_xdata()), np.sort(true.ravel()))
    np.testing.assert_allclose(np.asarray(points.get_ydata()) - np.asarray(points.get_xdata()), 0.1)
    assert axes.get_title("left") == f"RMSE 0.100 eV/A, R² = {1 - 0.01 / true.var():.4f}"
    assert axes.get_xlim() == axes.get_ylim()
    assert axes.get_xlabel() == "true force (eV/A)"


def test_parity_of_many_draws_some_but_counts_all():
    true = RNG.normal(size=9000)
    figure = parity(true, np.where(np.arange(9000) == 1, true + 30, true), "x")
    points = next(line for line in figure.axes[0].get_lines() if line.get_label() == "a number")
    assert len(points.get_xdata()) <= 1500
    assert figure.axes[0].get_title("left").startswith(f"RMSE {(900 / 9000) ** 0.5:.3f}")


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0], [np.nan, 1.0]])
def test_parity_of_little(values):
    to_svg(parity(np.array(values), np.array(values), "x"), "label", "p")


def test_errors_by_time_on_a_logarithmic_axis():
    time = np.arange(4.0)
    figure = error_by_time(
        time, {"segnn": np.array([0.0, 0.1, 0.2, np.nan]), "straight line": np.full(4, 0.5)}, "MSE"
    )
    axes = figure.axes[0]
    assert axes.get_yscale() == "log"
    assert [line.get_label() for line in axes.get_lines()] == ["segnn", "straight line"]
    np.testing.assert_array_equal(axes.get_lines()[0].get_xdata(), [1, 2])
