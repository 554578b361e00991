"""The kernels of steerable linear layers: products with weights of what is coupled in registers.

Each is a partial derivative of the form of ``segnn.o3.plan.steered``. A program takes some rows and
one group of columns, builds the coupled rows Σ_i M[r, e + i·s] x[r, i, c] of one path after another
in registers, and multiplies each by its weights where they lie: no coupled row is ever written.
Derivatives by weights are sums over rows in parts, one a program, which are added up afterwards:
every sum has one order. Numbers of rows are 64 bits wide. Arguments have no types here, as Triton
reads them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl

from segnn.o3.backends.triton.steer_tables import GROUP as _GROUP
from segnn.o3.backends.triton.steer_tables import PATH as _PATH
from segnn.o3.backends.triton.steer_tables import PRODUCT as _PRODUCT

GROUP, PATH, PRODUCT = tl.constexpr(_GROUP), tl.constexpr(_PATH), tl.constexpr(_PRODUCT)


@triton.jit
def steer(
    x,
    factors,
    weight,
    bias,
    y,
    groups,
    paths,
    rows,
    dim_x,
    dim_y,
    count,
    biased,
    PRECISION: tl.constexpr,
    DIM: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_N: tl.constexpr,
):
    """y[r, column + n] = Σ_p Σ_c (Σ_i M[r, e_p + i·s] x[r, i, c]) W_p[c, n] + bias[column + n], of
    columns below ``biased``: one of ``count`` groups and some rows a program.
    """
    pid = tl.program_id(0)
    group = groups + GROUP * (pid % count)
    first_row = (pid // count).to(tl.int64) * BLOCK_R
    r, left = tl.arange(0, BLOCK_R), tl.minimum(rows - first_row, BLOCK_R).to(tl.int32)
    inside = r < left
    n = tl.arange(0, BLOCK_N)
    column, columns, wide = tl.load(group + 2), tl.load(group + 3), tl.load(group + 4)
    x += first_row * dim_x
    factors += first_row * wide
    y += first_row * dim_y
    total = tl.zeros((BLOCK_R, BLOCK_N), dtype=y.dtype.element_ty)
    for p in range(tl.load(group), tl.load(group + 1)):
        path = paths + PATH * p
        start, step, dim = tl.load(path), tl.load(path + 1), tl.load(path + 2)
        first, by, depth = tl.load(path + 3), tl.load(path + 4), tl.load(path + 5)
        matrix, by_channel, by_column = tl.load(path + 6), tl.load(path + 7), tl.load(path + 8)
        for chunk in range(0, depth, BLOCK_K):
            k = chunk + tl.arange(0, BLOCK_K)
            known = inside[:, None] & (k < depth)[None, :]
            value = tl.zeros((BLOCK_R, BLOCK_K), dtype=y.dtype.element_ty)
            for i in tl.static_range(DIM):
                here = tl.where(i < dim, 1, 0)
                factor = tl.load(
                    factors + r * wide + first + i * by, mask=r < left * here, other=0.0
                )
                place = x + r[:, None] * dim_x + (start + i * step + k)[None, :]
                value += factor[:, None] * tl.load(
                    place, mask=known & (k < depth * here)[None, :], other=0.0
                )
            w = tl.load(
                weight + matrix + k[:, None] * by_channel + n[None, :] * by_column,
                mask=(k < depth)[:, None] & (n < columns)[None, :],
                other=0.0,
            )
            total = tl.dot(value, w, total, input_precision=PRECISION, out_dtype=total.dtype)
    shift = tl.load(bias + column + n, mask=(n < columns) & (column + n < biased), other=0.0)
    total += shift[None, :]
    known = inside[:, None] & (n < columns)[None, :]
    tl.store(y + r[:, None] * dim_y + (column + n)[None, :], total, mask=known)


@triton.jit
def steer_weight(
    x,
    factors,
    g,
    parts,
    tiles,
    rows,
    dim_x,
    dim_g,
    wide,
    numel,
    share,
    PRECISION: tl.constexpr,
    DIM: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_N: tl.constexpr,
):
    """parts[s, w + c, n] = Σ_r Σ_k (Σ_i M[r, e + i·d + k] x[r, i, c]) g[r, k, n] over ``share``
    rows: one tile of weights and one share of the rows a program.
    """
    tile = tiles + PRODUCT * tl.program_id(0)
    part = tl.program_id(1).to(tl.int64)
    start, step, dim = tl.load(tile), tl.load(tile + 1), tl.load(tile + 2)
    g_start, g_step, g_dim = tl.load(tile + 3), tl.load(tile + 4), tl.load(tile + 5)
    first, by, by_g = tl.load(tile + 6), tl.load(tile + 7), tl.load(tile + 8)
    depth, columns = tl.load(tile + 9), tl.load(tile + 10)
    c, n = tl.arange(0, BLOCK_K), tl.arange(0, BLOCK_N)
    total = tl.zeros((BLOCK_K, BLOCK_N), dtype=parts.dtype.element_ty)
    r = tl.arange(0, BLOCK_R)
    for block in range(0, share, BLOCK_R):
        first_row = part * share + block
        left = tl.maximum(tl.minimum(rows - first_row, BLOCK_R), 0).to(tl.int32)
        inside = r < left
        known = inside[:, None] & (c < depth)[None, :]
        own_x, own_factors = x + first_row * dim_x, factors + first_row * wide
        own_g = g + first_row * dim_g
        for k in range(g_dim):
            # a bias has no components of x: its rows are ones
            ones = known & (c < tl.where(dim == 0, depth, 0))[None, :]
            value = ones.to(parts.dtype.element_ty)
            for i in tl.static_range(DIM):
                here = tl.where(i < dim, 1, 0)
                factor = tl.load(
                    own_factors + r * wide + first + i * by + k * by_g,
                    mask=r < left * here,
                    other=0.0,
                )
                place = own_x + r[:, None] * dim_x + (start + i * step + c)[None, :]
                value += factor[:, None] * tl.load(
                    place, mask=known & (c < depth * here)[None, :], other=0.0
                )
            slope = tl.load(
                own_g + r[:, None] * dim_g + (g_start + k * g_step + n)[None, :],
                mask=inside[:, None] & (n < columns)[None, :],
                other=0.0,
            )
            total = tl.dot(
                tl.trans(value), slope, total, input_precision=PRECISION, out_dtype=total.dtype
            )
    place = parts + part * numel + tl.load(tile + 11) + c[:, None] * tl.load(tile + 12) + n[None, :]
    tl.store(place, total, mask=(c < depth)[:, None] & (n < columns)[None, :])


@triton.jit
def steer_couplings(
    x,
    weight,
    g,
    factors,
    entries,
    paths,
    rows,
    dim_x,
    dim_g,
    wide,
    count,
    PRECISION: tl.constexpr,
    DIM: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_I: tl.constexpr,
):
    """∂T/∂M[r, e + i·s] = Σ_p Σ_c x[r, i, c] Σ_n W_p[c, n] g[r, k, n] over the paths p that share
    these couplings: one of ``count`` entries, which is one k, and some rows a program.
    """
    pid = tl.program_id(0)
    entry = entries + GROUP * (pid % count)
    first_row = (pid // count).to(tl.int64) * BLOCK_R
    r = tl.arange(0, BLOCK_R)
    inside = r < tl.minimum(rows - first_row, BLOCK_R).to(tl.int32)
    x += first_row * dim_x
    g += first_row * dim_g
    factors += first_row * wide
    n = tl.arange(0, BLOCK_N)
    by, dim = tl.load(entry + 3), tl.load(entry + 4)
    place = tl.arange(0, BLOCK_I)
    total = tl.zeros((BLOCK_R, BLOCK_I), dtype=factors.dtype.element_ty)
    for p in range(tl.load(entry), tl.load(entry + 1)):
        path = paths + PATH * p
        start, step = tl.load(path), tl.load(path + 1)
        column, columns, depth = tl.load(path + 3), tl.load(path + 4), tl.load(path + 5)
        matrix, by_channel = tl.load(path + 6), tl.load(path + 7)
        for chunk in range(0, depth, BLOCK_K):
            k = chunk + tl.arange(0, BLOCK_K)
            known = inside[:, None] & (k < depth)[None, :]
            product = tl.zeros((BLOCK_R, BLOCK_K), dtype=factors.dtype.element_ty)
            for from_column in range(0, columns, BLOCK_N):
                at = from_column + n
                slope = tl.load(
                    g + r[:, None] * dim_g + (column + at)[None, :],
                    mask=inside[:, None] & (at < columns)[None, :],
                    other=0.0,
                )
                w = tl.load(
                    weight + matrix + k[None, :] * by_channel + at[:, None],
                    mask=(k < depth)[None, :] & (at < columns)[:, None],
                    other=0.0,
                )
                product = tl.dot(
                    slope, w, product, input_precision=PRECISION, out_dtype=product.dtype
                )
            for i in tl.static_range(DIM):
                row = x + r[:, None] * dim_x + (start + i * step + k)[None, :]
                mask = known & (k < depth * tl.where(i < dim, 1, 0))[None, :]
                found = tl.load(row, mask=mask, other=0.0)
                sums = tl.sum(found * product, axis=1)[:, None]
                total += tl.where((place == i)[None, :], sums, 0.0)
    target = factors + r[:, None] * wide + tl.load(entry + 2) + place[None, :] * by
    tl.store(target, total, mask=inside[:, None] & (place < dim)[None, :])


@triton.jit
def sum_parts(parts, weight, bias, count, numel, split, BLOCK: tl.constexpr):
    """Σ_s parts[s], in the order of s: the first ``split`` numbers to ``weight``, the others to
    ``bias``.
    """
    n = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    total = tl.zeros((BLOCK,), dtype=parts.dtype.element_ty)
    place = parts + n
    for _ in range(count):
        total += tl.load(place, mask=n < numel, other=0.0)
        place += numel
    tl.store(weight + n, total, mask=n < split)
    tl.store(bias + n - split, total, mask=(n >= split) & (n < numel))
