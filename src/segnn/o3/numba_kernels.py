"""CPU kernels: the trilinear form of a contraction, row by row, compiled by numba and cached on disk.

``table`` holds (in, attribute, out, channels) column indices, ``coef`` the couplings; see ``segnn.o3.coupling``. An empty
``index`` or ``order`` stands for the identity. Rows and nodes run in parallel; each output row is written by one thread in
a fixed order, so results do not depend on the number of threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

_FAST = {"reassoc", "contract", "nsz"}


@njit(parallel=True, cache=True, fastmath=_FAST, nogil=True)
def contract(x, index, attribute, table, coef, y):
    """y[r, out+c] = Σ_t coef·attribute[r]·x[index[r], in+c]."""
    for r in prange(y.shape[0]):
        s = np.int64(r)
        if index.shape[0] > 0:
            s = index[r]
        for c in range(y.shape[1]):
            y[r, c] = 0
        for t in range(coef.shape[0]):
            w = coef[t] * attribute[r, table[t, 1]]
            i, o = table[t, 0], table[t, 2]
            for c in range(table[t, 3]):
                y[r, o + c] += w * x[s, i + c]


@njit(parallel=True, cache=True, fastmath=_FAST, nogil=True)
def contract_pair(x, index, z, index_z, attribute, table, coef, y):
    """As ``contract`` with x[index[r]] + z[index_z[r]] in the place of x."""
    for r in prange(y.shape[0]):
        s = index[r]
        q = index_z[r]
        for c in range(y.shape[1]):
            y[r, c] = 0
        for t in range(coef.shape[0]):
            w = coef[t] * attribute[r, table[t, 1]]
            i, o = table[t, 0], table[t, 2]
            for c in range(table[t, 3]):
                y[r, o + c] += w * (x[s, i + c] + z[q, i + c])


@njit(parallel=True, cache=True, fastmath=_FAST, nogil=True)
def contract_reduce(g, order, offsets, attribute, table, coef, x):
    """x[n, in+c] = Σ_{r of n} Σ_t coef·attribute[r]·g[r, out+c]: the transposed contraction, summed into the nodes."""
    for n in prange(x.shape[0]):
        for c in range(x.shape[1]):
            x[n, c] = 0
        for p in range(offsets[n], offsets[n + 1]):
            r = np.int64(p)
            if order.shape[0] > 0:
                r = order[p]
            for t in range(coef.shape[0]):
                w = coef[t] * attribute[r, table[t, 1]]
                i, o = table[t, 0], table[t, 2]
                for c in range(table[t, 3]):
                    x[n, o + c] += w * g[r, i + c]


@njit(parallel=True, cache=True, fastmath=_FAST, nogil=True)
def contract_attribute(x, index, g, table, coef, a):
    """a[r, attribute] = Σ_t coef·⟨x[index[r], in+c], g[r, out+c]⟩."""
    for r in prange(a.shape[0]):
        s = np.int64(r)
        if index.shape[0] > 0:
            s = index[r]
        for c in range(a.shape[1]):
            a[r, c] = 0
        for t in range(coef.shape[0]):
            i, o = table[t, 0], table[t, 2]
            dot = x.dtype.type(0)
            for c in range(table[t, 3]):
                dot += x[s, i + c] * g[r, o + c]
            a[r, table[t, 1]] += coef[t] * dot


@njit(parallel=True, cache=True, nogil=True)
def segment_sum(x, order, offsets, y):
    """y[n] = Σ_{r of n} x[r]."""
    for n in prange(y.shape[0]):
        for c in range(y.shape[1]):
            y[n, c] = 0
        for p in range(offsets[n], offsets[n + 1]):
            r = np.int64(p)
            if order.shape[0] > 0:
                r = order[p]
            for c in range(y.shape[1]):
                y[n, c] += x[r, c]


@njit(parallel=True, cache=True, nogil=True)
def gather(x, index, y):
    """y[r] = x[index[r]]."""
    for r in prange(y.shape[0]):
        s = index[r]
        for c in range(y.shape[1]):
            y[r, c] = x[s, c]
