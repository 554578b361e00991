"""`segnn import`: weights of the public code from plain files become a model that predicts as they
did.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from tests.oracle import E3nnSEGNN, float64_default

import segnn
from segnn.model.check import random_systems
from segnn.recipe import parse_recipe

from .helpers import call, refused

RECIPE = """
name: like
fields: {velocity: {irreps: 1o}, charge: {irreps: 0e}}
data: {folder: nowhere}
inputs: [velocity, position - center(position), charge]
message_scalars: [distance, source(charge)]
target: {array: target_x, irreps: 1o, scale: 1.0}
model: {hidden: 3x0e+2x1o, layers: 1}
"""


@pytest.fixture
def reference(tmp_path, monkeypatch):
    """A network of the public code whose input irreps were written 1x1o+1x1o+1x0e, its weights in
    both kinds of file.
    """
    monkeypatch.chdir(tmp_path)
    Path("like.yaml").write_text(RECIPE)
    with float64_default():
        torch.manual_seed(0)
        arguments = ("3x0e+2x1o", "1x1o", "1x0e+1x1o", "1x0e+1x1o", "2x0e", 1)
        network = E3nnSEGNN("1x1o+1x1o+1x0e", *arguments)
    weights = {name: value.contiguous() for name, value in network.state_dict().items()}
    safetensors.torch.save_file(weights, "state.safetensors")
    np.savez("state.npz", **{name: value.numpy() for name, value in weights.items()})
    torch.save(weights, "state.pt")
    return network


WRITTEN = ("--written", "irreps_in=1x1o+1x1o+1x0e")


@pytest.mark.parametrize("state", ["state.safetensors", "state.npz"])
def test_the_model_predicts_as_the_reference(reference, state):
    done = call("import", state, "--like", "like.yaml", "-o", "theirs", *WRITTEN, "--json")
    assert json.loads(done.stdout)["model"] == "theirs"
    model, systems = segnn.load("theirs"), random_systems(parse_recipe(RECIPE), (3, 4))
    f = model.features(systems)
    expected = reference(f.x, f.edge_index, f.edge_attr, f.node_attr, f.message)
    found = model.predict_systems(systems)["x"]
    np.testing.assert_allclose(found, expected.detach().numpy(), rtol=0, atol=1e-12)


def test_mistakes(reference):
    start = ("import", "state.npz", "--like", "like.yaml")
    assert "is a pickle" in refused("import", "state.pt", *start[2:], "-o", "theirs")
    assert "no such file" in refused("import", "none.npz", *start[2:], "-o", "theirs")
    assert "cannot read the recipe none.yaml" in refused(
        "import", "state.npz", "--like", "none.yaml", "-o", "theirs"
    )
    assert "expected one of irreps_in" in refused(*start, "-o", "theirs", "--written", "hidden=3")
    none = refused(*start, "-o", "theirs", "--written", "irreps_in=zz")
    assert "irreps_in='zz' does not fit the recipe" in none
    assert refused(*start, "-o", "theirs", "--set", "model.layers=2")
    assert not Path("theirs").exists()
    Path("theirs").mkdir()
    Path("theirs/kept").touch()
    assert "theirs: exists already" in refused(*start, "-o", "theirs")


def test_a_model_of_segnn_needs_no_import(here):
    state = "run/model/weights.safetensors"
    message = refused("import", state, "--like", "tiny.yaml", "-o", "theirs")
    assert message.count(state) == 1
    assert "has no place" in message
    assert "models of segnn itself need no import" in message
