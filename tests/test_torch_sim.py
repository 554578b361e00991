"""torch-sim accepts the model, and gets what the calculator of ASE gives. Run by `make simulations`
where torch-sim is not installed.
"""

import numpy as np
import pytest
import torch

torch_sim = pytest.importorskip("torch_sim")

from ase.build import bulk, molecule  # noqa: E402
from torch_sim.models.interface import validate_model_outputs  # noqa: E402

from segnn.ase import Calculator  # noqa: E402
from segnn.errors import UserError  # noqa: E402
from segnn.model import PhysicalModel  # noqa: E402
from segnn.recipe import load_recipe  # noqa: E402
from segnn.torch_sim import Model  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
STRESS = "{derivative: energy / strain, unit: eV/angstrom^3}"
SMALL = ("model.hidden=4x0e+4x1o", "model.layers=1", "species=[H, C, O, Si, Fe]")


def model(*overrides):
    torch.manual_seed(0)
    return PhysicalModel(load_recipe("acac", (*SMALL, *overrides))).double().eval()


def test_its_validation_passes():
    net = model(f"targets.stress={STRESS}")
    validate_model_outputs(Model(net), torch.device("cpu"), torch.float64)


def test_gives_what_the_calculator_gives():
    net = model(f"targets.stress={STRESS}")
    skewed = bulk("Si", "diamond", a=5.43)
    skewed.set_cell(skewed.cell @ [[1, 0.1, 0], [0, 1, 0.05], [0.02, 0, 1]], scale_atoms=True)
    skewed.rattle(0.1, seed=0)
    state = torch_sim.io.atoms_to_state([skewed], torch.device("cpu"), torch.float64)
    found = Model(net)(state)
    skewed.calc = Calculator(net)
    assert float(found["energy"][0]) == pytest.approx(skewed.get_potential_energy(), rel=1e-12)
    np.testing.assert_allclose(found["forces"], skewed.get_forces(), atol=1e-12)
    np.testing.assert_allclose(found["stress"][0], skewed.get_stress(voigt=False), atol=1e-12)


def test_relaxes_several_molecules_at_once():
    net = model()
    start = [molecule(name) for name in ("H2O", "CO2", "CH4")]
    for atoms in start:
        atoms.rattle(0.05, seed=1)
    calculator, before = Calculator(net), []
    for atoms in start:
        atoms.calc = calculator
        before.append(atoms.get_potential_energy())
    state = torch_sim.io.atoms_to_state(start, torch.device("cpu"), torch.float64)
    wrapped = Model(net)
    init, step = torch_sim.optimizers.gradient_descent(wrapped, lr=0.01)
    state = init(state)
    for _ in range(5):
        state = step(state)
    assert (state.energy.numpy() < np.array(before)).all()


def test_models_it_cannot_move_are_refused():
    with pytest.raises(UserError, match="has the fields velocity"):
        Model(model("fields.velocity={irreps: 1o}", "inputs=[one_hot(species), velocity]"))
    with pytest.raises(UserError, match="has no target forces"):
        Model(model("targets={energy: {irreps: 0e, unit: eV, level: graph, pool: sum}}"))
