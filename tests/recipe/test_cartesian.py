"""`target.cartesian`: matrices as labels, checked, as irreps, turned, trained on, predicted."""

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps

from segnn.data import Systems, save_systems
from segnn.errors import UserError
from segnn.model import PhysicalModel, load
from segnn.model.check import transformed
from segnn.model.check.transform import turn
from segnn.recipe import load_recipe, parse_recipe
from segnn.recipe.cartesian import FORMS, narrowest, outside, to_matrices, to_rows
from segnn.training import evaluate, train

RECIPE = """
name: tensors
fields: {{charge: {{irreps: 0e}}}}
data: {{folder: {folder}}}
inputs: [charge]
target: {{array: target_stress, irreps: {irreps}, cartesian: {form}, level: {level}}}
model: {{hidden: 4x0e+4x1o+4x1e+4x2e, layers: 2, attribute_degree: 2}}
training: {{epochs: 1, batch_size: 8}}
"""
SYSTEMS, SIZE = 6, 4


def matrices(form, lead, seed=0):
    """Random matrices (*lead, 3, 3) of a form."""
    value = np.random.default_rng(seed).normal(size=(*lead, 3, 3))
    if form == "antisymmetric":
        return value - value.swapaxes(-1, -2)
    if form in ("symmetric", "traceless"):
        value = value + value.swapaxes(-1, -2)
    if form == "traceless":
        value -= np.trace(value, axis1=-2, axis2=-1)[..., None, None] / 3 * np.eye(3)
    return value


def data(form="symmetric", level="graph", systems=SYSTEMS, seed=0):
    rng = np.random.default_rng(seed)
    lead = (systems, SIZE) if level == "node" else (systems,)
    return {
        "position": rng.normal(size=(systems, SIZE, 3)),
        "charge": rng.normal(size=(systems, SIZE)),
        "target_stress": matrices(form, lead, seed),
    }


def recipe(form="symmetric", level="graph", folder="nowhere", irreps=None):
    irreps = irreps or FORMS[form]
    return parse_recipe(RECIPE.format(form=form, level=level, folder=folder, irreps=irreps))


def made(form="symmetric", level="graph"):
    torch.manual_seed(0)
    return PhysicalModel(recipe(form, level)).double().eval()


@pytest.mark.parametrize("form", FORMS)
def test_to_irreps_and_back(form):
    labels = matrices(form, (7,))
    rows = to_rows(labels, form)
    assert rows.shape == (7, Irreps(FORMS[form]).dim)
    np.testing.assert_allclose(to_matrices(rows, form), labels, atol=1e-14)
    np.testing.assert_allclose(np.square(rows).sum(1), np.square(labels).sum((1, 2)), rtol=1e-14)
    assert narrowest(labels) == form
    rotation = -np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    turned = rotation @ labels @ rotation.T
    np.testing.assert_allclose(
        to_rows(turned, form), turn(rows, Irreps(FORMS[form]), rotation), atol=1e-13
    )


def test_known_components():
    rows = to_rows(np.diag([2.0, 2.0, 2.0])[None], "symmetric")
    np.testing.assert_allclose(rows, [[2 * np.sqrt(3), 0, 0, 0, 0, 0]], atol=1e-14)
    spin = np.array([[[0.0, 3.0, 0.0], [-3.0, 0.0, 0.0], [0.0, 0.0, 0.0]]])  # about z
    np.testing.assert_allclose(np.abs(to_rows(spin, "antisymmetric")), [[0, 0, 3 * np.sqrt(2)]])


@pytest.mark.parametrize("level", ["node", "graph"])
@pytest.mark.parametrize("form", FORMS)
def test_labels_and_predictions_turn_alike(form, level):
    model, arrays = made(form, level), data(form, level)
    rotation = -np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    systems = Systems.from_arrays(arrays)
    there = transformed(model.recipe, systems, rotation)
    held = there.node if level == "node" else there.graph
    shape = arrays["target_stress"].shape
    np.testing.assert_allclose(
        held["target_stress"].reshape(shape),
        rotation @ arrays["target_stress"] @ rotation.T,
        atol=1e-13,
    )
    predicted = model.predict(arrays)["stress"]
    assert predicted.shape == shape
    assert not len(outside(predicted.reshape(-1, 3, 3), form))
    assert np.abs(predicted).max() > 1e-3
    turned = model.predict({**arrays, "position": arrays["position"] @ rotation.T})["stress"]
    np.testing.assert_allclose(turned, rotation @ predicted @ rotation.T, atol=1e-12)
    features = model.features(systems)
    assert features.labels["stress"].shape == features.base["stress"].shape


def test_shapes_without_labels_of_one_system_and_flat():
    model, arrays = made(), data()
    del arrays["target_stress"]
    assert model.predict(arrays)["stress"].shape == (SYSTEMS, 3, 3)
    assert model.predict({k: v[0] for k, v in arrays.items()})["stress"].shape == (3, 3)
    assert made(level="node").predict(Systems.from_arrays(arrays))["stress"].shape == (24, 3, 3)


def test_training_on_matrices(tmp_path):
    for seed, split in enumerate(("train", "valid", "test")):
        save_systems(tmp_path / f"{split}.npz", Systems.from_arrays(data(seed=seed, systems=16)))
    path = tmp_path / "recipe.yaml"
    path.write_text(recipe(folder=tmp_path).to_yaml())
    run = tmp_path / "run"
    train(load_recipe(path), run)
    arrays = data(seed=2, systems=16)
    error = load(run).predict(arrays)["stress"] - arrays["target_stress"]
    found = evaluate(run)
    # The mean over six coordinates whose squares sum up to those of the matrix.
    assert found["mse"] == pytest.approx(np.square(error).sum((1, 2)).mean() / 6)


@pytest.mark.parametrize("level", ["node", "graph"])
def test_labels_of_another_form(level):
    arrays = data(level=level)
    labels = arrays["target_stress"].reshape(-1, 3, 3)
    worst = len(labels) - 1
    labels[0, 0, 1] += 0.5
    labels[worst, 0, 2] += 3.0
    with pytest.raises(UserError) as caught:
        made(level=level).features(Systems.from_arrays(arrays), "train.npz")
    for part in (
        "train.npz",
        "'target_stress' is not symmetric",
        f"system {SYSTEMS - 1} of {SYSTEMS}",
        "by 1.5 in",
        f"(2 of {len(labels)} matrices",
        "target.cartesian: general",
    ):
        assert part in str(caught.value)


@pytest.mark.parametrize("form", ["symmetric", "traceless", "antisymmetric"])
def test_rounded_labels_pass_and_numbers_that_are_not_finite_are_left_to_others(form):
    labels = matrices(form, (5,))
    labels[1] += 1e-6
    labels[2] = np.nan
    labels[3, 0, 0] = np.inf
    assert not len(outside(labels, form))
    labels[0, 0, 1] += 1.0
    assert outside(labels, form).tolist() == [0]


def test_labels_of_another_shape():
    arrays = data()
    arrays["target_stress"] = arrays["target_stress"].reshape(SYSTEMS, 9)
    with pytest.raises(UserError, match=r"\(6, 9\).*cartesian: symmetric, expected \(6, 3, 3\)"):
        made().features(Systems.from_arrays(arrays))


def test_matrices_without_the_key():
    text = RECIPE.format(form="null", level="graph", folder="nowhere", irreps="0e+2e")
    model = PhysicalModel(parse_recipe(text))
    with pytest.raises(UserError, match=r"set target\.cartesian: symmetric"):
        model.features(Systems.from_arrays(data()))


def test_irreps_that_do_not_fit():
    with pytest.raises(UserError) as caught:
        recipe("traceless", irreps="0e+2e")
    for part in ("irreps: 2e with cartesian: traceless", "0e+2e", "line 6"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("level", "shape", "parts"),
    [
        ("graph", (10, 3), ["(10, 3) begins like 'position'", "'target_graph_dipole'"]),
        ("node", (10, 3), ["(30,)", "(10, 3) is one row per system", "'target_graph_dipole'"]),
        ("graph", (10, 3, 3), ["(10, 3, 3), one row per particle", "level: node"]),
        ("node", (10, 1), ["(10, 1)", "one row per system", "level: graph"]),
    ],
)
def test_a_dipole_of_as_many_components_as_particles(level, shape, parts):
    text = f"""
name: dipole
data: {{folder: nowhere}}
inputs: [one]
target: {{array: target_dipole, irreps: 1o, level: {level}}}
model: {{hidden: 4x0e+4x1o, layers: 1}}
"""
    rng = np.random.default_rng(0)
    arrays = {"position": rng.normal(size=(10, 3, 3)), "target_dipole": rng.normal(size=shape)}
    model = PhysicalModel(parse_recipe(text))
    with pytest.raises(UserError) as caught:
        model.features(Systems.from_arrays(arrays), "train.npz")
    for part in ("train.npz", "'target_dipole'", *parts):
        assert part in str(caught.value)
    if shape == (10, 3):  # the cure that is told works
        named = text.replace("target_dipole", "target_graph_dipole").replace("node", "graph")
        arrays["target_graph_dipole"] = arrays.pop("target_dipole")
        features = PhysicalModel(parse_recipe(named)).features(Systems.from_arrays(arrays))
        np.testing.assert_array_equal(
            features.labels["graph_dipole"], arrays["target_graph_dipole"]
        )
