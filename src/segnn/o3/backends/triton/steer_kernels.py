"""The kernels of steerable linear layers: products with weights, coupled in registers.

Each is a partial derivative of the form of ``segnn.o3.plan.steered``. A program takes some rows and
one group of columns, all components of it, and multiplies one component of the input of one path
after another by the path's weights where they lie; in registers every product is then coupled to
all components of the result, Σ_i M[e + i·s + k·t, r] (x[r, i] W). So no coupled row is ever
written, and no product made twice. Couplings lie row by row of the layer, (couplings, rows), so
that those of neighbouring rows are read together. Derivatives by weights are sums over rows in
parts, one a program, which are added up afterwards: every sum has one order. Numbers of rows are 64
bits wide. Arguments have no types here, as Triton reads them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl

from segnn.o3.backends.triton.steer_tables import COMPONENTS as _COMPONENTS
from segnn.o3.backends.triton.steer_tables import GROUP as _GROUP
from segnn.o3.backends.triton.steer_tables import PRODUCT as _PRODUCT
from segnn.o3.backends.triton.steer_tables import STEP as _STEP

GROUP, STEP, PRODUCT = tl.constexpr(_GROUP), tl.constexpr(_STEP), tl.constexpr(_PRODUCT)
COMPONENTS = tl.constexpr(_COMPONENTS)


@triton.jit
def _there(j, count, r, left):
    """The rows of a program, if there is a component j among ``count``; else none."""
    return r < tl.where(j < count, left, 0)


@triton.jit
def _factors(factors, first, by, j, count, rows, r, left):
    """Couplings of rows, those of the component j; zeros where there is none."""
    place = factors + (first + j * by).to(tl.int64) * rows
    return tl.load(place, mask=_there(j, count, r, left), other=0.0)[:, None]


@triton.jit
def steer(
    x,
    factors,
    weight,
    bias,
    y,
    groups,
    steps,
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
    """y[r, k, n] = Σ_p Σ_i M[e_p + i·s + k·t, r] (Σ_c x[r, i, c] W_p[c, n]) + bias[n], a bias of
    columns below ``biased``: one of ``count`` groups and some rows a program. A step is one p, one
    i and at most ``BLOCK_K`` channels c; the components k are those of the group.
    """
    pid = tl.program_id(0)
    group = groups + GROUP * (pid % count)
    first_row = (pid // count).to(tl.int64) * BLOCK_R
    r, left = tl.arange(0, BLOCK_R), tl.minimum(rows - first_row, BLOCK_R).to(tl.int32)
    inside = r < left
    c, n = tl.arange(0, BLOCK_K), tl.arange(0, BLOCK_N)
    column, columns = tl.load(group + 2), tl.load(group + 3)
    components, stride = tl.load(group + 4), tl.load(group + 5)
    x += first_row * dim_x
    factors += first_row + r
    y += first_row * dim_y
    y0 = tl.zeros((BLOCK_R, BLOCK_N), dtype=y.dtype.element_ty)
    y1, y2, y3, y4 = y0, y0, y0, y0
    for s in range(tl.load(group), tl.load(group + 1)):
        step = steps + STEP * s
        start, depth = tl.load(step), tl.load(step + 1)
        first, by = tl.load(step + 2), tl.load(step + 3)
        matrix, by_channel, by_column = tl.load(step + 4), tl.load(step + 5), tl.load(step + 6)
        value = tl.load(
            x + r[:, None] * dim_x + (start + c)[None, :],
            mask=inside[:, None] & (c < depth)[None, :],
            other=0.0,
        )
        w = tl.load(
            weight + matrix + c[:, None] * by_channel + n[None, :] * by_column,
            mask=(c < depth)[:, None] & (n < columns)[None, :],
            other=0.0,
        )
        product = tl.dot(value, w, input_precision=PRECISION, out_dtype=y0.dtype)
        y0 += _factors(factors, first, by, 0, components, rows, r, left) * product
        if DIM > 1:
            if components > 1:
                y1 += _factors(factors, first, by, 1, components, rows, r, left) * product
                y2 += _factors(factors, first, by, 2, components, rows, r, left) * product
        if DIM > 3:
            if components > 3:
                y3 += _factors(factors, first, by, 3, components, rows, r, left) * product
                y4 += _factors(factors, first, by, 4, components, rows, r, left) * product
    y0 += tl.load(bias + column + n, mask=(n < columns) & (column + n < biased), other=0.0)[None, :]
    known = inside[:, None] & (n < columns)[None, :]
    place = y + r[:, None] * dim_y + (column + n)[None, :]
    tl.store(place, y0, mask=known)
    if DIM > 1:
        tl.store(place + stride, y1, mask=known & _there(1, components, r, left)[:, None])
        tl.store(place + 2 * stride, y2, mask=known & _there(2, components, r, left)[:, None])
    if DIM > 3:
        tl.store(place + 3 * stride, y3, mask=known & _there(3, components, r, left)[:, None])
        tl.store(place + 4 * stride, y4, mask=known & _there(4, components, r, left)[:, None])


@triton.jit
def _component(x, start, stride, j, count, dim_x, r, c, left, depth):
    """x[r, j, c] of rows; zeros where there is no such component."""
    inside = _there(j, count, r, left)
    place = x + r[:, None] * dim_x + (start + j * stride + c)[None, :]
    return tl.load(place, mask=inside[:, None] & (c < depth)[None, :], other=0.0)


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
    numel,
    share,
    PRECISION: tl.constexpr,
    DIM: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_N: tl.constexpr,
):
    """parts[s, w + c, n] = Σ_r Σ_k (Σ_i M[e + i·d + k, r] x[r, i, c]) g[r, k, n] over ``share``
    rows: one tile of weights and one share of the rows a program.
    """
    tile = tiles + PRODUCT * tl.program_id(0)
    part = tl.program_id(1).to(tl.int64)
    start, stride, dim = tl.load(tile), tl.load(tile + 1), tl.load(tile + 2)
    g_start, g_stride, g_dim = tl.load(tile + 3), tl.load(tile + 4), tl.load(tile + 5)
    first, by = tl.load(tile + 6), tl.load(tile + 7)
    depth, columns = tl.load(tile + 8), tl.load(tile + 9)
    c, n = tl.arange(0, BLOCK_K), tl.arange(0, BLOCK_N)
    r = tl.arange(0, BLOCK_R)
    total = tl.zeros((BLOCK_K, BLOCK_N), dtype=parts.dtype.element_ty)
    for block in range(0, share, BLOCK_R):
        first_row = part * share + block
        left = tl.maximum(tl.minimum(rows - first_row, BLOCK_R), 0).to(tl.int32)
        inside = r < left
        own_x, own_g, own = x + first_row * dim_x, g + first_row * dim_g, factors + first_row + r
        for i in range(0, tl.maximum(dim, 1), COMPONENTS):
            at, count, coupling = start + i * stride, dim - i, first + i * by
            x0 = _component(own_x, at, stride, 0, count, dim_x, r, c, left, depth)
            x1, x2, x3, x4 = x0, x0, x0, x0
            if DIM > 1:
                x1 = _component(own_x, at, stride, 1, count, dim_x, r, c, left, depth)
                x2 = _component(own_x, at, stride, 2, count, dim_x, r, c, left, depth)
            if DIM > 3:
                x3 = _component(own_x, at, stride, 3, count, dim_x, r, c, left, depth)
                x4 = _component(own_x, at, stride, 4, count, dim_x, r, c, left, depth)
            # a bias has no components of x: its rows are ones
            ones = inside[:, None] & (c < tl.where(dim == 0, depth, 0))[None, :]
            for k in range(g_dim):
                value = ones.to(parts.dtype.element_ty)
                value += _factors(own, coupling + k, by, 0, count, rows, r, left) * x0
                if DIM > 1:
                    value += _factors(own, coupling + k, by, 1, count, rows, r, left) * x1
                    value += _factors(own, coupling + k, by, 2, count, rows, r, left) * x2
                if DIM > 3:
                    value += _factors(own, coupling + k, by, 3, count, rows, r, left) * x3
                    value += _factors(own, coupling + k, by, 4, count, rows, r, left) * x4
                slope = tl.load(
                    own_g + r[:, None] * dim_g + (g_start + k * g_stride + n)[None, :],
                    mask=inside[:, None] & (n < columns)[None, :],
                    other=0.0,
                )
                total = tl.dot(
                    tl.trans(value), slope, total, input_precision=PRECISION, out_dtype=total.dtype
                )
    place = parts + part * numel + tl.load(tile + 10) + c[:, None] * tl.load(tile + 11)
    known = (c < depth)[:, None] & (n < columns)[None, :]
    tl.store(place + n[None, :], total, mask=known)


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
    count,
    PRECISION: tl.constexpr,
    DIM: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_N: tl.constexpr,
):
    """∂T/∂M[e + i·s, r] = Σ_p Σ_c x[r, i, c] Σ_n W_p[c, n] g[r, k, n] over the paths p that share
    these couplings: one of ``count`` entries, which is one k and some i, and some rows a program.
    """
    pid = tl.program_id(0)
    entry = entries + GROUP * (pid % count)
    first_row = (pid // count).to(tl.int64) * BLOCK_R
    r, left = tl.arange(0, BLOCK_R), tl.minimum(rows - first_row, BLOCK_R).to(tl.int32)
    inside = r < left
    x += first_row * dim_x
    g += first_row * dim_g
    n, k = tl.arange(0, BLOCK_N), tl.arange(0, BLOCK_K)
    first, by, components = tl.load(entry + 2), tl.load(entry + 3), tl.load(entry + 4)
    m0 = tl.zeros((BLOCK_R, BLOCK_K), dtype=factors.dtype.element_ty)
    m1, m2, m3, m4 = m0, m0, m0, m0
    for p in range(tl.load(entry), tl.load(entry + 1)):
        path = paths + STEP * p
        start, stride, depth = tl.load(path), tl.load(path + 1), tl.load(path + 2)
        column, columns = tl.load(path + 3), tl.load(path + 4)
        matrix, by_channel = tl.load(path + 5), tl.load(path + 6)
        for chunk in range(0, depth, BLOCK_K):
            c = chunk + k
            product = tl.zeros((BLOCK_R, BLOCK_K), dtype=factors.dtype.element_ty)
            for from_column in range(0, columns, BLOCK_N):
                at = from_column + n
                slope = tl.load(
                    g + r[:, None] * dim_g + (column + at)[None, :],
                    mask=inside[:, None] & (at < columns)[None, :],
                    other=0.0,
                )
                w = tl.load(
                    weight + matrix + c[None, :] * by_channel + at[:, None],
                    mask=(c < depth)[None, :] & (at < columns)[:, None],
                    other=0.0,
                )
                product = tl.dot(
                    slope, w, product, input_precision=PRECISION, out_dtype=product.dtype
                )
            m0 += product * _component(x, start, stride, 0, components, dim_x, r, c, left, depth)
            if DIM > 1:
                if components > 1:
                    x1 = _component(x, start, stride, 1, components, dim_x, r, c, left, depth)
                    x2 = _component(x, start, stride, 2, components, dim_x, r, c, left, depth)
                    m1 += product * x1
                    m2 += product * x2
            if DIM > 3:
                if components > 3:
                    x3 = _component(x, start, stride, 3, components, dim_x, r, c, left, depth)
                    x4 = _component(x, start, stride, 4, components, dim_x, r, c, left, depth)
                    m3 += product * x3
                    m4 += product * x4
    place, after = factors + first.to(tl.int64) * rows + first_row + r, by.to(tl.int64) * rows
    tl.store(place, tl.sum(m0, axis=1), mask=inside)
    if DIM > 1:
        tl.store(place + after, tl.sum(m1, axis=1), mask=_there(1, components, r, left))
        tl.store(place + 2 * after, tl.sum(m2, axis=1), mask=_there(2, components, r, left))
    if DIM > 3:
        tl.store(place + 3 * after, tl.sum(m3, axis=1), mask=_there(3, components, r, left))
        tl.store(place + 4 * after, tl.sum(m4, axis=1), mask=_there(4, components, r, left))


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
