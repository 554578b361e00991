"""NPZ files of molecules as others write them, read under the names of the schema.

=========================================  ===============================================
arrays                                     of
=========================================  ===============================================
`R` (S, N, 3), `z` (N,), `E`, `F`          MD17 and sGDML (Chmiela et al., Science Advances
                                           2017; Nature Communications 2018)
`coords`, `nuclear_charges`, `energies`    revised MD17 (Christensen & von Lilienfeld, Machine
                                           Learning: Science and Technology 2020)
=========================================  ===============================================

Both are in Å and kcal/mol, which nothing here changes: `segnn inspect` tells the probable unit.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

LAYOUTS = (
    {"R": "position", "z": "atomic_number", "E": "energy", "F": "forces"},
    {"coords": "position", "nuclear_charges": "atomic_number", "energies": "energy"},
)


def in_schema(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same arrays under the names of the schema, if they are one of `LAYOUTS`: positions with
    the elements of one molecule, which all its geometries share. What such a file says of its
    making, in single words and numbers, is left out.
    """
    for names in LAYOUTS:
        place, element = list(names)[:2]
        if names.keys() & arrays.keys() >= {place, element} and not {*names.values()} & (
            arrays.keys() - names.keys()
        ):
            break
    else:
        return dict(arrays)
    kept = {names.get(name, name): array for name, array in arrays.items() if array.ndim > 0}
    position, elements = kept.get("position"), kept.get("atomic_number")
    if position is None or elements is None:
        return dict(arrays)
    if position.ndim == 3 and elements.shape == position.shape[1:2]:
        kept["atomic_number"] = np.broadcast_to(elements, position.shape[:2]).copy()
    if "energy" in kept and kept["energy"].shape[1:] == (1,):
        kept["energy"] = kept["energy"][:, 0]
    return kept
