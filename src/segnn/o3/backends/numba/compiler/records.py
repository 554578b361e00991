"""Arguments by name: a kernel takes one record, whose annotations say what its slots hold.

    class Forward(NamedTuple):
        x: Floats
        offsets: Integers
        layer: FixedProgram
        threads: int
        residual: bool

    @kernel
    def forward(a: Forward): …        # reads a.x, a.layer.table, …

Python builds the record by keyword, so that a missing or an unknown slot is a TypeError (and one of
mypy's errors); inside kernels it is a named tuple, whose members are known when the kernel is
compiled and cost nothing. Records may hold records.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from difflib import get_close_matches
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from torch import Tensor

from segnn.o3.backends.numba.compiler import interior
from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.compiler.flat import FLOATS, INTEGERS
from segnn.o3.backends.numba.compiler.interior import types

Floats = Annotated[Tensor | Fixed | None, "floats"]
"""An array of floating-point numbers of the kernel's type; None is an empty one."""
Integers = Annotated[Tensor | Fixed | None, "integers"]
"""An array of 64-bit whole numbers; None is an empty one."""


class Program(NamedTuple):
    """A plan as the kernels read it: a table of whole numbers (``tables``) and its couplings."""

    table: Integers
    coef: Floats


FixedProgram = Annotated[Fixed, Program]
"""A program, made once for a plan."""

LEAVES = {int: "number", bool: "flag"}


def slots_of(record: Any) -> dict[str, Any]:
    """The slots of a record: "floats", "integers", "number" or "flag", or those of a record in it.

    TypeError for an annotation that is none of these.
    """
    if not (isinstance(record, type) and issubclass(record, tuple) and hasattr(record, "_fields")):
        raise TypeError(f"expected a NamedTuple class whose annotations are slots, got {record!r}")
    hints = get_type_hints(record, include_extras=True)
    return {name: _slot(record, name, hints[name]) for name in record._fields}


def _slot(record: type, name: str, hint: Any) -> Any:
    if hint in LEAVES:
        return LEAVES[hint]
    kind = get_args(hint)[1] if get_origin(hint) is Annotated else hint
    if kind in ("floats", "integers"):
        return kind
    try:
        return slots_of(kind)
    except TypeError:
        raise TypeError(
            f"{record.__name__}.{name} is {hint!r}, expected Floats, Integers, FixedProgram, int, "
            "bool or a NamedTuple of these"
        ) from None


def record_type(record: Any, bits: int) -> Any:
    """The numba type of a record for floating-point numbers of so many bits."""
    hints = get_type_hints(record, include_extras=True)
    known = {"floats": FLOATS[bits], "integers": INTEGERS}
    kinds = []
    for name in record._fields:
        hint = hints[name]
        kind = get_args(hint)[1] if get_origin(hint) is Annotated else hint
        if kind in LEAVES:
            kinds.append(types.intp if kind is int else types.boolean)
        else:
            kinds.append(known[kind] if isinstance(kind, str) else record_type(kind, bits))
    return interior.record_type(kinds, record)


def record_of(function: Callable) -> Any:
    """The record that a kernel takes, its only parameter; what it reads must be slots of it."""
    code = function.__code__
    hints = get_type_hints(function, include_extras=True)
    if code.co_argcount != 1 or code.co_varnames[0] not in hints:
        raise TypeError(
            f"the kernel {function.__name__} must have one parameter, annotated with its record"
        )
    parameter = code.co_varnames[0]
    record = hints[parameter]
    slots = slots_of(record)
    first = slots
    while isinstance(first, dict):
        first = next(iter(first.values()), None)
    if first != "floats":
        raise TypeError(
            f"{record.__name__}: the first slot must be Floats, whose dtype is the kernel's"
        )
    for name in _attributes(function, parameter):
        if name not in slots:
            near = get_close_matches(name, slots, 1)
            raise TypeError(
                f"the kernel {function.__name__} reads {parameter}.{name}, which is no slot of "
                f"{record.__name__}" + (f"; did you mean {near[0]}?" if near else "")
            )
    return record


def first_array(record: Any) -> Any:
    """What the first slot of a record holds, or of the record in it."""
    while isinstance(record, tuple):
        record = record[0]
    return record


def _attributes(function: Callable, parameter: str) -> list[str]:
    """The attributes that a function's code reads of a parameter."""
    found, last = [], None
    for instruction in dis.get_instructions(function):
        if instruction.opname == "LOAD_ATTR" and last == parameter:
            found.append(instruction.argval)
        loaded = instruction.argval if instruction.opname.startswith("LOAD_FAST") else None
        last = loaded[-1] if isinstance(loaded, tuple) else loaded
    return found
