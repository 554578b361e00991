"""Kernels: what Python calls with a record of tensors, tables and numbers.

All arguments go to compiled code as one row of 64-bit slots: address and length of each array, or
the number itself. See ``records`` for how a record is declared.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from itertools import count
from typing import Any

import torch
from llvmlite import ir
from torch import Tensor

# Importing threads starts those that a spread function works with.
from segnn.o3.backends.numba import threads
from segnn.o3.backends.numba.compiler import interior, library
from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.compiler.flat import I64, Flat, flat
from segnn.o3.backends.numba.compiler.interior import LOCK, types
from segnn.o3.backends.numba.compiler.records import (
    first_array,
    record_of,
    record_type,
    slots_of,
)
from segnn.o3.backends.numba.compiler.routines import Source, call

_EMPTY = (0, 0)
_INTEGERS = "integers"


class Kernel:
    """A routine that Python calls with its record, whose first slot is a floating-point tensor."""

    def __init__(self, function: Callable):
        self.record = record_of(function)
        self._expected = _expected(slots_of(self.record))
        self._row = ctypes.c_int64 * _count(slots_of(self.record))
        self._source = Source(function)
        self._functions: dict[torch.dtype, Callable] = {}
        self.__name__, self.__doc__ = function.__name__, function.__doc__

    def __call__(self, record: Any) -> None:
        """Runs the kernel for a record: tensors (None: empty) or ``Fixed`` for arrays, whole
        numbers and truth values.

        Tensors that are not contiguous are copied. TypeError for one of another dtype than the
        first, or not on the CPU.
        """
        dtype = first_array(record).dtype
        slots: list[int] = []
        held: list[Tensor] = []  # copies, which must live until the call is over
        self._fill(slots, held, self._expected, record, dtype)
        function = self._functions.get(dtype) or self._function(dtype)
        function(self._row(*slots))

    def _fill(
        self, slots: list[int], held: list[Tensor], expected: Any, record: Any, dtype: torch.dtype
    ) -> None:
        for kind, value in zip(expected, record, strict=True):
            if kind is None:
                slots.append(value)
            elif type(value) is Fixed:
                slots += value.slots
            elif type(kind) is tuple:
                self._fill(slots, held, kind, value, dtype)
            elif value is None:
                slots += _EMPTY
            else:
                wanted = torch.int64 if kind is _INTEGERS else dtype
                if value.dtype is not wanted or not value.is_cpu:
                    raise self._refusal(value, wanted, record)
                if not value.is_contiguous():
                    value = value.detach().contiguous()
                    held.append(value)
                slots += (value.data_ptr(), value.numel())

    def _refusal(self, value: Tensor, expected: torch.dtype, record: Any) -> TypeError:
        name = next(name for name, given in record._asdict().items() if given is value)
        return TypeError(
            f"the kernel {self.__name__} got {name} of {value.dtype} on {value.device}, expected "
            f"{expected} on the CPU; bring all inputs and the network to one dtype and device "
            "with .to(…)"
        )

    @LOCK
    def _function(self, dtype: torch.dtype) -> Callable:
        bits = 32 if dtype == torch.float32 else 64
        name = f"{self._source.name}-{bits}"
        if library.find(name) is None:
            self._add_entry(name, bits)
        self._functions[dtype] = threads.one_at_a_time(
            ctypes.CFUNCTYPE(None, ctypes.c_void_p)(library.address(name))
        )
        return self._functions[dtype]

    def _add_entry(self, name: str, bits: int) -> None:
        """A function that takes the record from a row of 64-bit slots."""
        kind = record_type(self.record, bits)
        called, _ = self._source.of((kind,))
        module = interior.new_module(name)
        entry = ir.Function(module, ir.FunctionType(ir.VoidType(), [I64.as_pointer()]), name)
        builder = ir.IRBuilder(entry.append_basic_block())
        with library.needs() as needs:
            call(builder, called, types.none, (kind,), [_reader(builder, entry.args[0])(kind)])
        builder.ret_void()
        library.add(name, interior.module_text(module), tuple(needs))


def _expected(slots: dict[str, Any]) -> tuple[Any, ...]:
    """Of every slot: None for a number, "floats", "integers", or a tuple of these for a record."""
    found: list[Any] = []
    for kind in slots.values():
        if isinstance(kind, dict):
            found.append(_expected(kind))
        else:
            found.append(None if kind in ("number", "flag") else kind)
    return tuple(found)


def _count(slots: dict[str, Any]) -> int:
    """64-bit numbers that a record takes."""
    single = {"number": 1, "flag": 1, "floats": 2, "integers": 2}
    return sum(_count(kind) if isinstance(kind, dict) else single[kind] for kind in slots.values())


def _reader(builder: Any, row: Any) -> Callable[[Any], Any]:
    """LLVM code for the values of the given types that a row of slots holds, one after another."""
    places = count()

    def slot() -> Any:
        return builder.load(builder.gep(row, [ir.Constant(I64, next(places))]))

    def value(kind: Any) -> Any:
        if kind == types.intp:
            return slot()
        if kind == types.boolean:
            return builder.icmp_signed("!=", slot(), ir.Constant(I64, 0))
        if isinstance(kind, Flat):
            data = builder.inttoptr(slot(), interior.llvm_type(kind.dtype).as_pointer())
            return flat(builder, kind, data, slot())
        return interior.tuple_of(builder, kind, [value(member) for member in kind])

    return value


def kernel(function: Callable[[Any], None]) -> Kernel:
    """A routine that Python calls with a record."""
    return Kernel(function)
