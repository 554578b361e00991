"""The kernels that couple what is mixed to the attribute: partial derivatives of the form of
``segnn.o3.plan.mixed``.

A program takes some rows and one group of columns, all components of it at once, and adds up one
component after another of what it reads, times the couplings of the row, which lie row beside row.
On edges it reads what both ends have, and back it adds up at a node over the edges that it is an
end of: nothing of an edge is ever written but its result. So every sum has one order. ``ALIGNED``:
all columns and widths are multiples of four, so that four numbers are read at once. Numbers of rows
are 64 bits wide. Arguments have no types here, as Triton reads them as code.
"""

from __future__ import annotations

import triton
import triton.language as tl

from segnn.o3.backends.triton.couple_tables import GROUP as _GROUP
from segnn.o3.backends.triton.couple_tables import STEP as _STEP
from segnn.o3.backends.triton.mix_kernels import aligned, load_column

GROUP, STEP = tl.constexpr(_GROUP), tl.constexpr(_STEP)


@triton.jit
def _there(known, j, count):
    """The known ones, if there is a component j among ``count``; else none."""
    return known & (tl.zeros_like(known.to(tl.int32)) + j < count)


@triton.jit
def _factors(factors, first, by, j, count, rows, inside):
    """Couplings of rows, those of the component j; zeros where there is none."""
    place = factors + (first + j * by).to(tl.int64) * rows
    return tl.load(place, mask=_there(inside, j, count), other=0.0)[:, None]


@triton.jit
def _coupled(y0, y1, y2, y3, y4, value, factors, first, by, count, rows, inside, DIM: tl.constexpr):
    """The components y with ``value`` added to each, times the couplings of rows."""
    y0 += _factors(factors, first, by, 0, count, rows, inside) * value
    if DIM > 1:
        if count > 1:
            y1 += _factors(factors, first, by, 1, count, rows, inside) * value
            y2 += _factors(factors, first, by, 2, count, rows, inside) * value
    if DIM > 3:
        if count > 3:
            y3 += _factors(factors, first, by, 3, count, rows, inside) * value
            y4 += _factors(factors, first, by, 4, count, rows, inside) * value
    return y0, y1, y2, y3, y4


@triton.jit
def _read(x, other, column, shift, mask, ENDS: tl.constexpr):
    """What a row has, or the sum of what both ends of an edge have."""
    value = tl.load(x + column, mask=mask, other=0.0)
    if ENDS:
        value += tl.load(other + column + shift, mask=mask, other=0.0)
    return value


@triton.jit
def _write(place, value, known, j, count, stride, SUM: tl.constexpr, ADD: tl.constexpr):
    """The component j of a result, if there is one among ``count``; of its sums along the axis
    ``SUM``, if there is one.
    """
    if SUM is not None:
        value = tl.sum(value, axis=SUM)
    there = _there(known, j, count)
    if ADD:
        value += tl.load(place + j * stride, mask=there, other=0.0)
    tl.store(place + j * stride, value, mask=there)


@triton.jit
def _write_all(
    place,
    y0,
    y1,
    y2,
    y3,
    y4,
    known,
    count,
    stride,
    DIM: tl.constexpr,
    SUM: tl.constexpr = None,
    ADD: tl.constexpr = False,
):
    """All components of a result."""
    _write(place, y0, known, 0, count, stride, SUM, ADD)
    if DIM > 1:
        _write(place, y1, known, 1, count, stride, SUM, ADD)
        _write(place, y2, known, 2, count, stride, SUM, ADD)
    if DIM > 3:
        _write(place, y3, known, 3, count, stride, SUM, ADD)
        _write(place, y4, known, 4, count, stride, SUM, ADD)


@triton.jit
def couple(
    z,
    factors,
    bias,
    target,
    source,
    y,
    groups,
    steps,
    rows,
    dim_z,
    dim_y,
    count,
    biased,
    ADD: tl.constexpr,
    ALIGNED: tl.constexpr,
    ENDS: tl.constexpr,
    DIM: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """y[r, k] = Σ_p Σ_i M[e_p + i·s + k·t, r] z[r, i, p] + bias, a bias of columns below
    ``biased``, or y + that: one of ``count`` groups and some rows a program.
    """
    pid = tl.program_id(0)
    group = groups + GROUP * (pid % count)
    r = (pid // count).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    c = tl.arange(0, BLOCK_C)
    inside = r < rows
    column, columns = load_column(group + 2, ALIGNED), load_column(group + 3, ALIGNED)
    components, stride = tl.load(group + 4), load_column(group + 5, ALIGNED)
    dim_z, dim_y = aligned(dim_z, ALIGNED), aligned(dim_y, ALIGNED)
    known = inside[:, None] & (c < columns)[None, :]
    if ENDS:
        i = tl.load(target + r, mask=inside, other=0)
        j = tl.load(source + r, mask=inside, other=0)
    else:
        i, j = r, r
    own = z + i[:, None] * dim_z + c[None, :]
    other = z + j[:, None] * dim_z + c[None, :]
    factors += r
    y0 = tl.zeros((BLOCK_R, BLOCK_C), dtype=y.dtype.element_ty)
    y1, y2, y3, y4 = y0, y0, y0, y0
    for s in range(tl.load(group), tl.load(group + 1)):
        step = steps + STEP * s
        first, by = tl.load(step + 2), tl.load(step + 3)
        at, shift = load_column(step, ALIGNED), load_column(step + 1, ALIGNED)
        value = _read(own, other, at, shift, known, ENDS)
        y0, y1, y2, y3, y4 = _coupled(
            y0, y1, y2, y3, y4, value, factors, first, by, components, rows, inside, DIM
        )
    y0 += tl.load(bias + column + c, mask=(c < columns) & (column + c < biased), other=0.0)[None, :]
    place = y + r[:, None] * dim_y + (column + c)[None, :]
    _write_all(place, y0, y1, y2, y3, y4, known, components, stride, DIM, ADD=ADD)


@triton.jit
def couple_back(
    g,
    factors,
    target_order,
    source_order,
    target_offsets,
    source_offsets,
    z,
    groups,
    steps,
    rows,
    dim_g,
    dim_z,
    count,
    ALIGNED: tl.constexpr,
    DIM: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """z[n, i, p] = Σ_r Σ_k M[e_p + i·d + k, r] g[r, k] over the edges r to the node n, or from it
    where the group is one of sources: one node and one of ``count`` groups a program.
    """
    pid = tl.program_id(0)
    group = groups + GROUP * (pid % count)
    n = (pid // count).to(tl.int64)
    column, columns = load_column(group + 2, ALIGNED), load_column(group + 3, ALIGNED)
    components, stride = tl.load(group + 4), load_column(group + 5, ALIGNED)
    at_source = tl.load(group + 6)
    dim_g, dim_z = aligned(dim_g, ALIGNED), aligned(dim_z, ALIGNED)
    if at_source > 0:
        start, stop = tl.load(source_offsets + n), tl.load(source_offsets + n + 1)
    else:
        start, stop = tl.load(target_offsets + n), tl.load(target_offsets + n + 1)
    first_step, last_step = tl.load(group), tl.load(group + 1)
    c = tl.arange(0, BLOCK_C)
    inside_c = c < columns
    z0 = tl.zeros((BLOCK_R, BLOCK_C), dtype=z.dtype.element_ty)
    z1, z2, z3, z4 = z0, z0, z0, z0
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        at = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        inside = at < stop
        whence = tl.zeros((BLOCK_R,), dtype=tl.int32) + at_source
        r = tl.load(target_order + at, mask=inside & (whence == 0), other=0)
        r += tl.load(source_order + at, mask=inside & (whence > 0), other=0)
        known = inside[:, None] & inside_c[None, :]
        own, own_factors = g + r[:, None] * dim_g + c[None, :], factors + r
        for s in range(first_step, last_step):
            step = steps + STEP * s
            first, by = tl.load(step + 2), tl.load(step + 3)
            value = tl.load(own + load_column(step, ALIGNED), mask=known, other=0.0)
            z0, z1, z2, z3, z4 = _coupled(
                z0, z1, z2, z3, z4, value, own_factors, first, by, components, rows, inside, DIM
            )
    place = z + n * dim_z + column + c
    _write_all(place, z0, z1, z2, z3, z4, inside_c, components, stride, DIM, SUM=0)


@triton.jit
def _component(own, other, j, count, stride, shift, known, ENDS: tl.constexpr):
    """z[r, j] of rows; zeros where there is no such component."""
    there = _there(known, j, count)
    return _read(own, other, j * stride, shift, there, ENDS)


@triton.jit
def couple_couplings(
    z,
    g,
    target,
    source,
    factors,
    groups,
    steps,
    rows,
    dim_z,
    dim_g,
    count,
    ALIGNED: tl.constexpr,
    ENDS: tl.constexpr,
    DIM: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """∂T/∂M[e + i·s, r] = Σ_p Σ_c z[r, i, p, c] g[r, k, c] over the paths p that share these
    couplings: one of ``count`` groups, which is one k and some i, and some rows a program.
    """
    pid = tl.program_id(0)
    group = groups + GROUP * (pid % count)
    r = (pid // count).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    c = tl.arange(0, BLOCK_C)
    inside = r < rows
    first, by, components = tl.load(group + 2), tl.load(group + 3), tl.load(group + 4)
    dim_z, dim_g = aligned(dim_z, ALIGNED), aligned(dim_g, ALIGNED)
    if ENDS:
        i = tl.load(target + r, mask=inside, other=0)
        j = tl.load(source + r, mask=inside, other=0)
    else:
        i, j = r, r
    m0 = tl.zeros((BLOCK_R, BLOCK_C), dtype=factors.dtype.element_ty)
    m1, m2, m3, m4 = m0, m0, m0, m0
    for s in range(tl.load(group), tl.load(group + 1)):
        step = steps + STEP * s
        column, stride = load_column(step, ALIGNED), load_column(step + 1, ALIGNED)
        shift, at = load_column(step + 2, ALIGNED), load_column(step + 3, ALIGNED)
        known = inside[:, None] & (c < load_column(step + 4, ALIGNED))[None, :]
        slope = tl.load(g + r[:, None] * dim_g + (at + c)[None, :], mask=known, other=0.0)
        own = z + i[:, None] * dim_z + (column + c)[None, :]
        other = z + j[:, None] * dim_z + (column + c)[None, :]
        m0 += slope * _component(own, other, 0, components, stride, shift, known, ENDS)
        if DIM > 1:
            if components > 1:
                m1 += slope * _component(own, other, 1, components, stride, shift, known, ENDS)
                m2 += slope * _component(own, other, 2, components, stride, shift, known, ENDS)
        if DIM > 3:
            if components > 3:
                m3 += slope * _component(own, other, 3, components, stride, shift, known, ENDS)
                m4 += slope * _component(own, other, 4, components, stride, shift, known, ENDS)
    place, after = factors + first.to(tl.int64) * rows + r, by.to(tl.int64) * rows
    _write_all(place, m0, m1, m2, m3, m4, inside, components, after, DIM, SUM=1)
