"""The results in the repository: readable, and of runs that are declared."""

from pathlib import Path

import pytest

from segnn.reproduce.store import read_result, stored_identity
from segnn.reproduce.sweep import identity, tables
from segnn.training.revision import REVISION, revision_of
from segnn.training.verdict import baseline_errors

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
    """Every run of every table and every seed there is, with the identity of its recipe."""
    seeds = sorted({read_result(path)["recipe"]["training"]["seed"] for path in FILES})
    return [
        (f"{name}/{run.id}", name, identity(run.recipe(RECIPES)))
        for name, table in tables().items()
        for run in table.runs(seeds=seeds)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_of_a_declared_run(path, declared):
    """A result stands in its table by its recipe or, of an older mechanism, by its name."""
    result, name = read_result(path), path.parent.name
    if revision_of(result) == REVISION:
        key = stored_identity(result)
        assert (name, key) in {(table, recipe) for _, table, recipe in declared}, key
    else:
        assert f"{name}/{path.stem}" in {run for run, _, _ in declared}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_readable(path):
    result = read_result(path)
    if "diverged" not in result:
        assert result["seed"] == result["recipe"]["training"]["seed"]
        still = baseline_errors(result)["stand_still"]["mse"]
        rounding = 1e-6 if "force" in path.stem else 0  # of forces MPNN learns nothing at all
        assert 0 < result["test"]["mse"] < (1 + rounding) * still


def test_there_are_some():
    assert len(FILES) >= 6
