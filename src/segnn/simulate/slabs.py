"""Adsorbates on slabs of metals and alloys, as they stand before a relaxation.

Slabs are the facets (111) and (100) of fcc crystals, 2 × 2 × 3 atoms, periodic in the plane and
open across it. Of an alloy the atoms of both elements sit on sites drawn at random, on a lattice
whose constant is the mean of theirs.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from segnn.simulate.spins import rotation

Atoms = Any  # of ASE, whose types are incomplete

LATTICE = {"Ni": 3.4871, "Cu": 3.5898, "Pd": 3.8787, "Ag": 4.0636, "Pt": 3.9218, "Au": 4.0562}
"""Å, where the energy of the crystal is lowest in EMT."""

METALS = (*((metal,) for metal in LATTICE), *combinations(LATTICE, 2))
UNSEEN_METALS = (("Pd",), ("Ni", "Ag"), ("Cu", "Pt"), ("Pd", "Au"))
"""Of which no training slab is made; each of their elements is in other alloys."""

ADSORBATES = {
    "H": ("H", 0.0),
    "C": ("C", 0.0),
    "N": ("N", 0.0),
    "O": ("O", 0.0),
    "CO": ("CO", 1.15),
    "OH": ("OH", 0.97),
    "NO": ("NO", 1.15),
    "NH": ("NH", 1.04),
    "CH": ("CH", 1.12),
    "CN": ("CN", 1.17),
}
"""Symbols, and the length of the bond in Å."""

UNSEEN_ADSORBATES = ("OH", "CN")
"""Which no training system holds; each of their elements is in other adsorbates."""

SIZE = (2, 2, 3)
VACUUM = 8.0  # Å on both sides; no energy depends on it, for nothing is periodic across the slab
NEAREST = (1.4, 2.4)  # Å, between the adsorbate and the slab
LOWEST = 0.8  # Å above the top layer
ADSORBED, TOP = 0, 1  # tags, as ASE has them: 1 is the top layer, 2 the next
STEP = 0.02  # Å


def make_slab(rng: np.random.Generator, metals: tuple[str, ...]) -> Atoms:
    """A slab of one metal or an alloy of two, not relaxed; the two lower layers are fixed."""
    from ase.build import fcc100, fcc111
    from ase.constraints import FixAtoms

    facet = (fcc111, fcc100)[rng.integers(2)]
    count = int(np.prod(SIZE))
    second = int(rng.integers(count // 4, 3 * count // 4 + 1)) if len(metals) > 1 else 0
    share = second / count
    constant = (1 - share) * LATTICE[metals[0]] + share * LATTICE[metals[-1]]
    slab = facet(metals[0], SIZE, a=constant, vacuum=VACUUM)  # type: ignore[no-untyped-call]
    symbols = np.array([metals[0]] * (count - second) + [metals[-1]] * second)
    slab.set_chemical_symbols(rng.permutation(symbols).tolist())
    slab.set_pbc((True, True, False))
    slab.set_constraint(FixAtoms(mask=slab.get_tags() > TOP))  # type: ignore[no-untyped-call]
    return slab


def make_adsorbate(name: str) -> Atoms:
    """The adsorbate alone, its bond along z."""
    from ase import Atoms

    symbols, bond = ADSORBATES[name]
    ends = [[0.0, 0.0, 0.0], [0.0, 0.0, bond]]
    return Atoms(symbols, ends[: len(Atoms(symbols))])


def placed(rng: np.random.Generator, slab: Atoms, name: str) -> Atoms:
    """The slab with the adsorbate (tag 0) over a random point, turned at random, its nearest atom
    between 1.4 and 2.4 Å from the slab where that is 0.8 Å above the top layer or more.
    """
    adsorbate = make_adsorbate(name)
    shape = adsorbate.positions @ rotation(rng).T
    over = rng.random(2) @ slab.cell.array[:2]
    wanted = rng.uniform(*NEAREST)
    up = np.array([0.0, 0.0, 1.0])
    shape += over - shape[:, 2].min() * up
    top = slab.positions[slab.get_tags() == TOP, 2].max()
    images = np.arange(-2, 3)
    grid = np.stack(np.meshgrid(images, images, indexing="ij"), -1).reshape(-1, 2)
    there = slab.positions + (grid @ slab.cell.array[:2])[:, None]  # (image, atom, 3)
    height = NEAREST[1] + LOWEST
    while height > LOWEST:
        away = shape[:, None, None] + (top + height) * up - there
        if np.linalg.norm(away, axis=-1).min() <= wanted:
            break
        height -= STEP
    adsorbate.positions = shape + (top + height) * up
    adsorbate.set_tags(ADSORBED)
    whole = slab.copy()
    whole.extend(adsorbate)
    return whole
