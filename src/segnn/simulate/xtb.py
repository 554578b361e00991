"""What the semi-empirical method GFN2-xTB (Bannwarth, Ehlert, Grimme, JCTC 2019; package
``tblite``) says of a molecule in a homogeneous electric field.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from segnn.errors import UserError

BOHR, HARTREE = 0.529177210903, 27.211386245988  # Å, eV (CODATA 2018)
FIELD = HARTREE / BOHR  # V/Å, the atomic unit of a field
ACCURACY = 0.01  # of the self-consistent charges; at 1 polarizabilities are asymmetric by 1e-3
STEP = 1e-3  # of differences, in atomic units: the error of a polarizability is below 1e-4 of it

Point = Callable[[np.ndarray, np.ndarray, np.ndarray], Any]


def single_point() -> Point:
    """``point(numbers, position, field)``: tblite's result for atoms ``numbers`` (N,) at
    ``position`` (N, 3) in Å, in a ``field`` (3,) in V/Å.

    Raises `UserError` where tblite is missing. What it calls raises tblite's RuntimeError where the
    charges do not become self-consistent.
    """
    try:
        from tblite.interface import Calculator
    except ImportError as error:
        raise UserError(
            f"labels in electric fields are computed by tblite ({error}). Install it: pip install "
            "'segnn[field]'"
        ) from error

    def point(numbers: np.ndarray, position: np.ndarray, field: np.ndarray) -> Any:
        calculator = Calculator("GFN2-xTB", numbers, position / BOHR)
        calculator.set("verbosity", 0)
        calculator.set("accuracy", ACCURACY)
        calculator.add("electric-field", [float(f) for f in field / FIELD])
        return calculator.singlepoint()

    return point


def polarizability(
    point: Point, numbers: np.ndarray, position: np.ndarray, field: np.ndarray
) -> np.ndarray:
    """∂(dipole)/∂(field) (3, 3) by central differences, symmetric, in e² Å²/eV."""
    step = STEP * FIELD
    slopes = np.array(
        [
            (
                point(numbers, position, field + d).get("dipole")
                - point(numbers, position, field - d).get("dipole")
            )
            * (BOHR / (2 * step))
            for d in step * np.eye(3)
        ]
    )
    result: np.ndarray = (slopes + slopes.T) / 2
    return result
