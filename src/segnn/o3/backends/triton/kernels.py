"""The kernels: contractions of gathered rows, sums at the nodes, derivatives by the attribute.

A contraction is the trilinear form of ``segnn.o3.plan.coupling``,

    T(x, a, g) = Σ_r Σ_t coef[t] Σ_c x[r, in[t]+c] · a[r, attr[t]] · g[r, out[t]+c]

and each kernel is one of its partial derivatives. A program takes some rows and one group of terms,
those that end in the same columns; it keeps its part of the result in registers, so that every
number is written once and nothing is added in memory: sums have one order. Numbers of rows are 64
bits wide. Arguments have no types here, as Triton reads them as code.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import triton
import triton.language as tl


class Matrix(NamedTuple):
    """Rows of ``dim`` numbers."""

    data: Any
    dim: Any


class Reads(NamedTuple):
    """Rows that are read: row r is that of ``first``, or number ``first_at[r]`` of it, or that plus
    number ``second_at[r]`` of ``second``.
    """

    first: Any
    first_at: Any
    second: Any
    second_at: Any
    dim: Any


class Segments(NamedTuple):
    """Rows node by node: those of node n are ``order[offsets[n] : offsets[n + 1]]``."""

    order: Any
    offsets: Any


class Table(NamedTuple):
    """Groups of terms: (first, last, column, channels) each; terms (column, attribute) or, by
    attribute, (column, column of g, channels), with their coefficients.
    """

    groups: Any
    terms: Any
    coef: Any


@triton.jit
def _read(x, r, columns, mask, INDEXED: tl.constexpr):
    """The columns of rows r of ``Reads``; INDEXED: by how many indices."""
    if INDEXED == 0:
        value = tl.load(x.first + r[:, None] * x.dim + columns[None, :], mask=mask, other=0.0)
    else:  # not after a return: older compilers read on behind one, where the indices are numbers
        inside = tl.max(mask.to(tl.int32), axis=1) > 0  # beyond the last row no index is read
        at = tl.load(x.first_at + r, mask=inside, other=0)
        value = tl.load(x.first + at[:, None] * x.dim + columns[None, :], mask=mask, other=0.0)
        if INDEXED == 2:
            at = tl.load(x.second_at + r, mask=inside, other=0)
            value += tl.load(
                x.second + at[:, None] * x.dim + columns[None, :], mask=mask, other=0.0
            )
    return value


@triton.jit
def contract(
    x,
    attribute,
    y,
    table,
    rows,
    INDEXED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """y[r, column + c] = Σ_t coef[t] a[r, attr[t]] x[r, in[t] + c], one group a program."""
    r = tl.program_id(0).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    group = table.groups + 4 * tl.program_id(1)
    column, channels = tl.load(group + 2), tl.load(group + 3)
    c = tl.arange(0, BLOCK_C)
    mask = (r < rows)[:, None] & (c < channels)[None, :]
    total = tl.zeros((BLOCK_R, BLOCK_C), dtype=y.data.dtype.element_ty)
    for t in range(tl.load(group), tl.load(group + 1)):
        a_column = tl.load(table.terms + 2 * t + 1)
        a = tl.load(attribute.data + r * attribute.dim + a_column, mask=r < rows, other=0.0)
        value = _read(x, r, tl.load(table.terms + 2 * t) + c, mask, INDEXED)
        total += (tl.load(table.coef + t) * a)[:, None] * value
    tl.store(y.data + r[:, None] * y.dim + column + c[None, :], total, mask=mask)


@triton.jit
def contract_reduce(
    g,
    segments,
    attribute,
    x,
    table,
    ORDERED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """x[n, column + c] = Σ of the rows r of node n, Σ_t coef[t] a[r, attr[t]] g[r, in[t] + c]: one
    node and one group a program. ORDERED: whether the rows stand in ``segments.order``.
    """
    n = tl.program_id(0).to(tl.int64)
    group = table.groups + 4 * tl.program_id(1)
    column, channels = tl.load(group + 2), tl.load(group + 3)
    c = tl.arange(0, BLOCK_C)
    start, stop = tl.load(segments.offsets + n), tl.load(segments.offsets + n + 1)
    total = tl.zeros((BLOCK_R, BLOCK_C), dtype=x.data.dtype.element_ty)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        inside = r < stop
        if ORDERED:
            r = tl.load(segments.order + r, mask=inside, other=0)
        mask = inside[:, None] & (c < channels)[None, :]
        for t in range(tl.load(group), tl.load(group + 1)):
            a_column = tl.load(table.terms + 2 * t + 1)
            a = tl.load(attribute.data + r * attribute.dim + a_column, mask=inside, other=0.0)
            columns = tl.load(table.terms + 2 * t) + c
            value = tl.load(g.data + r[:, None] * g.dim + columns[None, :], mask=mask, other=0.0)
            total += (tl.load(table.coef + t) * a)[:, None] * value
    tl.store(x.data + n * x.dim + column + c, tl.sum(total, axis=0), mask=c < channels)


@triton.jit
def contract_attribute(
    x,
    g,
    a,
    table,
    rows,
    INDEXED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """a[r, column] = Σ_t coef[t] Σ_c x[r, in[t] + c] g[r, out[t] + c], one column a program."""
    r = tl.program_id(0).to(tl.int64) * BLOCK_R + tl.arange(0, BLOCK_R)
    group = table.groups + 4 * tl.program_id(1)
    c = tl.arange(0, BLOCK_C)
    total = tl.zeros((BLOCK_R, BLOCK_C), dtype=a.data.dtype.element_ty)
    for t in range(tl.load(group), tl.load(group + 1)):
        term = table.terms + 3 * t
        mask = (r < rows)[:, None] & (c < tl.load(term + 2))[None, :]
        value = _read(x, r, tl.load(term) + c, mask, INDEXED)
        columns = tl.load(term + 1) + c
        slope = tl.load(g.data + r[:, None] * g.dim + columns[None, :], mask=mask, other=0.0)
        total += tl.load(table.coef + t) * value * slope
    tl.store(a.data + r * a.dim + tl.load(group + 2), tl.sum(total, axis=1), mask=r < rows)


@triton.jit
def segment_sum(
    x,
    segments,
    y,
    ORDERED: tl.constexpr,
    BLOCK_R: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """y[n] = Σ x[r] over the rows r of node n: one node and some columns a program."""
    n = tl.program_id(0).to(tl.int64)
    c = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    start, stop = tl.load(segments.offsets + n), tl.load(segments.offsets + n + 1)
    total = tl.zeros((BLOCK_R, BLOCK_C), dtype=y.data.dtype.element_ty)
    for block in range(0, (stop - start + BLOCK_R - 1) // BLOCK_R):
        r = start + block * BLOCK_R + tl.arange(0, BLOCK_R)
        inside = r < stop
        if ORDERED:
            r = tl.load(segments.order + r, mask=inside, other=0)
        mask = inside[:, None] & (c < y.dim)[None, :]
        total += tl.load(x.data + r[:, None] * x.dim + c[None, :], mask=mask, other=0.0)
    tl.store(y.data + n * y.dim + c, tl.sum(total, axis=0), mask=c < y.dim)
