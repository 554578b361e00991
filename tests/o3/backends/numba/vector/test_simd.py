"""Every vector operation against NumPy: widths around the vector's, rows with gaps, and not a
number written outside.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from llvmlite import binding
from numba import njit

from segnn.o3.backends.numba.compiler import interior
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.couple import emit_couple
from segnn.o3.backends.numba.vector.vectors import VECTOR_BYTES
from segnn.o3.backends.numba.vector.views import (
    Dual,
    Matrix,
    Pairs,
    Repeat,
    Size,
    Strided,
    Terms,
    WithSigmoid,
)

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


# Operation: the compiled call, the number of arrays it reads (besides y), and what NumPy says.
OPERATIONS = {
    "fill": (njit(lambda y, c, r, n: simd.fill(y, c, r, n)), 0, lambda c, y: c + 0 * y),
    "copy": (njit(lambda y, a, c, r, n: simd.copy(y, a, c, r, n)), 1, lambda c, y, a: c * a),
    "add": (njit(lambda y, a, c, r, n: simd.add(y, a, c, r, n)), 1, lambda c, y, a: y + c * a),
    "add_two": (
        njit(lambda y, a, b, c, r, n: simd.add_two(y, a, b, c, r, n)),
        2,
        lambda c, y, a, b: a + c * b,
    ),
    "product": (
        njit(lambda y, a, b, c, r, n: simd.product(y, a, b, c, r, n)),
        2,
        lambda c, y, a, b: c * a * b,
    ),
    "add_product": (
        njit(lambda y, a, b, c, r, n: simd.add_product(y, a, b, c, r, n)),
        2,
        lambda c, y, a, b: y + c * a * b,
    ),
    "sigmoid": (
        njit(lambda y, x, c, r, n: simd.sigmoid(y, x, c, r, n)),
        1,
        lambda c, y, x: c / (1 + np.exp(-x)),
    ),
    "sigmoid_slope": (
        njit(lambda y, s, c, r, n: simd.sigmoid_slope(y, s, c, r, n)),
        1,
        lambda c, y, s: c * y * s * (1 - s),
    ),
    "sigmoid_curve": (
        njit(lambda y, g, dx, s, c, r, n: simd.sigmoid_curve(y, g, dx, s, c, r, n)),
        3,
        lambda c, y, g, dx, s: y + c * g * dx * (1 - 2 * s),
    ),
    "silu_slope": (
        njit(lambda y, g, x, s, c, r, n: simd.silu_slope(y, g, WithSigmoid(x, s), c, r, n)),
        3,
        lambda c, y, g, x, s: c * g * s * (1 + x * (1 - s)),
    ),
    "silu_curve": (
        njit(lambda y, g, dx, x, s, c, r, n: simd.silu_curve(y, g, dx, WithSigmoid(x, s), c, r, n)),
        4,
        lambda c, y, g, dx, x, s: y + c * g * dx * s * (1 - s) * (2 + x * (1 - 2 * s)),
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
@DTYPES
def test_values_and_nothing_outside(name, dtype):
    call, count, formula = OPERATIONS[name]
    for n in widths(dtype):
        for rows in (0, 1, 3):
            y, *read = [Rows(dtype, rows, n, seed, gap=seed) for seed in range(count + 1)]
            before = [a.flat.copy() for a in read]
            expected = formula(1.5, *(a.inside.astype(np.longdouble) for a in (y, *read)))
            call(y.matrix, *(a.matrix for a in read), dtype(1.5), rows, n)
            y.assert_holds(expected, 4)
            assert all(np.array_equal(a.flat, was) for a, was in zip(read, before, strict=True))


@njit
def _dot(a, b, scale, rows, n):
    return simd.dot(a, b, scale, rows, n)


@DTYPES
def test_dot(dtype):
    for n in widths(dtype):
        for rows in (0, 1, 3):
            a, b = Rows(dtype, rows, n, 1), Rows(dtype, rows, n, 2, gap=0)
            value = _dot(a.matrix, b.matrix, dtype(1.5), rows, n)
            expected = 1.5 * (a.inside.astype(np.longdouble) * b.inside).sum()
            assert abs(value - expected) <= 4 * np.finfo(dtype).eps * (
                1 + np.abs(a.inside * b.inside).sum()
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


@DTYPES
def test_rows_that_repeat(dtype):
    """A step of zero: one row read for all, or one row that sums them all."""
    add, copy, n = OPERATIONS["add"][0], OPERATIONS["copy"][0], 19
    one, many = Rows(dtype, 1, n, 0), Rows(dtype, 4, n, 1)
    expected = one.inside[0] + many.inside.sum(0)
    add(Matrix(one.flat, one.start, 0), many.matrix, dtype(1), 4, n)
    one.assert_holds(expected[None], 8)
    one = Rows(dtype, 1, n, 0)
    copy(many.matrix, Matrix(one.flat, one.start, 0), dtype(2), 4, n)
    many.assert_holds(np.repeat(2 * one.inside, 4, 0), 0)


def _sigmoid(x):
    y = np.full_like(x, GUARD)
    OPERATIONS["sigmoid"][0](Matrix(y, 0, 0), Matrix(x, 0, 0), x.dtype.type(1), 1, len(x))
    return y


@DTYPES
def test_sigmoid_where_nothing_is_ordinary(dtype):
    x = np.array([np.inf, 1e30, 700, -np.inf, -1e30, -800, np.nan, 0, -0.0], dtype)
    y = _sigmoid(np.tile(x, 5)).reshape(5, -1)
    assert (y[:, :3] == 1).all()
    assert (np.abs(y[:, 3:6]) < 1e-37).all()
    assert np.isnan(y[:, 6]).all()
    assert (y[:, 7:] == 0.5).all()


@DTYPES
def test_sigmoid_is_accurate_to_round_off(dtype):
    limit = 85 if dtype == np.float32 else 700
    random = np.random.default_rng(0)
    x = np.concatenate(
        [
            random.uniform(-limit, limit, 20_000),
            random.standard_normal(20_000),
            np.geomspace(1e-30, 1, 999),
        ]
    )
    x = x.astype(dtype)
    expected = 1 / (1 + np.exp(-x.astype(np.longdouble)))
    assert (np.abs(_sigmoid(x) - expected) <= 3 * np.finfo(dtype).eps * expected).all()


@njit
def _gemm(a, b, c, size, outer, inner, accumulate):
    simd.gemm(a, b, c, size, outer, inner, accumulate)


@pytest.mark.parametrize("transposed", [False, True], ids=["a", "aᵀ"])
@pytest.mark.parametrize("accumulate", [False, True])
@DTYPES
def test_matrix_product(dtype, accumulate, transposed):
    random = np.random.default_rng(0)
    shapes = [
        (m, n, k) for m in (0, 1, 5, 7, 8, 9, 10, 11, 23) for n in widths(dtype) for k in (0, 1, 17)
    ]
    for m, n, k in shapes:
        a = Rows(dtype, *((k, m) if transposed else (m, k)), 1, gap=int(random.integers(0, 4)))
        b, c = Rows(dtype, k, n, 2, gap=int(random.integers(0, 4))), Rows(dtype, m, n, 3)
        left = a.inside.T if transposed else a.inside
        expected = left.astype(np.longdouble) @ b.inside
        if accumulate:
            expected = expected + c.inside
        else:
            c.inside[:] = np.nan  # as in fresh memory: what the output held does not matter
        strides = (1, a.step) if transposed else (a.step, 1)
        left_matrix, one = Strided(a.flat, a.start, *strides), Repeat(1, 0, 0)
        _gemm(left_matrix, b.matrix, c.matrix, Size(m, n, k), one, one, accumulate)
        c.assert_holds(expected, 4 * (k + 1))


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize(("outer", "inner"), [(0, 1), (3, 1), (1, 3), (2, 3), (1, 0)])
@DTYPES
def test_matrix_products_of_several_components(dtype, outer, inner, accumulate):
    m, k, n = 11, 5, VECTOR_BYTES // np.dtype(dtype).itemsize + 3
    a, b = Rows(dtype, m, outer * inner * k, 1), Rows(dtype, k, inner * n, 2)
    c = Rows(dtype, m, outer * n, 3)
    left = a.inside.astype(np.longdouble).reshape(m, outer, inner, k)
    expected = np.einsum("moik,kin->mon", left, b.inside.reshape(k, inner, n)).reshape(m, outer * n)
    if accumulate:
        expected = expected + c.inside
    else:
        c.inside[:] = np.nan
    left_matrix, size = Strided(a.flat, a.start, a.step, 1), Size(m, n, k)
    repeats = Repeat(outer, inner * k, n), Repeat(inner, k, n)
    _gemm(left_matrix, b.matrix, c.matrix, size, *repeats, accumulate)
    c.assert_holds(expected, 4 * (k * inner + 1))


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


def test_vectors_are_as_wide_as_they_say():
    module = interior.new_module("test")
    emit_couple(module, 32, "test_couple", dual=False)
    parsed = binding.parse_assembly(interior.module_text(module))
    assembly = interior.target_machine().emit_assembly(parsed)
    if "ymm" in assembly or "zmm" in assembly:  # x86
        assert ("zmm" in assembly) == (VECTOR_BYTES == 64)


@pytest.mark.slow
@pytest.mark.skipif(
    VECTOR_BYTES == 32, reason="the vectors of this machine are 32 bytes wide already"
)
def test_on_a_machine_without_avx512(tmp_path):
    """This file once more, compiled for an older processor."""
    environment = {
        **os.environ,
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "+avx2,+fma,+bmi,+bmi2,+f16c,-avx512f",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    root = Path(__file__).parents[5]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rs",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(root),
        __file__,
    ]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=root, timeout=600
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "are 32 bytes wide already" in run.stdout
