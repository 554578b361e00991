"""Rows within a larger array that holds a guard everywhere else, for tests of vector operations."""

import numpy as np
import pytest

from segnn.o3.backends.numba.vector.vectors import VECTOR_BYTES
from segnn.o3.backends.numba.vector.views import Matrix

GUARD = -7.25
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def widths(dtype):
    lanes = VECTOR_BYTES // np.dtype(dtype).itemsize
    half = lanes // 2
    return [
        0,
        1,
        half,
        half + 1,
        lanes,
        lanes + 1,
        2 * lanes,
        2 * lanes + half,
        3 * lanes + 5,
        4 * lanes,
        5 * lanes + 3,
    ]


class Rows:
    """``rows`` rows of n numbers, ``step`` apart, within a larger array that holds a guard
    everywhere else.
    """

    def __init__(self, dtype, rows, n, seed, gap=3, start=5):
        self.start, self.step, self.rows, self.n = start, n + gap, rows, n
        self.flat = np.full(start + rows * self.step + 70, GUARD, dtype)
        self.inside[:] = np.random.default_rng(seed).standard_normal((rows, n))

    @property
    def inside(self):
        """(rows, n) view."""
        size = self.flat.itemsize
        return np.lib.stride_tricks.as_strided(
            self.flat[self.start :], (self.rows, self.n), (self.step * size, size)
        )

    @property
    def matrix(self):
        return Matrix(self.flat, self.start, self.step)

    def assert_holds(self, expected, tolerance):
        """The rows hold the expected numbers, to some units of round-off, and nothing around them
        has changed.
        """
        scale = max(np.abs(expected).max(initial=0), 1) * np.finfo(self.flat.dtype).eps
        np.testing.assert_allclose(self.inside, expected, rtol=0, atol=tolerance * scale)
        self.inside[:] = GUARD
        assert (self.flat == GUARD).all(), "written outside"
