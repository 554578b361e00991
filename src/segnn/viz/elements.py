"""How atoms are drawn: colours and radii by element, and which pairs are bonded.

Radii are the covalent ones of Cordero et al., "Covalent radii revisited", Dalton Trans. 2008, 2832
(carbon sp³, low-spin metals). Colours follow the custom of the models chemists build, carbon dark,
nitrogen blue, oxygen red …, in the tones of Okabe and Ito, which the colour-blind tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from segnn.data.elements import SYMBOLS
from segnn.data.radius import radius

_FROM_HYDROGEN_TO_CURIUM = """
0.31 0.28 1.28 0.96 0.84 0.76 0.71 0.66 0.57 0.58 1.66 1.41 1.21 1.11 1.07 1.05 1.02 1.06 2.03 1.76
1.7 1.6 1.53 1.39 1.39 1.32 1.26 1.24 1.32 1.22 1.22 1.2 1.19 1.2 1.2 1.16 2.2 1.95 1.9 1.75 1.64
1.54 1.47 1.46 1.42 1.39 1.45 1.44 1.42 1.39 1.39 1.38 1.39 1.4 2.44 2.15 2.07 2.04 2.03 2.01 1.99
1.98 1.98 1.96 1.94 1.92 1.92 1.89 1.9 1.87 1.87 1.75 1.7 1.62 1.51 1.44 1.41 1.36 1.36 1.32 1.45
1.46 1.48 1.4 1.5 1.5 2.6 2.21 2.15 2.06 2 1.96 1.9 1.87 1.8 1.69
"""
RADII = np.array(_FROM_HYDROGEN_TO_CURIUM.split(), float)
UNKNOWN = 1.5  # Å, the radius of an element that the table does not have
REACH = 1.2  # two atoms are bonded up to this times the sum of their radii

COLOURS = {
    "H": "#c9d0d6",
    "C": "#4a5157",
    "N": "#0072b2",
    "O": "#d55e00",
    "F": "#8fd18b",
    "Cl": "#009e73",
    "Br": "#8c4a2f",
    "I": "#7b3fa0",
    "S": "#f0d000",
    "P": "#e69f00",
    "B": "#e8b49a",
    "Si": "#b8a77a",
}
OTHERS = ("#56b4e9", "#cc79a7", "#a6761d", "#5e8c31", "#9e9ac8", "#2a9d8f", "#e07b91", "#6b7b8c")


@dataclass(frozen=True)
class Element:
    """How an element is drawn: ``symbol``, ``colour`` (#rrggbb), covalent ``radius`` in Å."""

    number: int
    symbol: str
    colour: str
    radius: float


def elements(numbers: Iterable[float]) -> dict[int, Element]:
    """The elements among some atomic numbers, by number; no two of up to eight uncommon ones in one
    colour.
    """
    found: dict[int, Element] = {}
    rest = 0
    for number in sorted({int(number) for number in numbers}):
        symbol = SYMBOLS[number] if 1 <= number < len(SYMBOLS) else f"Z{number}"
        colour = COLOURS.get(symbol)
        if colour is None:
            colour, rest = OTHERS[rest % len(OTHERS)], rest + 1
        size = float(RADII[number - 1]) if 1 <= number <= len(RADII) else UNKNOWN
        found[number] = Element(number, symbol, colour, size)
    return found


def are_numbers(values: np.ndarray) -> bool:
    """Whether these are atomic numbers: whole ones from 1 to 118, one for each atom."""
    flat = np.asarray(values).reshape(len(values), -1) if len(values) else np.zeros((0, 0))
    whole = flat.shape[1] == 1 and (flat == np.round(flat)).all()
    return bool(whole and flat.min() >= 1 and flat.max() <= 118)


def bonds(
    position: np.ndarray,
    numbers: np.ndarray,
    cell: np.ndarray | None = None,
    pbc: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Which atoms of one system are bonded, by distance: ``(pairs (2, B), shift (B, 3))``.

    position (N, 3) in Å, numbers (N,), cell (3, 3), pbc (3,). Every bond is there in both
    directions, so that each atom draws its half of it: from ``pairs[1]`` half way to
    ``pairs[0] + shift``.
    """
    table = np.append(RADII, UNKNOWN)
    size = table[np.minimum(np.asarray(numbers, int) - 1, len(RADII))]
    if not len(size):
        return np.zeros((2, 0), np.int64), np.zeros((0, 3))
    reach = 2 * REACH * float(size.max())
    offsets = np.array([0, len(position)])
    pairs, shift = radius(position, offsets, reach, cell, pbc)
    apart = np.linalg.norm(position[pairs[0]] + shift - position[pairs[1]], axis=1)
    near = apart <= REACH * (size[pairs[0]] + size[pairs[1]])
    return pairs[:, near], shift[near]
