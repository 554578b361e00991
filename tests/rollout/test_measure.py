"""Errors and conserved quantities, against sums written out; the simulators conserve what they
should.
"""

import numpy as np
import pytest

from segnn.data import Systems
from segnn.rollout import Trajectory, error_plot, measure, simulated
from segnn.rollout.mechanics import conserved
from segnn.simulate import charged, gravity


def random(kind, sizes=(3, 4)):
    rng = np.random.default_rng(0)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    position, velocity = rng.normal(size=(2, offsets[-1], 3))
    extra = {
        "charge": rng.choice([-1.0, 1.0], size=offsets[-1]),
        "mass": rng.uniform(0.5, 2.0, size=offsets[-1]),
        "coupling": np.tile([[0.0, 0.1, 0.1]], (3, 1)),
    }
    return Systems(position, offsets, {"velocity": velocity, kind: extra[kind]})


@pytest.mark.parametrize("kind", ["charge", "mass", "coupling"])
def test_conserved_quantities(kind):
    systems = random(kind, (3,) if kind == "coupling" else (3, 4))
    x, v = systems.position, systems.node["velocity"]
    found = conserved(systems, x, v, 0.2)
    for s in range(len(systems)):
        rows = range(*systems.offsets[s : s + 2])
        m = {i: systems.node["mass"][i] if kind == "mass" else 1.0 for i in rows}
        potential = 0.0
        for i in rows:
            for j in rows:
                if j < i:
                    r = np.linalg.norm(x[i] - x[j])
                    if kind == "charge":
                        potential += systems.node["charge"][i] * systems.node["charge"][j] / r
                    elif kind == "mass":
                        potential -= m[i] * m[j] / np.sqrt(r**2 + 0.04)
                    else:
                        potential += 0.5 * systems.node["coupling"][j, i] * r**2
        assert found.potential[s] == pytest.approx(potential)
        assert found.energy[s] == pytest.approx(
            potential + sum(0.5 * m[i] * v[i] @ v[i] for i in rows)
        )
        np.testing.assert_allclose(found.momentum[s], sum(m[i] * v[i] for i in rows))
        np.testing.assert_allclose(
            found.angular_momentum[s], sum(m[i] * np.cross(x[i], v[i]) for i in rows)
        )


@pytest.mark.parametrize("simulator", [charged, gravity])
def test_a_perfect_rollout(simulator):
    """The simulator against itself: no error, momentum and angular momentum kept, energy nearly."""
    systems = simulator.simulate((6, 0, 0), particles=5)["train"]
    true = simulated(systems, 3)
    found = measure(true, true)
    assert found["states"] == 4
    assert found["position_mse"] == found["velocity_mse"] == [0.0] * 4
    assert (
        0
        == found["straight_line_mse"][0]
        < found["straight_line_mse"][1]
        < found["straight_line_mse"][3]
    )
    assert max(found["momentum_drift"]["model"]) < 1e-12
    assert max(found["energy_drift"]["model"]) < 2e-2
    assert found["energy_drift"]["model"] == found["energy_drift"]["simulator"]


def test_errors_and_drifts_by_hand():
    systems = Systems(
        np.zeros((2, 3)), np.array([0, 1, 2]), {"velocity": np.eye(3)[:2], "charge": np.ones(2)}
    )
    time, still = np.array([0.0, 2.0]), np.zeros((2, 2, 3))
    velocity = np.stack([np.eye(3)[:2]] * 2)
    true = Trajectory(systems, still, velocity, time)
    moved, faster = still.copy(), velocity.copy()
    moved[1, 0, 0], faster[1] = 3.0, 2 * velocity[1]
    found = measure(Trajectory(systems, moved, faster, time), true)
    assert found["position_mse"] == [0.0, 9 / 6]
    assert found["position_mse_median"][1] == pytest.approx((9 / 3 + 0) / 2)
    assert found["velocity_mse"] == [0.0, 2 / 6]
    assert found["straight_line_mse"] == [0.0, 8 / 6]
    assert found["momentum_drift"]["model"] == [0.0, 1.0]
    assert found["energy_drift"]["model"] == [0.0, 3.0]  # kinetic energy fourfold
    assert found["energy_drift"]["simulator"] == [0.0, 0.0]


def test_without_a_simulator_there_is_the_time_alone():
    systems = Systems(np.zeros((2, 3)), np.array([0, 2]))
    path = Trajectory(systems, np.zeros((3, 2, 3)), None, np.arange(3.0))
    assert measure(path, None) == {
        "time": [0.0, 1.0, 2.0],
        "states": 3,
        "systems_left": [1, 1, 1],
    }


def test_plot_has_four_panels():
    systems = charged.simulate((3, 0, 0))["train"]
    true = simulated(systems, 2)
    figure = error_plot(measure(true, true))
    assert [axes.get_ylabel() for axes in figure.axes] == [
        "position MSE",
        "energy drift",
        "momentum drift",
        "angular momentum drift",
    ]


def test_systems_that_ended_do_not_count():
    """The numbers are those of the other systems alone, as long as they last."""
    systems = charged.simulate((4, 0, 0))["train"]
    true = simulated(systems, 3)
    rng = np.random.default_rng(0)
    noisy = true.position + 0.1 * rng.normal(size=true.position.shape)
    rows = slice(systems.offsets[1], systems.offsets[2])
    position, velocity = noisy.copy(), true.velocity.copy()
    position[2:, rows] = velocity[2:, rows] = np.nan
    found = measure(Trajectory(systems, position, velocity, true.time), true)
    assert found["systems_left"] == [4, 4, 3, 3]
    others = systems[[0, 2, 3]]
    kept = np.delete(np.arange(len(systems.position)), rows)
    left = measure(
        Trajectory(others, noisy[:, kept], true.velocity[:, kept], true.time),
        Trajectory(others, true.position[:, kept], true.velocity[:, kept], true.time),
    )
    whole = measure(Trajectory(systems, noisy, true.velocity, true.time), true)
    for key in ("position_mse", "position_mse_median", "velocity_mse", "straight_line_mse"):
        assert found[key] == pytest.approx([*whole[key][:2], *left[key][2:]])
    for key in ("energy_drift", "momentum_drift", "angular_momentum_drift"):
        for who in ("model", "simulator"):
            assert found[key][who] == pytest.approx([*whole[key][who][:2], *left[key][who][2:]])
    assert len(error_plot(found).axes) == 4
