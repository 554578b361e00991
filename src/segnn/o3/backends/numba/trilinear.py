"""Kernels for single operations on rows: the trilinear form of a contraction, and sums over the
rows of a node.

``table`` holds (in, attribute, out, channels) columns, four numbers a term, and ``coef`` the
couplings; see ``segnn.o3.plan.coupling``. An empty ``index`` or ``order`` stands for the identity.
Chunks of rows or nodes run in parallel; a row of the result is written by one thread in a fixed
order.
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba.compile import kernel, routine, spread

_TERM = 4
"""Numbers of a term in the table."""


@routine
def add_terms(x, x0, attribute, a0, table, coef, y, y0):
    """y[out+c] += Σ_t coef·attribute·x[in+c] for one row."""
    for t in range(coef.shape[0]):
        q = _TERM * t
        weight = coef[t] * attribute[a0 + table[q + 1]]
        simd.add(y, y0 + table[q + 2], 0, x, x0 + table[q], 0, weight, 1, table[q + 3])


@routine
def at_row(index, row):
    """index[row]."""
    if index.shape[0] > 0:
        return index[row]
    return row


@spread
def contract_chunk(
    chunk, chunks, rows, x, x_dim, index, attribute, a_dim, table, coef, y, y_dim, fresh
):
    """``contract`` for a chunk of rows; ``fresh`` False adds to y."""
    for r in range(chunk * rows // chunks, (chunk + 1) * rows // chunks):
        if fresh:
            simd.fill(y, r * y_dim, 0, y.dtype.type(0), 1, y_dim)
        add_terms(x, at_row(index, r) * x_dim, attribute, r * a_dim, table, coef, y, r * y_dim)


@kernel(integers="index table", numbers="threads chunks rows x_dim a_dim y_dim")
def contract(x, threads, chunks, rows, x_dim, index, attribute, a_dim, table, coef, y, y_dim):
    """y[r, out+c] = Σ_t coef·attribute[r]·x[index[r], in+c]."""
    contract_chunk(
        threads, chunks, rows, x, x_dim, index, attribute, a_dim, table, coef, y, y_dim, True
    )


@kernel(integers="index index_z table", numbers="threads chunks rows x_dim a_dim y_dim")
def contract_pair(
    x, threads, chunks, rows, x_dim, index, z, index_z, attribute, a_dim, table, coef, y, y_dim
):
    """As ``contract`` with x[index[r]] + z[index_z[r]] in the place of x."""
    contract_chunk(
        threads, chunks, rows, x, x_dim, index, attribute, a_dim, table, coef, y, y_dim, True
    )
    contract_chunk(
        threads, chunks, rows, z, x_dim, index_z, attribute, a_dim, table, coef, y, y_dim, False
    )


@spread
def reduce_chunk(chunk, chunks, g, g_dim, order, offsets, attribute, a_dim, table, coef, x, x_dim):
    """``contract_reduce`` for a chunk of nodes."""
    nodes = offsets.shape[0] - 1
    for node in range(chunk * nodes // chunks, (chunk + 1) * nodes // chunks):
        simd.fill(x, node * x_dim, 0, x.dtype.type(0), 1, x_dim)
        for p in range(offsets[node], offsets[node + 1]):
            r = at_row(order, p)
            add_terms(g, r * g_dim, attribute, r * a_dim, table, coef, x, node * x_dim)


@kernel(integers="order offsets table", numbers="threads chunks g_dim a_dim x_dim")
def contract_reduce(
    g, threads, chunks, g_dim, order, offsets, attribute, a_dim, table, coef, x, x_dim
):
    """x[n, out+c] = Σ_{r of n} Σ_t coef·attribute[r]·g[r, in+c]: a contraction, summed into the
    nodes.
    """
    reduce_chunk(threads, chunks, g, g_dim, order, offsets, attribute, a_dim, table, coef, x, x_dim)


@spread
def attribute_chunk(chunk, chunks, rows, x, x_dim, index, g, g_dim, table, coef, a, a_dim):
    """``contract_attribute`` for a chunk of rows."""
    one = a.dtype.type(1)
    for r in range(chunk * rows // chunks, (chunk + 1) * rows // chunks):
        x0, g0, a0 = at_row(index, r) * x_dim, r * g_dim, r * a_dim
        simd.fill(a, a0, 0, a.dtype.type(0), 1, a_dim)
        for t in range(coef.shape[0]):
            q = _TERM * t
            value = simd.dot(x, x0 + table[q], 0, g, g0 + table[q + 2], 0, one, 1, table[q + 3])
            a[a0 + table[q + 1]] += coef[t] * value


@kernel(integers="index table", numbers="threads chunks rows x_dim g_dim a_dim")
def contract_attribute(x, threads, chunks, rows, x_dim, index, g, g_dim, table, coef, a, a_dim):
    """a[r, attribute] = Σ_t coef·⟨x[index[r], in+c], g[r, out+c]⟩."""
    attribute_chunk(threads, chunks, rows, x, x_dim, index, g, g_dim, table, coef, a, a_dim)


@spread
def sum_chunk(chunk, chunks, x, dim, order, offsets, y):
    """``segment_sum`` for a chunk of nodes."""
    nodes = offsets.shape[0] - 1
    for node in range(chunk * nodes // chunks, (chunk + 1) * nodes // chunks):
        simd.fill(y, node * dim, 0, y.dtype.type(0), 1, dim)
        for p in range(offsets[node], offsets[node + 1]):
            simd.add(y, node * dim, 0, x, at_row(order, p) * dim, 0, y.dtype.type(1), 1, dim)


@kernel(integers="order offsets", numbers="threads chunks dim")
def segment_sum(x, threads, chunks, dim, order, offsets, y):
    """y[n] = Σ_{r of n} x[r]."""
    sum_chunk(threads, chunks, x, dim, order, offsets, y)
