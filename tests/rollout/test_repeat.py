"""Repeating a model: each state is the prediction from the one before; what cannot be repeated is
refused.
"""

import numpy as np
import pytest
import torch

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import parse_recipe
from segnn.rollout import rollout, simulated
from segnn.simulate import charged, gravity

RECIPE = """
name: {name}
fields:
  position: {{irreps: 1o, unit: length}}
  velocity: {{irreps: 1o, unit: length/time}}
  charge: {{irreps: 0e, unit: charge}}
  {more}
data: {{folder: nowhere}}
inputs: [position - center(position), velocity, charge{use}]
target: {{array: {array}, irreps: {irreps}, unit: {unit}, level: {level}, base: {base}}}
model: {{hidden: 4x0e+4x1o, layers: 1}}
"""
POSITION = {
    "name": "p",
    "array": "target_position",
    "irreps": "1o",
    "unit": "length",
    "level": "node",
    "base": "position",
}
VELOCITY = {
    **POSITION,
    "name": "v",
    "array": "target_velocity",
    "unit": "length/time",
    "base": "velocity",
}


def model(of=POSITION, more="", use="", **changed):
    torch.manual_seed(1)
    return (
        PhysicalModel(parse_recipe(RECIPE.format(**{**of, "more": more, "use": use, **changed})))
        .double()
        .eval()
    )


def systems(sizes=(5, 3, 4)):
    rng = np.random.default_rng(2)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    position, velocity = rng.normal(size=(2, offsets[-1], 3))
    return Systems(
        position,
        offsets,
        {"velocity": velocity, "charge": rng.choice([-1.0, 1.0], size=offsets[-1])},
    )


def step(made, start, position, velocity):
    return made.predict_systems(
        Systems(position, start.offsets, {**start.node, "velocity": velocity})
    )[made.recipe.main]


def test_each_state_is_predicted_from_the_one_before():
    made, start = model(), systems()
    found = rollout(made, start, 3, horizon=0.5)
    assert found.position.shape == found.velocity.shape == (4, 12, 3)
    np.testing.assert_array_equal(found.time, [0, 0.5, 1.0, 1.5])
    np.testing.assert_array_equal(found.position[0], start.position)
    np.testing.assert_array_equal(found.velocity[0], start.node["velocity"])
    for k in range(3):
        np.testing.assert_array_equal(
            found.position[k + 1], step(made, start, found.position[k], found.velocity[k])
        )
        np.testing.assert_allclose(
            found.velocity[k + 1], (found.position[k + 1] - found.position[k]) / 0.5
        )


def test_velocities_of_a_second_model():
    made, second, start = model(), model(VELOCITY), systems()
    found = rollout(made, start, 2, velocities=second)
    for k in range(2):
        np.testing.assert_array_equal(
            found.position[k + 1], step(made, start, found.position[k], found.velocity[k])
        )
        np.testing.assert_array_equal(
            found.velocity[k + 1], step(second, start, found.position[k], found.velocity[k])
        )
    assert np.abs(found.velocity[1] - (found.position[1] - found.position[0])).max() > 1e-3


def test_turned_systems_roll_out_turned():
    made, start = model(), systems()
    q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    turned = Systems(
        start.position @ q.T + 5,
        start.offsets,
        {**start.node, "velocity": start.node["velocity"] @ q.T},
    )
    found, there = rollout(made, start, 3), rollout(made, turned, 3)
    np.testing.assert_allclose(there.position, found.position @ q.T + 5, atol=1e-9)


def test_ends_where_numbers_end():
    made = model()
    with torch.no_grad():
        made.network.net.readout_2.weight.mul_(1e200)
    found = rollout(made, systems(), 5)
    assert 1 <= len(found.time) < 6
    assert list(found.ended) == [0, 1, 2]
    assert max(end.state for end in found.ended.values()) == len(found.time) - 1
    assert found.finite(len(found.time) - 1).any()


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("second", [False, True])
def test_one_bad_system_ends_and_three_go_on(number, second):
    """The three are rolled out as without the fourth, which is named with the reason."""
    made, velocities = model().float(), model(VELOCITY).float() if second else None
    sizes, others = (5, 3, 4, 2), [other for other in range(4) if other != number]
    start, good = systems(sizes), systems(sizes)
    start.position[start.offsets[number] : start.offsets[number + 1]] *= 1e200
    found = rollout(made, start, 3, velocities=velocities)
    alone = rollout(made, good[others], 3, velocities=velocities)
    assert list(found.ended) == [number]
    assert found.ended[number].state == 0
    assert "position is as large as" in found.ended[number].reason
    kept = np.repeat(np.arange(4), sizes) != number
    np.testing.assert_allclose(found.position[:, kept], alone.position, atol=1e-6)
    np.testing.assert_allclose(found.velocity[:, kept], alone.velocity, atol=1e-6)
    assert np.isnan(found.position[1:, ~kept]).all()
    assert np.isnan(found.velocity[1:, ~kept]).all()
    assert found.finite(0).all()
    np.testing.assert_array_equal(found.finite(3), np.arange(4) != number)
    assert alone.ended == {}


def test_all_bad_systems_end_at_their_start():
    start = systems()
    start.position[:] *= 1e200
    found = rollout(model().float(), start, 3)
    assert len(found.time) == 1
    assert list(found.ended) == [0, 1, 2]


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (
            {"array": "target_force", "base": "null"},
            r"predicts target_force \(1o per node\); a rollout needs positions",
        ),
        ({"irreps": "0e", "base": "null"}, r"predicts target_position \(0e per node\)"),
        (
            {"more": "spin: {irreps: 1e}", "use": ", spin"},
            r"uses the field 'spin' \(1e\), which changes in time",
        ),
    ],
)
def test_models_that_cannot_be_repeated(made, message):
    with pytest.raises(UserError, match=message):
        rollout(model(**made), systems(), 1)


def test_the_model_of_velocities_must_predict_velocities():
    with pytest.raises(
        UserError, match=r"predicts target_position .* a rollout needs velocities \(--velocity\)"
    ):
        rollout(model(), systems(), 1, velocities=model())


@pytest.mark.parametrize("simulator", [charged, gravity])
def test_the_simulator_goes_on_as_it_would_have(simulator):
    """From the recorded state on, bit for bit the trajectory of the simulation."""
    options = {"particles": 4, "steps": 900, "start": 200, "seed": 3}
    first = simulator.simulate((3, 0, 0), horizon=100, **options)["train"]
    later = simulator.simulate((3, 0, 0), horizon=300, **options)["train"]
    path = simulated(first, 3, horizon=0.1)
    assert path.position.shape == (4, 12, 3)
    np.testing.assert_allclose(path.position[1], first.node["target_position"], rtol=0, atol=1e-13)
    np.testing.assert_allclose(path.position[3], later.node["target_position"], rtol=0, atol=1e-11)
    np.testing.assert_allclose(path.velocity[3], later.node["target_velocity"], rtol=0, atol=1e-11)


def test_springs_go_on_too():
    options = {"particles": 4, "steps": 900, "start": 200, "springs": True}
    first, later = (charged.simulate((2, 0, 0), horizon=h, **options)["train"] for h in (100, 200))
    path = simulated(first, 2, horizon=0.1)
    np.testing.assert_allclose(path.position[2], later.node["target_position"], rtol=0, atol=1e-11)


def test_no_simulator():
    bare = Systems(np.zeros((2, 3)), np.array([0, 2]), {"velocity": np.ones((2, 3))})
    assert simulated(bare, 2) is None
    with pytest.raises(
        UserError, match=r"time 0.0105 is no whole number of the simulator's steps of 0.001"
    ):
        simulated(systems(), 1, horizon=0.0105)
