"""Reversal of all spins: energies stay and moments change their sign, to the last bit, whether the
network sees the signs or not; so do forces and fields up to the order in which gradients add up.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from segnn.model import PhysicalModel
from segnn.model.check import check_model
from segnn.recipe import load_recipe
from segnn.recipe.packaged import PACKAGED_RECIPES
from segnn.simulate.spins import simulate

SMALL = ("model.hidden=8x0e+4x1o+4x1e", "model.layers=1")
RECIPES = {
    "products": (),
    "spins": (
        "inputs=[one, spin]",
        "edge_attributes=[envelope(distance, cutoff) * "
        "concat(sh(relative_position), source(spin))]",
        "node_attributes=[concat(one, turning(sum(edge_attributes)), spin)]",
    ),
    "moments": (
        "inputs=[one, spin]",
        "node_attributes=[concat(one, turning(sum(edge_attributes)), spin)]",
        "edge_attributes=[envelope(distance, cutoff) * sh(relative_position)]",
        "targets={energy: {array: target_energy, irreps: 0e, unit: meV, level: graph, pool: sum},"
        " field: {array: target_field, irreps: 1e, unit: meV, time: odd}}",
    ),
}


@pytest.fixture(scope="module")
def systems():
    return simulate((4, 0, 0), atoms=5)["train"]


def made(name, systems):
    recipe = load_recipe(PACKAGED_RECIPES / "spins.yaml", [*SMALL, *RECIPES[name]])
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = PhysicalModel(recipe).double().eval()
    model.calibrate(model.features(systems))
    return model


def reversed_spins(systems):
    return replace(systems, node={**systems.node, "spin": -systems.node["spin"]})


@pytest.mark.parametrize("name", RECIPES)
def test_reversal_is_exact(systems, name):
    model = made(name, systems)
    assert model.cues.mirrored is (name != "products")
    here, there = model.predict_systems(systems), model.predict_systems(reversed_spins(systems))
    for target, value in here.items():
        assert np.abs(value).max() > 1e-3
        derived = model.recipe.targets[target].derivative is not None
        expected, size = model.cues.signs[target] * value, np.abs(value).max()
        atol = 1e-14 * size if derived else 0.0
        np.testing.assert_allclose(there[target], expected, rtol=0, atol=atol, err_msg=target)


@pytest.mark.parametrize("name", ["products", "spins"])
def test_every_check_passes(systems, name):
    rows = {(row.property, row.dtype): row for row in check_model(made(name, systems), systems)}
    assert all(row.passed for row in rows.values()), [r for r in rows.values() if not r.passed]
    assert rows["time reversal", "float64"].error < 1e-14
    assert {"torque balance", "field against finite differences"} < {name for name, _ in rows}


def test_a_network_that_is_not_mirrored_fails_the_check(systems, monkeypatch):
    model = made("spins", systems)
    monkeypatch.setattr(
        PhysicalModel,
        "outputs_at",
        lambda self, features, tensors: self.outputs(self.cues.seen_at(features, tensors)),
    )
    (row,) = (
        row
        for row in check_model(model, systems)
        if (row.property, row.dtype) == ("time reversal", "float64")
    )
    assert not row.passed


def test_both_signs_are_trained(systems):
    """The gradient by the weights goes through both; without gradients nothing is kept."""
    model = made("moments", systems)
    found = model(model.features(systems))
    found["field"].square().sum().backward()
    assert all(p.grad is not None for p in model.network.parameters() if p.requires_grad)
    with torch.no_grad():
        assert not model(model.features(systems))["field"].requires_grad
