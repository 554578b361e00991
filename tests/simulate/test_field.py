"""Molecules in fields: labels are derivatives of one energy, draws depend on no counts."""

import numpy as np
import pytest

from segnn.data import load_systems, save_systems
from segnn.errors import UserError
from segnn.simulate import field

pytest.importorskip("tblite", reason="labels in fields need the extra 'field'")
FEW = (2, 1, 1)


@pytest.fixture(scope="module")
def made():
    return field.simulate(FEW, seed=3)


def energy(position, strength):
    return float(field.labeller()(position, strength, False)["energy"])


def test_labels_are_derivatives_of_the_energy(made):
    one = made["train"][0]
    x, strength = one.position, one.graph["electric_field"][0]
    steps = 1e-3 * np.eye(3)
    slope = [(energy(x, strength + d) - energy(x, strength - d)) / 2e-3 for d in steps]
    np.testing.assert_allclose(one.graph["dipole"][0], -np.array(slope), atol=2e-6)
    away = np.zeros_like(x)
    away[3, 1] = 1e-4
    slope = (energy(x + away, strength) - energy(x - away, strength)) / 2e-4
    assert one.node["forces"][3, 1] == pytest.approx(-slope, abs=2e-5)
    np.testing.assert_allclose(one.node["forces"].sum(0), 0, atol=1e-10)  # a neutral molecule


def test_polarizability_is_the_slope_of_the_dipole(made):
    one = made["train"][1]
    label = field.labeller()
    strength, d = one.graph["electric_field"][0], np.array([0.0, 0.1, 0.0])
    ends = [label(one.position, strength + s * d, False)["dipole"] for s in (1, -1)]
    found = one.graph["polarizability"][0]
    np.testing.assert_allclose(found[1], (ends[0] - ends[1]) / 0.2, atol=1e-4 * found.max())
    np.testing.assert_array_equal(found, found.T)


def test_fewer_are_the_first_of_more(made):
    again = field.simulate((1, 1, 0), seed=3)
    assert len(again["test"]) == 0
    for split in ("train", "valid"):
        for name, array in again[split][0].to_arrays().items():
            np.testing.assert_allclose(array, made[split][0].to_arrays()[name], atol=1e-9)
    other = field.simulate((1, 0, 0), seed=4)
    assert np.abs(other["train"].position - again["train"].position).max() > 0.1


def test_progress_counts_all_splits():
    told = []
    field.simulate(FEW, progress=lambda *numbers: told.append(numbers))
    assert told == [(2, 4), (3, 4), (4, 4)]


def test_spread_is_thermal():
    """kT/2 for each of the 12 modes of the harmonic potential, whatever the orientation."""
    label, temperature = field.labeller(), 10.0  # cold: the potential is harmonic there
    modes = field.thermal_modes(label) * np.sqrt(field.BOLTZMANN * temperature)
    rng, still = np.random.default_rng(0), np.zeros(3)
    least = energy(field.REST, still)
    above = [energy(field.draw(rng, modes, 1.0)[0], still) - least for _ in range(200)]
    mean = 6 * field.BOLTZMANN * temperature
    assert np.mean(above) == pytest.approx(mean, rel=4 / np.sqrt(6 * 200))


def test_files_hold_them(made, tmp_path):
    save_systems(tmp_path / "train.npz", made["train"])
    there = load_systems(tmp_path / "train.npz")
    assert there.graph["polarizability"].shape == (2, 3, 3)
    np.testing.assert_array_equal(there.node["forces"], made["train"].node["forces"])


@pytest.mark.parametrize(
    "options",
    [
        {"systems": (0, 0, 0)},
        {"systems": (1, 1)},
        {"seed": -1},
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"field": 10.0},
    ],
)
def test_options_without_a_meaning(options):
    with pytest.raises(UserError, match=next(iter(options))):
        field.simulate(**{"systems": FEW, **options})
