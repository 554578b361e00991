"""How kernels are compiled: numba reads a function, LLVM compiles it once, others call it by name.

    @routine                  called by other routines
    @spread                   likewise, for every chunk, by all threads
    @kernel(numbers="tile")   called from Python, with tensors

numba types and lowers a function to LLVM's text; everything after that is
``segnn.o3.backends.numba.library``.
"""

from __future__ import annotations

import ctypes
import hashlib
import inspect
from collections.abc import Callable
from itertools import count
from typing import Any

import torch
from llvmlite import ir
from numba import types
from numba.core import cgutils, compiler
from numba.core.codegen import CodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.extending import intrinsic
from torch import Tensor

from segnn.o3.backends.numba import library
from segnn.o3.backends.numba.fixed import Fixed
from segnn.o3.backends.numba.flat import FLOATS, INTEGERS, made
from segnn.o3.backends.numba.threads import (
    one_at_a_time,
)  # and starts the threads that a spread function works with
from segnn.o3.backends.numba.vectors import I64, number

_BYTES = ir.IntType(8).as_pointer()


class _Text(CodeLibrary):
    """What numba lowers to, as text."""

    def __init__(self, name: str):
        super().__init__(cpu_target.target_context.codegen(), name)
        self.text = ""

    def add_ir_module(self, ir_module: Any) -> None:
        self.text = cgutils.normalize_ir_text(str(ir_module))

    def add_linking_library(self, library: Any) -> None:
        """What numba has compiled for a routine: nothing that it calls, or the library will say so."""

    def finalize(self) -> None:
        """Nothing more to do."""

    def get_function(self, name: str) -> Any:
        raise NotImplementedError

    get_llvm_str = get_asm_str = get_function


class Source:
    """A function of the kernels and its compiled forms, one for each choice of argument types."""

    def __init__(self, function: Callable):
        self._function = function
        self._name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
        self._found: dict[tuple[Any, ...], tuple[str, Any]] = {}

    def of(self, kinds: tuple[Any, ...]) -> tuple[str, Any]:
        """Name and returned type of the part for arguments of these types."""
        if kinds not in self._found:
            name = f"{self._name}-{hashlib.sha256(repr(kinds).encode()).hexdigest()[:12]}"
            part = library.find(name) or self._compiled(name, kinds)
            self._found[kinds] = (name, part.returns)
        return self._found[kinds]

    def _compiled(self, name: str, kinds: tuple[Any, ...]) -> library.Part:
        flags = compiler.Flags()
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        flags.error_model = "numpy"
        context, text = cpu_target.target_context, _Text(name)
        with library.needs() as needs:
            result = compiler.compile_extra(
                cpu_target.typing_context,
                context,
                self._function,
                kinds,
                None,
                flags,
                {},
                library=text,
            )
        module = text.text.replace(f'"{result.fndesc.mangled_name}"', f'"{name}"')
        return library.add(name, module, tuple(needs), result.signature.return_type)


def call(
    context: Any, builder: Any, name: str, returns: Any, kinds: tuple[Any, ...], values: Any
) -> Any:
    """LLVM code for a call of a part."""
    library.need(name)
    kind = context.call_conv.get_function_type(returns, kinds)
    function = cgutils.get_or_insert_function(builder.module, kind, name)
    _, value = context.call_conv.call_function(builder, function, returns, kinds, values)
    return context.get_dummy_value() if returns == types.none else value


def _named(function: Callable, definition: Callable) -> Any:
    """An intrinsic with the function's parameters."""
    names = ["typing", *inspect.signature(function).parameters]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    definition.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])  # type: ignore[attr-defined]
    definition.__name__, definition.__doc__ = function.__name__, function.__doc__
    return intrinsic(definition)


def routine(function: Callable) -> Any:
    """What other routines call."""
    source = Source(function)

    def definition(typing: Any, *kinds: Any) -> Any:
        kinds = tuple(types.unliteral(kind) for kind in kinds)
        name, returns = source.of(kinds)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return call(context, builder, name, returns, sig.args, args)

        return returns(*kinds), codegen

    return _named(function, definition)


def spread(function: Callable) -> Any:
    """A routine (chunk, chunks, …) for one chunk of the work: called with (threads, chunks, …),
    every chunk is done.

    By one thread, or by several of numba's, each of which does a contiguous share.
    """
    source = Source(function)

    def definition(typing: Any, threads: Any, chunks: Any, *kinds: Any) -> Any:
        kinds = (types.intp, types.intp, *(types.unliteral(kind) for kind in kinds))
        name, _ = source.of(kinds)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return _spread(context, builder, name, kinds, *args)

        return types.void(*kinds), codegen

    return _named(function, definition)


def _spread(
    context: Any, builder: Any, name: str, kinds: tuple[Any, ...], threads: Any, *values: Any
) -> Any:
    """LLVM code: the arguments in a record, and a function that takes them out, handed to numba's
    ``parallel_for``.

    That calls ``work(args, dims, steps, data)`` for shares of ``dims[0]`` items, with ``args[0]``
    moved on by ``steps[0]`` for every item before: begun at zero and moved by one, it is the number
    of the first chunk.
    """
    record = cgutils.pack_struct(builder, values)
    place = cgutils.alloca_once_value(builder, record)
    pointers, integers = _BYTES.as_pointer(), I64.as_pointer()
    work_kind = ir.FunctionType(ir.VoidType(), [pointers, integers, integers, _BYTES])
    work = ir.Function(builder.module, work_kind, builder.module.get_unique_name("work"))
    work.linkage = "internal"
    inner = ir.IRBuilder(work.append_basic_block())
    held = inner.load(inner.bitcast(work.args[3], place.type))
    first = inner.ptrtoint(inner.load(work.args[0]), I64)
    with cgutils.for_range(inner, inner.load(work.args[1]), intp=I64) as loop:
        found = [inner.extract_value(held, n) for n in range(len(values))]
        call(context, inner, name, types.none, kinds, [inner.add(first, loop.index), *found])
    inner.ret_void()

    def one(value: Any) -> Any:
        return cgutils.alloca_once_value(builder, value)

    kind = ir.FunctionType(
        ir.VoidType(), [_BYTES, pointers, integers, integers, _BYTES, *[I64] * 3]
    )
    parallel_for = cgutils.get_or_insert_function(builder.module, kind, "numba_parallel_for")
    start, count, step = one(ir.Constant(_BYTES, None)), one(values[0]), one(number(1))
    data = builder.bitcast(place, _BYTES)
    with builder.if_else(builder.icmp_signed(">", threads, number(1))) as (many, alone):
        with many:
            builder.call(
                parallel_for,
                [
                    builder.bitcast(work, _BYTES),
                    start,
                    count,
                    step,
                    data,
                    number(0),
                    number(1),
                    threads,
                ],
            )
        with alone:
            builder.call(work, [start, count, step, data])
    return context.get_dummy_value()


_EMPTY = (0, 0)
_INTEGERS = "integers"
_SLOTS = {"floats": 2, "integers": 2, "programs": 4, "numbers": 1, "flags": 1}
"""Kinds of arguments and how many 64-bit slots they take: place and length of each array, or the number itself."""


class Kernel:
    """A routine that Python calls with tensors and numbers; the first argument is a tensor of
    floating-point numbers.
    """

    def __init__(self, function: Callable, kinds: dict[str, str]):
        parameters = list(inspect.signature(function).parameters)
        of = {name: kind for kind, names in kinds.items() for name in names.split()}
        unknown = set(of) - set(parameters)
        if unknown:
            raise TypeError(f"{function.__name__} has no parameters {', '.join(sorted(unknown))}")
        self._names = parameters
        self._kinds = [of.get(name, "floats") for name in parameters]
        self._expected = [None if _SLOTS[kind] == 1 else kind for kind in self._kinds]
        self._row = ctypes.c_int64 * sum(_SLOTS[kind] for kind in self._kinds)
        self._source = Source(function)
        self._functions: dict[torch.dtype, Callable] = {}
        self.__name__, self.__doc__ = function.__name__, function.__doc__

    def __call__(self, *arguments: Any) -> None:
        """Tensors (None: empty) or ``Fixed`` for arrays and programs, whole numbers and truth
        values.

        Tensors that are not contiguous are copied. TypeError for one of another dtype than the
        first, or not on the CPU.
        """
        dtype = arguments[0].dtype
        slots, held = [], []
        for kind, value in zip(self._expected, arguments, strict=True):
            if kind is None:
                slots.append(value)
            elif value is None:
                slots += _EMPTY
            elif type(value) is Fixed:
                slots += value.slots
            else:
                if (
                    value.dtype is not (torch.int64 if kind is _INTEGERS else dtype)
                    or not value.is_cpu
                ):
                    raise self._refusal(value, kind, arguments)
                if not value.is_contiguous():
                    value = value.detach().contiguous()
                    held.append(value)
                slots += (value.data_ptr(), value.numel())
        function = self._functions.get(dtype) or self._function(dtype)
        function(self._row(*slots))

    def _refusal(self, value: Tensor, kind: str, arguments: tuple) -> TypeError:
        expected = torch.int64 if kind is _INTEGERS else arguments[0].dtype
        name = next(
            name for name, given in zip(self._names, arguments, strict=True) if given is value
        )
        return TypeError(
            f"the kernel {self.__name__} got {name} of {value.dtype} on {value.device}, expected {expected} on the CPU; "
            "bring all inputs and the network to one dtype and device with .to(…)"
        )

    @global_compiler_lock
    def _function(self, dtype: torch.dtype) -> Callable:
        bits = 32 if dtype == torch.float32 else 64
        name = f"{self._source._name}-{bits}"
        if library.find(name) is None:
            self._add_entry(name, bits)
        self._functions[dtype] = one_at_a_time(
            ctypes.CFUNCTYPE(None, ctypes.c_void_p)(library.address(name))
        )
        return self._functions[dtype]

    def _add_entry(self, name: str, bits: int) -> None:
        """A function that takes the arguments from a row of 64-bit slots."""
        program = types.Tuple((INTEGERS, FLOATS[bits]))
        known = {
            "floats": FLOATS[bits], "integers": INTEGERS, "programs": program, "numbers": types.intp, "flags": types.boolean
        }  # fmt: skip
        kinds = tuple(known[kind] for kind in self._kinds)
        called, _ = self._source.of(kinds)
        context = cpu_target.target_context
        module = context.create_module(name)
        kind = ir.FunctionType(ir.VoidType(), [I64.as_pointer()])
        function = ir.Function(module, kind, name)
        builder = ir.IRBuilder(function.append_basic_block())
        places = count()

        def slot() -> Any:
            return builder.load(builder.gep(function.args[0], [number(next(places))]))

        def value(kind: Any) -> Any:
            if kind == types.intp:
                return slot()
            if kind == types.boolean:
                return builder.icmp_signed("!=", slot(), number(0))
            if kind == program:
                return context.make_tuple(builder, program, [value(INTEGERS), value(FLOATS[bits])])
            data = builder.inttoptr(slot(), context.get_value_type(kind.dtype).as_pointer())
            return made(context, builder, kind, data, slot())

        with library.needs() as needs:
            call(context, builder, called, types.none, kinds, [value(kind) for kind in kinds])
        builder.ret_void()
        library.add(name, cgutils.normalize_ir_text(str(module)), tuple(needs))


def kernel(**kinds: str) -> Callable[[Callable], Kernel]:
    """A routine that Python calls. The names of parameters that are ``integers``, ``programs``,
    ``numbers`` or ``flags``; the others are arrays of floating-point numbers.
    """
    return lambda function: Kernel(function, kinds)
