"""Weights and recipe are bound to each other: what the weights mean is stored with them."""

import re

import pytest
import safetensors.torch
import torch
from safetensors import safe_open

import segnn
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import parse_recipe

RECIPE = """
name: tiny
fields: {velocity: {irreps: 1o}, force: {irreps: 1o}, charge: {irreps: 0e}, mass: {irreps: 0e}}
data: {folder: nowhere}
inputs: [velocity, force, charge]
message_scalars: [source(charge), target(charge)]
target: {array: target_x, irreps: 1o, scale: 0.5}
model: {hidden: 2x0e+2x1o, layers: 1, norm: batch}
training: {epochs: 3}
"""


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    PhysicalModel(parse_recipe(RECIPE)).save(tmp_path)
    return tmp_path


def edit(folder, *pairs):
    path = folder / "recipe.yaml"
    text = path.read_text()
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text)


def rewrite(folder, change, drop=()):
    """Write the weights again, some tensors or words of the header changed."""
    path = folder / "weights.safetensors"
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    state = safetensors.torch.load_file(path)
    change(state)
    metadata = {key: text for key, text in metadata.items() if key not in drop}
    path.write_bytes(safetensors.torch.save(state, metadata))


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (
            [("- velocity\n  - force", "- force\n  - velocity")],
            ["inputs[0]: 'velocity' then, 'force' now", "inputs[1]: 'force' then, 'velocity' now"],
        ),
        ([("- source(charge)", "- source(mass)")], ["message_scalars[0]: 'source(charge)'"]),
        ([("2x0e+2x1o", "2x1o+2x0e")], ["model.hidden: '2x0e+2x1o' then, '2x1o+2x0e' now"]),
        ([("norm: batch", "norm: instance")], ["model.norm: 'batch' then, 'instance' now"]),
        ([("scale: 0.5", "scale: 0.25")], ["scale: 0.5 then, 0.25 now"]),
        (
            [("charge: {irreps: 0e, unit: '1'", "charge: {irreps: 0e, unit: e")],
            ["fields.charge.unit: '1' then, 'e' now"],
        ),
        ([("level: node, array: null", "level: node, array: force")], ["velocity.array: nothing"]),
        ([("kind: complete", "kind: radius"), ("cutoff: null", "cutoff: 2.0")], ["graph.kind"]),
        (
            [
                (
                    "edge_attributes:\n  - sh(relative_position)",
                    "edge_attributes:\n  - sh(relative_position)\n  - sh(relative_position)",
                )
            ],
            ["edge_attributes: ['sh("],
        ),
    ],
)
def test_changed_recipes_are_told(folder, pairs, told):
    edit(folder, *pairs)
    with pytest.raises(UserError, match="does not belong to the recipe beside it") as error:
        segnn.load(folder)
    for text in told:
        assert text in str(error.value)


def test_what_does_not_matter_may_change(folder):
    edit(folder, ("epochs: 3", "epochs: 9"), ("name: tiny", "name: other"), ("nowhere", "here"))
    assert segnn.load(folder).recipe.name == "other"


def test_models_without_a_stored_meaning_load(folder):
    """Those of the version before; what does not fit by its shape is still refused."""
    rewrite(folder, lambda state: None, drop=("meaning",))
    segnn.load(folder)
    edit(folder, ("- source(charge)", "- source(mass)"))
    segnn.load(folder)
    edit(folder, ("layers: 1", "layers: 2"))
    with pytest.raises(UserError, match="it lacks net"):
        segnn.load(folder)


def test_packaged_models_of_the_version_before_load():
    for name in segnn.model.packaged_models():
        segnn.load(name)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("name", ["net.embedding.weight", "running_variance"])
def test_numbers_that_are_none(folder, name, value):
    def spoil(state):
        key = next(key for key in state if name in key)
        state[key].view(-1)[1] = value

    rewrite(folder, spoil)
    with pytest.raises(
        UserError, match=re.escape(name) + r".* holds 1 numbers of \d+ that are NaN"
    ):
        segnn.load(folder)


@pytest.mark.parametrize("dtype", [torch.int64, torch.int8, torch.bool, torch.complex64])
def test_weights_of_another_kind(folder, dtype):
    def spoil(state):
        state["net.embedding.weight"] = state["net.embedding.weight"].to(dtype)

    rewrite(folder, spoil)
    with pytest.raises(UserError, match=f"net.embedding.weight holds numbers of the kind {dtype}"):
        segnn.load(folder)


@pytest.mark.parametrize("text", ["", "[]", "a: [", "model: {kind: other}", "no_such_key: 1"])
def test_a_damaged_meaning_is_told(folder, text):
    path = folder / "weights.safetensors"
    with safe_open(path, "pt") as file:
        metadata = file.metadata() | {"meaning": text}
    path.write_bytes(safetensors.torch.save(safetensors.torch.load_file(path), metadata))
    with pytest.raises(UserError):
        segnn.load(folder)
