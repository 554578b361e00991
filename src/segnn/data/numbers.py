"""Arrays as float64, and where a number is none."""

from __future__ import annotations

import numpy as np

from segnn.data.elements import NUMBERS, SPECIES
from segnn.errors import UserError


def numbers(value: object, name: str, source: str) -> np.ndarray:
    """``value`` as float64, in any byte order and memory layout; a UserError if it is not an array
    of real numbers, or if some of them are masked.
    """
    try:
        masked = np.ma.getmask(value) if isinstance(value, np.ma.MaskedArray) else np.False_
        array = np.asarray(value)
    except Exception as error:  # whatever the object's own conversion raises
        raise UserError(
            f"{source}: array {name!r} cannot be read as an array ({error}). Give NumPy arrays or "
            "nested lists of equal lengths; tensors on the CPU and without a gradient: "
            "x.detach().cpu()."
        ) from error
    if np.any(masked):
        first = tuple(int(i) for i in np.argwhere(masked)[0])
        raise UserError(
            f"{source}: array {name!r} has a mask with {int(np.sum(masked))} masked values, the "
            f"first at {first}; a mask is not read. Leave the masked particles out (position "
            "(M, 3) with 'offsets' holds systems of several sizes), or fill them: x.filled(0)."
        )
    if name in SPECIES and array.dtype.kind in "USO" and array.size:
        array = _species(array, name, source)
    if array.dtype.kind not in "fiub":
        raise UserError(
            f"{source}: array {name!r} has dtype {array.dtype}, expected real numbers. "
            "Encode it as numbers or leave it out; symbols of elements are read from an array "
            "named species."
        )
    with np.errstate(over="ignore"):  # longer floats become infinite here, and are told below
        return array.astype(np.float64)


def _species(array: np.ndarray, name: str, source: str) -> np.ndarray:
    """Symbols of elements as atomic numbers; texts of which none is a symbol as they are; a
    UserError for some that are and some that are not.
    """
    texts = [one.decode(errors="replace") if isinstance(one, bytes) else one for one in array.flat]
    if not all(isinstance(one, str) for one in texts):
        return array
    texts = [str(one) for one in texts]
    unknown = [one for one in dict.fromkeys(texts) if one.strip() not in NUMBERS]
    if not unknown:
        return np.array([NUMBERS[one.strip()] for one in texts]).reshape(array.shape)
    if len(unknown) < len(set(texts)):
        raise UserError(
            f"{source}: array {name!r} holds {unknown[0]!r}, which is no chemical element. Correct "
            "the symbol; X stands for what is no element."
        )
    return array


def check_finite(array: np.ndarray, name: str, offsets: np.ndarray | None, source: str) -> None:
    """Raise `UserError` at the first NaN or infinity, saying in which system, and with ``offsets``
    (S + 1,) of which particle.
    """
    bad = ~np.isfinite(array)
    if not bad.any():
        return
    index = np.unravel_index(int(np.argmax(bad)), array.shape)
    row = int(index[0])
    if offsets is None:
        where = f"system {row}"
    else:
        system = int(np.searchsorted(offsets, row, side="right")) - 1
        where = f"system {system}, particle {row - offsets[system]}"
    raise UserError(
        f"{source}: array {name!r} is {array[index]} in {where} ({int(bad.sum())} such values in "
        "all). Remove or repair these systems; labels that are missing on purpose are declared by "
        "missing: masked in the recipe's target."
    )
