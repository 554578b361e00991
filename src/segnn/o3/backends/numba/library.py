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
from numba import config
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.core.runtime import _nrt_python

from segnn.o3.backends.numba import store


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
    except Exception as error:  # whatever is wrong with it, there is the source
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
    """Within the block, the names that ``need`` is told are collected."""
    _open.append({})
    try:
        yield _open[-1]
    finally:
        _open.pop()


def need(name: str) -> bool:
    """What is being compiled calls this part; False if nothing of ours is being compiled."""
    if _open:
        _open[-1][name] = None
    return bool(_open)


@global_compiler_lock
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


def _machine() -> Any:
    """The processor that numba compiles for."""
    codegen = cpu_target.target_context.codegen()
    options = {"opt": 2}
    codegen._customize_tm_options(options)
    return binding.Target.from_triple(binding.get_process_triple()).create_target_machine(**options)


@lru_cache(maxsize=1)
def _compiler() -> Any:
    return _machine()


@lru_cache(maxsize=1)
def _engine() -> Any:
    for name in ("Allocate", "Free"):  # for scratch
        binding.add_symbol(f"NRT_{name}", _nrt_python.c_helpers[name])
    return binding.create_mcjit_compiler(
        binding.parse_assembly(""), _machine(), use_lmm=config.USE_LLVMLITE_MEMORY_MANAGER
    )


_KNOWN = ("NRT_Allocate", "NRT_Free", "numba_parallel_for")
"""What parts may call besides each other."""


def _compiled(name: str, text: str, needs: tuple[str, ...], returns: Any) -> bytes:
    """Object code of LLVM's text, written to the store."""
    module = binding.parse_assembly(text)
    module.verify()
    called = {function.name for function in module.functions if function.is_declaration}
    unknown = sorted(
        found for found in called.difference(needs, _KNOWN) if not found.startswith("llvm.")
    )
    if unknown:  # the linker would put address zero
        raise NameError(
            f"the kernel {name} calls what is not compiled as part of the library: {', '.join(unknown)}"
        )
    for variable in module.global_variables:  # numba's environments: nothing here looks at them
        if not variable.is_declaration:
            variable.linkage = "internal"
    tuning = binding.create_pipeline_tuning_options(speed_level=2)
    tuning.loop_vectorization = tuning.slp_vectorization = False
    builder = binding.create_pass_builder(_compiler(), tuning)
    builder.getModulePassManager().run(module, builder)
    code = bytes(_compiler().emit_object(module))
    store.write(name, pickle.dumps((code, needs, returns)))
    return code
