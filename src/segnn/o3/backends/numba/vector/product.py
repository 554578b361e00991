"""The matrix product as LLVM code: a tile of C stays in registers while the columns of A and the
rows of B go by.

    C_o = Σ_i A_oi · B_i,   or added to what C_o holds,   for o < outer and i < inner

A_oi starts ``o · a_outer + i · a_inner`` numbers after A, B_i ``i · b_inner`` after B, C_o ``o ·
c_outer`` after C. So one call mixes all components of an irrep with one matrix (outer), or sums the
derivatives of that matrix over them (inner).

A strip of columns is one to three vectors wide, its last one perhaps a half; a tile has 8, 6 or 4
rows, so that few lanes and few rows are computed in vain: 36 channels of 18 rows cost what 40
channels of 18 rows would.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from segnn.o3.backends.numba.vector.vectors import (
    I1,
    I64,
    SCALARS,
    VECTOR_BYTES,
    Strip,
    Vectors,
    loop,
    number,
    pieces,
)

WIDEST, ROWS = (3, (8, 6, 4)) if VECTOR_BYTES == 64 else (2, (6, 4))
"""Vectors of a strip and rows of a tile: 32 registers hold 8 × 3 sums, 16 registers 6 × 2."""


FULL, MASKED, HALF, ALONG = "f", "m", "h", "a"
"""How a strip ends: with a whole vector, with a masked one, with the masked half of one; or with a
whole one where the rows of A are contiguous, so that places within them need no registers."""
UNROLLED = 4
"""Columns of contiguous rows that go by together."""


def emit_product(module: ir.Module, bits: int, name: str) -> None:
    """``name(A, a_row, a_col, B, b_row, C, c_row, m, n, k, outer, a_outer, c_outer, inner, a_inner,
    b_inner, accumulate)``.
    """
    pointer = SCALARS[bits].as_pointer()
    kind = ir.FunctionType(
        ir.VoidType(), [pointer, I64, I64, pointer, I64, pointer, I64, *[I64] * 9, I1]
    )
    strips = {
        (width, ending): _emit_strip(module, kind, bits, f"{name}_{width}{ending}", width, ending)
        for width in range(1, WIDEST + 1)
        for ending in (FULL, MASKED, HALF, ALONG)
    }
    function = ir.Function(module, kind, name)
    builder = ir.IRBuilder(function.append_basic_block())
    a, a_row, a_col, b, b_row, c, c_row, m, n, *rest = function.args
    lanes = VECTOR_BYTES * 8 // bits

    def strip(width: int, ending: str) -> Any:
        def body(start: Any, left: Any) -> Any:
            b_here, c_here = builder.gep(b, [start]), builder.gep(c, [start])
            builder.call(
                strips[width, ending],
                [a, a_row, a_col, b_here, b_row, c_here, c_row, m, left, *rest],
            )
            return number(width * lanes)

        return body

    def full(width: int) -> Any:
        def body(start: Any, left: Any) -> Any:
            with builder.if_else(builder.icmp_signed("==", a_col, number(1))) as (along, across):
                with along:
                    strip(width, ALONG)(start, left)
                with across:
                    strip(width, FULL)(start, left)
            return number(width * lanes)

        return body

    def between(low: int, high: int) -> Any:
        """Whether low < left ≤ high."""
        return lambda left: builder.and_(
            builder.icmp_signed(">", left, number(low)),
            builder.icmp_signed("<=", left, number(high)),
        )

    choices = []
    for width in range(1, WIDEST + 1):
        low = (width - 1) * lanes
        choices.append((between(low + lanes - 1, low + lanes), full(width)))
        choices.append((between(low, low + lanes // 2), strip(width, HALF)))
        choices.append((between(low + lanes // 2, low + lanes), strip(width, MASKED)))
    if WIDEST == 3:  # four vectors: two and two
        choices.append((between(3 * lanes, 4 * lanes), full(2)))
    choices.append((None, full(WIDEST)))
    pieces(builder, n, choices)
    builder.ret_void()


def _emit_strip(
    module: ir.Module, kind: ir.FunctionType, bits: int, name: str, width: int, ending: str
) -> ir.Function:
    """The product for one strip of columns; n is what is left of them, of which the strip takes its
    share.
    """
    function = ir.Function(module, kind, name)
    function.linkage = "internal"
    builder = ir.IRBuilder(function.append_basic_block())
    (
        a,
        a_row,
        a_col,
        b,
        b_row,
        c,
        c_row,
        m,
        n,
        k,
        outer,
        a_outer,
        c_outer,
        inner,
        a_inner,
        b_inner,
        accumulate,
    ) = function.args
    full = ending in (FULL, ALONG)
    strip = Strip(Vectors(builder, bits), width, ending == HALF, n, full)
    if ending == ALONG:
        a_col = number(1)

    def tile(rows: int, a_o: Any, c_o: Any) -> Any:
        def body(start: Any, left: Any) -> Any:
            last = builder.sub(left, number(1))
            a_first, c_first = builder.mul(start, a_row), builder.mul(start, c_row)
            begins, outs = [], []
            for row in range(rows):  # rows that are not there read the last one and are not stored
                r = builder.select(builder.icmp_signed("<", number(row), left), number(row), last)
                begins.append(builder.gep(a_o, [builder.add(a_first, builder.mul(r, a_row))]))
                outs.append(builder.add(c_first, builder.mul(r, c_row)))

            def columns(count: int) -> Any:
                """So many columns of A and rows of B."""

                def body(_: Any, state: list[Any]) -> list[Any]:
                    at_a, at_b, *sums = state
                    for _ in range(count):
                        row_of_b = strip.load(b, at_b)
                        new: list[Any] = []
                        for begin in begins:
                            x = builder.load(builder.gep(begin, [at_a]))
                            new += strip.add_scaled(x, row_of_b, sums[len(new) : len(new) + width])
                        at_a, at_b, sums = builder.add(at_a, a_col), builder.add(at_b, b_row), new
                    return [at_a, at_b, *sums]

                return body

            def term(i: Any, sums: list[Any]) -> list[Any]:
                state = [builder.mul(i, a_inner), builder.mul(i, b_inner), *sums]
                done = number(0)
                if ending == ALONG:
                    done = builder.and_(k, number(-UNROLLED))
                    state = loop(builder, number(0), done, UNROLLED, state, columns(UNROLLED))
                return loop(builder, done, k, 1, state, columns(1))[2:]

            begin = [value for out in outs for value in strip.load_if(accumulate, c_o, out)]
            sums = loop(builder, number(0), inner, 1, begin, term)
            for row in range(rows):
                with builder.if_then(builder.icmp_signed("<", number(row), left)):
                    strip.store(sums[row * width : (row + 1) * width], c_o, outs[row])
            return number(rows)

        return body

    def one_of(*counts: int) -> Any:
        """Whether so many rows are left, or more than the largest of the counts and twice the
        smallest tile.
        """
        most = number(ROWS[0] + ROWS[1] - 4 if WIDEST == 3 else ROWS[0] + 2)

        def fits(left: Any) -> Any:
            found = builder.icmp_signed(">", left, most)
            for count in counts:
                found = builder.or_(found, builder.icmp_signed("==", left, number(count)))
            return found

        return fits

    def product(o: Any, state: list[Any]) -> list[Any]:
        a_o, c_o = (
            builder.gep(a, [builder.mul(o, a_outer)]),
            builder.gep(c, [builder.mul(o, c_outer)]),
        )
        fits = [one_of(7, 8), one_of(5, 6, 9, 10), None] if WIDEST == 3 else [one_of(5, 6), None]
        pieces(builder, m, [(f, tile(rows, a_o, c_o)) for f, rows in zip(fits, ROWS, strict=True)])
        return state

    loop(builder, number(0), outer, 1, [], product)
    builder.ret_void()
    return function
