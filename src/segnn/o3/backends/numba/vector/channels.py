"""Loops over rows and channels as LLVM code: sums of scaled columns, and formulas applied number by
number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from segnn.o3.backends.numba.vector.vectors import (
    I64,
    SCALARS,
    Vectors,
    loop,
    number,
)

Formula = Callable[..., Any]


def _silu_slope(v: Vectors, scale: Any, y: Any, g: Any, x: Any, s: Any) -> Any:
    b = v.builder
    inner = v.fma(x, b.fsub(v.splat(1.0), s), v.splat(1.0))
    return b.fmul(b.fmul(b.fmul(scale, g), s), inner)


def _sigmoid_slope(v: Vectors, scale: Any, y: Any, s: Any) -> Any:
    b = v.builder
    return b.fmul(b.fmul(b.fmul(scale, y), s), b.fsub(v.splat(1.0), s))


def _silu_curve(v: Vectors, scale: Any, y: Any, g: Any, dx: Any, x: Any, s: Any) -> Any:
    b, one, two = v.builder, v.splat(1.0), v.splat(2.0)
    inner = v.fma(x, b.fsub(one, b.fmul(two, s)), two)
    slope = b.fmul(b.fmul(scale, s), b.fsub(one, s))
    return v.fma(b.fmul(b.fmul(slope, g), dx), inner, y)


def _sigmoid_curve(v: Vectors, scale: Any, y: Any, g: Any, dx: Any, s: Any) -> Any:
    b = v.builder
    return v.fma(b.fmul(b.fmul(scale, g), dx), b.fsub(v.splat(1.0), b.fmul(v.splat(2.0), s)), y)


def _gated_tangent(v: Vectors, scale: Any, y: Any, *gated: Any) -> Any:
    x, s, dx, slope = gated
    return v.builder.fmul(scale, v.fma(x, slope, v.builder.fmul(dx, s)))


def _gated_back(v: Vectors, scale: Any, gx: Any, gs: Any, g: Any, x: Any, s: Any) -> list[Any]:
    b = v.builder
    return [b.fmul(b.fmul(scale, g), s), v.fma(g, x, gs)]


def _gated_second(v: Vectors, scale: Any, *columns: Any) -> list[Any]:
    gx, more, gdx, gs, g, x, s, dx, slope = columns
    by_x = v.fma(v.builder.fmul(scale, g), slope, gx)
    return [by_x, v.fma(g, dx, more), *_gated_back(v, scale, gdx, gs, g, x, s)]


FORMULAS: dict[str, tuple[int, Formula]] = {
    "fill": (1, lambda v, scale, y: scale),
    "copy": (2, lambda v, scale, y, a: v.builder.fmul(scale, a)),
    "add": (2, lambda v, scale, y, a: v.fma(scale, a, y)),
    "add_two": (3, lambda v, scale, y, a, b: v.fma(scale, b, a)),
    "product": (3, lambda v, scale, y, a, b: v.builder.fmul(v.builder.fmul(scale, a), b)),
    "add_product": (3, lambda v, scale, y, a, b: v.fma(v.builder.fmul(scale, a), b, y)),
    "sigmoid": (2, lambda v, scale, y, x: v.builder.fmul(scale, v.sigmoid(x))),
    "sigmoid_slope": (2, _sigmoid_slope),
    "silu_slope": (4, _silu_slope),
    "sigmoid_curve": (4, _sigmoid_curve),
    "silu_curve": (5, _silu_curve),
    "gated_tangent": (5, _gated_tangent),
    "gated_back": (5, _gated_back),
    "gated_second": (9, _gated_second),
}
"""What goes into the first array, or the first ones: the number of arrays, and the value or list of
values from (scale, old values, other arrays).
"""
DOT: tuple[int, Formula] = (2, lambda v, scale, a, b: v.builder.fmul(v.builder.fmul(scale, a), b))


def emit_formula(
    module: ir.Module, bits: int, name: str, arrays: int, formula: Formula, reduce: bool = False
) -> None:
    """``name(x, x_row, y, y_row, …, scale, rows, n)``: the formula for every row and channel c < n.

    ``x_row`` is the distance of two rows. The values go into the first arrays, or the sum of the
    only one over channels and rows is returned.
    """
    scalar = SCALARS[bits]
    kind = ir.FunctionType(
        scalar if reduce else ir.VoidType(),
        [*[scalar.as_pointer(), I64] * arrays, scalar, I64, I64],
    )
    function = ir.Function(module, kind, name)
    builder = ir.IRBuilder(function.append_basic_block())
    v = Vectors(builder, bits)
    *places, scale, rows, count = function.args
    scale = v.splat(scale)
    rest = builder.and_(count, number(-v.lanes))
    mask = v.mask(builder.sub(count, rest))

    def row(r: Any, total: list[Any]) -> list[Any]:
        pointers = [
            builder.gep(p, [builder.mul(r, step)])
            for p, step in zip(places[::2], places[1::2], strict=True)
        ]

        def vector(c: Any, mask: Any, total: list[Any]) -> list[Any]:
            value = formula(v, scale, *[v.load(pointer, c, mask) for pointer in pointers])
            if reduce:  # lanes outside the mask read zero and add nothing
                return [builder.fadd(total[0], value)]
            values = value if isinstance(value, list) else [value]
            for value, pointer in zip(values, pointers, strict=False):
                v.store(value, pointer, c, mask)
            return total

        total = loop(
            builder, number(0), rest, v.lanes, total, lambda c, total: vector(c, None, total)
        )
        # Many processors are slow to store by a mask, also by an empty one.
        before = builder.block
        with builder.if_then(builder.icmp_signed("<", rest, count)):
            last = vector(rest, mask, total)
            inside = builder.block
        if not reduce:
            return total
        value = builder.phi(v.type)
        value.add_incoming(total[0], before)
        value.add_incoming(last[0], inside)
        return [value]

    total = loop(builder, number(0), rows, 1, [v.zero] if reduce else [], row)
    if reduce:
        builder.ret(v.sum(total[0]))
    else:
        builder.ret_void()
