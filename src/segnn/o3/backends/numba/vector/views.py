"""Parts of flat arrays, as the vector operations take them: where rows begin and how far they lie
apart.

Records of kernels (``segnn.o3.backends.numba.compiler.records``): they are made within kernels, of
numbers that stay in registers, and cost nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba.compiler import interior
from segnn.o3.backends.numba.compiler.flat import Flat, flat, pointer
from segnn.o3.backends.numba.compiler.interior import intrinsic, types
from segnn.o3.backends.numba.compiler.records import Floats, Integers


class Matrix(NamedTuple):
    """Rows of numbers: row r begins at ``data[start + r · step]``. A step of zero is one row for
    all.
    """

    data: Floats
    start: int
    step: int


class Dual(NamedTuple):
    """Rows of values and those of their tangents, as dual numbers value + ε tangent."""

    value: Matrix
    tangent: Matrix


class Strided(NamedTuple):
    """A matrix whose columns may lie apart too, such as a transposed one."""

    data: Floats
    start: int
    row: int
    column: int


class Gated(NamedTuple):
    """Numbers x and the sigmoids s of their gates, or of themselves."""

    x: Matrix
    s: Matrix


class GatedDual(NamedTuple):
    """Numbers with the sigmoids of their gates, and the tangents of both."""

    value: Gated
    tangent: Gated


class Size(NamedTuple):
    """Sizes of a matrix product: (rows × terms) · (terms × columns)."""

    rows: int
    columns: int
    terms: int


class Repeat(NamedTuple):
    """``count`` products, whose two matrices lie ``first`` and ``second`` numbers apart."""

    count: int
    first: int
    second: int


class Terms(NamedTuple):
    """``count`` runs of terms, each of which adds to the same columns; of every term the columns
    that it reads, the column of the attribute and the coupling. ``terms`` are all of them; ``work``
    is scratch for their weights.
    """

    runs: Integers
    count: int
    columns: Integers
    attributes: Integers
    coef: Floats
    terms: int
    work: Floats


class Pairs(NamedTuple):
    """``count`` runs of terms, each of which multiplies the same two columns; of every term the
    column of the attribute and the coupling.
    """

    runs: Integers
    count: int
    read: Integers
    coef: Floats


@intrinsic
def from_row(typing, matrix, row):
    """The rows of a matrix from ``row`` on."""

    def codegen(context, builder, signature, args):
        data, start, step = interior.members(builder, args[0])
        start = builder.add(start, builder.mul(args[1], step))
        return interior.tuple_of(builder, matrix, [data, start, step])

    return matrix(matrix, types.intp), codegen


@intrinsic
def from_column(typing, matrix, column):
    """The columns of a matrix from ``column`` on."""

    def codegen(context, builder, signature, args):
        data, start, step = interior.members(builder, args[0])
        return interior.tuple_of(builder, matrix, [data, builder.add(start, args[1]), step])

    return matrix(matrix, types.intp), codegen


@intrinsic
def with_step(typing, matrix, step):
    """A matrix that begins at the same place, with rows that lie ``step`` numbers apart."""

    def codegen(context, builder, signature, args):
        data, start, _ = interior.members(builder, args[0])
        return interior.tuple_of(builder, matrix, [data, start, args[1]])

    return matrix(matrix, types.intp), codegen


@intrinsic
def below(typing, matrix, rows, step):
    """A matrix that begins where so many rows of another one end: how scratch is cut."""

    def codegen(context, builder, signature, args):
        data, start, old = interior.members(builder, args[0])
        start = builder.add(start, builder.mul(args[1], old))
        return interior.tuple_of(builder, matrix, [data, start, args[2]])

    return matrix(matrix, types.intp, types.intp), codegen


@intrinsic
def after(typing, matrix, rows):
    """The numbers behind so many rows of a matrix, as an array: the last piece of scratch."""
    array = matrix.types[0]

    def codegen(context, builder, signature, args):
        data, start, step = interior.members(builder, args[0])
        start = builder.add(start, builder.mul(args[1], step))
        size = builder.sub(interior.struct_member(builder, array, data, "size"), start)
        return flat(builder, array, pointer(builder, array, data, start), size)

    return array(matrix, types.intp), codegen


@intrinsic
def numbers(typing, matrix):
    """The array of a matrix, from its first number on."""
    array = matrix.types[0]

    def codegen(context, builder, signature, args):
        data, start, _ = interior.members(builder, args[0])
        size = builder.sub(interior.struct_member(builder, array, data, "size"), start)
        return flat(builder, array, pointer(builder, array, data, start), size)

    return array(matrix), codegen


def is_view(kind: types.Type) -> bool:
    """Whether a numba type is that of a matrix, strided or not."""
    return getattr(kind, "instance_class", None) in (Matrix, Strided)


def is_array(kind: types.Type) -> bool:
    """Whether a numba type is that of an array, ours or numba's own."""
    return isinstance(kind, Flat | types.Array)
