"""How atoms are drawn: colours and radii by element, and which pairs are bonded.

Radii are the covalent ones of Cordero et al., "Covalent radii revisited", Dalton Trans. 2008, 2832
(carbon sp³, low-spin metals). Colours follow the custom of the models chemists build, carbon dark,
nitrogen blue, oxygen red …, in the tones of Okabe and Ito, which the colour-blind tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from segnn.data.radius import radius

_TABLE = """
H 0.31 He 0.28 Li 1.28 Be 0.96 B 0.84 C 0.76 N 0.71 O 0.66 F 0.57 Ne 0.58 Na 1.66 Mg 1.41 Al 1.21
Si 1.11 P 1.07 S 1.05 Cl 1.02 Ar 1.06 K 2.03 Ca 1.76 Sc 1.7 Ti 1.6 V 1.53 Cr 1.39 Mn 1.39 Fe 1.32
Co 1.26 Ni 1.24 Cu 1.32 Zn 1.22 Ga 1.22 Ge 1.2 As 1.19 Se 1.2 Br 1.2 Kr 1.16 Rb 2.2 Sr 1.95 Y 1.9
Zr 1.75 Nb 1.64 Mo 1.54 Tc 1.47 Ru 1.46 Rh 1.42 Pd 1.39 Ag 1.45 Cd 1.44 In 1.42 Sn 1.39 Sb 1.39 Te
1.38 I 1.39 Xe 1.4 Cs 2.44 Ba 2.15 La 2.07 Ce 2.04 Pr 2.03 Nd 2.01 Pm 1.99 Sm 1.98 Eu 1.98 Gd 1.96
Tb 1.94 Dy 1.92 Ho 1.92 Er 1.89 Tm 1.9 Yb 1.87 Lu 1.87 Hf 1.75 Ta 1.7 W 1.62 Re 1.51 Os 1.44 Ir
1.41 Pt 1.36 Au 1.36 Hg 1.32 Tl 1.45 Pb 1.46 Bi 1.48 Po 1.4 At 1.5 Rn 1.5 Fr 2.6 Ra 2.21 Ac 2.15
Th 2.06 Pa 2 U 1.96 Np 1.9 Pu 1.87 Am 1.8 Cm 1.69
"""
SYMBOLS = tuple(_TABLE.split()[::2])
RADII = np.array([float(radius) for radius in _TABLE.split()[1::2]])
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
        known = 1 <= number <= len(SYMBOLS)
        symbol = SYMBOLS[number - 1] if known else f"Z{number}"
        colour = COLOURS.get(symbol)
        if colour is None:
            colour, rest = OTHERS[rest % len(OTHERS)], rest + 1
        size = float(RADII[number - 1]) if known else UNKNOWN
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
