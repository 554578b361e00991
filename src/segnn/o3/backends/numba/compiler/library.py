"""Compiled code in the process: functions that know each other by name, each compiled once.

A *part* is the object code of one function, the names of the parts that it calls, and the type it
returns. Vector operations and kernels' routines are such parts; LLVM's linker puts them together.
Were a function part of its callers, as numba has it, it would be compiled once for every function
above it. LLVM works in a thread of its own while numba reads the next function.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from llvmlite import binding

from segnn.o3.backends.numba.compiler import interior, store


@dataclass(frozen=True)
class Part:
    """A compiled function: ``needs`` are the names of what it calls."""

    code: Future[bytes]
    needs: tuple[str, ...]
    returns: Any


_parts: dict[str, Part] = {}
_linked: set[str] = set()
_open: list[dict[str, None]] = []


def find(name: str) -> Part | None:
    """A part that was compiled in this process, or stored with all that it needs by another one;
    else None.
    """
    if name in _parts:
        return _parts[name]
    data = store.read(name)
    if data is None:
        return None
    try:
        code, needs, returns = pickle.loads(data)
    except Exception as error:  # whatever is wrong with it, the source can be compiled again
        store.warn(f"the stored kernel {name} cannot be used ({error})")
        return None
    if any(find(needed) is None for needed in needs):
        return None
    done: Future[bytes] = Future()
    done.set_result(code)
    _parts[name] = Part(done, needs, returns)
    return _parts[name]


@lru_cache(maxsize=1)
def _llvm(process: int) -> ThreadPoolExecutor:
    """The thread in which LLVM works; a forked process has none of its parent's."""
    return ThreadPoolExecutor(1, "segnn-llvm")


def add(name: str, text: str, needs: tuple[str, ...] = (), returns: Any = None) -> Part:
    """A part from LLVM's text, in which it has that name; it is compiled in the background and
    stored.
    """
    _parts[name] = Part(
        _llvm(os.getpid()).submit(_compiled, name, text, needs, returns), needs, returns
    )
    return _parts[name]


@contextmanager
def needs() -> Iterator[dict[str, None]]:
    """Collects the names that ``need`` is given within the block: what a function calls."""
    _open.append({})
    try:
        yield _open[-1]
    finally:
        _open.pop()


def need(name: str) -> bool:
    """Notes that the function being compiled calls this part; False if numba compiles a function
    that is not ours, as tests do.
    """
    if _open:
        _open[-1][name] = None
    return bool(_open)


@interior.LOCK
def address(name: str) -> int:
    """Where the code of a part lies, linked with all that it needs."""
    engine = _engine()
    if name not in _linked:
        _link(name)
        engine.finalize_object()
    return int(engine.get_function_address(name))


def _link(name: str) -> None:
    if name in _linked:
        return
    part = _parts[name]
    for needed in part.needs:
        _link(needed)
    _engine().add_object_file(binding.ObjectFileRef.from_data(part.code.result()))
    _linked.add(name)


@lru_cache(maxsize=1)
def _compiler() -> Any:
    return interior.target_machine()


@lru_cache(maxsize=1)
def _engine() -> Any:
    interior.register_allocator()
    return interior.execution_engine()


_KNOWN = (interior.ALLOCATE, interior.FREE, interior.PARALLEL_FOR)
"""C functions of numba that parts may call, besides each other."""


def _compiled(name: str, text: str, needs: tuple[str, ...], returns: Any) -> bytes:
    """Object code of LLVM's text, written to the store."""
    module = binding.parse_assembly(text)
    module.verify()
    called = {function.name for function in module.functions if function.is_declaration}
    unknown = sorted(
        found for found in called.difference(needs, _KNOWN) if not found.startswith("llvm.")
    )
    if unknown:  # MCJIT resolves unknown symbols to address 0; fail here instead of crashing there
        raise NameError(
            f"the kernel {name} calls what is not compiled as part of the library: "
            + ", ".join(unknown)
        )
    # numba's environments, one for each function under the same name: nothing here reads them.
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    tuning = binding.create_pipeline_tuning_options(speed_level=2)
    tuning.loop_vectorization = tuning.slp_vectorization = False
    builder = binding.create_pass_builder(_compiler(), tuning)
    builder.getModulePassManager().run(module, builder)
    code = bytes(_compiler().emit_object(module))
    store.write(name, pickle.dumps((code, needs, returns)))
    return code
