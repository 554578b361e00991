"""The calculator of ASE gives what the model predicts, in ASE's units, and follows the atoms."""

import ase
import numpy as np
import pytest
import torch
from ase.calculators.fd import calculate_numerical_forces, calculate_numerical_stress
from ase.md.verlet import VelocityVerlet

import segnn
from segnn.ase import Calculator
from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.committee import Committee
from segnn.recipe import load_recipe

RECIPE = """
name: magnet
fields:
  position: {irreps: 1o, unit: LENGTH}
  spin: {irreps: 1e}
species: [H, O]
data: {folder: nowhere}
graph: {kind: radius, cutoff: CUTOFF}
inputs: [one_hot(species), spin]
edge_attributes: ["envelope(unitless(distance), CUTOFF) * sh(relative_position)"]
message_scalars: ["bessel(unitless(distance), 3, CUTOFF)"]
targets:
  energy: {irreps: 0e, unit: ENERGY, level: graph, pool: sum, base: "reference(species, 1.5, 2.5)"}
  forces: {derivative: -energy / position, unit: ENERGY/LENGTH}
  stress: {derivative: energy / strain, unit: ENERGY/LENGTH^3}
  torque: {derivative: energy / spin, unit: ENERGY}
model: {hidden: 4x0e+4x1o+2x1e, layers: 1}
"""


def model(tmp_path, seed=0, energy="eV", length="angstrom", cutoff=3.0):
    text = RECIPE.replace("ENERGY", energy).replace("LENGTH", length)
    path = tmp_path / "recipe.yaml"
    path.write_text(text.replace("CUTOFF", str(cutoff)))
    torch.manual_seed(seed)
    return PhysicalModel(load_recipe(path)).double().eval()


def atoms(seed=0, size=6):
    draw = np.random.default_rng(seed)
    made = ase.Atoms(
        draw.choice([1, 8], size), draw.uniform(0, 4, (size, 3)), cell=[4.1, 4.6, 5.3], pbc=True
    )
    made.set_array("spin", draw.normal(size=(size, 3)))
    return made


def test_gives_what_the_model_predicts(tmp_path):
    net, seen = model(tmp_path), atoms()
    expected = net.predict(Systems.from_ase(seen))
    seen.calc = Calculator(net)
    assert seen.get_potential_energy() == pytest.approx(expected["energy"][0], rel=1e-12)
    assert seen.get_potential_energy(force_consistent=True) == seen.get_potential_energy()
    np.testing.assert_allclose(seen.get_forces(), expected["forces"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(seen.get_stress(voigt=False), expected["stress"][0], atol=1e-12)
    np.testing.assert_allclose(seen.calc.get_property("torque", seen), expected["torque"])


def test_forces_and_stress_are_those_of_the_energy(tmp_path):
    seen = atoms()
    seen.calc = Calculator(model(tmp_path))
    forces, stress = seen.get_forces(), seen.get_stress()
    numerical = calculate_numerical_forces(seen, eps=1e-4)
    np.testing.assert_allclose(forces, numerical, rtol=0, atol=1e-6 * np.abs(forces).max())
    numerical = calculate_numerical_stress(seen, eps=1e-5)
    np.testing.assert_allclose(stress, numerical, rtol=0, atol=1e-6 * np.abs(stress).max())


@pytest.mark.parametrize(
    ("energy", "length", "one", "step"),
    [
        ("meV", "nm", 1e-3, 10.0),
        ("kcal/mol", "bohr", ase.units.kcal / ase.units.mol, ase.units.Bohr),
    ],
)
def test_units_are_those_of_ase(tmp_path, energy, length, one, step):
    """The same network, whose recipe counts in other units: the same numbers of another size."""
    seen, other = atoms(), atoms()
    seen.calc = Calculator(model(tmp_path))
    other.set_cell(seen.cell * step, scale_atoms=True)
    other.calc = Calculator(model(tmp_path, energy=energy, length=length))
    assert other.get_potential_energy() == pytest.approx(one * seen.get_potential_energy())
    np.testing.assert_allclose(other.get_forces(), one / step * seen.get_forces(), rtol=1e-9)
    np.testing.assert_allclose(other.get_stress(), one / step**3 * seen.get_stress(), rtol=1e-9)


def test_a_skin_changes_nothing(tmp_path):
    net, paths = model(tmp_path), []
    for skin in (0.0, 1.0):
        seen = atoms()
        seen.calc = Calculator(net, skin=skin)
        seen.set_momenta(np.random.default_rng(1).normal(size=(6, 3)))
        VelocityVerlet(seen, 0.5 * ase.units.fs).run(40)
        paths.append(seen.positions.copy())
    np.testing.assert_array_equal(*paths)


def test_a_field_that_changes_is_seen(tmp_path):
    seen = atoms()
    seen.calc = Calculator(model(tmp_path))
    before = seen.get_potential_energy()
    seen.arrays["spin"][0] *= -2
    after = seen.get_potential_energy()
    assert abs(after - before) > 1e-8  # little, because the weights are fresh
    seen.arrays["spin"][0] /= -2
    assert seen.get_potential_energy() == pytest.approx(before, rel=1e-12)


def test_a_committee_gives_mean_and_spread(tmp_path):
    nets, seen = [model(tmp_path, seed) for seed in range(3)], atoms()
    found = [net.predict(Systems.from_ase(seen)) for net in nets]
    seen.calc = Calculator(Committee(nets))
    energies, forces = (np.stack([one[name] for one in found]) for name in ("energy", "forces"))
    assert seen.get_potential_energy() == pytest.approx(energies.mean(), rel=1e-12)
    np.testing.assert_allclose(seen.get_forces(), forces.mean(0), atol=1e-12)
    assert seen.calc.results["energy_spread"] == pytest.approx(energies.std(ddof=1), rel=1e-9)
    spread = np.sqrt(((forces - forces.mean(0)) ** 2).sum((0, 2)) / 2)
    np.testing.assert_allclose(seen.calc.results["forces_spread"], spread, rtol=1e-9)


def test_run_folders_are_a_committee(tmp_path):
    for seed in (0, 1):
        model(tmp_path, seed).save(tmp_path / "runs" / f"seed{seed}" / "model")
    folders = [tmp_path / "runs" / f"seed{seed}" for seed in (0, 1)]
    seen = atoms()
    found = segnn.load(folders).predict(Systems.from_ase(seen))
    for named in (tmp_path / "runs", folders):
        seen.calc = Calculator(named)
        assert seen.get_potential_energy() == pytest.approx(found["energy"][0], rel=1e-12)
    assert found["energy_spread"].shape == (1,)
    assert found["forces_spread"].shape == (6,)
    with pytest.raises(UserError, match=r"holds 2 trainings, seed0 to seed1: name one of them"):
        segnn.load(tmp_path / "runs")


def test_members_of_a_committee_predict_the_same(tmp_path):
    with pytest.raises(UserError, match="a committee predicts one task: a has the targets energy"):
        Committee([model(tmp_path), model(tmp_path, energy="meV")], ["a", "b"])
    with pytest.raises(UserError, match="a committee of 1: expected at least two"):
        Committee([model(tmp_path)])


def test_units_without_a_value_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"targets\.energy\.unit: 'energy' has no value in ASE"):
        Calculator(model(tmp_path, energy="energy"))
    with pytest.raises(UserError, match=r"fields\.position\.unit: 'length' has no value"):
        Calculator(model(tmp_path, length="length"))


def test_what_is_no_configuration_is_told(tmp_path):
    net = model(tmp_path)
    with pytest.raises(UserError, match="the atoms: none were given"):
        Calculator(net).get_potential_energy()
    with pytest.raises(UserError, match=r"got list, expected ase\.Atoms, one configuration at"):
        Calculator(net).get_potential_energy([atoms()])
    with pytest.raises(UserError, match="skin: '1', expected a length of 0 or more"):
        Calculator(net, skin="1")


def test_atoms_without_a_field_are_told(tmp_path):
    seen = atoms()
    del seen.arrays["spin"]
    seen.calc = Calculator(model(tmp_path))
    with pytest.raises(UserError, match="spin"):
        seen.get_potential_energy()
