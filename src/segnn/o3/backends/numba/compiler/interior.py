"""Everything that segnn uses of numba's interior: one file to read when a new numba comes out.

numba promises nothing about what is imported here from ``numba.core``; every use says what is
relied on. It is written for numba 0.68; whether another version keeps to it is found out at every
start, by a small kernel that is compared (``segnn.o3.backends.numba.layers.backend``). Elsewhere
only threads, ``numba.config`` and the version are used, which numba documents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import binding, ir
from numba import config, types

# Typing and lowering of a new array type: numba's documented way of extension, parts of which live
# in numba.core (the templates, since 0.49).
from numba.core import cgutils, compiler
from numba.core.codegen import CodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.datamodel import models
from numba.core.registry import cpu_target
from numba.core.runtime import _nrt_python
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, register_model

__all__ = [
    "LOCK", "AbstractTemplate", "infer_global", "intrinsic", "lower_builtin", "models",
    "register_model", "signature", "types",
]  # fmt: skip

LOCK = global_compiler_lock
"""numba's compiler is not safe for threads: whoever enters it holds this lock, a decorator and a
context manager. Our own compiled code is added under it as well."""

_TARGET = cpu_target.target_context
"""How types lie in memory and how functions are called; ``cpu_target`` is numba's CPU back end."""

POINTER = ir.IntType(8).as_pointer()
"""A pointer to anything."""
INTEGER = ir.IntType(64)


def processor() -> tuple[str, str, str]:
    """Triple, name and features of the processor that numba compiles for.

    This machine, unless ``NUMBA_CPU_NAME`` and ``NUMBA_CPU_FEATURES`` say otherwise. Relied on:
    ``magic_tuple``, which numba's own cache uses as the key of a machine.
    """
    return cpu_target.target_context.codegen().magic_tuple()


def target_machine() -> Any:
    """LLVM's code generator for that processor, with numba's options.

    Relied on: ``_customize_tm_options`` fills in the arguments of llvmlite's public
    ``create_target_machine``.
    """
    options = {"opt": 2}
    cpu_target.target_context.codegen()._customize_tm_options(options)
    return binding.Target.from_triple(binding.get_process_triple()).create_target_machine(**options)


def execution_engine() -> Any:
    """An empty MCJIT engine, to which object files are added.

    Relied on: ``USE_LLVMLITE_MEMORY_MANAGER``, which numba sets where the system's allocator would
    place code too far from data.
    """
    return binding.create_mcjit_compiler(
        binding.parse_assembly(""), target_machine(), use_lmm=config.USE_LLVMLITE_MEMORY_MANAGER
    )


ALLOCATE, FREE = "NRT_Allocate", "NRT_Free"
"""numba's C functions (size) → pointer and (pointer) → nothing."""


def register_allocator() -> None:
    """Lets LLVM's linker find numba's allocator.

    Relied on: ``c_helpers``, addresses of the functions of numba's runtime by their names, and the
    two signatures above.
    """
    for name in (ALLOCATE, FREE):
        binding.add_symbol(name, _nrt_python.c_helpers[name.removeprefix("NRT_")])


PARALLEL_FOR = "numba_parallel_for"
"""numba's C function that shares loops among threads. numba registers it with LLVM's linker when
its threads are started (``segnn.o3.backends.numba.threads``)."""


def new_module(name: str) -> ir.Module:
    """An empty LLVM module for numba's processor."""
    return _TARGET.create_module(name)


def module_text(module: ir.Module) -> str:
    """LLVM's text of a module, as llvmlite parses it (numba re-encodes names to Latin-1)."""
    return cgutils.normalize_ir_text(str(module))


def declared(module: ir.Module, kind: ir.FunctionType, name: str) -> ir.Function:
    """A function of another module, declared in this one once."""
    return cgutils.get_or_insert_function(module, kind, name)


class _Text(CodeLibrary):
    """Keeps what numba lowers as text, instead of compiling it.

    Relied on: ``compile_extra(library=…)`` adds its one module by ``add_ir_module`` and calls
    ``finalize``; with ``no_compile`` it asks for nothing else.
    """

    def __init__(self, name: str):
        super().__init__(_TARGET.codegen(), name)
        self.text = ""

    def add_ir_module(self, ir_module: Any) -> None:
        self.text = module_text(ir_module)

    def add_linking_library(self, library: Any) -> None:
        """numba compiled a function of its own for the kernel.

        Nothing is added: should the kernel call it, ``library`` says that the name is unknown.
        """

    def finalize(self) -> None:
        """Nothing is compiled here."""

    def get_function(self, name: str) -> Any:
        raise NotImplementedError

    get_llvm_str = get_asm_str = get_function


def lower(function: Callable, kinds: tuple[Any, ...], name: str) -> tuple[str, Any]:
    """LLVM's text of a Python function for arguments of these types, under that name, and the type
    that it returns.

    Relied on: ``compile_extra``, the entry of numba's compiler since its first versions; its flags
    (attributes of ``Flags`` since 0.54); ``fndesc.mangled_name``, the name within the text.
    """
    flags = compiler.Flags()
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    flags.error_model = "numpy"  # a division by zero raises nothing
    text = _Text(name)
    result = compiler.compile_extra(
        cpu_target.typing_context, _TARGET, function, kinds, None, flags, {}, library=text
    )
    return (
        text.text.replace(f'"{result.fndesc.mangled_name}"', f'"{name}"'),
        result.signature.return_type,
    )


def call(builder: Any, name: str, returns: Any, kinds: tuple[Any, ...], values: Sequence) -> Any:
    """LLVM code for a call of a lowered function.

    Relied on: the target's ``call_conv``, numba's calling convention for its own functions.
    """
    convention = _TARGET.call_conv
    function = declared(builder.module, convention.get_function_type(returns, kinds), name)
    _, value = convention.call_function(builder, function, returns, kinds, values)
    return nothing() if returns == types.none else value


def nothing() -> Any:
    """LLVM code for None."""
    return _TARGET.get_dummy_value()


def tuple_of(builder: Any, kind: Any, values: Sequence[Any]) -> Any:
    """LLVM code for a (named) tuple of that type."""
    return _TARGET.make_tuple(builder, kind, values)


def record_type(kinds: Sequence[Any], record: type) -> Any:
    """The numba type of a named tuple.

    Relied on: kernels may build a named tuple and read its members (documented); ``from_types``
    gives the type that numba infers for such a call.
    """
    return types.BaseTuple.from_types(kinds, record)


def members(builder: Any, value: Any) -> list[Any]:
    """LLVM code for the members of a tuple, which is an LLVM struct or array."""
    return cgutils.unpack_tuple(builder, value)


def llvm_type(kind: Any) -> Any:
    """The LLVM type of values of a numba type."""
    return _TARGET.get_value_type(kind)


def size_of(kind: Any) -> int:
    """Bytes of a value of a numba type."""
    return _TARGET.get_abi_sizeof(llvm_type(kind))


def struct_member(builder: Any, kind: Any, value: Any, name: str) -> Any:
    """LLVM code for a member of a value whose data model is a struct (``models.StructModel``)."""
    return getattr(cgutils.create_struct_proxy(kind)(_TARGET, builder, value=value), name)


def struct_of(builder: Any, kind: Any, **values: Any) -> Any:
    """LLVM code for such a value from its members."""
    struct = cgutils.create_struct_proxy(kind)(_TARGET, builder)
    for name, value in values.items():
        setattr(struct, name, value)
    return struct._getvalue()


def array_data(builder: Any, kind: Any, value: Any) -> Any:
    """LLVM code for the pointer of one of numba's own arrays."""
    return _TARGET.make_array(kind)(_TARGET, builder, value).data


def cast(builder: Any, value: Any, kind: Any, wanted: Any) -> Any:
    """LLVM code for a number as another type."""
    return _TARGET.cast(builder, value, kind, wanted)


def parallel_for(
    builder: Any, body: Callable[[Any, Any, list], None], threads: Any, count: Any, values: list
) -> None:
    """LLVM code: ``body(builder, index, values)`` for every index below ``count``, by several
    threads, each of which does a contiguous share; by this one if ``threads`` is one.

    Relied on: ``numba_parallel_for(work, args, dims, steps, data, 0, 1, threads)``, with a number
    of threads since 0.49. It calls ``work(args, dims, steps, data)`` for shares of ``dims[0]``
    items, with ``args[0]`` moved on by ``steps[0]`` for every item before: begun at zero and moved
    by one, that pointer is the index of the first item. ``data`` is handed on as it is.
    """
    place = cgutils.alloca_once_value(builder, cgutils.pack_struct(builder, values))
    pointers, integers = POINTER.as_pointer(), INTEGER.as_pointer()
    work_kind = ir.FunctionType(ir.VoidType(), [pointers, integers, integers, POINTER])
    work = ir.Function(builder.module, work_kind, builder.module.get_unique_name("work"))
    work.linkage = "internal"
    inner = ir.IRBuilder(work.append_basic_block())
    held = inner.load(inner.bitcast(work.args[3], place.type))
    first = inner.ptrtoint(inner.load(work.args[0]), INTEGER)
    with cgutils.for_range(inner, inner.load(work.args[1]), intp=INTEGER) as loop:
        found = [inner.extract_value(held, n) for n in range(len(values))]
        body(inner, inner.add(first, loop.index), found)
    inner.ret_void()

    zero, one = ir.Constant(INTEGER, 0), ir.Constant(INTEGER, 1)
    starts = cgutils.alloca_once_value(builder, ir.Constant(POINTER, None))
    counts, steps = (
        cgutils.alloca_once_value(builder, count),
        cgutils.alloca_once_value(builder, one),
    )
    data = builder.bitcast(place, POINTER)
    kind = ir.FunctionType(
        ir.VoidType(), [POINTER, pointers, integers, integers, POINTER, *[INTEGER] * 3]
    )
    with builder.if_else(builder.icmp_signed(">", threads, one)) as (several, alone):
        with several:
            share = declared(builder.module, kind, PARALLEL_FOR)
            address = builder.bitcast(work, POINTER)
            builder.call(share, [address, starts, counts, steps, data, zero, one, threads])
        with alone:
            builder.call(work, [starts, counts, steps, data])
