"""Couplings of rows with the attribute of each row as LLVM code: sums of scaled columns, and their
tangents.

The couplings times the attribute are made first. Then run after run of terms that write the same
columns goes by, row by row, with the sums of a strip of columns in registers. A value and its
tangent go together, as a product of dual numbers: (a + ε ȧ)(x + ε ẋ) reads x, ẋ and the columns'
numbers once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from llvmlite import ir

from segnn.o3.backends.numba.tables import (
    RUN,
    RUN_CHANNELS,
    RUN_FIRST,
    RUN_LAST,
    RUN_WRITTEN,
)
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

_WIDEST = 4
"""Vectors of a strip whose sums stay in registers together."""


class _Terms(NamedTuple):
    """LLVM's values for the terms: ``segnn.o3.backends.numba.vector.views.Terms``."""

    runs: Any
    count: Any
    columns: Any
    attributes: Any
    coef: Any
    number: Any
    work: Any


class _Rows(NamedTuple):
    """Where rows begin and how far they lie apart, of values and of tangents: what is written, what
    is read, the attribute.
    """

    y: list[tuple[Any, Any]]
    x: list[tuple[Any, Any]]
    a: list[tuple[Any, Any]]
    count: Any


def emit_couple(module: ir.Module, bits: int, name: str, *, dual: bool) -> None:
    """``name(y, y_row, x, x_row, a, a_row, runs, count, columns, attributes, coef, terms, work,
    rows, accumulate)``, or for ``dual`` numbers ``name(y, y_row, dy, dy_row, x, …, dx, …, a, …, da,
    …, runs, …, rows, value, accumulate)``: see ``segnn.o3.backends.numba.vector.simd.couple``.
    """
    floats, whole, parts = SCALARS[bits].as_pointer(), I64.as_pointer(), 2 if dual else 1
    terms = [whole, I64, whole, whole, floats, I64, floats]
    kind = ir.FunctionType(ir.VoidType(), [*[floats, I64] * 3 * parts, *terms, I64, *[I1] * parts])
    function = ir.Function(module, kind, name)
    builder = ir.IRBuilder(function.append_basic_block())
    places, rest = function.args[: 6 * parts], function.args[6 * parts :]
    given, flags = _Terms(*rest[: len(terms)]), rest[len(terms) + 1 :]
    pairs = list(zip(places[::2], places[1::2], strict=True))
    rows = _Rows(pairs[:parts], pairs[parts : 2 * parts], pairs[2 * parts :], rest[len(terms)])
    _weigh(builder, given, rows)

    def added_or_not(written: _Rows) -> None:
        with builder.if_else(flags[-1]) as (then, otherwise):
            for branch, added in ((then, True), (otherwise, False)):
                with branch:
                    _runs(builder, bits, given, written, added)

    if dual:
        with builder.if_else(flags[0]) as (both, tangent):
            with both:
                added_or_not(rows)
            with tangent:
                added_or_not(rows._replace(y=rows.y[1:]))
    else:
        added_or_not(rows)
    builder.ret_void()


def _weigh(builder: ir.IRBuilder, terms: _Terms, rows: _Rows) -> None:
    """For every row the couplings times the attribute, and behind them those times its tangent."""

    def row(r: Any, state: list[Any]) -> list[Any]:
        attributes = [builder.gep(a, [builder.mul(r, step)]) for a, step in rows.a]
        weights = _weights(builder, terms, rows, r)

        def term(t: Any, state: list[Any]) -> list[Any]:
            place = builder.load(builder.gep(terms.attributes, [t]))
            coef = builder.load(builder.gep(terms.coef, [t]))
            for attribute, of_row in zip(attributes, weights, strict=True):
                value = builder.fmul(coef, builder.load(builder.gep(attribute, [place])))
                builder.store(value, builder.gep(of_row, [t]))
            return state

        return loop(builder, number(0), terms.number, 1, state, term)

    loop(builder, number(0), rows.count, 1, [], row)


def _weights(builder: ir.IRBuilder, terms: _Terms, rows: _Rows, r: Any) -> list[Any]:
    """Where the weights of a row stand in the scratch, and those by the tangent."""
    parts = len(rows.a)
    first = builder.mul(builder.mul(r, number(parts)), terms.number)
    places = [first, builder.add(first, terms.number)][:parts]
    return [builder.gep(terms.work, [place]) for place in places]


def _runs(builder: ir.IRBuilder, bits: int, terms: _Terms, rows: _Rows, added: bool) -> None:
    """All runs of terms."""
    lanes = VECTOR_BYTES * 8 // bits

    def run(q: Any, state: list[Any]) -> list[Any]:
        place = builder.gep(terms.runs, [builder.mul(q, number(RUN))])

        def entry(which: int) -> Any:
            return builder.load(builder.gep(place, [number(which)]))

        first, last, written = entry(RUN_FIRST), entry(RUN_LAST), entry(RUN_WRITTEN)
        channels = entry(RUN_CHANNELS)
        if added:  # a run of no terms changes nothing
            some = builder.icmp_signed("<", first, last)
            channels = builder.select(some, channels, number(0))

        def block(width: int, narrow: bool, full: bool = False) -> Callable[[Any, Any], Any]:
            def body(start: Any, left: Any) -> Any:
                strip = Strip(Vectors(builder, bits), width, narrow, left, full)

                def row(r: Any, state: list[Any]) -> list[Any]:
                    at = builder.add(written, start)
                    outs = [builder.gep(y, [builder.add(builder.mul(r, s), at)]) for y, s in rows.y]
                    read = [
                        builder.gep(x, [builder.add(builder.mul(r, s), start)]) for x, s in rows.x
                    ]
                    weights = _weights(builder, terms, rows, r)
                    begin = [
                        column
                        for out in outs
                        for column in (strip.load(out, number(0)) if added else strip.zeros())
                    ]

                    def term(t: Any, sums: list[Any]) -> list[Any]:
                        column = builder.load(builder.gep(terms.columns, [t]))
                        by = [builder.load(builder.gep(of_row, [t])) for of_row in weights]
                        values = [strip.load(x, column) for x in read]
                        later = strip.add_scaled(by[-1], values[0], sums[-width:])
                        if len(by) == 1:
                            return later
                        found = sums[:-width]
                        if found:
                            found = strip.add_scaled(by[0], values[0], found)
                        return found + strip.add_scaled(by[0], values[1], later)

                    sums = loop(builder, first, last, 1, begin, term)
                    for n, out in enumerate(outs):
                        strip.store(sums[n * width : (n + 1) * width], out, number(0))
                    return state

                loop(builder, number(0), rows.count, 1, [], row)
                return number(width * lanes)

            return body

        pieces(builder, channels, _choices(builder, lanes, block))
        return state

    loop(builder, number(0), terms.count, 1, [], run)


def _choices(builder: ir.IRBuilder, lanes: int, block: Callable[..., Any]) -> list[Any]:
    """Strips by what is left of the channels: whole vectors, else the last one masked or half."""

    def at_most(count: int) -> Callable[[Any], Any]:
        return lambda left: builder.icmp_signed("<=", left, number(count))

    def exactly(count: int) -> Callable[[Any], Any]:
        return lambda left: builder.icmp_signed("==", left, number(count))

    def at_least(count: int) -> Callable[[Any], Any]:
        return lambda left: builder.icmp_signed(">=", left, number(count))

    choices: list[Any] = [(at_least(_WIDEST * lanes), block(_WIDEST, False, True))]
    choices += [(exactly(w * lanes), block(w, False, True)) for w in range(1, _WIDEST)]
    for width in range(1, _WIDEST + 1):
        choices.append((at_most(width * lanes - lanes // 2), block(width, True)))
        choices.append((at_most(width * lanes), block(width, False)))
    return [*choices[:-1], (None, choices[-1][1])]
