"""What the arrays of a data file may be, judged by their shapes, numbers and names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from segnn.data import Systems
from segnn.data.schema import PERIODIC
from segnn.recipe.cartesian import narrowest

Kind = Literal["scalar", "vector", "categories", "scalars", "tensor", "constant", "other"]

# Vectors that a mirror turns otherwise than a velocity: 1e.
PSEUDOVECTOR = re.compile(r"spin|magn|angular|torque|vortic|(^|_)b(_|$)", re.IGNORECASE)
# What is computed from a configuration, so that it must not enter the network as an input.
RESULT = re.compile(
    r"energ|force|dipole|stress|virial|polariz|potential|(^|_)(gap|homo|lumo)(_|$)", re.IGNORECASE
)
CATEGORY = re.compile(r"spec|type|element|kind|class|atomic_num|(^|_)z(_|$)|numbers", re.IGNORECASE)
MOST_CATEGORIES = 12


@dataclass(frozen=True)
class Seen:
    """One array.

    - ``level``: one row per node, or one per graph (system).
    - ``shape``: of a row.
    - ``low``, ``high``: the smallest and the largest number.
    - ``values``: of categories, the numbers that occur.
    - ``form``: of matrices (3, 3), as ``target.cartesian`` says it.
    """

    name: str
    level: Literal["node", "graph"]
    shape: tuple[int, ...]
    kind: Kind
    low: float
    high: float
    values: tuple[int, ...] = ()
    form: str = "general"

    @property
    def irreps(self) -> str | None:
        """What a field or a target of this kind declares, None if it cannot be one."""
        if self.kind in ("scalar", "categories"):
            return "0e"
        if self.kind == "vector":
            return "1e" if PSEUDOVECTOR.search(self.name) else "1o"
        if self.kind == "scalars":
            return f"{self.shape[0]}x0e"
        return None

    @property
    def is_label(self) -> bool:
        """Whether the name says that it is to be predicted."""
        return self.name.startswith("target_")

    @property
    def is_result(self) -> bool:
        """Whether the name sounds like a result, which must not be an input."""
        return bool(RESULT.search(self.name))


@dataclass(frozen=True)
class Look:
    """What was found in a data file.

    - ``arrays``: all but the positions and the cell.
    - ``sizes``: the smallest and the largest number of particles of a system.
    - ``spacing``: the typical distance between neighbours, (volume of a particle)^(1/3).
    """

    systems: int
    sizes: tuple[int, int]
    periodic: bool
    spacing: float
    arrays: tuple[Seen, ...]

    def labels(self) -> tuple[Seen, ...]:
        """Arrays to predict, by their names; the usual one first."""
        order = ("target_position", "target_velocity")
        found = [seen for seen in self.arrays if seen.is_label and seen.kind != "constant"]
        return tuple(sorted(found, key=lambda s: (s.name not in order, s.name != order[0])))


def look_at(systems: Systems, arrays: Mapping[str, Any]) -> Look:
    """Look at all systems; ``arrays`` as in the file, whose integers may number species."""
    whole = {name for name, value in arrays.items() if np.asarray(value).dtype.kind in "iub"}
    found = [_seen(name, "node", value, name in whole) for name, value in systems.node.items()]
    found += [
        _seen(name, "graph", value, name in whole)
        for name, value in systems.graph.items()
        if name not in PERIODIC
    ]
    return Look(
        systems=len(systems),
        sizes=(int(systems.sizes.min()), int(systems.sizes.max())),
        periodic=systems.periodic,
        spacing=_spacing(systems),
        arrays=tuple(found),
    )


def _seen(name: str, level: Literal["node", "graph"], value: np.ndarray, whole: bool) -> Seen:
    shape = tuple(value.shape[1:])
    values = np.unique(value)[: MOST_CATEGORIES + 1]
    few = len(values) <= MOST_CATEGORIES and bool((values == np.round(values)).all())
    kind: Kind = "other"
    if len(values) == 1:
        kind = "constant"
    elif shape in ((), (1,)):
        numbered = few and values[0] >= 0 and (whole or bool(CATEGORY.search(name)))
        kind = "categories" if numbered and level == "node" else "scalar"
    elif shape == (3,):
        kind = "vector"
    elif len(shape) == 1:
        kind = "scalars"
    elif shape == (3, 3):
        kind = "tensor"
    form = narrowest(value) if kind == "tensor" else "general"
    chosen = tuple(int(v) for v in values) if kind == "categories" else ()
    low, high = float(value.min()), float(value.max())
    return Seen(name, level, shape, kind, low, high, chosen, form)


def _spacing(systems: Systems) -> float:
    """(Volume of a particle)^(1/3): of the cell, or of the box around a cloud."""
    if systems.cell is not None:
        volume = np.abs(np.linalg.det(systems.cell))
    else:
        starts = systems.offsets[:-1]
        extent = np.maximum.reduceat(systems.position, starts) - np.minimum.reduceat(
            systems.position, starts
        )
        volume = extent.prod(1)
    one = np.median(volume / systems.sizes)
    return float(one ** (1 / 3)) if one > 0 else 1.0
