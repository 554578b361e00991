"""The periodic cell on its way to the page."""

from __future__ import annotations

import numpy as np

from segnn.data import Systems
from segnn.viz.cell import periodic_box


def box(system: Systems, rotation: np.ndarray, shift: np.ndarray) -> dict[str, np.ndarray]:
    """The periodic cell of one system, turned and moved as its positions are; {} without one.

    Where it starts is told in `segnn.viz.cell.corner`.
    """
    found = periodic_box(system)
    if found is None:
        return {}
    lattice, origin = found
    return {"cell": lattice @ rotation.T, "origin": rotation @ origin + shift}
