"""Vector operations for the numba kernels: a matrix product and a few loops over channels, called
as ordinary functions.

Every operation works on flat arrays and offsets, with whole vectors and a masked rest, so that
nothing is padded and nothing overlaps. numba's own loops cannot keep a tile of a matrix product in
registers; here it reaches the processor's peak within a tenth (108 GFLOP/s on one core whose peak
is near 115, as much again on a second one).

The operations are LLVM functions of ``segnn.o3.backends.numba.operations``, compiled once; the kernels only
call them.

Arrays are ``Flat`` (or numba's own, C-contiguous) and of one floating dtype; all other arguments
are signed integers (intp) or named below. Nothing is checked: callers stay in bounds.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from segnn.o3.backends.numba import library
from segnn.o3.backends.numba.flat import Flat, pointer
from segnn.o3.backends.numba.operations import operation
from segnn.o3.backends.numba.vectors import VECTOR_BYTES

__all__ = ["VECTOR_BYTES"]


def _call(name: str, *kinds: Any, reduce: bool = False) -> Any:
    """Signature and code of a call of ``name`` in the library. An array and its offset become one
    pointer there.
    """
    dtype = next(kind.dtype for kind in kinds if isinstance(kind, (Flat, types.Array)))
    signature = (dtype if reduce else types.void)(*kinds)

    def codegen(context, builder, signature, args):
        given, n = [], 0
        while n < len(args):
            kind, value = signature.args[n], args[n]
            if isinstance(kind, (Flat, types.Array)):
                n += 1
                value = _pointer(context, builder, kind, value, args[n])
            given.append(value)
            n += 1
        symbol = operation(name, dtype.bitwidth)
        if not library.need(symbol):  # numba's own linker asks
            binding.add_symbol(symbol, library.address(symbol))
        result = context.get_value_type(dtype) if reduce else ir.VoidType()
        called = ir.FunctionType(result, [value.type for value in given])
        function = cgutils.get_or_insert_function(builder.module, called, symbol)
        value = builder.call(function, given)
        return value if reduce else context.get_dummy_value()

    return signature, codegen


def _pointer(context: Any, builder: Any, kind: Any, value: Any, offset: Any) -> Any:
    if isinstance(kind, Flat):
        return pointer(context, builder, kind, value, offset)
    return builder.gep(context.make_array(kind)(context, builder, value).data, [offset])


_I = types.intp


@intrinsic
def gemm(typing, a, a0, a_row, a_col, b, b0, b_row, c, c0, c_row, m, n, k, accumulate):
    """C = A·B, or C += A·B: A (m, k) of any strides, B (k, n) and C (m, n) with contiguous rows."""
    signature, _ = _call("gemm", a, _I, _I, _I, b, _I, _I, c, _I, _I, _I, _I, _I, types.boolean)
    kinds = [*signature.args[:-1], *[_I] * 6, types.boolean]
    _, code = _call("gemm", *kinds)

    def codegen(context, builder, signature, args):
        one, none = context.get_constant(_I, 1), context.get_constant(_I, 0)
        return code(
            context,
            builder,
            types.void(*kinds),
            [*args[:-1], one, none, none, one, none, none, args[-1]],
        )

    return signature, codegen


@intrinsic
def gemms(
    typing, a, a0, a_row, a_col, b, b0, b_row, c, c0, c_row, m, n, k, outer, a_outer, c_outer, inner, a_inner, b_inner,
    accumulate,
):  # fmt: skip
    """C_o = Σ_i A_oi·B_i, or added to C_o, for o < outer and i < inner; see
    ``segnn.o3.backends.numba.product``.
    """
    return _call("gemm", a, _I, _I, _I, b, _I, _I, c, _I, *[_I] * 10, types.boolean)


@intrinsic
def combine(
    typing,
    y,
    y0,
    y_row,
    n,
    x,
    x0,
    x_row,
    index,
    i0,
    weight,
    w0,
    w_row,
    first,
    last,
    rows,
    accumulate,
):
    """For every row: y[c] = Σ_{first ≤ t < last} weight[t] · x[index[i0 + t] + c] for c < n, or
    added to what y holds.
    """
    return _call(
        "combine", y, _I, _I, _I, x, _I, _I, index, _I, weight, _I, _I, _I, _I, _I, types.boolean
    )


@intrinsic
def scaled_gather(typing, y, y0, coef, c0, a, a0, index, i0, n):
    """y[y0+t] = coef[c0+t] · a[a0 + index[i0+t]] for t < n."""
    return _call("scaled_gather", y, _I, coef, _I, a, _I, index, _I, _I)


def _rows(name: str, *arrays: Any, reduce: bool = False) -> Any:
    """A call over rows and channels c < n, as (x, x0, x_row, y, y0, y_row, …, scale, rows, n)."""
    kinds = [kind for array in arrays for kind in (array, _I, _I)]
    return _call(name, *kinds, arrays[0].dtype, _I, _I, reduce=reduce)


@intrinsic
def fill(typing, y, y0, y_row, scale, rows, n):
    """y = scale."""
    return _rows("fill", y)


@intrinsic
def copy(typing, y, y0, y_row, a, a0, a_row, scale, rows, n):
    """y = scale · a."""
    return _rows("copy", y, a)


@intrinsic
def add(typing, y, y0, y_row, a, a0, a_row, scale, rows, n):
    """y += scale · a."""
    return _rows("add", y, a)


@intrinsic
def add_two(typing, y, y0, y_row, a, a0, a_row, b, b0, b_row, scale, rows, n):
    """y = a + scale · b."""
    return _rows("add_two", y, a, b)


@intrinsic
def product(typing, y, y0, y_row, a, a0, a_row, b, b0, b_row, scale, rows, n):
    """y = scale · a · b."""
    return _rows("product", y, a, b)


@intrinsic
def add_product(typing, y, y0, y_row, a, a0, a_row, b, b0, b_row, scale, rows, n):
    """y += scale · a · b."""
    return _rows("add_product", y, a, b)


@intrinsic
def dot(typing, a, a0, a_row, b, b0, b_row, scale, rows, n):
    """Σ_c scale · a · b."""
    return _rows("dot", a, b, reduce=True)


@intrinsic
def sigmoid(typing, y, y0, y_row, x, x0, x_row, scale, rows, n):
    """y = scale / (1 + exp(−x)), to a few units of round-off."""
    return _rows("sigmoid", y, x)


@intrinsic
def sigmoid_slope(typing, y, y0, y_row, s, s0, s_row, scale, rows, n):
    """y *= scale · s (1 − s)."""
    return _rows("sigmoid_slope", y, s)


@intrinsic
def silu_slope(typing, y, y0, y_row, g, g0, g_row, x, x0, x_row, s, s0, s_row, scale, rows, n):
    """y = scale · g · s (1 + x (1 − s)), with s the sigmoid of x: the derivative of silu times g."""
    return _rows("silu_slope", y, g, x, s)


@intrinsic
def silu_curve(
    typing, y, y0, y_row, g, g0, g_row, dx, dx0, dx_row, x, x0, x_row, s, s0, s_row, scale, rows, n
):
    """y += scale · g · dx · s (1 − s) (2 + x (1 − 2 s)), with s the sigmoid of x: the second
    derivative of silu.
    """
    return _rows("silu_curve", y, g, dx, x, s)


@intrinsic
def sigmoid_curve(
    typing, y, y0, y_row, g, g0, g_row, dx, dx0, dx_row, s, s0, s_row, scale, rows, n
):
    """y += scale · g · dx · (1 − 2 s): the second derivative of a sigmoid s, where g holds the
    first times a number.
    """
    return _rows("sigmoid_curve", y, g, dx, s)
