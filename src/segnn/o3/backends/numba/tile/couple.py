"""Couplings of a tile of rows with the attribute of each row, and the derivative by the attribute.

``direction`` is one of the six of a program (``segnn.o3.backends.numba.tables``).
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import tail
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Dual, Matrix, Pairs, Terms


class Attribute(NamedTuple):
    """The attribute of some rows and its tangent ȧ, which is zero (and not read) unless
    ``has_tangent``.
    """

    value: Matrix
    tangent: Matrix
    has_tangent: bool


@routine
def terms_of(program, direction, work):
    """The terms of a direction, as the vector operations read them, with scratch for them."""
    table = program.table
    columns, attributes = table[direction + at.COLUMNS], table[direction + at.ATTRIBUTES]
    return Terms(
        tail(table, table[direction + at.FIRST_RUN]),
        table[direction + at.RUNS],
        tail(table, columns),
        tail(table, attributes),
        tail(program.coef, table[direction + at.COUPLINGS]),
        attributes - columns,
        work,
    )


@routine
def contract(x, attribute, program, direction, work, y, rows, accumulate):
    """y = Σ_t coef[t]·attribute[t]·x[column[t] …] for every row, or added to y.

    Scratch ``work``: rows · (terms of the layer) numbers.
    """
    simd.couple(y, x, attribute, terms_of(program, direction, work), rows, accumulate)


@routine
def contract_dual(x, attribute, terms, y, rows, value, accumulate):
    """``contract`` of dual numbers x to y, whose tangents are written, and values if ``value``.

    Scratch ``terms.work``: 2 · rows · (terms of the layer) numbers.
    """
    a = attribute.value
    if attribute.has_tangent:
        both = Dual(a, attribute.tangent)
        simd.couple_dual(y, x, both, terms, rows, value, accumulate)
    else:
        if value:
            simd.couple(y.value, x.value, a, terms, rows, accumulate)
        simd.couple(y.tangent, x.tangent, a, terms, rows, accumulate)


@routine
def contract_attribute(x, g, program, direction, ga, rows):
    """ga[attribute[t]] += coef[t]·⟨x[in …], g[out …]⟩ for every row; ``direction`` is one of the
    pairs.
    """
    table = program.table
    pairs = Pairs(
        tail(table, table[direction + at.FIRST_RUN]),
        table[direction + at.RUNS],
        tail(table, table[direction + at.ATTRIBUTES]),
        tail(program.coef, table[direction + at.COUPLINGS]),
    )
    simd.add_pairs(ga, x, g, pairs, rows)
