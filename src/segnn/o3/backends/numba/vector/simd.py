"""Vector operations for the numba kernels: matrix products and loops over rows and channels, called
as ordinary functions.

Every operation works on parts of flat arrays (``views``), with whole vectors and a masked rest, so
that nothing is padded and nothing overlaps. numba's own loops cannot keep a tile of a matrix
product in registers; here it reaches the processor's peak within a tenth (108 GFLOP/s on one core
whose peak is near 115, as much again on a second one).

The operations are LLVM functions of ``segnn.o3.backends.numba.vector.operations``, compiled once;
the kernels only call them. Arrays are ``Flat`` (or numba's own, C-contiguous, in tests), all of one
floating dtype; other arguments are whole numbers. Nothing is checked: callers stay in bounds.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir

from segnn.o3.backends.numba.compiler import interior, library
from segnn.o3.backends.numba.compiler.flat import pointer
from segnn.o3.backends.numba.compiler.interior import intrinsic, types
from segnn.o3.backends.numba.vector.operations import operation
from segnn.o3.backends.numba.vector.views import is_array, is_view


def _dtype(kind: Any) -> Any:
    return _dtype(kind.types[0]) if isinstance(kind, types.BaseTuple) else kind.dtype


def _call(name: str, *kinds: Any, reduce: bool = False) -> Any:
    """Signature and code of a call of the operation ``name``, which returns a number if ``reduce``.

    An array is handed over as a pointer to its first number, a matrix as that and its steps, any
    other record as its members.
    """
    dtype = _dtype(kinds[0])
    signature = (dtype if reduce else types.void)(*kinds)

    def codegen(context, builder, signature, args):
        given = []
        for kind, value in zip(signature.args, args, strict=True):
            given += _flattened(builder, kind, value)
        symbol = operation(name, dtype.bitwidth)
        if not library.need(symbol):  # numba links this call, not we: tell it where the code is
            binding.add_symbol(symbol, library.address(symbol))
        result = interior.llvm_type(dtype) if reduce else ir.VoidType()
        called = ir.FunctionType(result, [value.type for value in given])
        value = builder.call(interior.declared(builder.module, called, symbol), given)
        return value if reduce else interior.nothing()

    return signature, codegen


def _flattened(builder: Any, kind: Any, value: Any) -> list[Any]:
    """LLVM code for what an operation gets of one argument."""
    if is_array(kind):
        return [pointer(builder, kind, value, ir.Constant(interior.INTEGER, 0))]
    if not isinstance(kind, types.BaseTuple):
        return [value]
    members = interior.members(builder, value)
    if is_view(kind):
        data, start, *steps = members
        return [pointer(builder, kind.types[0], data, start), *steps]
    return [
        part
        for member, kind_of_member in zip(members, kind, strict=True)
        for part in _flattened(builder, kind_of_member, member)
    ]


_I = types.intp


@intrinsic
def gemm(typing, a, b, c, size, outer, inner, accumulate):
    """C_o = Σ_i A_oi·B_i, or added to C_o where ``accumulate``, for o < outer.count and i <
    inner.count.

    A (``Strided``) has ``size`` (rows, terms), B and C (``Matrix``) have contiguous rows; ``outer``
    says how far apart A_oi and C_o lie for the next o, ``inner`` A_oi and B_i for the next i. See
    ``segnn.o3.backends.numba.vector.product``.
    """
    return _call("gemm", a, b, c, size, outer, inner, types.boolean)


@intrinsic
def couple(typing, y, x, a, terms, rows, accumulate):
    """For every row and every run of terms: y[written + c] = Σ_t coef[t] · a[attributes[t]] ·
    x[columns[t] + c] for its channels c, or added to what y holds.

    Scratch ``terms.work``: a number for every row and term.
    """
    return _call("couple", y, x, a, terms, _I, types.boolean)


@intrinsic
def couple_dual(typing, y, x, a, terms, rows, value, accumulate):
    """The same for ``Dual`` y, x and a: y's value, if ``value``, and its tangent
    ẏ[written + c] = Σ_t coef[t] · (a[attributes[t]] · ẋ[columns[t] + c] + ȧ[…] · x[…]).

    Scratch ``terms.work``: two numbers for every row and term.
    """
    return _call("couple_dual", y, x, a, terms, _I, types.boolean, types.boolean)


@intrinsic
def add_pairs(typing, ga, x, g, pairs, rows):
    """For every row: ga[read[t]] += coef[t]·⟨x[written …], g[read …]⟩; see
    ``segnn.o3.backends.numba.vector.pairs``.
    """
    return _call("add_pairs", ga, x, g, pairs, _I)


@intrinsic
def matrix_in(typing, y, x, d, y_columns, x_columns, dim, n):
    """One block of one row times its (dim, dim) matrix d, for n channels; see
    ``segnn.o3.backends.numba.vector.matrices``.
    """
    return _call("matrix_in", y, x, d, y_columns, x_columns, _I, _I)


@intrinsic
def matrix_back(typing, y, x, d, y_columns, x_columns, dim, n):
    """One block of one row times its matrix, transposed."""
    return _call("matrix_back", y, x, d, y_columns, x_columns, _I, _I)


def _rows(name: str, *arrays: Any, reduce: bool = False) -> Any:
    """A call over rows and channels c < n, as (x, y, …, scale, rows, n) with matrices x, y, …"""
    return _call(name, *arrays, _dtype(arrays[0]), _I, _I, reduce=reduce)


@intrinsic
def fill(typing, y, scale, rows, n):
    """y = scale."""
    return _rows("fill", y)


@intrinsic
def copy(typing, y, a, scale, rows, n):
    """y = scale · a."""
    return _rows("copy", y, a)


@intrinsic
def add(typing, y, a, scale, rows, n):
    """y += scale · a."""
    return _rows("add", y, a)


@intrinsic
def add_two(typing, y, a, b, scale, rows, n):
    """y = a + scale · b."""
    return _rows("add_two", y, a, b)


@intrinsic
def product(typing, y, a, b, scale, rows, n):
    """y = scale · a · b."""
    return _rows("product", y, a, b)


@intrinsic
def add_product(typing, y, a, b, scale, rows, n):
    """y += scale · a · b."""
    return _rows("add_product", y, a, b)


@intrinsic
def dot(typing, a, b, scale, rows, n):
    """Σ_c scale · a · b."""
    return _rows("dot", a, b, reduce=True)


@intrinsic
def sigmoid(typing, y, x, scale, rows, n):
    """y = scale / (1 + exp(−x)), to a few units of round-off."""
    return _rows("sigmoid", y, x)


@intrinsic
def sigmoid_slope(typing, y, s, scale, rows, n):
    """y *= scale · s (1 − s)."""
    return _rows("sigmoid_slope", y, s)


@intrinsic
def silu_slope(typing, y, g, x, scale, rows, n):
    """y = scale · g · s (1 + x (1 − s)) for x ``Gated`` by s: the derivative of silu times g."""
    return _rows("silu_slope", y, g, x)


@intrinsic
def silu_curve(typing, y, g, dx, x, scale, rows, n):
    """y += scale · g · dx · s (1 − s) (2 + x (1 − 2 s)) for x ``Gated`` by s: the second
    derivative of silu.
    """
    return _rows("silu_curve", y, g, dx, x)


@intrinsic
def sigmoid_curve(typing, y, g, dx, s, scale, rows, n):
    """y += scale · g · dx · (1 − 2 s): the second derivative of a sigmoid s, where g holds the
    first times a number.
    """
    return _rows("sigmoid_curve", y, g, dx, s)


@intrinsic
def gated_tangent(typing, y, x, scale, rows, n):
    """y = scale · (ẋ s + x ṡ): the tangent of scale · x s, for ``GatedDual`` x."""
    return _rows("gated_tangent", y, x)


@intrinsic
def gated_back(typing, gx, g, x, scale, rows, n):
    """The derivatives of ⟨g, scale · x s⟩ for ``Gated`` x by x and, less the scale, by s: gx's x
    = scale · g s, and gx's s += g x.
    """
    return _rows("gated_back", gx, g, x)


@intrinsic
def gated_second(typing, gx, g, x, scale, rows, n):
    """The derivatives of ⟨g, ẏ⟩ for the ẏ of ``gated_tangent``, with ``GatedDual`` gx and x: by the
    tangents as in ``gated_back``, x = scale · g s and s += g x, and by the values, both added,
    x += scale · g ṡ and s += g ẋ.
    """
    return _rows("gated_second", gx, g, x)
