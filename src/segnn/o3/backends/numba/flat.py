"""The arrays of the kernels: a pointer and a length, ``x[n]``, ``x.shape[0]`` and ``x.dtype``.

numba's own arrays are seven values each, counted references among them; the functions that only
hand them on cost more to compile than all arithmetic. Indices are not checked and do not count from
the end.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    signature,
)
from numba.extending import intrinsic, lower_builtin, lower_getattr, register_model

from segnn.o3.backends.numba.vectors import I64, number


class Flat(types.Type):
    """Numbers of one type, one after another."""

    def __init__(self, dtype: Any):
        self.dtype = dtype
        super().__init__(name=f"Flat({dtype})")


INTEGERS = Flat(types.int64)
FLOATS = {32: Flat(types.float32), 64: Flat(types.float64)}
"""The arrays of floating-point numbers by their bits."""


@register_model(Flat)
class _Model(models.StructModel):
    def __init__(self, manager: Any, kind: Flat):
        super().__init__(
            manager, kind, [("data", types.CPointer(kind.dtype)), ("size", types.intp)]
        )


@infer_getattr
class _Attributes(AttributeTemplate):
    key = Flat

    def resolve_shape(self, kind: Flat) -> Any:
        return types.UniTuple(types.intp, 1)

    def resolve_dtype(self, kind: Flat) -> Any:
        return types.DType(kind.dtype)


@lower_getattr(Flat, "shape")
def _shape(context: Any, builder: Any, kind: Flat, value: Any) -> Any:
    size = cgutils.create_struct_proxy(kind)(context, builder, value=value).size
    return context.make_tuple(builder, types.UniTuple(types.intp, 1), [size])


@lower_getattr(Flat, "dtype")
def _dtype(context: Any, builder: Any, kind: Flat, value: Any) -> Any:
    return context.get_dummy_value()


def pointer(context: Any, builder: Any, kind: Flat, value: Any, offset: Any) -> Any:
    """LLVM code for the place of a number."""
    return builder.gep(
        cgutils.create_struct_proxy(kind)(context, builder, value=value).data, [offset]
    )


def made(context: Any, builder: Any, kind: Flat, data: Any, size: Any) -> Any:
    """LLVM code for an array from its pointer and its length."""
    array = cgutils.create_struct_proxy(kind)(context, builder)
    array.data, array.size = data, size
    return array._getvalue()


@infer_global(operator.getitem)
class _Get(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], Flat) and isinstance(args[1], types.Integer):
            return signature(args[0].dtype, args[0], types.intp)
        return None


@infer_global(operator.setitem)
class _Set(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], Flat) and isinstance(args[1], types.Integer):
            return signature(types.none, args[0], types.intp, args[0].dtype)
        return None


@lower_builtin(operator.getitem, Flat, types.Integer)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.load(pointer(context, builder, sig.args[0], *args))


@lower_builtin(operator.setitem, Flat, types.Integer, types.Any)
def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    builder.store(args[2], pointer(context, builder, sig.args[0], *args[:2]))
    return context.get_dummy_value()


@intrinsic
def part(typing, x, first, count):
    """Some of the numbers of an array, from ``first`` on."""

    def codegen(context, builder, sig, args):
        return made(
            context,
            builder,
            sig.args[0],
            pointer(context, builder, sig.args[0], *args[:2]),
            args[2],
        )

    return x(x, types.intp, types.intp), codegen


_LINE = 64
"""Bytes of a cache line, at which scratch begins; the address to be freed stands before it."""
_BYTES = ir.IntType(8).as_pointer()


@intrinsic
def room(typing, count, like):
    """Scratch for some numbers of the type of ``like``, uninitialised, from a cache line on; to be
    given to ``free``.
    """

    def codegen(context, builder, sig, args):
        size = context.get_abi_sizeof(context.get_value_type(sig.return_type.dtype))
        wanted = builder.add(builder.mul(args[0], number(size)), number(2 * _LINE))
        kind = ir.FunctionType(_BYTES, [I64])
        block = builder.call(
            cgutils.get_or_insert_function(builder.module, kind, "NRT_Allocate"), [wanted]
        )
        address = builder.ptrtoint(block, I64)
        place = builder.and_(builder.add(address, number(2 * _LINE - 1)), number(-_LINE))
        before = builder.inttoptr(builder.sub(place, number(8)), I64.as_pointer())
        builder.store(address, before)
        data = builder.inttoptr(place, context.get_value_type(sig.return_type.dtype).as_pointer())
        return made(context, builder, sig.return_type, data, args[0])

    return like(types.intp, like), codegen


@intrinsic
def free(typing, x):
    """Give scratch back."""

    def codegen(context, builder, sig, args):
        place = builder.ptrtoint(pointer(context, builder, sig.args[0], args[0], number(0)), I64)
        before = builder.inttoptr(builder.sub(place, number(8)), I64.as_pointer())
        block = builder.inttoptr(builder.load(before), _BYTES)
        kind = ir.FunctionType(ir.VoidType(), [_BYTES])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, "NRT_Free"), [block])
        return context.get_dummy_value()

    return types.void(x), codegen


@intrinsic
def lesser(typing, x, y):
    """The smaller of two whole numbers; numba would compile a function for ``min``."""

    def codegen(context, builder, sig, args):
        return builder.select(builder.icmp_signed("<", *args), *args)

    return types.intp(types.intp, types.intp), codegen


@intrinsic
def greater(typing, x, y):
    """The larger of two whole numbers."""

    def codegen(context, builder, sig, args):
        return builder.select(builder.icmp_signed(">", *args), *args)

    return types.intp(types.intp, types.intp), codegen


@intrinsic
def root(typing, x):
    """√x, by the processor."""

    def codegen(context, builder, sig, args):
        return builder.call(builder.module.declare_intrinsic("llvm.sqrt", [args[0].type]), args)

    return x(x), codegen
