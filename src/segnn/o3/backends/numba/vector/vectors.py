"""Building blocks in LLVM code for functions that work on vectors: loads, stores, masks, loops.

A vector fills a register of the processor that numba compiles for; ``Vectors.part`` gives the same
for half of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llvmlite import ir

from segnn.o3.backends.numba.compiler import interior

VECTOR_BYTES = 64 if "+avx512f" in interior.processor()[2] else 32
"""Bytes of a vector on the processor that numba compiles for."""

I1, I32, I64 = ir.IntType(1), ir.IntType(32), interior.INTEGER
SCALARS = {32: ir.FloatType(), 64: ir.DoubleType()}
"""The floating-point types by their bits."""


def number(value: int) -> ir.Constant:
    """A whole number."""
    return ir.Constant(I64, value)


class Vectors:
    """Vectors of numbers of so many bits."""

    def __init__(self, builder: ir.IRBuilder, bits: int, lanes: int | None = None):
        self.builder, self.bits = builder, bits
        self.scalar = SCALARS[bits]
        self.lanes = lanes or VECTOR_BYTES * 8 // bits
        self.type = ir.VectorType(self.scalar, self.lanes)
        self.zero = ir.Constant(self.type, [0.0] * self.lanes)
        self.integers = ir.VectorType(ir.IntType(bits), self.lanes)
        self._suffix = f"v{self.lanes}f{bits}"

    def half(self) -> Vectors:
        """Vectors of half the length."""
        return Vectors(self.builder, self.bits, self.lanes // 2)

    def call(self, name: str, result: Any, *args: Any) -> Any:
        """An LLVM intrinsic of that full name."""
        kind = ir.FunctionType(result, [a.type for a in args])
        return self.builder.call(interior.declared(self.builder.module, kind, name), args)

    def splat(self, x: Any) -> Any:
        """x in every lane; a Python number or an LLVM scalar."""
        if isinstance(x, (int, float)):
            return ir.Constant(self.type, [float(x)] * self.lanes)
        kind = ir.VectorType(x.type, self.lanes)
        one = self.builder.insert_element(ir.Constant(kind, ir.Undefined), x, ir.Constant(I32, 0))
        lanes = ir.Constant(ir.VectorType(I32, self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), lanes)

    def mask(self, count: Any) -> Any:
        """The first ``count`` lanes; none for a count below one."""
        lanes = ir.Constant(ir.VectorType(I32, self.lanes), list(range(self.lanes)))
        return self.builder.icmp_signed("<", lanes, self.splat(self.builder.trunc(count, I32)))

    def _at(self, pointer: Any, offset: Any) -> tuple[Any, Any]:
        place = self.builder.gep(pointer, [offset])
        return self.builder.bitcast(place, self.type.as_pointer()), ir.Constant(I32, self.bits // 8)

    def load(self, pointer: Any, offset: Any, mask: Any = None) -> Any:
        """The vector at ``pointer[offset]``; lanes outside the mask are zero and are not read."""
        place, align = self._at(pointer, offset)
        if mask is None:
            return self.builder.load(place, align=self.bits // 8)
        return self.call(
            f"llvm.masked.load.{self._suffix}.p0", self.type, place, align, mask, self.zero
        )

    def store(self, value: Any, pointer: Any, offset: Any, mask: Any = None) -> None:
        """Write a vector to ``pointer[offset]``; lanes outside the mask are not touched."""
        place, align = self._at(pointer, offset)
        if mask is None:
            self.builder.store(value, place, align=self.bits // 8)
        else:
            self.call(
                f"llvm.masked.store.{self._suffix}.p0", ir.VoidType(), value, place, align, mask
            )

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a · b + c, rounded once."""
        return self.call(f"llvm.fma.{self._suffix}", self.type, a, b, c)

    def sum(self, a: Any) -> Any:
        """The sum over the lanes, in a fixed order of halves."""
        count = self.lanes
        while count > 1:
            count //= 2
            half = ir.Constant(ir.VectorType(I32, count), list(range(count, 2 * count)))
            rest = ir.Constant(ir.VectorType(I32, count), list(range(count)))
            undefined = ir.Constant(a.type, ir.Undefined)
            low, high = (
                self.builder.shuffle_vector(a, undefined, rest),
                self.builder.shuffle_vector(a, undefined, half),
            )
            a = self.builder.fadd(low, high)
        return self.builder.extract_element(a, ir.Constant(I32, 0))

    def sigmoid(self, x: Any) -> Any:
        """1 / (1 + exp(−x)): the exponent is split off and the rest, |r| ≤ ln 2 / 2, is a Taylor
        series to round-off.
        """
        b, limit = self.builder, 87.0 if self.bits == 32 else 708.0
        bias, mantissa, degree = (127, 23, 7) if self.bits == 32 else (1023, 52, 13)
        # ln 2 in two parts: the first has trailing zeros, the second what ln 2 as one number would
        # have lost.
        high, low = 0.693145751953125, 1.42860676533018e-6
        if self.bits == 64:
            high, low = 0.6931471803691238, 1.9082149292705877e-10
        y = b.fsub(self.zero, x)
        y = b.select(b.fcmp_ordered("<", y, self.splat(-limit)), self.splat(-limit), y)
        y = b.select(b.fcmp_ordered(">", y, self.splat(limit)), self.splat(limit), y)
        # Adding 1.5·2^mantissa rounds to a whole number, which then stands in the low bits (also
        # where y is NaN: no trap).
        magic = self.splat(1.5 * 2.0**mantissa)
        shifted = self.fma(y, self.splat(1 / math.log(2)), magic)
        n = b.fsub(shifted, magic)
        r = self.fma(n, self.splat(-high), y)
        r = self.fma(n, self.splat(-low), r)
        series = self.splat(1 / math.factorial(degree))
        for k in reversed(range(degree)):
            series = self.fma(series, r, self.splat(1 / math.factorial(k)))
        exponent = b.add(
            b.bitcast(shifted, self.integers), ir.Constant(self.integers, [bias] * self.lanes)
        )
        power = b.bitcast(
            b.shl(exponent, ir.Constant(self.integers, [mantissa] * self.lanes)), self.type
        )
        one = self.splat(1.0)
        return b.fdiv(one, self.fma(series, power, one))


class Strip:
    """Columns c < n in ``width`` registers, the last of which is masked and may be half a one; or,
    if ``full``, as many columns as fit, without a mask, which some processors are slow to store by.
    """

    def __init__(self, v: Vectors, width: int, narrow: bool, n: Any, full: bool = False):
        last = v.half() if narrow else v
        self.parts = [v] * (width - 1) + [last]
        self.starts = [number(j * v.lanes) for j in range(width)]
        self._left, self._builder = v.builder.sub(n, self.starts[-1]), v.builder
        self._full = full
        self._masks = [None] * (width - 1) + [None if full else last.mask(self._left)]

    def load(self, pointer: Any, offset: Any) -> list[Any]:
        """The columns from ``pointer[offset]`` on."""
        add = self._builder.add
        return [
            p.load(pointer, add(offset, s), m)
            for p, s, m in zip(self.parts, self.starts, self._masks, strict=True)
        ]

    def zeros(self) -> list[Any]:
        """Zero in every column."""
        return [p.zero for p in self.parts]

    def load_if(self, wanted: Any, pointer: Any, offset: Any) -> list[Any]:
        """The same, or zeros."""
        if self._full:
            found = self.load(pointer, offset)
            return [
                self._builder.select(wanted, value, p.zero)
                for p, value in zip(self.parts, found, strict=True)
            ]
        counts = [number(p.lanes) for p in self.parts[:-1]] + [self._left]
        masks = [
            p.mask(self._builder.select(wanted, c, number(0)))
            for p, c in zip(self.parts, counts, strict=True)
        ]
        add = self._builder.add
        return [
            p.load(pointer, add(offset, s), m)
            for p, s, m in zip(self.parts, self.starts, masks, strict=True)
        ]

    def store(self, values: list[Any], pointer: Any, offset: Any) -> None:
        """Write the columns."""
        for p, value, s, m in zip(self.parts, values, self.starts, self._masks, strict=True):
            p.store(value, pointer, self._builder.add(offset, s), m)

    def add_scaled(self, x: Any, columns: list[Any], sums: list[Any]) -> list[Any]:
        """sums + x · columns, for a scalar x."""
        wide = self.parts[0].splat(x)
        found = [
            self.parts[0].fma(wide, c, s) for c, s in zip(columns[:-1], sums[:-1], strict=True)
        ]
        last = self.parts[-1]
        return [
            *found,
            last.fma(wide if last is self.parts[0] else last.splat(x), columns[-1], sums[-1]),
        ]


def loop(
    builder: ir.IRBuilder, start: Any, stop: Any, step: int, state: list[Any], body: Callable
) -> list[Any]:
    """``for i in range(start, stop, step): state = body(i, state)`` with the state in registers."""
    before = builder.block
    inside, after = builder.append_basic_block("loop"), builder.append_basic_block("after")
    builder.cbranch(builder.icmp_signed("<", start, stop), inside, after)
    builder.position_at_end(inside)
    i = builder.phi(I64)
    i.add_incoming(start, before)
    held = [builder.phi(s.type) for s in state]
    for phi, s in zip(held, state, strict=True):
        phi.add_incoming(s, before)
    new = body(i, held)
    i_next = builder.add(i, number(step))
    last = builder.block
    i.add_incoming(i_next, last)
    for phi, s in zip(held, new, strict=True):
        phi.add_incoming(s, last)
    builder.cbranch(builder.icmp_signed("<", i_next, stop), inside, after)
    builder.position_at_end(after)
    out = [builder.phi(s.type) for s in state]
    for phi, s, n in zip(out, state, new, strict=True):
        phi.add_incoming(s, before)
        phi.add_incoming(n, last)
    return out


def pieces(
    builder: ir.IRBuilder,
    total: Any,
    choices: list[tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]],
) -> None:
    """Cut ``range(total)`` into pieces of varying size: the first choice whose ``fits(left)`` holds
    does the next piece.

    ``choices``: pairs (fits, body); ``body(start, left)`` returns the size of its piece. The last
    choice must fit always.
    """
    before = builder.block
    inside, after = builder.append_basic_block("pieces"), builder.append_basic_block("after")
    builder.cbranch(builder.icmp_signed("<", number(0), total), inside, after)
    builder.position_at_end(inside)
    start = builder.phi(I64)
    start.add_incoming(number(0), before)
    left = builder.sub(total, start)
    latch = builder.append_basic_block("next")
    ends = []
    for fits, body in choices[:-1]:
        chosen, other = builder.append_basic_block("piece"), builder.append_basic_block("other")
        builder.cbranch(fits(left), chosen, other)
        builder.position_at_end(chosen)
        size = body(start, left)
        ends.append((size, builder.block))
        builder.branch(latch)
        builder.position_at_end(other)
    size = choices[-1][1](start, left)
    ends.append((size, builder.block))
    builder.branch(latch)
    builder.position_at_end(latch)
    done = builder.phi(I64)
    for size, block in ends:
        done.add_incoming(size, block)
    following = builder.add(start, done)
    start.add_incoming(following, latch)
    builder.cbranch(builder.icmp_signed("<", following, total), inside, after)
    builder.position_at_end(after)
