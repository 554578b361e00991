"""Every command reads systems as the model does: labels that nobody needs are not looked at, names
that the recipe declares are accepted, files of atoms work.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from segnn import load, load_systems
from segnn.model import PhysicalModel
from segnn.recipe import parse_recipe

from .helpers import TINY, arrays, call, refused, write

COMMANDS = {
    "predict": ("predict", "run", "in.npz", "-o", "out.npz"),
    "rollout": ("rollout", "run", "in.npz", "--steps", "2", "--time", "1", "-o", "out.npz"),
    "check": ("check", "run", "--data", "in.npz"),
    "info": ("info", "run", "--data", "in.npz"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("labels", ["of another shape", "not finite"])
def test_labels_are_not_looked_at(here, command, labels):
    target = np.full((4, 5, 3), np.nan) if labels == "not finite" else np.zeros((7, 2))
    write("in.npz", target_position=target)
    call(*COMMANDS[command])


@pytest.mark.parametrize("command", ["predict", "rollout"])
def test_a_declared_name_that_looks_like_another(here, command):
    """``box`` beside positions is refused as a misnamed cell, unless the recipe reads it."""
    Path("box.yaml").write_text(
        TINY.replace("  charge: {irreps: 0e, unit: charge}", "  box: {irreps: 0e, unit: charge}")
        .replace("source(charge) * target(charge)", "source(box) * target(box)")
        .replace("epochs: 2", "epochs: 1")
    )
    for split in ("train", "valid", "test"):
        given = arrays()
        write(f"data/{split}.npz", charge=None, box=given["charge"])
    call("train", "box.yaml", "--out", "boxed")
    arguments = [text.replace("in.npz", "data/test.npz") for text in COMMANDS[command]]
    arguments[1] = "boxed"
    call(*arguments)
    with np.load("out.npz") as out:
        assert out["position"].shape[-3:] == (4, 5, 3)


@pytest.fixture
def atoms(here):
    """in.xyz, the same systems in in.npz, and a fresh model of them in made/."""
    ase_io = pytest.importorskip("ase.io")
    sizes = (3, 5, 2)
    given = arrays(sizes=sizes)
    del given["target_position"]
    given["charges"] = given.pop("charge")  # as ASE names them
    given["atomic_number"] = np.ones(sum(sizes))
    np.savez("in.npz", **given)
    ase_io.write("in.xyz", load_systems("in.npz").to_ase(), format="extxyz")
    text = TINY.replace("unit: charge}", "unit: charge, array: charges}")
    PhysicalModel(parse_recipe(text)).save("made")
    return given


def test_predictions_for_atoms(atoms):
    found = json.loads(call("predict", "made", "in.xyz", "-o", "out.npz", "--json").stdout)
    assert found["systems"] == 3
    expected = load("made").predict("in.npz")
    with np.load("out.npz") as out:
        # The text of the file may round a number's last digit in float32.
        np.testing.assert_allclose(out["position"], expected["position"], rtol=1e-6, atol=1e-6)
        np.testing.assert_array_equal(out["offsets"], [0, 3, 8, 10])


def test_predictions_for_atoms_beside_the_input(atoms):
    call("predict", "made", "in.xyz", "-o", "out.npz", "--keep-input")
    with np.load("out.npz") as out:
        np.testing.assert_allclose(out["position"], atoms["position"], atol=1e-6)
        np.testing.assert_allclose(out["velocity"], atoms["velocity"], atol=1e-6)
        assert out["predicted_position"].shape == (10, 3)
    assert load_systems("out.npz").sizes.tolist() == [3, 5, 2]


ATOMS = """name: potential
species: [H, O]
fields: {position: {irreps: 1o, unit: angstrom}}
data: {train: in.xyz}
graph: {kind: radius, cutoff: 3.0}
inputs: [one_hot(species)]
targets:
  energy: {irreps: 0e, unit: eV, level: graph, pool: sum}
  forces: {derivative: -energy / position, unit: eV/angstrom}
model: {hidden: 4x0e+4x1o, layers: 1}
"""


@pytest.fixture
def potential(here):
    """A fresh potential in made/, and in.xyz: two molecules with wrong labels and a text."""
    ase = pytest.importorskip("ase")
    ase_io = pytest.importorskip("ase.io")
    from ase.calculators.singlepoint import SinglePointCalculator

    frames = [
        ase.Atoms("OH2", [[0.0, 0, 0], [0.76, 0.59, 0], [-0.76, 0.59, 0]]),
        ase.Atoms("OH", [[0.0, 0, 0], [0, 0, 1.0]]),
    ]
    for n, frame in enumerate(frames):
        wrong = np.full((len(frame), 3), 7.0)
        frame.calc = SinglePointCalculator(frame, energy=n - 3.0, forces=wrong)
        frame.info["config_type"] = f"kind{n}"
    ase_io.write("in.xyz", frames, format="extxyz")
    PhysicalModel(parse_recipe(ATOMS)).save("made")
    return ase_io


def test_predictions_as_extended_xyz(potential):
    found = json.loads(call("predict", "made", "in.xyz", "-o", "out.xyz", "--json").stdout)
    assert found["units"] == {"energy": "eV", "forces": "eV/angstrom"}
    call("predict", "made", "in.xyz", "-o", "out.npz")
    frames = potential.read("out.xyz", ":")
    with np.load("out.npz") as out:
        np.testing.assert_allclose([f.get_potential_energy() for f in frames], out["energy"])
        forces = np.concatenate([frame.get_forces() for frame in frames])
        np.testing.assert_allclose(forces, out["forces"], atol=1e-8)
    assert [frame.info["config_type"] for frame in frames] == ["kind0", "kind1"]
    call("predict", "made", "out.xyz", "-o", "again.xyz", "--keep-input")
    again = potential.read("again.xyz", ":")
    np.testing.assert_allclose(again[0].get_forces(), frames[0].get_forces(), atol=1e-8)
    assert again[1].info["predicted_energy"] == pytest.approx(frames[1].get_potential_energy())
    np.testing.assert_allclose(again[0].arrays["predicted_forces"], forces[:3], atol=1e-7)


def test_odd_positions_are_told_beside_the_predictions(potential):
    frames = potential.read("in.xyz", ":")
    assert "warning" not in call("predict", "made", "in.xyz", "-o", "out.npz").stderr
    frames[1].positions[1, 2] = 0.2
    potential.write("close.xyz", frames, format="extxyz")
    told = call("predict", "made", "close.xyz", "-o", "out.npz", "--json")
    assert json.loads(told.stdout)["systems"] == 2
    close = "close.xyz: 1 system has atoms closer than 0.3 angstrom: 0.2 (H-O) in system 1."
    assert close in told.stderr
    for frame in frames:
        frame.positions *= 1000.0
    potential.write("far.xyz", frames, format="extxyz")
    told = call("predict", "made", "far.xyz", "-o", "out.npz").stderr
    assert "far.xyz: no particle of any system has a neighbour within graph.cutoff" in told
    assert "raise graph.cutoff, or check the unit" in told


def test_xyz_needs_species(here):
    pytest.importorskip("ase.io")
    write("in.npz")
    PhysicalModel(parse_recipe(TINY)).save("made")
    assert "atomic_number" in refused("predict", "made", "in.npz", "-o", "out.xyz")


def test_a_rollout_of_atoms(atoms):
    call("rollout", "made", "in.xyz", "--steps", "2", "--time", "1", "-o", "out.npz")
    with np.load("out.npz") as out:
        assert out["position"].shape == (3, 10, 3)
        np.testing.assert_array_equal(out["offsets"], [0, 3, 8, 10])


def test_animations_do_not_look_at_labels(here):
    from segnn.cli.animate import find_trajectory

    found = find_trajectory(write("in.npz", target_position=np.zeros((7, 2))), 0, 0.1, 5)
    assert found.true.position.shape[1:] == (5, 3)
