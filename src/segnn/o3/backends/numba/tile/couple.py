"""Couplings of a tile of rows with the attribute of each row, and the derivative by the attribute.

``direction`` is one of the six of a program (``segnn.o3.backends.numba.tables``).
"""

from __future__ import annotations

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import tail
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import (
    Matrix,
    Pairs,
    Terms,
    from_column,
    from_row,
    numbers,
)


@routine
def contract(x, attribute, program, direction, work, y, rows, accumulate):
    """y = Σ_t coef[t]·attribute[t]·x[column[t] …] for every row, or added to y.

    Scratch ``work``: rows · (terms of the layer) numbers.
    """
    table, coef = program.table, tail(program.coef, program.table[direction + at.COUPLINGS])
    columns, attributes = table[direction + at.COLUMNS], table[direction + at.ATTRIBUTES]
    count = attributes - columns
    weight = Matrix(work, 0, count)
    read = tail(table, attributes)
    for r in range(rows):
        simd.scaled_gather(
            tail(work, r * count), coef, numbers(from_row(attribute, r)), read, count
        )
    first, index = table[direction + at.FIRST_RUN], tail(table, columns)
    for q in range(first, first + at.RUN * table[direction + at.RUNS], at.RUN):
        terms = Terms(index, weight, table[q + at.RUN_FIRST], table[q + at.RUN_LAST])
        out = from_column(y, table[q + at.RUN_WRITTEN])
        simd.combine(out, x, terms, rows, table[q + at.RUN_CHANNELS], accumulate)


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
    simd.add_pairs(ga, x, g, pairs, table[at.A_DIM], rows)
