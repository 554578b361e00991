"""A small file of atoms: methanol that moves through the walls of a box."""

import numpy as np
import pytest


def write_frames(path, count=3):
    """Extended XYZ with energies and forces; skips without ASE."""
    pytest.importorskip("ase")
    from ase.build import molecule
    from ase.calculators.singlepoint import SinglePointCalculator
    from ase.io import write

    rng = np.random.default_rng(0)
    frames = []
    for n in range(count):
        frame = molecule("CH3OH")
        frame.set_cell([6.0, 6, 6])
        frame.set_pbc(True)
        frame.positions += 0.4 * n
        frame.wrap()
        results = {"energy": -9391.254099941396 + n, "forces": rng.normal(size=(6, 3))}
        frame.calc = SinglePointCalculator(frame, **results)
        frames.append(frame)
    write(path, frames)
    return path
