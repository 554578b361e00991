"""target.centered: the weighted mean of prediction − base is zero, and the centre of mass moves
exactly as the base's.
"""

import numpy as np
import pytest
import torch

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import parse_recipe
from segnn.simulate import gravity
from segnn.testing import assert_model_ok

RECIPE = """
name: centred
fields:
  position: {irreps: 1o, unit: length}
  velocity: {irreps: 1o, unit: length/time}
  mass: {irreps: 0e, unit: mass}
constants:
  horizon: {value: 0.1, unit: time}
define:
  drift: inverse(total(mass)) * total(mass * velocity)
data: {folder: nowhere}
inputs: [position - center(position, mass), velocity, mass]
target:
  {array: target_position, irreps: 1o, unit: length, base: position + horizon * drift, scale: 0.3,
   centered: mass}
model: {hidden: 4x0e+4x1o, layers: 1}
"""


def model(*overrides):
    torch.manual_seed(0)
    return PhysicalModel(parse_recipe(RECIPE, overrides=overrides)).double().eval()


def systems(sizes=(3, 1, 5)):
    rng = np.random.default_rng(0)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    position, velocity = rng.normal(size=(2, offsets[-1], 3))
    return Systems(
        position, offsets, {"velocity": velocity, "mass": rng.uniform(0.5, 2, size=offsets[-1])}
    )


def centre(given, values):
    mass = given.node["mass"][:, None]
    first = given.offsets[:-1]
    return np.add.reduceat(mass * values, first) / np.add.reduceat(mass, first)


def test_the_centre_of_mass_moves_straight_on():
    given, made = systems(), model()
    predicted = made.predict_systems(given)["position"]
    expected = centre(given, given.position) + 0.1 * centre(given, given.node["velocity"])
    np.testing.assert_allclose(centre(given, predicted), expected, rtol=0, atol=1e-14)
    free = model("target.centered=null").predict_systems(given)["position"]
    assert np.abs(centre(given, free) - expected).max() > 1e-2
    shift = np.repeat(centre(given, free) - expected, given.sizes, axis=0)
    np.testing.assert_allclose(predicted, free - shift, rtol=0, atol=1e-13)


def test_so_does_the_simulator():
    """The symmetry that is built in is the physics' own."""
    made = gravity.simulate(
        (3, 0, 0), particles=6, steps=300, start=50, horizon=100, masses=(0.5, 2.0)
    )["train"]
    then = Systems(made.node["target_position"], made.offsets, made.node)
    expected = centre(made, made.position) + 0.1 * centre(made, made.node["velocity"])
    np.testing.assert_allclose(centre(then, then.position), expected, atol=1e-12)


def test_weights_of_one():
    given = systems()
    predicted = model("target.centered=one", "target.base=position").predict_systems(given)[
        "position"
    ]
    moved = np.add.reduceat(predicted - given.position, given.offsets[:-1])
    np.testing.assert_allclose(moved, 0, atol=1e-13)
    assert np.abs(predicted - given.position).max() > 1e-2


def test_alone_it_goes_straight_on():
    given = systems((1, 1))
    expected = given.position + 0.1 * given.node["velocity"]
    np.testing.assert_allclose(model().predict_systems(given)["position"], expected, atol=1e-14)


def test_it_keeps_every_symmetry_and_batches():
    assert_model_ok(model(), systems((4, 3, 5)))


def test_features_carry_the_shares():
    given, made = systems(), model()
    features = made.features(given)
    assert features.weight["position"].dtype == torch.float64
    first, _, last = np.split(given.node["mass"], given.offsets[1:-1])
    shares = np.concatenate([first / first.sum(), [1.0], last / last.sum()])
    np.testing.assert_allclose(features.weight["position"][:, 0], shares)
    some = features.to(torch.float32).batch([2, 0])
    assert some.weight["position"].dtype == torch.float64
    np.testing.assert_allclose(
        some.weight["position"][:, 0], np.concatenate([shares[4:], shares[:3]])
    )


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("target.centered=velocity",), r"target.centered: velocity .* is no weight"),
        (("target.centered=distance",), "does not live on nodes"),
        (
            ("target={array: graph_target, irreps: 1o, level: graph, centered: one}",),
            "a target of graphs has one row per system",
        ),
    ],
)
def test_mistakes(overrides, message):
    with pytest.raises(UserError, match=message):
        parse_recipe(RECIPE, overrides=overrides)


def test_a_total_weight_of_zero_is_told():
    given = systems((2, 2))
    given.node["charge"] = np.array([1.0, -1.0, 1.0, 1.0])
    made = model("fields.charge={irreps: 0e}", "target.centered=charge")
    with pytest.raises(
        UserError,
        match=r"centered, of the target position: arrays has a total charge of 0 in system 0",
    ):
        made.predict_systems(given)
