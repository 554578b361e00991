"""What is odd about positions, in sentences: told before a training and beside predictions."""

from __future__ import annotations

import numpy as np

from segnn.data import edges
from segnn.data.inspect.geometry import closest, some_of
from segnn.data.systems import Systems
from segnn.words import have

SAMPLE = 50
"""So many systems are looked at for the typical nearest distance."""
MOST_DOUBLINGS = 60
LONELY = 0.5
"""The share of particles without a neighbour that is worth a word."""


def odd_positions(systems: Systems, cutoff: float | None, source: str) -> list[str]:
    """All that is odd about the positions of these systems; ``cutoff`` is that of the graph."""
    return [*few_neighbours(systems, cutoff, source), *close_atoms(systems, source)]


def close_atoms(systems: Systems, source: str) -> list[str]:
    """A word on atoms nearer to each other than any two are; none for particles of no species."""
    found = closest(systems) if "atomic_number" in systems.node else None
    if found is None or not found["below"]["count"]:
        return []
    below = found["below"]
    return [
        f"{source}: {have(below['count'], 'system')} atoms closer than {below['distance']:g} "
        "angstrom: "
        f"{found['distance']:.3g} ({found['pair']}) in system {found['system']}. Check the unit of "
        "the positions and the cell, or leave them out"
    ]


def few_neighbours(systems: Systems, cutoff: float | None, source: str) -> list[str]:
    """A word where no, or hardly any, particle has a neighbour within ``cutoff``; None is no
    cutoff. Single particles in the open have none to begin with.
    """
    some, _ = some_of(systems)
    companions = np.repeat(_with_company(some), some.sizes)
    if cutoff is None or not companions.any():
        return []
    index, _ = edges.radius(some.position, some.offsets, cutoff, cell=some.cell, pbc=some.pbc)
    has = np.zeros(len(companions), bool)
    has[index[1]] = True
    lonely = float((~has[companions]).mean())
    if lonely < LONELY:
        return []
    who = (
        "no particle of any system has a neighbour"
        if lonely == 1
        else f"{100 * lonely:.0f} % of the particles have no neighbour"
    )
    nearest = typical_nearest(some, cutoff)
    beside = "" if nearest is None else f"; the nearest one is typically {nearest:.3g} away"
    return [
        f"{source}: {who} within graph.cutoff {cutoff:g}{beside}. The network cannot see "
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
