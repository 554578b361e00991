"""The error of a committee against its spread."""

import numpy as np

from segnn.report.spread import binned, error_by_spread


def test_rows_of_equal_spread_are_taken_together():
    rng = np.random.default_rng(0)
    spread = np.repeat([0.1, 1.0], 500)
    error = np.abs(rng.normal(size=1000)) * spread * 2
    order = rng.permutation(1000)
    x, y = binned(spread[order], error[order])
    np.testing.assert_allclose(x, np.repeat([0.1, 1.0], 5))
    np.testing.assert_allclose(y / x, 2, rtol=0.25)  # 100 rows in each


def test_figure_shows_every_row_the_curve_and_the_diagonal():
    spread = np.array([0.0, 0.1, 0.2, np.nan, 0.4])
    error = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    (axes,) = error_by_spread(spread, error, "forces", "eV/angstrom").axes
    lines = {line.get_label(): line for line in axes.lines}
    np.testing.assert_array_equal(lines["a particle"].get_xdata(), [0.1, 0.2, 0.4])
    np.testing.assert_array_equal(lines["a particle"].get_ydata(), [0.2, 0.3, 0.5])
    np.testing.assert_array_equal(lines["equal"].get_xdata(), lines["equal"].get_ydata())
    assert axes.get_xlabel() == "spread of forces (eV/Å)"
    assert axes.get_xlim() == axes.get_ylim()


def test_nothing_to_show():
    (axes,) = error_by_spread(np.zeros(3), np.zeros(3), "energy", "eV").axes
    assert not axes.lines
