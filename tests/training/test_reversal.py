"""Systems run backwards in time."""

import numpy as np
import pytest
from tests.training.helpers import TEXT, make_data, systems

from segnn.data import Systems
from segnn.errors import UserError
from segnn.recipe import Cues, parse_recipe
from segnn.simulate.charged import simulate
from segnn.training import train
from segnn.training.reversal import reversed_in_time, with_reversed

REVERSED = "data.time_reversal=[velocity]"


def recipe(*overrides, folder="nowhere"):
    return parse_recipe(TEXT.format(folder=folder), "tiny.yaml", overrides)


def known_at_both_ends(count=4, seed=0):
    given = systems(count, seed)
    velocity = np.random.default_rng(seed).normal(size=given.position.shape)
    charge = np.sign(velocity[:, 0])
    return Systems(
        given.position, given.offsets, {**given.node, "target_velocity": velocity, "charge": charge}
    )


def test_states_are_exchanged_and_velocities_turned():
    given = known_at_both_ends()
    back = reversed_in_time(recipe(REVERSED), given, "data")
    np.testing.assert_array_equal(back.position, given.node["target_position"])
    np.testing.assert_array_equal(back.node["target_position"], given.position)
    np.testing.assert_array_equal(back.node["velocity"], -given.node["target_velocity"])
    np.testing.assert_array_equal(back.node["target_velocity"], -given.node["velocity"])
    np.testing.assert_array_equal(back.node["charge"], given.node["charge"])


def test_twice_backwards_is_forwards():
    given = known_at_both_ends()
    twice = reversed_in_time(
        recipe(REVERSED), reversed_in_time(recipe(REVERSED), given, "data"), "data"
    )
    for name, array in given.to_arrays().items():
        np.testing.assert_array_equal(twice.to_arrays()[name], array)


def test_the_simulator_agrees():
    """Its own dynamics, integrated from the reversed end, comes back to the beginning
    (Störmer-Verlet is reversible).
    """
    made = simulate(systems=(40, 1, 1))["train"]
    spec = recipe(REVERSED, "fields.charge={irreps: 0e, unit: charge}")
    back = reversed_in_time(spec, made, "data")
    x, v, q = (
        a.reshape(40, 5, -1) for a in (back.position, back.node["velocity"], back.node["charge"])
    )
    step = 1e-3

    def force(x):
        apart = x[:, :, None] - x[:, None]
        square = (apart**2).sum(-1) + np.eye(5)
        return np.clip(
            ((q * q.transpose(0, 2, 1) / square**1.5)[..., None] * apart).sum(2), -100, 100
        )

    for _ in range(1000):
        x = x + step * v
        v = v + step * force(x)
    error = np.abs(x - back.node["target_position"].reshape(40, 5, 3)).max((1, 2))
    assert np.median(error) < 5e-3
    assert np.median(np.abs(x - back.position.reshape(40, 5, 3)).max((1, 2))) > 0.5


def test_systems_follow_theirs():
    given = known_at_both_ends()
    both = with_reversed(recipe(REVERSED), given, "data")
    assert len(both) == 2 * len(given)
    np.testing.assert_array_equal(both[: len(given)].position, given.position)
    np.testing.assert_array_equal(both[len(given) :].sizes, given.sizes)
    assert with_reversed(recipe(), given, "data") is given


def test_training_sees_twice_as_many(tmp_path):
    make_data(tmp_path)
    for name in ("train", "valid", "test"):
        arrays = dict(np.load(tmp_path / f"{name}.npz"))
        np.savez(tmp_path / f"{name}.npz", **arrays, target_velocity=arrays["velocity"])
    train(recipe(REVERSED, folder=tmp_path), tmp_path / "run", progress=False)
    lines = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    assert lines[1].split(",")[1] == "5"  # 20 systems in batches of 4


def test_an_end_that_is_not_known():
    with pytest.raises(
        UserError,
        match=r"(?s)in\.npz: data\.time_reversal .*'target_velocity'.*Present: position, velocity",
    ):
        with_reversed(recipe(REVERSED), systems(2, 0), "in.npz")


def test_a_target_without_a_beginning():
    given = known_at_both_ends()
    node = {**given.node, "target_force": given.position}
    wanted = recipe(REVERSED, "target={array: target_force, irreps: 1o, unit: length}")
    with pytest.raises(UserError, match="lack 'force'"):
        with_reversed(wanted, Systems(given.position, given.offsets, node), "in.npz")


@pytest.mark.parametrize(
    ("value", "problem"),
    [("[position]", "position does not change"), ("[speed]", "speed is no declared")],
)
def test_no_such_field(value, problem):
    with pytest.raises(
        UserError, match=rf"(?s)data\.time_reversal\[0\]: {problem}.*among velocity"
    ):
        Cues(recipe(f"data.time_reversal={value}"))
