"""One small matrix times the components of an irrep, channel by channel, as LLVM code: how a row is
turned into a frame.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from segnn.o3.backends.numba.frame_tables import HIGHEST
from segnn.o3.backends.numba.vector.vectors import I64, SCALARS, Vectors, loop, number

_MOST = 13
"""Components whose sums stay in registers together."""


def emit_matrix(module: ir.Module, bits: int, name: str, back: bool) -> None:
    """``name(y, x, D, y_columns, x_columns, dim, n)``: y_p = Σ_k D_pk x_k, or D_kp where ``back``,
    for n channels.

    Component p starts at column ``y_columns[p]`` of y, component k at ``x_columns[k]`` of x; D is
    (dim, dim). There is code for every degree, so that the places in D are known.
    """
    pointer = SCALARS[bits].as_pointer()
    kind = ir.FunctionType(
        ir.VoidType(), [pointer, pointer, pointer, I64.as_pointer(), I64.as_pointer(), I64, I64]
    )
    function = ir.Function(module, kind, name)
    builder = ir.IRBuilder(function.append_basic_block())
    v = Vectors(builder, bits)
    y, x, d, y_columns, x_columns, dim, n = function.args
    end = builder.append_basic_block("end")
    choice = builder.switch(dim, end)

    def some(size: int, first: int, count: int) -> None:
        """``count`` components from ``first`` on, of a block of ``size``."""

        def vector(c: Any, state: list[Any]) -> list[Any]:
            mask = v.mask(builder.sub(n, c))

            def term(k: Any, sums: list[Any]) -> list[Any]:
                value = v.load(x, builder.add(builder.load(builder.gep(x_columns, [k])), c), mask)
                start = builder.gep(d, [builder.mul(k, number(size)) if back else k])
                places = [number((first + p) * (1 if back else size)) for p in range(count)]
                turned = [v.splat(builder.load(builder.gep(start, [place]))) for place in places]
                return [v.fma(a, value, total) for a, total in zip(turned, sums, strict=True)]

            for p, total in enumerate(
                loop(builder, number(0), number(size), 1, [v.zero] * count, term)
            ):
                column = builder.load(builder.gep(y_columns, [number(first + p)]))
                v.store(total, y, builder.add(column, c), mask)
            return state

        loop(builder, number(0), n, v.lanes, [], vector)

    for size in range(3, 2 * HIGHEST + 2, 2):
        block = builder.append_basic_block(f"dim_{size}")
        choice.add_case(number(size), block)
        builder.position_at_end(block)
        pieces = -(-size // _MOST)
        for piece in range(pieces):
            first, stop = piece * size // pieces, (piece + 1) * size // pieces
            some(size, first, stop - first)
        builder.branch(end)
    builder.position_at_end(end)
    builder.ret_void()
