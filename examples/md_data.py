"""Configurations to learn a potential from: given ones, or else those of a classical force.

    python examples/md_data.py FOLDER [given.xyz]

Writes FOLDER/train.xyz, test.xyz and start.xyz. Without the given file, ethanol moves at 300 K in
ASE's EMT, an effective medium theory that knows H, C, N and O.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.build import molecule
from ase.calculators.emt import EMT
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io import read, write
from ase.md.langevin import Langevin


def sampled(count: int, seed: int = 0) -> list[Atoms]:
    """``count`` configurations of ethanol, 10 fs apart, with energies and forces."""
    atoms, found = molecule("CH3CH2OH"), list[Atoms]()
    atoms.calc = EMT()
    draw = np.random.default_rng(seed)
    friction = 0.02 / units.fs
    options = {"temperature_K": 300, "friction": friction, "fixcm": False, "rng": draw}
    dynamics = Langevin(atoms, 0.5 * units.fs, **options)
    dynamics.run(2000)
    for _ in range(count):
        dynamics.run(20)
        copy = atoms.copy()
        energy, forces = atoms.get_potential_energy(), atoms.get_forces()
        copy.calc = SinglePointCalculator(copy, energy=energy, forces=forces)
        found.append(copy)
    return found


if __name__ == "__main__":
    folder, given = Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "none")
    frames = read(given, index=":") if given.is_file() else sampled(400)
    folder.mkdir(parents=True, exist_ok=True)
    every = np.random.default_rng(0).permutation(len(frames))
    test = set(every[: len(frames) // 10])
    write(folder / "test.xyz", [frame for n, frame in enumerate(frames) if n in test])
    write(folder / "train.xyz", [frame for n, frame in enumerate(frames) if n not in test])
    write(folder / "start.xyz", frames[min(test)])
    print(f"{len(frames)} configurations of {given if given.is_file() else 'ethanol in EMT'}")
