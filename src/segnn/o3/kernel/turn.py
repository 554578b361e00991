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
from segnn.o3.kernel.simd import _loop, _number, _Vectors, runtime, stay

_options = {"cache": True, "error_model": "numpy", "nogil": True}
BLOCK = 5
"""Numbers of a block in the table."""


def _some(count: int) -> Any:
    """``count`` components of one block of one row; they stay in registers while the components they are made of are read."""

    @intrinsic
    def some(typing, y, y0, x, x0, d, d0, d_out, d_in, columns, y_columns, x_columns, terms, n):
        i = types.intp
        signature = types.void(y, i, x, i, d, i, i, i, columns, i, i, i, i)

        def codegen(context, builder, signature, args):
            v = _Vectors(context, builder, signature.args[0].dtype)
            y, x, d, columns = (v.data(signature.args[k], args[k]) for k in (0, 2, 4, 8))
            y, x, d = (builder.gep(p, [args[k]]) for p, k in ((y, 1), (x, 3), (d, 5)))
            d_out, d_in, y_columns, x_columns, terms, n = (*args[6:8], *args[9:])
            outs = [
                builder.load(builder.gep(columns, [builder.add(y_columns, _number(k))]))
                for k in range(count)
            ]  # fmt: skip
            starts = [builder.mul(_number(k), d_out) for k in range(count)]

            def vector(c: Any, state: list[Any]) -> list[Any]:
                mask = v.mask(builder.sub(n, c))

                def term(t: Any, sums: list[Any]) -> list[Any]:
                    column = builder.load(builder.gep(columns, [builder.add(x_columns, t)]))
                    value = v.load(x, builder.add(column, c), mask)
                    turn = builder.mul(t, d_in)
                    places = [builder.add(start, turn) for start in starts]
                    return [
                        v.fma(v.splat(builder.load(builder.gep(d, [place]))), value, s)
                        for place, s in zip(places, sums, strict=True)
                    ]

                sums = _loop(builder, _number(0), terms, 1, [v.zero] * count, term)
                for out, value in zip(outs, sums, strict=True):
                    v.store(value, y, builder.add(out, c), mask)
                return []

            _loop(builder, _number(0), n, v.lanes, [], vector)
            return context.get_dummy_value()

        return signature, codegen

    return some


_some_3, _some_4, _some_5, _some_7, _some_9 = (_some(count) for count in (3, 4, 5, 7, 9))


@njit(**_options)
def _turn_block(y, y0, x, x0, d, d0, d_out, d_in, table, y_columns, x_columns, terms, n):
    """All components of one block of one row: y_p = Σ_k D[p·d_out + k·d_in] x_k. ``terms`` is odd, and so is each last piece."""
    first = 0
    while first < terms:
        left = terms - first
        d_p, y_p = d0 + first * d_out, y_columns + first
        if left == 3:
            _some_3(y, y0, x, x0, d, d_p, d_out, d_in, table, y_p, x_columns, terms, n)
            first += 3
        elif left == 5:
            _some_5(y, y0, x, x0, d, d_p, d_out, d_in, table, y_p, x_columns, terms, n)
            first += 5
        elif left == 7:
            _some_7(y, y0, x, x0, d, d_p, d_out, d_in, table, y_p, x_columns, terms, n)
            first += 7
        elif left == 9:
            _some_9(y, y0, x, x0, d, d_p, d_out, d_in, table, y_p, x_columns, terms, n)
            first += 9
        else:
            _some_4(y, y0, x, x0, d, d_p, d_out, d_in, table, y_p, x_columns, terms, n)
            first += 4


@njit(**_options)
def turn(x, x0, frame, f0, table, blocks, count, y, y0, one):
    """One row into its frame: y = D x, for the ``count`` blocks of the table from position ``blocks`` on."""
    stay()
    for q in range(blocks, blocks + BLOCK * count, BLOCK):
        n, channels, d0, outside, inside = table[q], table[q + 1], f0 + table[q + 2], table[q + 3], table[q + 4]
        if n == 1:
            simd.copy(y, y0 + table[inside], 0, x, x0 + table[outside], 0, one, runtime(1), channels)
        else:
            _turn_block(y, y0, x, x0, frame, d0, n, runtime(1), table, inside, outside, n, channels)


@njit(**_options)
def turn_back(y, y0, frame, f0, table, blocks, count, x, x0, one):
    """One row out of its frame: x = Dᵀ y."""
    stay()
    for q in range(blocks, blocks + BLOCK * count, BLOCK):
        n, channels, d0, outside, inside = table[q], table[q + 1], f0 + table[q + 2], table[q + 3], table[q + 4]
        if n == 1:
            simd.copy(x, x0 + table[outside], 0, y, y0 + table[inside], 0, one, runtime(1), channels)
        else:
            _turn_block(x, x0, y, y0, frame, d0, runtime(1), n, table, outside, inside, n, channels)


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
