"""Several seeds of one recipe are trained, and predict together."""

import json
from pathlib import Path

import numpy as np

import segnn
from segnn.recipe import load_recipe

from .helpers import call, refused


def test_seeds_are_trained_and_predict_mean_and_spread(here):
    call("train", "tiny.yaml", "--seeds", "0,3", "--out", "several")
    assert sorted(path.name for path in (here / "several").iterdir()) == ["seed0", "seed3"]
    one, two = (segnn.load(f"several/seed{seed}").predict("data/test.npz") for seed in (0, 3))
    call("predict", "several", "data/test.npz", "-o", "out.npz")
    with np.load("out.npz") as found:
        mean, spread = found["position"], found["position_spread"]
    np.testing.assert_allclose(mean, (one["position"] + two["position"]) / 2, atol=1e-12)
    apart = np.linalg.norm(one["position"] - two["position"], axis=-1) / np.sqrt(2)
    np.testing.assert_allclose(spread, apart, atol=1e-12)
    assert "seed0 to seed3" in refused("check", "several")
    evaluated(mean, spread)


def evaluated(mean, spread):
    """The mean's errors, the spread beside them, and the picture."""
    printed = call("evaluate", "several", "--plots", "pictures", "--json").stdout
    told = json.loads(printed)
    with np.load("data/test.npz") as test:
        error = mean - test["target_position"]
    assert told["members"] == 2
    np.testing.assert_allclose(told["mse"], np.mean(error**2), rtol=1e-9)
    np.testing.assert_allclose(told["spread"]["rms"], np.sqrt(np.mean(spread**2)), rtol=1e-9)
    assert -1 <= told["spread"]["rank_correlation"] <= 1
    assert "pictures/spread.svg" in told["plots"]
    assert Path("pictures/spread.svg").read_text().startswith("<?xml")
    assert "spread of 2 members" in call("evaluate", "several").stderr
    one = json.loads(call("evaluate", "several/seed0", "--json").stdout)
    assert "spread" not in one
    assert "members" not in one


def test_seeds_that_are_finished_stay_as_they_are(here):
    call("train", "tiny.yaml", "--seeds", "1", "--out", "several")
    before = (here / "several/seed1/results.json").read_bytes()
    printed = call("train", "tiny.yaml", "--seeds", "1,2", "--out", "several", "--resume", "--json")
    found = json.loads(printed.stdout)
    assert found["seeds"] == [1, 2]
    assert [one["epochs"] for one in found["results"]] == [2, 2]
    assert [load_recipe(f"several/seed{n}/recipe.yaml").training.seed for n in (1, 2)] == [1, 2]
    assert (here / "several/seed1/results.json").read_bytes() == before


def test_a_committee_and_one_training_do_not_share_a_folder(here):
    told = refused("train", "tiny.yaml", "--seeds", "0,1", "--out", "run", "--overwrite")
    assert "run holds one training" in told
    assert not (here / "run" / "seed0").exists()


def test_seeds_are_different_whole_numbers(here):
    for wrong in ("0,0", "one", "0,,1", "-1"):
        assert "expected different whole numbers" in refused("train", "tiny.yaml", "--seeds", wrong)
