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
from segnn.o3.backends.numba.vector.views import Gated, GatedDual, Matrix, Repeat, Size, Strided

from .rows import DTYPES, GUARD, Rows, widths

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
        njit(lambda y, g, x, s, c, r, n: simd.silu_slope(y, g, Gated(x, s), c, r, n)),
        3,
        lambda c, y, g, x, s: c * g * s * (1 + x * (1 - s)),
    ),
    "silu_curve": (
        njit(lambda y, g, dx, x, s, c, r, n: simd.silu_curve(y, g, dx, Gated(x, s), c, r, n)),
        4,
        lambda c, y, g, dx, x, s: y + c * g * dx * s * (1 - s) * (2 + x * (1 - 2 * s)),
    ),
    "gated_tangent": (
        njit(
            lambda y, x, s, dx, ds, c, r, n: simd.gated_tangent(
                y, GatedDual(Gated(x, s), Gated(dx, ds)), c, r, n
            )
        ),
        4,
        lambda c, y, x, s, dx, ds: c * (dx * s + x * ds),
    ),
}
# The same of operations that write several arrays, whose number stands second.
SEVERAL = {
    "gated_back": (
        njit(
            lambda gx, gs, g, x, s, c, r, n: simd.gated_back(Gated(gx, gs), g, Gated(x, s), c, r, n)
        ),
        2,
        3,
        lambda c, gx, gs, g, x, s: (c * g * s, gs + g * x),
    ),
    "gated_second": (
        njit(
            lambda gx, gs, gdx, gds, g, x, s, dx, ds, c, r, n: simd.gated_second(
                GatedDual(Gated(gx, gs), Gated(gdx, gds)),
                g,
                GatedDual(Gated(x, s), Gated(dx, ds)),
                c,
                r,
                n,
            )
        ),
        4,
        5,
        lambda c, gx, gs, gdx, gds, g, x, s, dx, ds: (
            gx + c * g * ds,
            gs + g * dx,
            c * g * s,
            gds + g * x,
        ),
    ),
}


@pytest.mark.parametrize("name", [*OPERATIONS, *SEVERAL])
@DTYPES
def test_values_and_nothing_outside(name, dtype):
    if name in SEVERAL:
        call, writes, reads, formula = SEVERAL[name]
    else:
        call, reads, one = OPERATIONS[name]
        writes, formula = 1, lambda *known: (one(*known),)
    for n in widths(dtype):
        for rows in (0, 1, 3):
            arrays = [Rows(dtype, rows, n, seed, gap=seed) for seed in range(writes + reads)]
            before = [a.flat.copy() for a in arrays[writes:]]
            expected = formula(1.5, *(a.inside.astype(np.longdouble) for a in arrays))
            call(*(a.matrix for a in arrays), dtype(1.5), rows, n)
            for array, values in zip(arrays[:writes], expected, strict=True):
                array.assert_holds(values, 4)
            for array, was in zip(arrays[writes:], before, strict=True):
                assert np.array_equal(array.flat, was)


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
    """The files of this folder once more, compiled for an older processor."""
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
        str(Path(__file__).parent),
    ]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=root, timeout=600
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "are 32 bytes wide already" in run.stdout
