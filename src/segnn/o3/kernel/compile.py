"""How kernels are compiled: numba's ``njit`` with their options, and compiled code kept by ``segnn.o3.kernel.store``.

numba's own cache knows a kernel by its source file alone. A change of a file that it calls into would go unnoticed.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import numba
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from segnn.o3.kernel import store

prange = numba.prange
_OPTIONS = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}
# Only ``prange`` shall make threads: what numba would run in parallel by itself (zeros, copies of slices) costs more to
# compile and to start than it saves.
_ONLY_PRANGE = dict.fromkeys(("comprehension", "fusion", "inplace_binop", "numpy", "reduction", "setitem", "stencil"), False)


def kernel(**options: Any) -> Callable[[Callable], Any]:
    """A kernel: called from Python, with ``prange`` in parallel. ``options`` go to ``numba.njit``."""
    return partial(_compiled, options={**_OPTIONS, "parallel": {**_ONLY_PRANGE, "prange": True}, **options})


def routine(function: Callable) -> Any:
    """What kernels call and Python does not: without the code that would unpack Python's arguments."""
    return _compiled(function, {**_OPTIONS, "no_cpython_wrapper": True})


def _compiled(function: Callable, options: dict[str, Any]) -> Any:
    compiled = numba.njit(**options)(function)
    compiled._cache = Stored(function)
    return compiled


class Stored(NullCache):
    """The stored code of one function; what numba's dispatcher asks for."""

    def __init__(self, function: Callable):
        self._name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"

    def _file(self, signature: Any) -> str:
        return f"{self._name}-{hashlib.sha256(repr(signature).encode()).hexdigest()[:16]}"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled function for some argument types, or None."""
        target_context.refresh()
        data = store.read(self._file(sig))
        try:
            return None if data is None else CompileResult._rebuild(target_context, *pickle.loads(data))
        except Exception as error:  # whatever numba finds wrong with it, there is the source
            store.warn(f"the stored kernel {self._file(sig)} cannot be used ({error})")
            return None

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Store a compiled function."""
        if not cres.library.has_dynamic_globals:
            store.write(self._file(sig), dumps(cres._reduce()))
