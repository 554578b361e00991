"""Couplings with attributes, their tangents, and the derivative by the attribute, against NumPy."""

import numpy as np
import pytest
from numba import njit

from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Dual, Pairs, Terms

from .rows import DTYPES, GUARD, Rows, widths


@njit
def _couple(y, x, a, terms, rows, accumulate):
    simd.couple(y, x, a, terms, rows, accumulate)


@njit
def _couple_dual(y, x, a, terms, rows, value, accumulate):
    simd.couple_dual(y, x, a, terms, rows, value, accumulate)


class Coupling:
    """Two runs of terms, of 3 and 1 (or of none), on x (rows, 4n) and an attribute of 5 numbers;
    y (rows, 2n). The tables hold terms of something else before and behind.
    """

    def __init__(self, dtype, n, terms):
        self.n, self.terms = n, terms
        columns = np.array([-99, 2 * n, 0, 3 * n, n, -99], np.int64)
        attributes = np.array([-99, 4, 0, 0, 2, -99], np.int64)
        coef = np.random.default_rng(5).standard_normal(6).astype(dtype)
        self.given = [(n, 0, 1, 4), (0, 0, 4, 5)] if terms else [(0, 0, 2, 2), (n, 0, 2, 2)]
        runs = np.array([(out, read, n, *ends) for out, read, *ends in self.given], np.int64)
        # The weights begin with the first term: places count from there.
        self.columns, self.attributes, self.coef = columns[1:], attributes[1:], coef[1:]
        runs[:, 3:] -= 1
        self.runs = runs.ravel()
        self.work = np.full(3 * 2 * 4 + 3, GUARD, dtype)

    @property
    def table(self):
        return Terms(self.runs, 2, self.columns, self.attributes, self.coef, 4, self.work)

    def expected(self, x, a):
        x, a = x.astype(np.longdouble), a.astype(np.longdouble)
        y = np.zeros((len(x), 2 * self.n), np.longdouble)
        for out, _, first, last in self.given:
            for t in range(first - 1, last - 1):
                weight = self.coef[t] * a[:, [self.attributes[t]]]
                y[:, out : out + self.n] += weight * x[:, self.columns[t] :][:, : self.n]
        return y


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize("terms", [False, True])
@DTYPES
def test_couple(dtype, terms, accumulate):
    for n in widths(dtype):
        for rows in (0, 1, 3):
            coupling = Coupling(dtype, n, terms)
            x, y = Rows(dtype, rows, 4 * n, 1), Rows(dtype, rows, 2 * n, 2)
            a = Rows(dtype, rows, 5, 3)
            expected = coupling.expected(x.inside, a.inside)
            if accumulate:
                expected += y.inside
            else:
                y.inside[:] = np.nan
            work = coupling.work
            _couple(y.matrix, x.matrix, a.matrix, coupling.table, rows, accumulate)
            y.assert_holds(expected, 8)
            assert (work[4 * rows :] == GUARD).all(), "more scratch than a number a term"


@pytest.mark.parametrize("value", [False, True])
@pytest.mark.parametrize("accumulate", [False, True])
@DTYPES
def test_couple_with_tangents(dtype, accumulate, value):
    for n in widths(dtype):
        for rows in (0, 1, 3):
            coupling = Coupling(dtype, n, True)
            x, dx = Rows(dtype, rows, 4 * n, 1), Rows(dtype, rows, 4 * n, 2)
            y, dy = Rows(dtype, rows, 2 * n, 3), Rows(dtype, rows, 2 * n, 4)
            a, da = Rows(dtype, rows, 5, 5), Rows(dtype, rows, 5, 6, gap=0)
            by_x = coupling.expected(dx.inside, a.inside)
            expected = (
                coupling.expected(x.inside, a.inside),
                by_x + coupling.expected(x.inside, da.inside),
            )
            before = y.inside.copy()
            for rows_of, wanted in zip((y, dy), expected, strict=True):
                if accumulate:
                    wanted += rows_of.inside
                elif value or rows_of is dy:
                    rows_of.inside[:] = np.nan
            given = [Dual(r.matrix, dr.matrix) for r, dr in ((y, dy), (x, dx), (a, da))]
            _couple_dual(*given, coupling.table, rows, value, accumulate)
            y.assert_holds(expected[0] if value else before, 8 if value else 0)
            dy.assert_holds(expected[1], 12)
            assert (coupling.work[8 * rows :] == GUARD).all(), (
                "more scratch than two numbers a term"
            )


@njit
def _add_pairs(ga, x, g, pairs, rows):
    simd.add_pairs(ga, x, g, pairs, rows)


@pytest.mark.parametrize("count", [0, 3, 4, 6])
@DTYPES
def test_pairs(dtype, count):
    """Runs of no, one and several terms; as many as are added up together, fewer and more, of
    different widths.
    """
    first, last = np.array([0, 1, 1, 4, 4, 6])[:count], np.array([1, 1, 4, 4, 6, 7])[:count]
    read, coef = np.array([2, 0, 2, 1, 1, 0, 2]), np.array([0.5, -1, 2, 3, 0.1, 1, -2], dtype)
    for n in widths(dtype):
        for rows in (0, 1, 5):
            x, g = Rows(dtype, rows, 2 * n + 1, 1), Rows(dtype, rows, 2 * n + 1, 2, gap=0)
            ga = Rows(dtype, rows, 3, 3)
            written, against = np.array([0, n, n + 1] * 2)[:count], np.array([n + 1, 0, 1, 1] * 2)
            channels = np.array([n, n, n, max(n - 1, 0), n, min(n, 1)])[:count]
            table = [written, against[:count], channels, first, last]
            runs = np.column_stack([*table]).astype(np.int64).ravel()
            expected = ga.inside.astype(np.longdouble)
            for a, b, c, start, stop in zip(*table, strict=True):
                one = x.inside[:, a : a + c].astype(np.longdouble) * g.inside[:, b : b + c]
                for t in range(start, stop):
                    expected[:, read[t]] += coef[t] * one.sum(1)
            _add_pairs(ga.matrix, x.matrix, g.matrix, Pairs(runs, count, read, coef), rows)
            ga.assert_holds(expected, 40)
