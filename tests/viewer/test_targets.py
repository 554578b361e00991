"""A model of several targets: energy and forces of atoms, by the page's session."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.viz.helpers import axis_rotation

from segnn.data import given
from segnn.model import PhysicalModel
from segnn.recipe import load_recipe
from segnn.viewer import Session
from segnn.viewer.request import RunRequest
from segnn.viewer.wire import unpack

from .molecules import write_frames

RECIPE = """name: methanol
species: [H, C, O]
fields:
  position: {irreps: 1o, unit: angstrom}
constants:
  cutoff: {value: 2.5, unit: angstrom}
graph: {kind: radius, cutoff: 2.5}
data: {folder: data}
inputs: [one_hot(species)]
edge_attributes: ["envelope(distance, cutoff) * sh(relative_position)"]
node_attributes: ["sum(edge_attributes)"]
message_scalars: ["bessel(distance, 4, cutoff)"]
targets:
  energy: {irreps: 0e, unit: eV, level: graph, pool: sum, base: reference(species)}
  forces: {derivative: -energy / position, unit: eV/angstrom}
model: {kind: segnn, hidden: 4x0e+4x1o, layers: 1}
"""
ROTATION = axis_rotation([1, 2, 3], 0.7)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("targets")
    (folder / "methanol.yaml").write_text(RECIPE)
    read = given(write_frames(folder / "frames.xyz"))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        model = PhysicalModel(load_recipe(folder / "methanol.yaml"))
    return Session(model, read.systems, "frames.xyz", "methanol")


def run(session, **asked):
    return unpack(session.run(RunRequest(**asked)))


@pytest.fixture(scope="module")
def relaxing(session, tmp_path_factory):
    """Energies, and beside them where the atoms end."""
    file = tmp_path_factory.mktemp("places") / "relaxing.yaml"
    second = "relaxed_position: {irreps: 1o, unit: angstrom, base: position}"
    file.write_text(
        RECIPE.replace("forces: {derivative: -energy / position, unit: eV/angstrom}", second)
    )
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        model = PhysicalModel(load_recipe(file))
    given = session.systems
    ends = given.node | {"relaxed_position": given.position + 0.1}
    return Session(model, replace(given, node=ends), "frames.xyz", "relaxing")


def test_places_are_held_against_the_input_whichever_target_they_are(relaxing):
    told = relaxing.describe()
    assert (told["target"]["name"], told["target"]["point"]) == ("relaxed_position", True)
    assert [(one["name"], one["point"]) for one in told["others"]] == [("energy", False)]
    assert told["baseline"] is False  # it predicts for nodes alone
    meta, arrays = run(relaxing, rotation=[float(x) for x in ROTATION.ravel()])
    predicted = relaxing.model.predict(relaxing.systems[0])
    middle = relaxing.systems[0].position.mean(0)
    turned = (predicted["relaxed_position"] - middle) @ ROTATION.T + middle
    for name in ("prediction", "expected", "reference"):
        np.testing.assert_allclose(arrays[name], turned, atol=1e-5)
    np.testing.assert_allclose(
        arrays["target"] - arrays["position"], [0.1 * ROTATION.sum(1)] * 6, atol=1e-5
    )
    np.testing.assert_allclose(arrays["prediction.energy"], [predicted["energy"]], rtol=1e-6)
    np.testing.assert_allclose(meta["told"]["energy"]["predicted"], predicted["energy"])


def test_every_target_is_there(session):
    told = session.describe()
    assert (told["target"]["name"], told["target"]["level"]) == ("energy", "graph")
    assert [(one["name"], one["level"], one["irreps"]) for one in told["others"]] == [
        ("forces", "node", "1o")
    ]
    assert told["frames"] is True
    meta, arrays = run(session, system=1)
    predicted = session.model.predict(session.systems[1])
    np.testing.assert_allclose(meta["told"]["energy"]["predicted"], predicted["energy"], rtol=1e-12)
    assert meta["told"]["energy"]["true"] == [-9391.254099941396 + 1]
    np.testing.assert_allclose(arrays["prediction.forces"], predicted["forces"], atol=1e-6)
    assert arrays["target.forces"].shape == (6, 3)


def test_forces_turn_with_the_input_and_so_do_bonds(session):
    _, before = run(session)
    meta, after = run(session, rotation=[float(x) for x in ROTATION.ravel()])
    assert meta["error"]["prediction"] < 1e-10
    for name in ("prediction.forces", "target.forces", "bond_shift"):
        np.testing.assert_allclose(after[name], before[name] @ ROTATION.T, atol=1e-5)


def test_a_cue_that_is_off_is_off_in_the_forces_too(session):
    """The forces stay the derivative of the energy that the page shows."""
    _, whole = run(session)
    off = ["message_scalars.0"]
    meta, arrays = run(session, off=off)
    assert np.abs(arrays["prediction.forces"] - whole["prediction.forces"]).max() > 1e-6
    h, energies = 1e-4, []
    for sign in (1, -1):
        moved = session.systems[:1]
        moved.position[0, 0] += sign * h
        told, _ = run(Session(session.model, moved, "frames.xyz"), off=off)
        energies.append(told["told"]["energy"]["predicted"][0])
    slope = -(energies[0] - energies[1]) / (2 * h)
    assert arrays["prediction.forces"][0, 0] == pytest.approx(slope, rel=1e-5)
    assert meta["told"]["energy"]["predicted"] != energies[:1]
