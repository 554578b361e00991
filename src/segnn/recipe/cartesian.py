"""Labels that are 3 × 3 matrices, such as a stress or a polarizability, as rows of irreps and back.

The change of basis is orthonormal: the sum of squares of a row is that of its matrix, and so are
errors, summed over the coordinates.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

    from segnn.o3 import CartesianTensor

FORMS = {
    "symmetric": "0e+2e",
    "traceless": "2e",
    "antisymmetric": "1e",
    "general": "0e+1e+2e",
}
"""What ``cartesian`` may say, and the irreps of such matrices, in this order."""

TOLERANCE = 1e-4
"""How far labels may be from their form, relative to the largest entry: they are often rounded."""

_FORMULAS = {"symmetric": "ij=ji", "traceless": "ij=ji", "antisymmetric": "ij=-ji", "general": "ij"}


def to_rows(matrices: np.ndarray, form: str) -> np.ndarray:
    """(rows, 3, 3) → (rows, k) in the irreps of ``form``; what is not of the form is dropped."""
    import torch

    rows: np.ndarray = _tensor(form).to_irreps(torch.from_numpy(np.array(matrices))).numpy()
    return rows[:, 1:] if form == "traceless" else rows


def to_matrices(rows: np.ndarray, form: str) -> np.ndarray:
    """(rows, k) in the irreps of ``form`` → (rows, 3, 3)."""
    import torch

    if form == "traceless":  # the trace, the first of the symmetric matrices' irreps, is zero
        rows = np.concatenate([np.zeros_like(rows[:, :1]), rows], axis=1)
    result: np.ndarray = _tensor(form).from_irreps(torch.from_numpy(np.array(rows))).numpy()
    return result


@lru_cache(maxsize=8)
def change_of_basis(form: str) -> Tensor:
    """(9, k) float64: rows of matrices times it are rows of the irreps of ``form``; always the same
    tensor, which has one copy on every device.
    """
    import torch

    with torch.inference_mode(False), torch.device("cpu"):
        return torch.from_numpy(to_rows(np.eye(9).reshape(9, 3, 3), form))


def deviation(matrices: np.ndarray, form: str) -> np.ndarray:
    """The largest entry of each matrix (rows, 3, 3) that is not of ``form``: (rows,)."""
    other = matrices.swapaxes(-1, -2)
    trace = np.trace(matrices, axis1=-2, axis2=-1)[:, None, None] / 3 * np.eye(3)
    strange = {
        "symmetric": (matrices - other) / 2,
        "traceless": (matrices - other) / 2 + trace,
        "antisymmetric": (matrices + other) / 2,
        "general": np.zeros_like(matrices),
    }[form]
    result: np.ndarray = np.abs(strange).reshape(len(matrices), 9).max(1)
    return result


def outside(matrices: np.ndarray, form: str) -> np.ndarray:
    """The numbers of the matrices (rows, 3, 3) that are not of ``form``, the worst one first.

    Matrices with entries that are not finite are not judged.
    """
    finite = np.isfinite(matrices).all((1, 2))
    known = np.where(finite[:, None, None], matrices, 0.0)
    away = deviation(known, form)
    largest = np.abs(known).max(initial=0.0)
    worst = np.argsort(-away, kind="stable")
    found: np.ndarray = worst[away[worst] > TOLERANCE * largest]
    return found


def narrowest(matrices: np.ndarray) -> str:
    """The form with the fewest numbers that all of these matrices (rows, 3, 3) have."""
    forms = ("antisymmetric", "traceless", "symmetric")
    return next((form for form in forms if not len(outside(matrices, form))), "general")


@lru_cache(maxsize=len(FORMS))
def _tensor(form: str) -> CartesianTensor:
    # Imported late: a recipe is checked without the couplings.
    from segnn.o3 import CartesianTensor

    return CartesianTensor(_FORMULAS[form])
