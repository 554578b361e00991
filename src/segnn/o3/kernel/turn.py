"""Kernels that turn rows into the frames of their edges and back, and that make the weights of the frames; flat arrays.

A row's block is turned by its edge's (2l+1, 2l+1) matrix D, channel by channel. ``table`` lists the blocks of a layout, five
numbers each: components, channels, where D starts in a frame's row, and where the columns of the components stand in ``table``,
outside and inside the frame. See ``segnn.o3.frame_programs``.
"""

from __future__ import annotations

from typing import Any

from numba import njit, types
from numba.extending import intrinsic

from segnn.o3.kernel import simd
from segnn.o3.kernel.frame_table import HIGHEST
from segnn.o3.kernel.simd import _loop, _number, _Vectors, runtime, stay

_options = {"cache": True, "error_model": "numpy", "nogil": True}
BLOCK = 5
"""Numbers of a block in the table."""


def _matrix(back: bool) -> Any:
    """One block of one row times its matrix: y_p = Σ_k D_pk x_k, or D_kp where ``back``.

    There is code for every degree, so that the places in D are known; sums of one vector of channels stay in registers.
    """

    @intrinsic
    def matrix(typing, y, y0, x, x0, d, d0, columns, y_columns, x_columns, dim, n):
        i = types.intp
        signature = types.void(y, i, x, i, d, i, columns, i, i, i, i)

        def codegen(context, builder, signature, args):
            v = _Vectors(context, builder, signature.args[0].dtype)
            y, x, d, columns = (v.data(signature.args[k], args[k]) for k in (0, 2, 4, 6))
            y, x, d = (builder.gep(p, [args[k]]) for p, k in ((y, 1), (x, 3), (d, 5)))
            y_columns, x_columns, dim, n = args[7:]
            end = builder.append_basic_block("end")
            choice = builder.switch(dim, end)

            def column(start: Any, k: Any, c: Any) -> Any:
                return builder.add(builder.load(builder.gep(columns, [builder.add(start, k)])), c)

            def some(size: int, first: int, count: int) -> None:
                """``count`` components from ``first`` on, of a block of ``size``."""

                def vector(c: Any, state: list[Any]) -> list[Any]:
                    mask = v.mask(builder.sub(n, c))

                    def term(k: Any, sums: list[Any]) -> list[Any]:
                        value = v.load(x, column(x_columns, k, c), mask)
                        start = builder.gep(d, [builder.mul(k, _number(size)) if back else k])
                        places = [_number((first + p) * (1 if back else size)) for p in range(count)]
                        turned = [v.splat(builder.load(builder.gep(start, [place]))) for place in places]
                        return [v.fma(a, value, total) for a, total in zip(turned, sums, strict=True)]

                    sums = _loop(builder, _number(0), _number(size), 1, [v.zero] * count, term)
                    for p, total in enumerate(sums):
                        v.store(total, y, column(y_columns, _number(first + p), c), mask)
                    return state

                _loop(builder, _number(0), n, v.lanes, [], vector)

            for size in range(3, 2 * HIGHEST + 2, 2):
                block = builder.append_basic_block(f"dim_{size}")
                choice.add_case(_number(size), block)
                builder.position_at_end(block)
                pieces = -(-size // 13)
                for piece in range(pieces):
                    first, stop = piece * size // pieces, (piece + 1) * size // pieces
                    some(size, first, stop - first)
                builder.branch(end)
            builder.position_at_end(end)
            return context.get_dummy_value()

        return signature, codegen

    return matrix


_matrix_in, _matrix_back = _matrix(False), _matrix(True)


@njit(**_options)
def turn(x, x0, frame, f0, table, blocks, count, y, y0, one):
    """One row into its frame: y = D x, for the ``count`` blocks of the table from position ``blocks`` on."""
    stay()
    for q in range(blocks, blocks + BLOCK * count, BLOCK):
        n, channels, d0, outside, inside = table[q], table[q + 1], f0 + table[q + 2], table[q + 3], table[q + 4]
        if n == 1:
            simd.copy(y, y0 + table[inside], 0, x, x0 + table[outside], 0, one, runtime(1), channels)
        else:
            _matrix_in(y, y0, x, x0, frame, d0, table, inside, outside, n, channels)


@njit(**_options)
def turn_back(y, y0, frame, f0, table, blocks, count, x, x0, one):
    """One row out of its frame: x = Dᵀ y."""
    stay()
    for q in range(blocks, blocks + BLOCK * count, BLOCK):
        n, channels, d0, outside, inside = table[q], table[q + 1], f0 + table[q + 2], table[q + 3], table[q + 4]
        if n == 1:
            simd.copy(x, x0 + table[outside], 0, y, y0 + table[inside], 0, one, runtime(1), channels)
        else:
            _matrix_back(x, x0, y, y0, frame, d0, table, outside, inside, n, channels)


@njit(**_options)
def frame_weights(shares, factors, w, out):
    """The matrices of the frames, as sums of matrices of the layer's weights; ``out`` is overwritten."""
    stay()
    simd.fill(out, runtime(0), 0, w.dtype.type(0), runtime(1), out.shape[0])
    for n in range(shares.shape[0]):
        source, rows, columns, sink, stride = shares[n]
        simd.add(out, sink, stride, w, source, columns, factors[n], rows, columns)


@njit(**_options)
def frame_weights_back(shares, factors, g, gw):
    """The derivative of ``frame_weights`` by the layer's weights, from that by the matrices of the frames."""
    stay()
    simd.fill(gw, runtime(0), 0, g.dtype.type(0), runtime(1), gw.shape[0])
    for n in range(shares.shape[0]):
        source, rows, columns, sink, stride = shares[n]
        simd.add(gw, source, columns, g, sink, stride, factors[n], rows, columns)
