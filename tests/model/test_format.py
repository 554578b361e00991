"""Weights are known by their format: whatever the length of the header, and only then."""

import io
import pickle

import pytest
import safetensors.torch
import torch

import segnn
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.check import random_systems
from segnn.model.format import format_of
from segnn.model.weights import read_weights, write_weights
from segnn.recipe import parse_recipe

RECIPE = """
name: tiny
fields: {{charge: {{irreps: 0e}}}}
data: {{folder: nowhere}}
inputs: [charge]
target: {{array: target_force, irreps: 1o}}
model: {{hidden: {hidden}, layers: {layers}, norm: {norm}}}
"""


def made(layers=1, hidden="1x0e+1x1o", norm="null"):
    return PhysicalModel(parse_recipe(RECIPE.format(layers=layers, hidden=hidden, norm=norm)))


def test_every_two_first_bytes():
    """All 65 536 low halves of a header's length, each with a file that is long enough."""
    wrong = []
    for low in range(2**16):
        for length in (low, low + 2**16):
            head = length.to_bytes(8, "little") + b"{"
            if length >= 2 and format_of(head, length + 8) != "safetensors":
                wrong.append(length)
            if format_of(head, length + 7) == "safetensors":
                wrong.append(-length)
    assert not wrong


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [{}, {"a": [1.0] * 1000}, "{" * 5000, list(range(123))])
def test_pickles_stay_pickles(protocol, value):
    data = pickle.dumps(value, protocol)
    assert format_of(data[:9], len(data)) == "pickle"


def test_torch_checkpoints_stay_pickles():
    for old in (False, True):
        buffer = io.BytesIO()
        torch.save({"w": torch.ones(3)}, buffer, _use_new_zipfile_serialization=not old)
        assert format_of(buffer.getvalue()[:9], len(buffer.getvalue())) == "pickle"


@pytest.mark.parametrize("data", [b"", b"{", b"\x10", b"\x10" + 7 * b"\0" + b"[" + 50 * b" "])
def test_neither(data):
    assert format_of(data[:9], len(data)) == "unknown"


@pytest.mark.parametrize("low", [0x80, ord("P") + 256 * ord("K"), 0x50])
def test_header_lengths_that_look_like_something_else(tmp_path, low, monkeypatch):
    """Padding in the metadata makes the header as long as needed."""
    model = made()
    state = model.network.state_dict()
    write_weights(tmp_path, model.recipe, state)
    path = tmp_path / "weights.safetensors"
    with safetensors.safe_open(path, "pt") as file:
        metadata = file.metadata()
    for extra in range(0, 2**16, 8):
        data = path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        missing = (low - length) % (2**16 if low > 255 else 256)
        if missing == 0:
            break
        metadata["padding"] = metadata.get("padding", "") + "x" * max(
            missing - 16 * (extra == 0), 1
        )
        path.write_bytes(safetensors.torch.save(state, metadata))
    assert int.from_bytes(path.read_bytes()[:2], "little") % (2**16 if low > 255 else 256) == low
    found = read_weights(path, state)
    assert all(torch.equal(found[name], value) for name, value in state.items())


@pytest.mark.slow
def test_all_layers_widths_and_norms(tmp_path):
    """1 to 12 layers, 12 widths, 4 norms, every two of them together: some of their headers are as
    long as a pickle's mark. What any header's length leads to is checked above, for all of them.
    """
    marked, norms = 0, ("null", "instance", "layer", "batch")
    for layers in range(1, 13):
        for width in range(1, 13):
            model = made(layers, f"{width}x0e+{width}x1o", norms[(layers + width) % 4])
            model.save(tmp_path)
            marked += (tmp_path / "weights.safetensors").read_bytes()[:1] == b"\x80"
            loaded = segnn.load(tmp_path)
            for name, value in model.network.state_dict().items():
                assert torch.equal(value, loaded.network.state_dict()[name])
    assert marked > 0


def test_a_network_that_was_refused(tmp_path):
    """Found by its header's length, the low byte of which is that of a pickle."""
    for layers in range(1, 7):
        for width in range(1, 17):
            model = made(layers, f"{width}x0e+{width}x1o")
            model.save(tmp_path)
            if (tmp_path / "weights.safetensors").read_bytes()[:1] == b"\x80":
                loaded, systems = segnn.load(tmp_path), random_systems(model.recipe)
                assert (
                    loaded.predict_systems(systems)["force"]
                    == model.predict_systems(systems)["force"]
                ).all()
                return
    pytest.fail("no network with such a header")


def test_a_folder_that_cannot_be_read_as_weights(tmp_path):
    (tmp_path / "w").mkdir()
    with pytest.raises(UserError, match="there is no such file"):
        read_weights(tmp_path / "w", {})
