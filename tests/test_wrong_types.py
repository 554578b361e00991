"""Public calls that are given what they cannot take: a sentence that says what was expected."""

import numpy as np
import pytest
import torch

import segnn
from segnn.data import save_systems
from segnn.recipe import parse_recipe

ARRAYS = {"position": np.zeros((2, 3, 3)), "charge": np.ones((2, 3))}
MOVING = ARRAYS | {"velocity": ARRAYS["position"]}
WRONG = {
    "load nothing": (lambda: segnn.load(None), "the model: got NoneType, expected a path"),
    "load a number": (lambda: segnn.load(5), "the model: got int"),
    "device": (lambda: segnn.load("charged", device=3), "device: 3: expected cpu"),
    "recipe": (lambda: segnn.load_recipe(5), "the recipe: got int"),
    "overrides as text": (
        lambda: segnn.load_recipe("charged", "training.epochs=3"),
        "got 'training.epochs=3', expected a list of texts",
    ),
    "overrides as a dict": (
        lambda: segnn.load_recipe("charged", {"training.epochs": 3}),
        "expected a list of texts",
    ),
    "override of a number": (lambda: segnn.load_recipe("charged", [3]), "expected a list of texts"),
    "model of a name": (lambda: segnn.PhysicalModel("charged"), r'load_recipe\("charged"\)'),
    "train": (lambda: segnn.train(5, "out"), "the recipe: got int"),
    "run folder": (lambda: segnn.train("charged", 5), "the run folder: got int"),
    "data": (
        lambda: segnn.train("charged", "out", data=5),
        "data: got int, expected systems under",
    ),
    "evaluate": (lambda: segnn.evaluate(5), "the model: got int, expected a run folder"),
    "recipe text": (lambda: parse_recipe(b"name: x"), "the recipe: got bytes, expected YAML text"),
    "batch size": (
        lambda: segnn.load("charged").predict(MOVING, batch_size=1.5),
        "batch_size: 1.5, expected a whole number",
    ),
    "processes": (
        lambda: segnn.load("charged").predict(MOVING, processes="2"),
        "processes: '2', expected a whole number",
    ),
    "model folder": (lambda: segnn.load("charged").save(None), "the folder of the model: got None"),
    "arrays": (lambda: segnn.Systems.from_arrays(5), "got int, expected arrays by name"),
    "saved": (lambda: save_systems("out.npz", 5), "got int, expected a dict of arrays"),
}


@pytest.mark.parametrize("call", WRONG)
def test_wrong_types(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make, told = WRONG[call]
    with pytest.raises(segnn.UserError, match=told):
        make()
    assert not list(tmp_path.iterdir())


def test_a_device_of_torch():
    assert segnn.load("charged", device=torch.device("cpu")).device.type == "cpu"


def test_arrays_are_saved_as_systems_are(tmp_path):
    save_systems(tmp_path / "in.npz", ARRAYS)
    np.testing.assert_equal(segnn.load_systems(tmp_path / "in.npz").to_arrays(), ARRAYS)
