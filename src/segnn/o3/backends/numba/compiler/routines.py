"""Functions of the kernels: numba reads them, LLVM compiles each once, others call it by its name.

    @routine    called by other routines
    @spread     likewise, for every chunk, by all threads

numba types and lowers a function to LLVM's text; everything after that is
``segnn.o3.backends.numba.compiler.library``.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

from segnn.o3.backends.numba.compiler import interior, library
from segnn.o3.backends.numba.compiler.interior import intrinsic, types

_PACKAGE = __name__.removesuffix("compiler.routines")


class Source:
    """A function of the kernels and its compiled forms, one for each choice of argument types."""

    def __init__(self, function: Callable):
        self._function = function
        module = function.__module__
        own = module.startswith(_PACKAGE)
        place = module.removeprefix(_PACKAGE) if own else module.rpartition(".")[2]
        self.name = f"{place}.{function.__qualname__}"
        self._found: dict[tuple[Any, ...], tuple[str, Any]] = {}

    def of(self, kinds: tuple[Any, ...]) -> tuple[str, Any]:
        """Name and returned type of the part for arguments of these types."""
        if kinds not in self._found:
            name = f"{self.name}-{hashlib.sha256(repr(kinds).encode()).hexdigest()[:12]}"
            part = library.find(name) or self._compiled(name, kinds)
            self._found[kinds] = (name, part.returns)
        return self._found[kinds]

    def _compiled(self, name: str, kinds: tuple[Any, ...]) -> library.Part:
        with library.needs() as needs:
            text, returns = interior.lower(self._function, kinds, name)
        return library.add(name, text, tuple(needs), returns)


def call(builder: Any, name: str, returns: Any, kinds: tuple[Any, ...], values: Any) -> Any:
    """LLVM code for a call of a part."""
    library.need(name)
    return interior.call(builder, name, returns, kinds, values)


def _value_type(kind: Any) -> Any:
    """The type of a variable that holds this: a literal 3 is a whole number."""
    return types.unliteral(kind) if isinstance(kind, types.Literal) else kind


def _with_parameters_of(function: Callable, definition: Callable) -> Any:
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
        kinds = tuple(_value_type(kind) for kind in kinds)
        name, returns = source.of(kinds)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return call(builder, name, returns, sig.args, args)

        return returns(*kinds), codegen

    return _with_parameters_of(function, definition)


def spread(function: Callable) -> Any:
    """A routine (chunk, chunks, …) for one chunk of the work: called with (threads, chunks, …),
    every chunk is done.

    By one thread, or by several of numba's, each of which does a contiguous share.
    """
    source = Source(function)

    def definition(typing: Any, threads: Any, chunks: Any, *kinds: Any) -> Any:
        kinds = (types.intp, types.intp, *(_value_type(kind) for kind in kinds))
        name, _ = source.of(kinds)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            def body(inner: Any, chunk: Any, values: list[Any]) -> None:
                call(inner, name, types.none, kinds, [chunk, *values])

            threads, *values = args
            interior.parallel_for(builder, body, threads, values[0], values)
            return interior.nothing()

        return types.void(*kinds), codegen

    return _with_parameters_of(function, definition)
