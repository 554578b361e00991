"""A short training on few systems survives the packaged recipe's learning rate."""

import pytest

from segnn.recipe import load_recipe
from segnn.simulate.charged import simulate
from segnn.training import train


@pytest.mark.slow
def test_charged_beats_the_straight_line(tmp_path):
    """75 steps on 300 systems."""
    recipe = load_recipe("charged", ["training.epochs=25"])
    found = train(recipe, tmp_path / "run", data=simulate((300, 100, 100)), progress=False)
    assert found["verdict"]["best_baseline"] == "straight_line"
    assert found["test"]["mse"] < 0.7 * found["verdict"]["baseline_mse"]
