"""Scalar products of many pairs of columns as LLVM code: the derivative of a coupling by the
attribute.

One scalar product at a time spends more on adding up the lanes of a vector, and on being called,
than on its channels. Here four rows go together: the lanes of their four sums are added in one
tree, and what follows are vectors of four rows.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from segnn.o3.backends.numba.tables import (
    RUN,
    RUN_CHANNELS,
    RUN_FIRST,
    RUN_LAST,
    RUN_READ,
    RUN_WRITTEN,
)
from segnn.o3.backends.numba.vector.vectors import I32, I64, SCALARS, Vectors, loop, number

_ROWS = 4
"""Rows that go together."""


def emit_pairs(module: ir.Module, bits: int, name: str) -> None:
    """``name(ga, ga_row, x, x_row, g, g_row, runs, count, read, coef, columns, rows)``: for every
    row and every term t of a run, ga[read[t]] += coef[t]·⟨x[written …], g[read …]⟩.

    ``runs`` are ``count`` runs of pairs (``segnn.o3.backends.numba.tables``); ga has so many
    ``columns``.
    """
    scalar = SCALARS[bits]
    floats, whole = scalar.as_pointer(), I64.as_pointer()
    kind = ir.FunctionType(
        ir.VoidType(),
        [floats, I64, floats, I64, floats, I64, whole, I64, whole, floats, I64, I64],
    )
    function = ir.Function(module, kind, name)
    builder = ir.IRBuilder(function.append_basic_block())
    ga, ga_row, x, x_row, g, g_row, runs, count, read, coef, columns, rows = function.args
    four = Vectors(builder, bits, _ROWS)
    totals = builder.alloca(four.type, size=columns)

    def block(start: Any, state: list[Any]) -> list[Any]:
        left = builder.sub(rows, start)
        begins = [
            (
                builder.gep(x, [builder.mul(r, x_row)]),
                builder.gep(g, [builder.mul(r, g_row)]),
            )
            for r in _rows_from(builder, start, left)
        ]

        def clear(column: Any, state: list[Any]) -> list[Any]:
            builder.store(four.zero, builder.gep(totals, [column]))
            return state

        loop(builder, number(0), columns, 1, [], clear)

        def run(q: Any, state: list[Any]) -> list[Any]:
            place = builder.gep(runs, [builder.mul(q, number(RUN))])

            def entry(which: int) -> Any:
                return builder.load(builder.gep(place, [number(which)]))

            at_x, at_g = entry(RUN_WRITTEN), entry(RUN_READ)
            pairs = [(builder.gep(a, [at_x]), builder.gep(b, [at_g])) for a, b in begins]
            products = _products(builder, bits, pairs, entry(RUN_CHANNELS))

            def term(t: Any, state: list[Any]) -> list[Any]:
                total = builder.gep(totals, [builder.load(builder.gep(read, [t]))])
                factor = four.splat(builder.load(builder.gep(coef, [t])))
                builder.store(four.fma(factor, products, builder.load(total)), total)
                return state

            return loop(builder, entry(RUN_FIRST), entry(RUN_LAST), 1, state, term)

        loop(builder, number(0), count, 1, [], run)
        for k in range(_ROWS):
            with builder.if_then(builder.icmp_signed("<", number(k), left)):
                own = builder.gep(ga, [builder.mul(builder.add(start, number(k)), ga_row)])

                def add(column: Any, state: list[Any], k: int = k, own: Any = own) -> list[Any]:
                    total = builder.load(builder.gep(totals, [column]))
                    place = builder.gep(own, [column])
                    value = builder.extract_element(total, ir.Constant(I32, k))
                    builder.store(builder.fadd(builder.load(place), value), place)
                    return state

                loop(builder, number(0), columns, 1, [], add)
        return state

    loop(builder, number(0), rows, _ROWS, [], block)
    builder.ret_void()


def _rows_from(builder: ir.IRBuilder, start: Any, left: Any) -> list[Any]:
    """The next rows; those that are not there read the last one, and nothing is made of them."""
    last = builder.sub(left, number(1))
    found = [
        builder.select(builder.icmp_signed("<", number(k), left), number(k), last)
        for k in range(_ROWS)
    ]
    return [builder.add(start, k) for k in found]


def _products(builder: ir.IRBuilder, bits: int, pairs: list[tuple[Any, Any]], channels: Any) -> Any:
    """The scalar products of four pairs of columns, as one vector."""
    v = Vectors(builder, bits)
    rest = builder.and_(channels, number(-v.lanes))

    def vector(c: Any, mask: Any, sums: list[Any]) -> list[Any]:
        return [
            v.fma(v.load(a, c, mask), v.load(b, c, mask), total)
            for (a, b), total in zip(pairs, sums, strict=True)
        ]

    sums = loop(
        builder,
        number(0),
        rest,
        v.lanes,
        [v.zero] * len(pairs),
        lambda c, sums: vector(c, None, sums),
    )
    before = builder.block
    with builder.if_then(builder.icmp_signed("<", rest, channels)):
        more = vector(rest, v.mask(builder.sub(channels, rest)), sums)
        inside = builder.block
    both = []
    for one, two in zip(sums, more, strict=True):
        both.append(builder.phi(v.type))
        both[-1].add_incoming(one, before)
        both[-1].add_incoming(two, inside)
    return _added_lanes(builder, v, both)


def _added_lanes(builder: ir.IRBuilder, v: Vectors, sums: list[Any]) -> Any:
    """The sums over the lanes of four vectors, as one vector of four."""

    def two(a: Any, b: Any, low: list[int], high: list[int]) -> Any:
        kind = ir.VectorType(I32, len(low))
        halves = [builder.shuffle_vector(a, b, ir.Constant(kind, lanes)) for lanes in (low, high)]
        return builder.fadd(*halves)

    lanes = v.lanes
    while lanes > _ROWS:
        lanes //= 2
        low, high = list(range(lanes)), list(range(lanes, 2 * lanes))
        sums = [two(s, s, low, high) for s in sums]
    a, b, c, d = sums
    ab, cd = (two(one, other, [0, 1, 4, 5], [2, 3, 6, 7]) for one, other in ((a, b), (c, d)))
    return two(ab, cd, [0, 2, 4, 6], [1, 3, 5, 7])
