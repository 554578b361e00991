"""What the page needs to draw atoms: elements, bonds, and whether systems are frames in time."""

from __future__ import annotations

from typing import Any

import numpy as np

from segnn.data import Systems
from segnn.viz.elements import are_numbers, bonds, elements
from segnn.viz.particles import STICK, ball_radius

ARRAY = "atomic_number"
ANGSTROM = {"nm": 0.1, "bohr": 1 / 0.529177210903}
"""How long an angstrom is in a unit of length; atoms are taken to be in angstrom in all others, as
ASE has them.
"""
BONDED_NODES = 5000  # more atoms than this have no bonds drawn


def atomic_numbers(systems: Systems) -> np.ndarray | None:
    """The atomic numbers (M,) of systems that are atoms; None of others."""
    numbers = systems.node.get(ARRAY)
    if numbers is None or not are_numbers(numbers):
        return None
    return numbers.reshape(-1).astype(int)


def described(systems: Systems, unit: str) -> dict[str, Any]:
    """``elements``: those there are, by number, with symbol, colour and the radius of their balls
    in the systems' ``unit`` of length; ``stick``: half the width of a bond; ``frames``: whether the
    systems are one after the other in time.
    """
    numbers = atomic_numbers(systems)
    if numbers is None:
        return {"elements": [], "stick": 0.0, "frames": False}
    long = ANGSTROM.get(unit, 1.0)
    found = [
        {
            "number": one.number,
            "symbol": one.symbol,
            "colour": one.colour,
            "radius": long * ball_radius(one.radius),
        }
        for one in elements(numbers).values()
    ]
    return {"elements": found, "stick": long * STICK, "frames": are_frames(systems, numbers)}


def are_frames(systems: Systems, numbers: np.ndarray) -> bool:
    """Whether all systems are of the same atoms in one order, two of them at least."""
    sizes = systems.sizes
    if len(systems) < 2 or not (sizes == sizes[0]).all():
        return False
    return bool((numbers.reshape(len(systems), -1) == numbers[: sizes[0]]).all())


def drawn(system: Systems, unit: str, rotation: np.ndarray) -> dict[str, np.ndarray]:
    """Of one system ``number`` (N,), ``bonds`` (2, B), and where any of them leaves the box
    ``bond_shift`` (B, 3), turned by ``rotation``; {} of what are no atoms.
    """
    numbers = atomic_numbers(system)
    if numbers is None:
        return {}
    arrays = {"number": numbers}
    if len(numbers) <= BONDED_NODES:
        long = ANGSTROM.get(unit, 1.0)
        cell = None if system.cell is None else system.cell[0] / long
        pbc = None if system.pbc is None else system.pbc[0]
        pairs, shift = bonds(system.position / long, numbers, cell, pbc)
        arrays["bonds"] = pairs
        if shift.any():
            arrays["bond_shift"] = long * shift @ rotation.T
    return arrays
