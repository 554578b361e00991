"""Scalar products of many pairs of columns as LLVM code: the derivative of a coupling by the
attribute.

One scalar product at a time spends more on adding up the lanes of a vector than on its channels.
Here the lanes of four sums, of four runs, are added in one tree.
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

_TOGETHER = 4
"""Runs whose sums are added up together."""


def emit_pairs(module: ir.Module, bits: int, name: str) -> None:
    """``name(ga, ga_row, x, x_row, g, g_row, runs, count, read, coef, rows)``: for every row and
    every term t of a run, ga[read[t]] += coef[t]·⟨x[written …], g[read …]⟩.

    ``runs`` are ``count`` runs of pairs (``segnn.o3.backends.numba.tables``).
    """
    scalar = SCALARS[bits]
    floats, whole = scalar.as_pointer(), I64.as_pointer()
    kind = ir.FunctionType(
        ir.VoidType(), [floats, I64, floats, I64, floats, I64, whole, I64, whole, floats, I64]
    )
    function = ir.Function(module, kind, name)
    builder = ir.IRBuilder(function.append_basic_block())
    ga, ga_row, x, x_row, g, g_row, runs, count, read, coef, rows = function.args
    products = builder.alloca(scalar, size=number(_TOGETHER))

    def entry(q: Any, which: int) -> Any:
        place = builder.add(builder.mul(q, number(RUN)), number(which))
        return builder.load(builder.gep(runs, [place]))

    def row(r: Any, state: list[Any]) -> list[Any]:
        own, x_here, g_here = (
            builder.gep(place, [builder.mul(r, step)])
            for place, step in ((ga, ga_row), (x, x_row), (g, g_row))
        )

        def together(start: Any, state: list[Any]) -> list[Any]:
            left = builder.sub(count, start)
            sums = []
            for q in _from(builder, start, left):
                pair = [
                    builder.gep(place, [entry(q, which)])
                    for place, which in ((x_here, RUN_WRITTEN), (g_here, RUN_READ))
                ]
                sums.append(_product(builder, bits, pair, entry(q, RUN_CHANNELS)))
            four = Vectors(builder, bits, _TOGETHER)
            four.store(_added_lanes(builder, Vectors(builder, bits), sums), products, number(0))

            def run(k: Any, state: list[Any]) -> list[Any]:
                q, product = builder.add(start, k), builder.load(builder.gep(products, [k]))

                def term(t: Any, state: list[Any]) -> list[Any]:
                    place = builder.gep(own, [builder.load(builder.gep(read, [t]))])
                    value = builder.fmul(builder.load(builder.gep(coef, [t])), product)
                    builder.store(builder.fadd(builder.load(place), value), place)
                    return state

                return loop(builder, entry(q, RUN_FIRST), entry(q, RUN_LAST), 1, state, term)

            several = builder.icmp_signed("<", left, number(_TOGETHER))
            return loop(
                builder, number(0), builder.select(several, left, number(_TOGETHER)), 1, state, run
            )

        return loop(builder, number(0), count, _TOGETHER, state, together)

    loop(builder, number(0), rows, 1, [], row)
    builder.ret_void()


def _from(builder: ir.IRBuilder, start: Any, left: Any) -> list[Any]:
    """The next runs; those that are not there are the last one, and nothing is made of them."""
    last = builder.sub(left, number(1))
    found = [
        builder.select(builder.icmp_signed("<", number(k), left), number(k), last)
        for k in range(_TOGETHER)
    ]
    return [builder.add(start, k) for k in found]


def _product(builder: ir.IRBuilder, bits: int, pair: list[Any], channels: Any) -> Any:
    """The scalar product of a pair of columns, still lane by lane."""
    v = Vectors(builder, bits)
    rest = builder.and_(channels, number(-v.lanes))

    def vector(c: Any, mask: Any, total: Any) -> Any:
        a, b = (v.load(place, c, mask) for place in pair)
        return v.fma(a, b, total)

    (total,) = loop(
        builder,
        number(0),
        rest,
        v.lanes,
        [v.zero],
        lambda c, state: [vector(c, None, state[0])],
    )
    before = builder.block
    with builder.if_then(builder.icmp_signed("<", rest, channels)):
        more = vector(rest, v.mask(builder.sub(channels, rest)), total)
        inside = builder.block
    both = builder.phi(v.type)
    both.add_incoming(total, before)
    both.add_incoming(more, inside)
    return both


def _added_lanes(builder: ir.IRBuilder, v: Vectors, sums: list[Any]) -> Any:
    """The sums over the lanes of four vectors, as one vector of four."""

    def two(a: Any, b: Any, low: list[int], high: list[int]) -> Any:
        kind = ir.VectorType(I32, len(low))
        halves = [builder.shuffle_vector(a, b, ir.Constant(kind, lanes)) for lanes in (low, high)]
        return builder.fadd(*halves)

    lanes = v.lanes
    while lanes > _TOGETHER:
        lanes //= 2
        low, high = list(range(lanes)), list(range(lanes, 2 * lanes))
        sums = [two(s, s, low, high) for s in sums]
    a, b, c, d = sums
    ab, cd = (two(one, other, [0, 1, 4, 5], [2, 3, 6, 7]) for one, other in ((a, b), (c, d)))
    return two(ab, cd, [0, 2, 4, 6], [1, 3, 5, 7])
