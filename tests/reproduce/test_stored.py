"""The results in the repository: readable, and of the recipes as they are declared."""

from pathlib import Path

import pytest

from segnn.recipe import Recipe
from segnn.reproduce.store import Store, read_result
from segnn.reproduce.sweep import tables

RESULTS = Path(__file__).parents[2] / "results"
FILES = sorted(RESULTS.glob("*/*-seed*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_readable(path):
    result = read_result(path)
    recipe = Recipe.model_validate(result["recipe"])
    assert path.parent.name in tables()
    if "diverged" not in result:
        assert result["seed"] == recipe.training.seed
        assert 0 < result["test"]["mse"] < result["baselines"]["stand_still"]
        assert Store(RESULTS).find(recipe)["test"] == result["test"]


def test_there_are_some():
    assert len(FILES) >= 6
