"""Each baseline against the numbers written out, on tasks whose best one is known."""

import math

import numpy as np
import pytest
import torch
from tests.training.helpers import recipe, systems

from segnn.data import Systems
from segnn.model import PhysicalModel
from segnn.recipe import parse_recipe
from segnn.training.baselines import baseline_scores, fit_baselines, known_without_training
from segnn.training.splits import make_split

ENERGY = """
name: energy
fields:
  position: {{irreps: 1o, unit: length}}
  species: {{irreps: {species}, level: node}}
data: {{folder: nowhere}}
inputs: [species]
target: {{array: target_y, irreps: 0e, level: {level}}}
model: {{hidden: 2x0e, layers: 1}}
"""


def split(task, given):
    torch.manual_seed(0)
    return make_split(PhysicalModel(task), given, "given.npz")


def scores(task, train, test):
    name = task.main
    fitted = fit_baselines(task, split(task, train), name)
    return baseline_scores(task, split(task, test), fitted, name)


def atoms(seed, level="graph", one_hot=False):
    """Systems of hydrogen, carbon and oxygen whose energies are sums over the atoms, and noise."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 7, size=30)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    species = rng.choice([1, 6, 8], size=offsets[-1])
    of_atom = np.select([species == 1, species == 6], [-0.5, -37.0], -75.0)
    noise = 0.01 * rng.normal(size=len(of_atom))
    total = np.add.reduceat(of_atom + noise, offsets[:-1])
    labels = {"target_y": total} if level == "graph" else {}
    node = {"species": np.eye(9)[species] if one_hot else species}
    if level == "node":
        node["target_y"] = of_atom + noise
    return Systems(rng.normal(size=(offsets[-1], 3)), offsets, node, labels)


def test_displacements(data):
    task = recipe(data)
    train, test = systems(10, 0), systems(6, 2)
    found = scores(task, train, test)
    assert set(found) == {"mean_change", "stand_still", "straight_line"}
    moved, v = (test.node["target_position"] - test.position, test.node["velocity"])
    then, before = (train.node["target_position"] - train.position, train.node["velocity"])
    time = (then * before).sum() / (before**2).sum()
    assert found["straight_line"]["fitted"] == {
        "time": pytest.approx(time),
        "field": "velocity",
    }
    errors = {
        "stand_still": moved,
        "mean_change": moved - then.mean(0),
        "straight_line": moved - time * v,
    }
    for key, error in errors.items():
        assert found[key]["mse"] == pytest.approx((error**2).mean())
        assert found[key]["mae"] == pytest.approx(np.abs(error).mean())
        assert found[key]["rmse"] == pytest.approx(math.sqrt((error**2).mean()))
        assert found[key]["label"]
        assert found[key]["meaning"]
    assert found["straight_line"]["label"] == f"straight line, T = {time:.3g}"
    assert found["straight_line"]["mse"] < 2e-4 < found["stand_still"]["mse"]


@pytest.mark.parametrize("one_hot", [False, True])
def test_energies_have_a_sum_per_species(one_hot):
    task = parse_recipe(ENERGY.format(species="9x0e" if one_hot else "0e", level="graph"))
    train, test = atoms(0, one_hot=one_hot), atoms(1, one_hot=one_hot)
    found = scores(task, train, test)
    assert set(found) == {"mean_label", "per_class"}
    assert found["per_class"]["label"] == "sum per species"
    assert found["per_class"]["mse"] < 1e-2
    mean = train.graph["target_y"].mean()
    assert found["mean_label"]["mse"] == pytest.approx(
        ((test.graph["target_y"] - mean) ** 2).mean()
    )


def test_scalars_of_particles_have_a_mean_per_species():
    task = parse_recipe(ENERGY.format(species="0e", level="node"))
    train, test = atoms(0, "node"), atoms(1, "node")
    found = scores(task, train, test)
    assert found["per_class"]["label"] == "mean per species"
    assert found["per_class"]["mse"] == pytest.approx(1e-4, rel=0.5)


def test_without_a_class_the_particles_are_counted():
    task = parse_recipe(ENERGY.format(species="0e", level="graph"))
    given = [atoms(seed) for seed in (0, 1)]
    for systems_ in given:
        systems_.node["species"][:] += 0.5
        systems_.graph["target_y"][:] = 3.0 - 2.0 * systems_.sizes
    found = scores(task, *given)
    assert found["per_class"]["label"] == "number of particles"
    assert found["per_class"]["mse"] < 1e-20
    assert found["per_class"]["fitted"]["constant"] == pytest.approx([3.0])


def test_labels_far_from_zero_have_their_mean():
    """Labels of -1000 +- 1: zero is no baseline of this task."""
    task = parse_recipe(ENERGY.format(species="0e", level="graph"))
    given = [atoms(seed) for seed in (0, 1)]
    for seed, systems_ in enumerate(given):
        systems_.node["species"][:] = 0.5
        systems_.graph["target_y"][:] = np.random.default_rng(seed).normal(-1000, 1, 30)
    found = scores(task, *given)
    assert min(entry["mse"] for entry in found.values()) < 3
    assert not {"stand_still", "base_alone"} & set(found)


def test_a_base_that_is_no_position_is_named():
    text = ENERGY.format(species="0e", level="node").replace(
        "level: node}\nmodel", "level: node, base: species}\nmodel"
    )
    task = parse_recipe(text)
    found = scores(task, atoms(0, "node"), atoms(1, "node"))
    assert found["base_alone"]["meaning"] == "target.base alone: species"
    assert set(known_without_training(task, task.main)) == {"base_alone"}


def test_a_force_has_no_straight_line(data):
    """Velocities are there, but their unit times a time is not that of the target."""
    task = recipe(data, "target.unit=force", "target.base=null")
    assert set(scores(task, systems(10, 0), systems(6, 2))) == {"mean_label"}


def test_one_composition_gives_no_more_than_the_mean():
    task = parse_recipe(ENERGY.format(species="0e", level="graph"))
    given = [atoms(0)[[0] * 5], atoms(1)[[0] * 5]]
    for systems_ in given:
        systems_.graph["target_y"][:] += np.arange(5)
    assert set(scores(task, *given)) == {"mean_label"}
