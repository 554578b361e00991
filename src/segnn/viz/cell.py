"""Periodic cells in pictures: where the box starts, its edges, and particles folded into it."""

from __future__ import annotations

from itertools import product

import numpy as np

from segnn.data import Systems


def corner(position: np.ndarray, lattice: np.ndarray) -> np.ndarray:
    """Where the box of these lattice vectors (axes, 3) starts, (3,), for the choice is free.

    At the origin if the box holds all positions (N, 3) from there; a system that is centred
    elsewhere but no larger than the box has it around its middle. Across the lattice vectors of
    fewer than three axes, a slab's or a chain's, it goes through the middle of the positions.
    """
    place = position @ np.linalg.pinv(lattice)
    low, high = place.min(0), place.max(0)
    held = bool((low > -1e-6).all() and (high < 1 + 1e-6).all())
    origin = np.zeros(3) if held or (high - low > 1).any() else ((low + high - 1) / 2) @ lattice
    if len(lattice) < 3:
        within = np.asarray(np.linalg.pinv(lattice) @ lattice)  # onto what the lattice spans
        origin = origin + position.mean(0) - position.mean(0) @ within
    return np.asarray(origin)


def periodic_box(system: Systems) -> tuple[np.ndarray, np.ndarray] | None:
    """The lattice vectors (axes, 3) of the periodic axes of one system and the corner of its box;
    None without one.
    """
    if system.cell is None or system.pbc is None or not system.pbc[0].any():
        return None
    lattice = system.cell[0][system.pbc[0]]
    return lattice, corner(system.position, lattice)


def box_lines(lattice: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The edges of the box that lattice vectors (axes, 3) span at ``origin``: starts and ends."""
    axes = len(lattice)
    starts, ends = [], []
    for corners in product((0, 1), repeat=axes):
        for axis in range(axes):
            if not corners[axis]:
                start = origin + np.array(corners, float) @ lattice
                starts.append(start)
                ends.append(start + lattice[axis])
    return np.array(starts).reshape(-1, 3), np.array(ends).reshape(-1, 3)


def folded(position: np.ndarray, lattice: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """The lattice vectors (N, 3) to add so that each position (N, 3) lies in the box."""
    place = (position - origin) @ np.linalg.pinv(lattice)
    return np.asarray(-np.floor(place + 1e-9) @ lattice)


def unfolded(position: np.ndarray, lattice: np.ndarray) -> np.ndarray:
    """Positions in time (T, N, 3) without the jumps of particles that leave the box on one side and
    enter on the other: from state to state each goes to the nearest image.

    ``lattice``: (T, axes, 3). A box that changes takes the particles along.
    """
    place = np.stack([x @ np.linalg.pinv(a) for x, a in zip(position, lattice, strict=True)])
    jumps = np.zeros_like(place)
    jumps[1:] = -np.cumsum(np.round(np.diff(place, axis=0)), axis=0)
    return np.asarray(position + jumps @ lattice)
