"""Derivatives of targets by positions, strain and fields: against finite differences, of first and
second order, without what inference does not need.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.model.atoms import RECIPE, model, systems

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.mode import frozen

STEP = 1e-4


@pytest.fixture(scope="module")
def made():
    return model()


@pytest.fixture(scope="module")
def found(made):
    return made.predict_systems(systems())


def along(made, change, name="energy"):
    """The derivative of a prediction along ``change(systems, step)``, of fourth order."""

    def at(step):
        return made.predict_systems(change(systems(), step))[name]

    near, far = at(STEP) - at(-STEP), at(2 * STEP) - at(-2 * STEP)
    return (8 * near - far) / (12 * STEP)


def test_every_target_is_there_in_its_shape(made, found):
    assert list(found) == list(made.recipe.targets)
    arrays = made.predict(systems())
    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes == {
        "energy": (3,),
        "forces": (9, 3),
        "torque": (9, 3),
        "dipole": (3, 3),
        "polarizability": (3, 3, 3),
        "stress": (3, 3, 3),
        "offsets": (4,),
    }


def test_only_what_is_wanted_is_derived(made):
    features = made.features(systems())
    whole, some = made(features), made(features, {"energy", "dipole"})
    assert list(some) == ["energy", "dipole"]
    for name, value in some.items():
        torch.testing.assert_close(value, whole[name], rtol=0, atol=0)
        assert value.requires_grad


@pytest.mark.parametrize(("name", "array"), [("forces", None), ("torque", "spin")])
def test_derivatives_of_nodes(made, found, name, array):
    direction = np.random.default_rng(1).normal(size=(9, 3))

    def moved(given, step):
        if array is None:
            return replace(given, position=given.position + step * direction)
        return replace(given, node={**given.node, array: given.node[array] + step * direction})

    expected = -np.add.reduceat((found[name] * direction).sum(1), systems().offsets[:-1])
    np.testing.assert_allclose(along(made, moved)[:, 0], expected, rtol=1e-7, atol=1e-9)


def test_dipole_and_polarizability(made, found):
    matrices = made.predict(systems())["polarizability"]
    np.testing.assert_allclose(matrices, matrices.transpose(0, 2, 1), atol=1e-13)
    for axis in range(3):

        def moved(given, step, axis=axis):
            return replace(
                given,
                graph={**given.graph, "field": given.graph["field"] + step * np.eye(3)[axis]},
            )

        np.testing.assert_allclose(
            along(made, moved)[:, 0], -found["dipole"][:, axis], rtol=1e-7, atol=1e-9
        )
        slope = along(made, moved, "dipole")
        np.testing.assert_allclose(slope, matrices[:, :, axis], rtol=1e-6, atol=1e-8)


def test_stress_of_strained_boxes(made):
    stress = made.predict(systems())["stress"]
    volume = np.abs(np.linalg.det(systems().cell))
    strain = np.random.default_rng(2).normal(size=(3, 3))
    strain = (strain + strain.T) / 2

    def strained(given, step):
        matrix = np.eye(3) + step * strain
        cell = given.cell @ matrix.T
        return replace(
            given, position=given.position @ matrix.T, graph={**given.graph, "cell": cell}
        )

    expected = (stress * strain).sum((1, 2)) * volume
    np.testing.assert_allclose(along(made, strained)[:, 0], expected, rtol=1e-6, atol=1e-8)


def test_training_reaches_every_weight_through_the_forces(made):
    features = made.features(systems())
    forces = made(features.bare())["forces"]
    weights = list(made.network.parameters())
    direction = torch.linspace(-1, 1, forces.numel(), dtype=torch.float64).view_as(forces)
    slopes = torch.autograd.grad((forces * direction).sum(), weights, allow_unused=True)
    largest = max(range(len(weights)), key=lambda n: float(weights[n].numel()))
    way = torch.linspace(-1, 1, weights[largest].numel(), dtype=torch.float64)
    way = way.view_as(weights[largest])

    def at(step):
        with torch.no_grad():
            weights[largest].add_(way, alpha=step)
            value = float((made(features)["forces"] * direction).sum())
            weights[largest].sub_(way, alpha=step)
        return value

    near, far = at(STEP) - at(-STEP), at(2 * STEP) - at(-2 * STEP)
    numeric = (8 * near - far) / (12 * STEP)
    assert float((slopes[largest] * way).sum()) == pytest.approx(numeric, rel=1e-6, abs=1e-9)


def test_predictions_are_cut_from_their_graph(made):
    with torch.no_grad():
        found = frozen(made)(made.features(systems()))
    assert not any(value.requires_grad for value in found.values())


def test_batches_are_the_same_as_one_by_one(made, found):
    for n in range(3):
        alone = made.predict_systems(systems()[n])
        for name, rows in alone.items():
            level = made.recipe.targets[name].level
            offsets = systems().offsets if level == "node" else np.arange(4)
            whole = found[name][offsets[n] : offsets[n + 1]]
            np.testing.assert_allclose(rows, whole, rtol=1e-10, atol=1e-12)


def test_what_does_not_depend_has_no_derivative():
    blind = RECIPE.replace(", unitless(field)]", "]")
    given = systems()
    found = model(recipe=blind).predict_systems(given)
    assert not found["dipole"].any()
    assert not found["polarizability"].any()


def test_a_stress_needs_a_cell(made):
    given = systems()
    graph = {name: array for name, array in given.graph.items() if name not in ("cell", "pbc")}
    with pytest.raises(UserError, match="system 0 has no cell"):
        made.predict_systems(replace(given, graph=graph))


def test_saved_and_loaded(made, found, tmp_path):
    made.save(tmp_path)
    again = PhysicalModel.load(tmp_path)
    assert again.recipe.targets == made.recipe.targets
    for name, rows in again.predict_systems(systems()).items():
        np.testing.assert_allclose(rows, found[name], rtol=1e-13, atol=1e-15)
