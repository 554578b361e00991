"""The vector operations as one compiled library in the process, for the kernels to call by name.

Were they part of each kernel, they would be compiled once for every function that calls them, directly or not. The object
code is stored, and its functions are announced to LLVM's linker.
"""

from __future__ import annotations

import pickle
from functools import lru_cache
from typing import Any

from llvmlite import binding
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from segnn.o3.kernel import store
from segnn.o3.kernel.channels import DOT, FORMULAS, emit_combine, emit_formula, emit_scaled_gather
from segnn.o3.kernel.matrices import emit_matrix
from segnn.o3.kernel.product import emit_product

NAMES = ("gemm", "combine", "scaled_gather", "dot", "matrix_in", "matrix_back", *FORMULAS)


def symbol(name: str, bits: int) -> str:
    """The linker's name of an operation on numbers of so many bits."""
    return f"segnn_{name}_{bits}"


@lru_cache(maxsize=1)
def load() -> tuple[Any, ...]:
    """Make the operations known to the linker; compiled or from the store. Returns what must live as long as they do."""
    return tuple(_load(bits) for bits in (32, 64))


@global_compiler_lock
def _load(bits: int) -> Any:
    codegen = cpu_target.target_context.codegen()
    name = f"operations-{bits}"
    data = store.read(name)
    if data is None:
        library = _compile(codegen, bits)
        store.write(name, pickle.dumps(library.serialize_using_object_code()))
    else:
        library = codegen.unserialize_library(pickle.loads(data))
    for operation in NAMES:
        binding.add_symbol(symbol(operation, bits), library.get_pointer_to_function(symbol(operation, bits)))
    return library


def _compile(codegen: Any, bits: int) -> Any:
    library = codegen.create_library(f"segnn_operations_{bits}")
    library.enable_object_caching()
    module = library.create_ir_module(f"segnn_operations_{bits}")
    emit_product(module, bits, symbol("gemm", bits))
    emit_combine(module, bits, symbol("combine", bits))
    emit_scaled_gather(module, bits, symbol("scaled_gather", bits))
    emit_matrix(module, bits, symbol("matrix_in", bits), back=False)
    emit_matrix(module, bits, symbol("matrix_back", bits), back=True)
    emit_formula(module, bits, symbol("dot", bits), *DOT, reduce=True)
    for name, (arrays, formula) in FORMULAS.items():
        emit_formula(module, bits, symbol(name, bits), arrays, formula)
    library.add_ir_module(module)
    library.finalize()
    return library
