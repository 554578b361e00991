"""CPU kernels: the trilinear form of a contraction, row by row, compiled by numba and cached on disk.

``table`` holds (in, attribute, out, channels) column indices, ``coef`` the couplings; see ``segnn.o3.coupling``. An empty
``index`` or ``order`` stands for the identity. Rows and nodes run in parallel; each output row is written by one thread in
a fixed order, so results do not depend on the number of threads.

Indices are unsigned on purpose: numba lets a signed index count from the end, and the test for that keeps the inner loops
over channels from being vectorised (measured: 12 times slower).
"""

from __future__ import annotations

import numpy as np

from segnn.o3.kernel.compile import kernel, prange

_FAST = {"reassoc", "contract", "nsz"}
_U = np.uintp
_IN, _ATTRIBUTE, _OUT, _CHANNELS = _U(0), _U(1), _U(2), _U(3)


@kernel(fastmath=_FAST)
def contract(x, index, attribute, table, coef, y):
    """y[r, out+c] = Σ_t coef·attribute[r]·x[index[r], in+c]."""
    identity = index.shape[0] == 0
    for row in prange(y.shape[0]):
        r = _U(row)
        s = r if identity else _U(index[r])
        for c in range(_U(y.shape[1])):
            y[r, c] = 0
        for t in range(_U(coef.shape[0])):
            w = coef[t] * attribute[r, table[t, _ATTRIBUTE]]
            i, o = table[t, _IN], table[t, _OUT]
            for c in range(table[t, _CHANNELS]):
                y[r, o + c] += w * x[s, i + c]


@kernel(fastmath=_FAST)
def contract_pair(x, index, z, index_z, attribute, table, coef, y):
    """As ``contract`` with x[index[r]] + z[index_z[r]] in the place of x."""
    for row in prange(y.shape[0]):
        r = _U(row)
        s, q = _U(index[r]), _U(index_z[r])
        for c in range(_U(y.shape[1])):
            y[r, c] = 0
        for t in range(_U(coef.shape[0])):
            w = coef[t] * attribute[r, table[t, _ATTRIBUTE]]
            i, o = table[t, _IN], table[t, _OUT]
            for c in range(table[t, _CHANNELS]):
                y[r, o + c] += w * (x[s, i + c] + z[q, i + c])


@kernel(fastmath=_FAST)
def contract_reduce(g, order, offsets, attribute, table, coef, x):
    """x[n, out+c] = Σ_{r of n} Σ_t coef·attribute[r]·g[r, in+c]: a contraction, summed into the nodes."""
    identity = order.shape[0] == 0
    for node in prange(x.shape[0]):
        n = _U(node)
        for c in range(_U(x.shape[1])):
            x[n, c] = 0
        for p in range(_U(offsets[n]), _U(offsets[n + _U(1)])):
            r = p if identity else _U(order[p])
            for t in range(_U(coef.shape[0])):
                w = coef[t] * attribute[r, table[t, _ATTRIBUTE]]
                i, o = table[t, _IN], table[t, _OUT]
                for c in range(table[t, _CHANNELS]):
                    x[n, o + c] += w * g[r, i + c]


@kernel(fastmath=_FAST)
def contract_attribute(x, index, g, table, coef, a):
    """a[r, attribute] = Σ_t coef·⟨x[index[r], in+c], g[r, out+c]⟩."""
    identity = index.shape[0] == 0
    for row in prange(a.shape[0]):
        r = _U(row)
        s = r if identity else _U(index[r])
        for c in range(_U(a.shape[1])):
            a[r, c] = 0
        for t in range(_U(coef.shape[0])):
            i, o = table[t, _IN], table[t, _OUT]
            dot = x[s, i] * g[r, o]
            for c in range(_U(1), table[t, _CHANNELS]):
                dot += x[s, i + c] * g[r, o + c]
            a[r, table[t, _ATTRIBUTE]] += coef[t] * dot


@kernel()
def segment_sum(x, order, offsets, y):
    """y[n] = Σ_{r of n} x[r]."""
    identity = order.shape[0] == 0
    for node in prange(y.shape[0]):
        n = _U(node)
        for c in range(_U(y.shape[1])):
            y[n, c] = 0
        for p in range(_U(offsets[n]), _U(offsets[n + _U(1)])):
            r = p if identity else _U(order[p])
            for c in range(_U(y.shape[1])):
                y[n, c] += x[r, c]
