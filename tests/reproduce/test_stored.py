"""The results in the repository: readable, and of runs that are declared."""

import statistics
from pathlib import Path

import pytest

from segnn.report.words import significant
from segnn.reproduce.figures import error, trivial
from segnn.reproduce.store import read_result, stored_identity
from segnn.reproduce.sweep import identity, tables
from segnn.training.revision import REVISION, revision_of

from .helpers import RECIPES

RESULTS = Path(__file__).parents[2] / "results"
DOCS = (RESULTS.parent / "docs" / "results.md").read_text(encoding="utf-8")
FILES = sorted(
    path
    for name in tables()
    for path in (RESULTS / name).glob("*.json")
    if path.name != "predictability.json" and not path.name.startswith("dynamics")
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
    """A result stands in its table by its recipe or, of an older mechanism or another program, by
    its name.
    """
    result, name = read_result(path), path.parent.name
    others = [method.id for method in tables()[name].methods if method.elsewhere]
    if revision_of(result) == REVISION and path.stem.split("-")[0] not in others:
        key = stored_identity(result)
        assert (name, key) in {(table, recipe) for _, table, recipe in declared}, key
    else:
        assert f"{name}/{path.stem}" in {run for run, _, _ in declared}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_readable(path):
    result = read_result(path)
    if "diverged" not in result:
        assert result["seed"] == result["recipe"]["training"]["seed"]
        still = trivial(result)
        rounding = 1e-6 if "force" in path.stem else 0  # of forces MPNN learns nothing at all
        assert 0 < result["test"]["mse"] < (1 + rounding) * still


def test_there_are_some():
    assert len(FILES) >= 6


def mse(name):
    return read_result(RESULTS / f"{name}.json")["test"]["mse"]


def test_one_learning_rate_in_the_docs():
    """The figures of the text are those of the files."""
    line = next(line for line in DOCS.splitlines() if line.startswith("| neighbours | 5 |"))
    counts = cells(line)
    for label, method in (("without norm", "none"), ("layer norm", "layer")):
        line = next(line for line in DOCS.splitlines() if line.startswith(f"| {label} |"))
        for count, text in zip(counts, cells(line), strict=True):
            assert f"{mse(f'neighbours/{method}-{count}-seed0'):.3f}" == text


@pytest.mark.parametrize("degrees", ["22", "23"])
def test_higher_degrees_in_the_docs(degrees):
    stored = [mse(f"orders/segnn_gp-{degrees}-seed{seed}") for seed in (0, 1, 2)]
    shown = f"at ({degrees[0]},{degrees[1]})"
    words = DOCS.split(shown)[1].replace(" has ", " ").split()
    assert words[0] == f"{statistics.mean(stored):.5f}"
    assert words[2].rstrip(",") == f"{statistics.stdev(stored):.5f}"


def cells(line):
    return [cell.strip() for cell in line.strip("| ").split("|")[1:]]


def test_spins_in_the_docs():
    """The errors of effective fields, and how many times those of the first row they are."""
    page = (RESULTS.parent / "docs" / "spins.md").read_text(encoding="utf-8")
    rows = [cells(line) for line in page.splitlines() if line.startswith(("| among", "| as the"))]
    means = []
    for method, (shown, times) in zip(("spins", "inputs", "scalars"), rows, strict=True):
        paths = [RESULTS / "spins" / f"{method}-seed{seed}.json" for seed in (0, 1, 2)]
        stored = [error(read_result(path), "field") for path in paths]
        means.append(statistics.mean(stored))
        assert shown == f"{significant(means[-1])} ± {significant(statistics.stdev(stored), 2)}"
        assert times == "1" or times == significant(means[-1] / means[0], 2)
    assert means[1] > 2 * means[0]
    assert means[2] > 3 * means[0]
