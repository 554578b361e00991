"""The results in the repository: readable, and of the recipes as they are declared."""

from pathlib import Path

import pytest

from segnn.recipe import Recipe
from segnn.reproduce.store import read_result
from segnn.reproduce.sweep import identity, tables

from .helpers import RECIPES

RESULTS = Path(__file__).parents[2] / "results"
FILES = sorted(
    path
    for name in tables()
    for path in (RESULTS / name).glob("*.json")
    if path.name != "predictability.json"
)


@pytest.fixture(scope="module")
def declared():
    """By the identity of its recipe, the tables a training belongs to; of every seed there is."""
    seeds = sorted({read_result(path)["recipe"]["training"]["seed"] for path in FILES})
    found = {}
    for name, table in tables().items():
        for run in table.runs(seeds=seeds):
            found.setdefault(identity(run.recipe(RECIPES)), set()).add(name)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_of_a_declared_run(path, declared):
    """A result whose recipe has changed since stands in no table and has to be trained again."""
    key = identity(Recipe.model_validate(read_result(path)["recipe"]))
    assert path.parent.name in declared.get(key, set()), (
        f"no run of the table is trained with {key}"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_readable(path):
    result = read_result(path)
    if "diverged" not in result:
        assert result["seed"] == result["recipe"]["training"]["seed"]
        rounding = (
            1e-6 if result["recipe"]["target"]["array"] == "target_force" else 0
        )  # of forces MPNN learns nothing at all
        assert 0 < result["test"]["mse"] < (1 + rounding) * result["baselines"]["stand_still"]


def test_there_are_some():
    assert len(FILES) >= 6
