"""What is odd about training data, though it is no mistake: told before the training begins, and
kept in results.json under ``warnings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from segnn.data import Systems, edges
from segnn.data.inspect.geometry import keys, shared
from segnn.recipe import Recipe
from segnn.training.splits import Split

if TYPE_CHECKING:
    from torch import Tensor

    from segnn.model import PhysicalModel

SAMPLE = 50
"""So many systems are looked at for the typical nearest distance."""
MOST_DOUBLINGS = 60
LONELY = 0.5
"""The share of particles without a neighbour that is worth a word."""


def notes_on(model: PhysicalModel, split: Split) -> list[str]:
    """Sentences on ``split``; none where nothing is odd."""
    return [*_neighbours(model, split), *_constant_components(model, split)]


def notes_between(recipe: Recipe, splits: Mapping[str, Split]) -> list[str]:
    """Sentences on systems that are in the training and in another split; none without such."""
    names, found = list(splits), []
    held = {name: keys(splits[name].systems, recipe.field_arrays) for name in names}
    for name in names[1:]:
        pairs = shared(held["train"], held[name])
        pairs = [pair for pair in pairs if splits[name].systems.sizes[pair[1]] > 1]
        if pairs:
            first, other = pairs[0]
            found.append(
                f"{splits[name].source}: {len(pairs)} of its {len(held[name])} systems are also "
                f"training systems (the first: number {other}, number {first} there), so that its "
                "error says less of new ones: leave them out of one of the two"
            )
    return found


def _neighbours(model: PhysicalModel, split: Split) -> list[str]:
    """A cutoff within which no, or hardly any, particle has a neighbour."""
    cutoff = model.recipe.graph.cutoff
    companions = np.repeat(_with_company(split.systems), split.systems.sizes)
    if cutoff is None or not companions.any():
        return []
    has = np.zeros(len(companions), bool)
    has[split.features.edge_index[1].numpy()] = True
    lonely = float((~has[companions]).mean())
    if lonely < LONELY:
        return []
    who = (
        "no particle of any system has a neighbour"
        if lonely == 1
        else f"{100 * lonely:.0f} % of the particles have no neighbour"
    )
    nearest = typical_nearest(split.systems, cutoff)
    beside = "" if nearest is None else f"; the nearest one is typically {nearest:.3g} away"
    return [
        f"{split.source}: {who} within graph.cutoff {cutoff:g}{beside}. The network cannot see "
        "what surrounds these particles: raise graph.cutoff, or check the unit of the positions"
    ]


def _with_company(systems: Systems) -> np.ndarray:
    """Which systems have more than one particle, periodic images counted, (S,)."""
    several: np.ndarray = systems.sizes > 1
    return several if systems.pbc is None else several | systems.pbc.any(1)


def typical_nearest(systems: Systems, cutoff: float) -> float | None:
    """The median distance of a particle from its nearest neighbour, periodic images included, in
    the first systems; None where no particle has one.

    The radius is doubled, starting at ``cutoff``, until half of the particles have a neighbour.
    """
    some = systems[np.flatnonzero(_with_company(systems))[:SAMPLE]]
    nearest = np.full(len(some.position), np.inf)
    radius = cutoff
    for _ in range(MOST_DOUBLINGS):
        index, shift = edges.radius(
            some.position, some.offsets, radius, cell=some.cell, pbc=some.pbc
        )
        if len(np.unique(index[1])) >= 0.5 * len(nearest):
            away = some.position[index[0]] - some.position[index[1]] + shift
            np.minimum.at(nearest, index[1], np.linalg.norm(away, axis=1))
            return float(np.median(nearest[np.isfinite(nearest)]))
        radius *= 2.0
    return None


def _constant_components(model: PhysicalModel, split: Split) -> list[str]:
    """Components of targets that are the same everywhere, while others are not."""
    found = []
    for name, target in split.features.labels.items():
        found += _constant(model.recipe.targets[name].array, target, split.source)
    return found


def _constant(array: str, target: Tensor, source: str) -> list[str]:
    if len(target) < 2 or target.shape[1] == 1:
        return []
    constant = (target == target[0]).all(0).nonzero()[:, 0].tolist()
    if not constant:
        return []
    values = ", ".join(f"{number} ({float(target[0, number]):g})" for number in constant)
    return [
        f"{source}: of the target array {array!r} the components "
        f"{values} are the same in all {len(target)} rows (counted from 0; value in brackets): is "
        "something missing there?"
    ]
