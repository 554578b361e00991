"""`segnn rollout` with the packaged model: files, arrangements, systems without a simulator,
mistakes.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from segnn.model import PhysicalModel, load
from segnn.recipe import parse_recipe
from segnn.simulate import charged

from .helpers import arrays, call, refused


@pytest.fixture
def initial(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = charged.simulate((4, 0, 0))["train"].to_arrays()
    np.savez("initial.npz", **made)
    return made


def test_files_and_numbers(initial):
    found = json.loads(
        call(
            "rollout", "charged", "initial.npz", "--steps", 3, "-o", "out/path.npz", "--json"
        ).stdout
    )
    stored = json.loads(Path("out/path.json").read_text())
    assert {key: found[key] for key in stored} == stored
    assert found["files"] == ["out/path.npz", "out/path.json", "out/path.svg"]
    assert all(Path(file).is_file() for file in found["files"])
    assert (found["horizon"], found["steps"], found["states"], found["ended_early"]) == (
        1.0,
        3,
        4,
        False,
    )
    with np.load("out/path.npz") as out:
        assert set(out.files) == {
            "time",
            "position",
            "velocity",
            "true_position",
            "true_velocity",
            "charge",
        }
        assert out["position"].shape == out["true_velocity"].shape == (4, 4, 5, 3)
        np.testing.assert_allclose(out["true_position"][1], initial["target_position"], atol=1e-9)
        error = ((out["position"][1] - out["true_position"][1]) ** 2).mean()
    call("predict", "charged", "initial.npz", "-o", "one.npz")
    with np.load("one.npz") as one:
        assert ((one["position"] - initial["target_position"]) ** 2).mean() == pytest.approx(
            error, rel=1e-4
        )
    assert found["position_mse"][1] == pytest.approx(error, rel=1e-6)
    result = call("rollout", "charged", "initial.npz", "--steps", 1, "-o", "again.npz")
    assert "energy drift" in result.stdout
    assert "--time says otherwise" in result.stderr


@pytest.mark.parametrize("arrangement", ["one", "varying"])
def test_keeps_the_arrangement(initial, arrangement):
    given = (
        {key: value[0] for key, value in initial.items()}
        if arrangement == "one"
        else arrays(sizes=(3, 5, 2))
    )
    np.savez("in.npz", **given)
    call("rollout", "charged", "in.npz", "--steps", 2, "-o", "out.npz")
    with np.load("out.npz") as out:
        assert out["position"].shape == (3, *given["position"].shape)
        assert ("offsets" in out.files) == (arrangement == "varying")


def test_own_systems_without_a_simulator(here):
    """A recipe whose charge is called otherwise in the data: nothing to compare with, and no
    picture.
    """
    text = Path("run/model/recipe.yaml").read_text()
    other = PhysicalModel(parse_recipe(text, overrides=["fields.charge.array=z"]))
    other.load_state_dict(load("run").state_dict())
    other.save("run/model")
    given = arrays()
    given["z"] = given.pop("charge")
    np.savez("in.npz", **given)
    found = json.loads(
        call(
            "rollout", "run", "in.npz", "--steps", 2, "--time", 0.3, "-o", "out.npz", "--json"
        ).stdout
    )
    assert found["time"] == [0.0, 0.3, 0.6]
    assert "position_mse" not in found
    assert found["files"] == ["out.npz", "out.json"]


def test_one_bad_system_is_named_and_the_others_go_on(initial):
    initial["position"][2] = 1e200 * np.arange(15).reshape(5, 3)
    np.savez("initial.npz", **initial)
    done = call("rollout", "charged", "initial.npz", "--steps", 2, "-o", "out.npz", "--json")
    found = json.loads(done.stdout)
    ((end,),) = [found["ended"]]
    assert (end["system"], end["states"]) == (2, 1)
    assert found["ended_early"]
    assert found["systems_left"] == [4, 3, 3]
    assert np.isfinite(found["position_mse"]).all()
    assert max(found["position_mse"]) < 1e3
    assert "warning: system 2 of 4 (counted from 0) ends after 0 of 2 steps" in done.stderr
    with np.load("out.npz") as out:
        left = np.isfinite(out["position"]).all((0, 2, 3))
    assert left.tolist() == [True, True, False, True]


def test_no_system_at_all_goes_on(initial):
    """Written all the same; the exit status says that nothing was rolled out."""
    initial["position"][:] = 1e200 * np.arange(15).reshape(5, 3)
    np.savez("initial.npz", **initial)
    done = call("rollout", "charged", "initial.npz", "--steps", 2, "-o", "out.npz", code=1)
    assert "system 3 of 4" in done.stderr
    assert Path("out.npz").is_file()


def test_mistakes(initial):
    start = ("rollout", "charged", "initial.npz")
    assert "--steps 0: expected at least 1" in refused(*start, "--steps", 0, "-o", "out.npz")
    assert "a new .npz file" in refused(*start, "--steps", 1, "-o", "out.json")
    assert "a new .npz file" in refused(*start, "--steps", 1, "-o", "initial.npz")
    assert "--time -1.0: expected a positive time" in refused(
        *start, "--steps", 1, "-o", "out.npz", "--time", -1
    )
    assert "a rollout needs velocities" in refused(
        *start, "--steps", 1, "-o", "out.npz", "--velocity", "charged", "--time", 1
    )
    assert "these systems are not of the gravity simulator" in refused(
        *start, "--steps", 1, "-o", "out.npz", "--softening", 0.1
    )
    np.savez("masses.npz", mass=np.ones((4, 5)), **initial)
    for value in ("nan", "inf", "-1"):
        message = refused(
            "rollout", "charged", "masses.npz", "--steps", 1, "-o", "out.npz", "--softening", value
        )
        assert f"softening is {float(value)}; expected a length >= 0" in message
    assert not Path("out.npz").exists()
    np.savez("bare.npz", position=initial["position"], charge=initial["charge"])
    assert "missing array 'velocity'" in refused(
        "rollout", "charged", "bare.npz", "--steps", 1, "-o", "out.npz", "--time", 1
    )
