"""A training on files that the recipe names: without test systems, resumed, evaluated."""

import json

import numpy as np
import pytest
from tests.training.helpers import recipe, systems

from segnn.data import save_systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.report import write_report
from segnn.training import evaluate, train
from segnn.training.notes import notes_between
from segnn.training.splits import read_splits


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("named")
    save_systems(folder / "all.npz", systems(20, 3))
    declared = recipe(folder, f"data.train={folder}/all.npz", "training.epochs=1")
    return folder, declared, train(declared, folder / "run", progress=False)


def test_without_test_systems_the_errors_are_those_of_validation(run):
    folder, _, results = run
    assert "test" not in results
    assert results["systems"] == {"train": 18, "valid": 2}
    assert results["verdict"]["mse"] == results["valid"]["mse"]
    again = evaluate(folder / "run", split="valid")
    np.testing.assert_allclose(again["mse"], results["valid"]["mse"], rtol=1e-12)
    with pytest.raises(UserError, match="names no test systems"):
        evaluate(folder / "run")


def test_the_report_says_so(run):
    folder = run[0]
    written = write_report(folder / "run", "report.html", [])
    assert "mean squared error on the validation set" in written.read_text()
    told = json.loads(written.with_suffix(".json").read_text())
    assert told["split"] == "valid"
    assert "no test systems" in " ".join(told["missing"])


def test_a_file_that_has_changed_is_not_drawn_from_anew(run, tmp_path):
    folder, declared, _ = run
    more = recipe(folder, f"data.train={folder}/all.npz", "training.epochs=2")
    held = (folder / "all.npz").read_bytes()
    try:
        save_systems(folder / "all.npz", systems(21, 3))
        with pytest.raises(UserError, match=r"drawn for valid .* file has changed since"):
            evaluate(folder / "run", split="valid")
        with pytest.raises(UserError, match="not the systems that the training"):
            train(more, folder / "run", resume=True, progress=False)
    finally:
        (folder / "all.npz").write_bytes(held)
    (tmp_path / "moved.npz").write_bytes(held)
    moved = recipe(folder, f"data.train={tmp_path}/moved.npz", "training.epochs=2")
    results = train(moved, folder / "run", resume=True, progress=False)
    assert results["epochs"] == 2
    assert declared.data.train != moved.data.train


def test_systems_in_training_and_test_are_told(tmp_path):
    both = systems(20, 3)
    save_systems(tmp_path / "all.npz", both)
    save_systems(tmp_path / "other.npz", systems(5, 4))
    save_systems(tmp_path / "some.npz", both[[4, 7]])
    files = {"train": "all", "valid": "other", "test": "some"}
    declared = recipe(tmp_path, *(f"data.{k}={tmp_path}/{v}.npz" for k, v in files.items()))
    notes = notes_between(declared, read_splits(PhysicalModel(declared)))
    assert len(notes) == 1
    assert "some.npz: 2 of its 2 systems are also training systems (the first: number 0" in notes[0]
