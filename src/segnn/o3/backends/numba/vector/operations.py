"""The vector operations as parts of the library, emitted and compiled when a kernel first asks for
them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from segnn.o3.backends.numba.compiler import interior, library
from segnn.o3.backends.numba.vector.channels import (
    DOT,
    FORMULAS,
    emit_formula,
)
from segnn.o3.backends.numba.vector.couple import emit_couple
from segnn.o3.backends.numba.vector.matrices import emit_matrix
from segnn.o3.backends.numba.vector.pairs import emit_pairs
from segnn.o3.backends.numba.vector.product import emit_product


def _formula(module: Any, bits: int, name: str, *, of: str) -> None:
    arrays, formula = FORMULAS[of]
    emit_formula(module, bits, name, arrays, formula)


def _dot(module: Any, bits: int, name: str) -> None:
    emit_formula(module, bits, name, *DOT, reduce=True)


EMITTERS: dict[str, Callable[[Any, int, str], None]] = {
    "gemm": emit_product,
    "couple": partial(emit_couple, dual=False),
    "couple_dual": partial(emit_couple, dual=True),
    "add_pairs": emit_pairs,
    "matrix_in": partial(emit_matrix, back=False),
    "matrix_back": partial(emit_matrix, back=True),
    "dot": _dot,
    **{name: partial(_formula, of=name) for name in FORMULAS},
}


@interior.LOCK
def operation(name: str, bits: int) -> str:
    """The linker's name of an operation on numbers of so many bits, which is a part of the library
    from now on.
    """
    symbol = f"operation.{name}-{bits}"
    if library.find(symbol) is None:
        module = interior.new_module(symbol)
        EMITTERS[name](module, bits, symbol)
        library.add(symbol, interior.module_text(module))
    return symbol
