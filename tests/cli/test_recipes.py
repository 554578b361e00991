"""Recipes by name: the packaged ones work in any folder, and their data are made on demand."""

import json
import re
from functools import partial
from pathlib import Path

import pytest

import segnn
from segnn.recipe import packaged_recipes
from segnn.recipe.packaged import PACKAGED_RECIPES
from segnn.simulate import charged

from .helpers import TINY, call, refused

SMALL = ("--set", "training.epochs=1", "--set", "model.layers=1", "--set", "model.hidden=4x0e+4x1o")


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty working directory, and a simulator of few systems."""
    monkeypatch.chdir(tmp_path)
    few = partial(charged.simulate, (8, 4, 4), start=5, horizon=5)
    monkeypatch.setattr(charged, "simulate", few)
    return tmp_path


def test_train_by_name_in_an_empty_folder(empty):
    result = call("train", "charged", *SMALL)
    assert "simulating the published systems, as segnn simulate charged" in result.stderr
    assert json.loads(Path("runs/charged/results.json").read_text())["systems"]["train"] == 8
    again = call("train", "charged", *SMALL, "--out", "other")
    assert "simulating" not in again.stderr


def test_the_help_of_train_names_every_packaged_recipe():
    from segnn.cli.train import HELP

    words = set(re.findall(r"[\w-]+", HELP))  # the targets of QM9 by their ends: qm9-alpha, -mu
    assert {n for n in packaged_recipes() if not {n, n.removeprefix("qm9")} & words} == set()


def test_no_data_are_made_that_were_not_meant(empty):
    """A folder of one's own, a recipe of one's own, data that take minutes: the command is told."""
    make = "segnn simulate charged --out"
    message = refused(
        "train", "charged", "--set", "data.folder=mine", "--set", "fields.charge.array=z"
    )
    assert "data.folder is 'mine', and there is no such folder" in message
    assert "segnn simulate" not in message
    Path("own.yaml").write_text(TINY)
    assert f"{make} data" in refused("train", "own.yaml")
    assert "segnn simulate gravity --out data/gravity  (some minutes)" in refused(
        "train", "gravity"
    )
    atoms = refused("train", "acac", "--set", "data={folder: mine}")
    assert "segnn simulate" not in atoms
    assert "segnn simulate field --out mine" in refused(
        "train", "field", "--set", "data.folder=mine"
    )
    Path("data/charged").mkdir(parents=True)
    message = refused("train", "charged")
    assert "holds none of train.npz, valid.npz, test.npz" in message
    assert f"{make} data/charged" in message
    assert not list(Path().rglob("*.npz"))


def test_a_file_stands_before_a_name(empty):
    Path("charged").write_text((PACKAGED_RECIPES / "charged.yaml").read_text().replace("80", "7"))
    assert segnn.load_recipe("charged").training.epochs == 7
    result = call("train", "charged", "--set", "data.folder=nowhere", code=2)
    assert "the file in the working directory, not the packaged recipe" in result.stderr
    Path("charged").unlink()
    Path("charged").mkdir()  # a run folder of that name is no recipe
    assert segnn.load_recipe("charged").training.epochs == 80


def test_errors_list_the_packaged_names(empty):
    message = refused("train", "chargd")
    assert "did you mean the packaged recipe charged" in message
    assert all(name in message for name in packaged_recipes())
    assert "packaged recipe charged" in refused("train", "recipes/charged.yaml")
    assert "packaged recipes: acac, adsorbates, charged" in refused("info", "graviti")


def test_info_of_names(empty):
    """A trained model stands before a recipe of the same name, unless values are changed."""
    model = json.loads(call("info", "charged", "--json").stdout)
    recipe = json.loads(call("info", "charged", "--set", "model.layers=2", "--json").stdout)
    assert model["parameters"] > recipe["parameters"]
    assert json.loads(call("info", "gravity-force", "--json").stdout)["name"] == "gravity-force"
