"""The trilinear form of a contraction with its three derivatives, and sums over the rows of a node.

``terms`` is a program whose table holds columns read, of the attribute and written, and channels
(``tables.SINGLE``), and the couplings; see ``segnn.o3.plan.coupling``. An empty ``index`` or
``order`` stands for the identity.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import FixedProgram, Floats, Integers
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, from_column, from_row


class Indexed(NamedTuple):
    """Rows of ``dim`` numbers, read through an index."""

    x: Floats
    dim: int
    index: Integers


class Shares(NamedTuple):
    """Threads, and chunks of rows or nodes."""

    threads: int
    chunks: int


class Contract(NamedTuple):
    """Arguments of ``contract``: y (rows, y_dim) is written; attribute (rows, a_dim)."""

    x: Indexed
    attribute: Floats
    a_dim: int
    terms: FixedProgram
    rows: int
    shares: Shares
    y: Floats
    y_dim: int


class ContractPair(NamedTuple):
    """Arguments of ``contract_pair``: as those of ``contract``, with two inputs."""

    target: Indexed
    source: Indexed
    attribute: Floats
    a_dim: int
    terms: FixedProgram
    rows: int
    shares: Shares
    y: Floats
    y_dim: int


class ContractReduce(NamedTuple):
    """Arguments of ``contract_reduce``: x (nodes, x_dim) is written; ``g.index`` holds the rows in
    the order of their nodes, ``offsets`` where each node's begin.
    """

    g: Indexed
    offsets: Integers
    attribute: Floats
    a_dim: int
    terms: FixedProgram
    shares: Shares
    x: Floats
    x_dim: int


class ContractAttribute(NamedTuple):
    """Arguments of ``contract_attribute``: a (rows, a_dim) is written; g (rows, g_dim)."""

    x: Indexed
    g: Floats
    g_dim: int
    terms: FixedProgram
    rows: int
    shares: Shares
    a: Floats
    a_dim: int


class SegmentSum(NamedTuple):
    """Arguments of ``segment_sum``: y (nodes, dim) is written; ``x.index`` holds the rows in the
    order of their nodes, ``offsets`` where each node's begin.
    """

    x: Indexed
    offsets: Integers
    shares: Shares
    y: Floats


@routine
def indexed_row(rows, n):
    """The n-th row that is read."""
    row = rows.index[n] if len(rows.index) > 0 else n
    return Matrix(rows.x, row * rows.dim, 0)


@routine
def add_terms(x, attribute, terms, y):
    """y[out+c] += Σ_t coef·attribute·x[in+c] for one row."""
    table, coef = terms.table, terms.coef
    for t in range(len(coef)):
        q = at.SINGLE * t
        column = attribute.start + table[q + at.SINGLE_ATTRIBUTE]
        weight = coef[t] * attribute.data[column]
        out, source = table[q + at.SINGLE_OUT], table[q + at.SINGLE_IN]
        channels = table[q + at.SINGLE_CHANNELS]
        simd.add(from_column(y, out), from_column(x, source), weight, 1, channels)


@spread
def contract_chunk(chunk, chunks, rows, x, attribute, terms, y, fresh):
    """``contract`` for a chunk of rows; ``fresh`` False adds to y."""
    for r in range(chunk * rows // chunks, (chunk + 1) * rows // chunks):
        row = from_row(y, r)
        if fresh:
            simd.fill(row, 0.0, 1, y.step)
        add_terms(indexed_row(x, r), from_row(attribute, r), terms, row)


@kernel
def contract(a: Contract) -> None:
    """y[r, out+c] = Σ_t coef·attribute[r]·x[index[r], in+c]."""
    attribute, y = Matrix(a.attribute, 0, a.a_dim), Matrix(a.y, 0, a.y_dim)
    contract_chunk(a.shares.threads, a.shares.chunks, a.rows, a.x, attribute, a.terms, y, True)


@kernel
def contract_pair(a: ContractPair) -> None:
    """As ``contract`` with target[index[r]] + source[index[r]] in the place of x."""
    attribute, y = Matrix(a.attribute, 0, a.a_dim), Matrix(a.y, 0, a.y_dim)
    threads, chunks = a.shares.threads, a.shares.chunks
    contract_chunk(threads, chunks, a.rows, a.target, attribute, a.terms, y, True)
    contract_chunk(threads, chunks, a.rows, a.source, attribute, a.terms, y, False)


@spread
def reduce_chunk(chunk, chunks, a):
    """``contract_reduce`` for a chunk of nodes."""
    nodes = len(a.offsets) - 1
    for node in range(chunk * nodes // chunks, (chunk + 1) * nodes // chunks):
        out = Matrix(a.x, node * a.x_dim, 0)
        simd.fill(out, 0.0, 1, a.x_dim)
        for p in range(a.offsets[node], a.offsets[node + 1]):
            row = a.g.index[p] if len(a.g.index) > 0 else p
            attribute = Matrix(a.attribute, row * a.a_dim, 0)
            add_terms(Matrix(a.g.x, row * a.g.dim, 0), attribute, a.terms, out)


@kernel
def contract_reduce(a: ContractReduce) -> None:
    """x[n, out+c] = Σ_{r of n} Σ_t coef·attribute[r]·g[r, in+c]: a contraction, summed into the
    nodes.
    """
    reduce_chunk(a.shares.threads, a.shares.chunks, a)


@spread
def attribute_chunk(chunk, chunks, a):
    """``contract_attribute`` for a chunk of rows."""
    table, coef = a.terms.table, a.terms.coef
    for r in range(chunk * a.rows // chunks, (chunk + 1) * a.rows // chunks):
        x, g, start = indexed_row(a.x, r), Matrix(a.g, r * a.g_dim, 0), r * a.a_dim
        simd.fill(Matrix(a.a, start, 0), 0.0, 1, a.a_dim)
        for t in range(len(coef)):
            q = at.SINGLE * t
            x_t = from_column(x, table[q + at.SINGLE_IN])
            g_t = from_column(g, table[q + at.SINGLE_OUT])
            value = simd.dot(x_t, g_t, 1.0, 1, table[q + at.SINGLE_CHANNELS])
            a.a[start + table[q + at.SINGLE_ATTRIBUTE]] += coef[t] * value


@kernel
def contract_attribute(a: ContractAttribute) -> None:
    """a[r, attribute] = Σ_t coef·⟨x[index[r], in+c], g[r, out+c]⟩."""
    attribute_chunk(a.shares.threads, a.shares.chunks, a)


@spread
def sum_chunk(chunk, chunks, a):
    """``segment_sum`` for a chunk of nodes."""
    nodes, dim = len(a.offsets) - 1, a.x.dim
    for node in range(chunk * nodes // chunks, (chunk + 1) * nodes // chunks):
        out = Matrix(a.y, node * dim, 0)
        simd.fill(out, 0.0, 1, dim)
        for p in range(a.offsets[node], a.offsets[node + 1]):
            simd.add(out, indexed_row(a.x, p), 1.0, 1, dim)


@kernel
def segment_sum(a: SegmentSum) -> None:
    """y[n] = Σ_{r of n} x[r]."""
    sum_chunk(a.shares.threads, a.shares.chunks, a)
