"""Targets that are expressions of others: typed, equal to what is said, exact, trained on."""

import re

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import load_recipe

SMALL = ("model.layers=1", "model.hidden=4x0e+4x1o", "model.attribute_degree=1")
MU = "targets.mu."
SYMBOLS = np.array([8, 1, 1, 6, 9, 7, 6])


def model(name, *overrides):
    torch.manual_seed(0)
    return PhysicalModel(load_recipe(name, [*SMALL, *overrides])).double()


@pytest.fixture(scope="module")
def molecules():
    """Four systems, one of a single atom, one of two atoms in one place."""
    rng = np.random.default_rng(0)
    position = rng.normal(size=(7, 3))
    position[5] = position[6]
    offsets = np.array([0, 3, 4, 5, 7])
    return Systems(position, offsets, {"atomic_number": SYMBOLS}, {"mu": rng.uniform(1, 3, 4)})


def moved(systems, matrix, shift):
    return Systems(systems.position @ matrix.T + shift, systems.offsets, systems.node, {})


def test_a_dipole_moment_is_that_of_its_charges_and_atomic_dipoles(molecules):
    found = model("qm9-mu").predict_systems(molecules)
    for s, (a, b) in enumerate(zip(molecules.offsets[:-1], molecules.offsets[1:], strict=True)):
        x = molecules.position[a:b]
        moment = (found["charge"][a:b] * (x - x.mean(0)) + found["dipole"][a:b]).sum(0)
        assert found["mu"][s] == pytest.approx(np.linalg.norm(moment), rel=1e-12)


@pytest.mark.parametrize("name", ["mu", "r2"])
def test_turned_mirrored_shifted_and_alone(molecules, name):
    network = model(f"qm9-{name}")
    found = network.predict_systems(molecules)[name]
    matrix = -Rotation.random(rng=0).as_matrix()
    other = network.predict_systems(moved(molecules, matrix, [5.0, -3, 2]))[name]
    np.testing.assert_allclose(other, found, rtol=1e-11)
    alone = [network.predict_systems(molecules[s : s + 1])[name] for s in range(len(molecules))]
    np.testing.assert_allclose(np.concatenate(alone), found, rtol=1e-12)
    assert np.ptp(found) > 0.1


def test_it_is_differentiable_in_all_weights(molecules):
    network = model("qm9-mu")
    features = network.features(molecules)
    weights = dict(network.named_parameters())
    (network(features)["mu"] - features.labels["mu"]).abs().mean().backward()
    assert all(weight.grad.abs().max() > 0 for weight in weights.values())
    name, weight = list(weights.items())[-1]
    loss = {}
    with torch.no_grad():
        for step in (1e-5, -1e-5):
            weight.view(-1)[0] += step
            loss[step] = float((network(features)["mu"] - features.labels["mu"]).abs().mean())
            weight.view(-1)[0] -= step
    slope = (loss[1e-5] - loss[-1e-5]) / 2e-5
    assert float(weight.grad.view(-1)[0]) == pytest.approx(slope, rel=1e-6), name


@pytest.mark.parametrize(
    ("override", "told"),
    [
        (MU + "unit=eV", "is not of the target's unit eV"),
        (MU + "irreps=1o", "is not of the target's irreps 1o"),
        (MU + "value=total(charge * position)", "position is a point"),
        (MU + "value=norm(dipole)", "total(norm(dipole))"),
        (MU + "value=mu_0", "no output of the network"),
        (MU + "pool=sum", "a value without pool"),
        ("targets.field={derivative: -mu / position}", "mu is the value of an expression"),
        (MU + "value=norm(total(dipol))", "dipole"),
    ],
)
def test_mistakes(override, told):
    with pytest.raises(UserError, match=re.escape(told)):
        load_recipe("qm9-mu", ["constants.mu_0={value: 1.0, unit: debye}", override])
