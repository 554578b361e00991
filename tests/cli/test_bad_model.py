"""Models that are none: pickles, cut or foreign weights, weights of another recipe, names nobody
knows.
"""

import pickle
import shutil
from pathlib import Path

import pytest
import safetensors.torch
import torch

from .helpers import call, refused

WEIGHTS = Path("run/model/weights.safetensors")


class Exploit:
    """Unpickling this would write a file."""

    def __reduce__(self):
        return Path.touch, (Path("exploited"),)


def commands(model):
    """Every command that loads a model."""
    return [
        ("predict", model, "data/test.npz", "-o", "out.npz"),
        ("evaluate", model),
        ("check", model),
        ("info", model),
    ]


def refused_by_all(model, *told):
    """All of them refuse it with these words."""
    for command in commands(model):
        message = refused(*command)
        for text in told:
            assert text in message, message
    assert not Path("out.npz").exists()


@pytest.mark.parametrize("write", [pickle.dump, torch.save])
def test_pickle_given_as_a_model(here, write):
    with open("model.pt", "wb") as file:
        write(Exploit(), file)
    refused_by_all("model.pt", "model.pt", "is a pickle", "run folder")
    assert not Path("exploited").exists()


@pytest.mark.parametrize("command", ["predict", "evaluate", "check"])
def test_a_device_that_is_not_there(here, command):
    given = next(one for one in commands("run") if one[0] == command)
    assert "cuda:99: there is no such device" in refused(*given, "--device", "cuda:99")


def test_systems_given_as_a_model(here):
    refused_by_all("data/test.npz", "data/test.npz is an NPZ", "run folder")


@pytest.mark.parametrize("write", [pickle.dump, torch.save])
def test_pickle_in_the_place_of_the_weights(here, write):
    with WEIGHTS.open("wb") as file:
        write(Exploit(), file)
    refused_by_all("run", str(WEIGHTS), "is a pickle")
    assert not Path("exploited").exists()


@pytest.mark.parametrize("kept", [0, 5, 200, -40])
def test_truncated_weights(here, kept):
    WEIGHTS.write_bytes(WEIGHTS.read_bytes()[:kept])
    refused_by_all("run", str(WEIGHTS), "truncated")


def test_foreign_weights(here):
    safetensors.torch.save_file({"layer.weight": torch.zeros(3)}, WEIGHTS)
    refused_by_all("run", str(WEIGHTS), "another program")


@pytest.mark.parametrize(
    ("line", "other"), [("  layers: 1", "  layers: 2"), ("  norm: null", "  norm: instance")]
)
def test_weights_of_another_recipe(here, line, other):
    recipe = Path("run/model/recipe.yaml")
    assert line in recipe.read_text()
    recipe.write_text(recipe.read_text().replace(line, other))
    refused_by_all("run", str(WEIGHTS), "does not belong to the recipe beside it")


def test_weights_of_another_width(here):
    recipe = Path("run/model/recipe.yaml")
    recipe.write_text(recipe.read_text().replace("4x0e+4x1o", "5x0e+4x1o"))
    refused_by_all("run", str(WEIGHTS), "model.hidden: '4x0e+4x1o' then, '5x0e+4x1o' now")


def test_recipe_is_missing(here):
    Path("run/model/recipe.yaml").unlink()
    refused_by_all("run", "run/model/recipe.yaml")


def test_unknown_name(here):
    refused_by_all("chargd", "'chargd'", "packaged models")


def test_a_recipe_is_no_model(here):
    message = refused("predict", "spins", "data/test.npz", "-o", "out.npz")
    assert "spins is a packaged recipe, and no trained model" in message
    assert "segnn train spins" in message


def test_folder_without_a_model(here):
    refused_by_all("data", "data holds no model")


def test_report_of_an_unfinished_run(here):
    Path("run/results.json").unlink()
    message = refused("report", "run")
    assert "run/results.json: no such file" in message
    assert "segnn train" in message


def test_a_model_folder_and_its_file_are_models(here):
    shutil.copytree("run/model", "alone")
    for model in ("alone", "alone/weights.safetensors"):
        call("predict", model, "data/test.npz", "-o", "out.npz")
