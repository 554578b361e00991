"""The arrays of the kernels: a pointer and a length, with ``len(x)``, ``x[n]`` and ``x[n] = …``.

numba's own arrays are seven values each, counted references among them; the functions that only
hand them on cost more to compile than all arithmetic. Indices are not checked and do not count from
the end.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir

from segnn.o3.backends.numba.compiler import interior
from segnn.o3.backends.numba.compiler.interior import (
    POINTER,
    AbstractTemplate,
    infer_global,
    intrinsic,
    lower_builtin,
    models,
    register_model,
    signature,
    types,
)

I64 = interior.INTEGER


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


def pointer(builder: Any, kind: Any, value: Any, offset: Any) -> Any:
    """LLVM code for the place of a number of an array, or of one of numba's own arrays."""
    if isinstance(kind, Flat):
        return builder.gep(interior.struct_member(builder, kind, value, "data"), [offset])
    return builder.gep(interior.array_data(builder, kind, value), [offset])


def flat(builder: Any, kind: Flat, data: Any, size: Any) -> Any:
    """LLVM code for an array from its pointer and its length."""
    return interior.struct_of(builder, kind, data=data, size=size)


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.intp, args[0]) if isinstance(args[0], Flat) else None


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


@lower_builtin(len, Flat)
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return interior.struct_member(builder, sig.args[0], args[0], "size")


@lower_builtin(operator.getitem, Flat, types.Integer)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.load(pointer(builder, sig.args[0], *args))


@lower_builtin(operator.setitem, Flat, types.Integer, types.Any)
def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    builder.store(args[2], pointer(builder, sig.args[0], *args[:2]))
    return interior.nothing()


@intrinsic
def part(typing, x, first, count):
    """``count`` numbers of an array, from ``first`` on."""

    def codegen(context, builder, sig, args):
        return flat(builder, x, pointer(builder, x, *args[:2]), args[2])

    return x(x, types.intp, types.intp), codegen


@intrinsic
def tail(typing, x, first):
    """The numbers of an array from ``first`` on."""

    def codegen(context, builder, sig, args):
        size = builder.sub(interior.struct_member(builder, x, args[0], "size"), args[1])
        return flat(builder, x, pointer(builder, x, *args), size)

    return x(x, types.intp), codegen


@intrinsic
def like(typing, x, value):
    """A number as the type of the array's numbers."""
    value = types.unliteral(value)

    def codegen(context, builder, sig, args):
        return interior.cast(builder, args[1], value, x.dtype)

    return x.dtype(x, value), codegen


_LINE = 64
"""Bytes of a cache line, at which scratch begins; the address to be freed stands before it."""


def _number(value: int) -> ir.Constant:
    return ir.Constant(I64, value)


@intrinsic
def allocate(typing, count, like):
    """Scratch for ``count`` numbers of the type of ``like``, uninitialised and aligned to a cache
    line; to be given to ``free``.
    """

    def codegen(context, builder, sig, args):
        size = _number(interior.size_of(like.dtype))
        wanted = builder.add(builder.mul(args[0], size), _number(2 * _LINE))
        kind = ir.FunctionType(POINTER, [I64])
        block = builder.call(interior.declared(builder.module, kind, interior.ALLOCATE), [wanted])
        address = builder.ptrtoint(block, I64)
        place = builder.and_(builder.add(address, _number(2 * _LINE - 1)), _number(-_LINE))
        before = builder.inttoptr(builder.sub(place, _number(8)), I64.as_pointer())
        builder.store(address, before)
        data = builder.inttoptr(place, interior.llvm_type(like.dtype).as_pointer())
        return flat(builder, like, data, args[0])

    return like(types.intp, like), codegen


@intrinsic
def free(typing, x):
    """Give scratch back."""

    def codegen(context, builder, sig, args):
        place = builder.ptrtoint(pointer(builder, x, args[0], _number(0)), I64)
        before = builder.inttoptr(builder.sub(place, _number(8)), I64.as_pointer())
        block = builder.inttoptr(builder.load(before), POINTER)
        kind = ir.FunctionType(ir.VoidType(), [POINTER])
        builder.call(interior.declared(builder.module, kind, interior.FREE), [block])
        return interior.nothing()

    return types.void(x), codegen


@intrinsic
def minimum(typing, x, y):
    """The smaller of two whole numbers; for ``min`` numba would compile a function of its own."""

    def codegen(context, builder, sig, args):
        return builder.select(builder.icmp_signed("<", *args), *args)

    return types.intp(types.intp, types.intp), codegen


@intrinsic
def maximum(typing, x, y):
    """The larger of two whole numbers."""

    def codegen(context, builder, sig, args):
        return builder.select(builder.icmp_signed(">", *args), *args)

    return types.intp(types.intp, types.intp), codegen


@intrinsic
def sqrt(typing, x):
    """√x, by the processor's own instruction."""

    def codegen(context, builder, sig, args):
        return builder.call(builder.module.declare_intrinsic("llvm.sqrt", [args[0].type]), args)

    return x(x), codegen
