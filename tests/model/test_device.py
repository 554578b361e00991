"""A model goes where it is told to, and devices that are not there are named."""

import pytest
import torch

import segnn
from segnn.model.device import find_device, on_device

CARD = torch.cuda.is_available()
needs_card = pytest.mark.skipif(not CARD, reason="no graphics card: CUDA stays unverified")


@pytest.mark.parametrize("text", ["gpu", "cpu:0", "auto:1", "cuda:x", "CUDA", ""])
def test_other_names_are_refused(text):
    with pytest.raises(segnn.UserError, match=r"expected cpu, cuda, cuda:NUMBER or auto.*: cpu"):
        find_device(text)


def test_what_is_not_there():
    with pytest.raises(segnn.UserError, match=r"cuda:64: there is no such device.* here: cpu"):
        segnn.load("charged", device="cuda:64")
    with pytest.raises(segnn.UserError, match=r"device: mps: .*float64"):
        segnn.load("charged", device="mps")


def test_where_it_goes():
    assert segnn.load("charged").device.type == "cpu"
    expected = "cuda" if CARD else "cpu"
    assert segnn.load("charged", device="auto").device.type == expected


def test_features_are_moved_whole():
    """To the device meta, which every machine has; nothing is left behind."""
    model = segnn.load("acac")
    features = model.features(
        segnn.data.given(
            {
                "position": torch.randn(1, 4, 3).numpy(),
                "atomic_number": torch.tensor([[1, 6, 8, 1]]).numpy(),
            }
        ).systems
    )
    assert on_device(features, torch.device("cpu")) is features
    moved = on_device(features, torch.device("meta"))
    held = [vars(moved), vars(moved.tensors), moved.base, moved.composition, moved.tensors.node]
    tensors = [v for part in held for v in part.values() if isinstance(v, torch.Tensor)]
    assert len(tensors) > 10
    assert {value.device.type for value in tensors} == {"meta"}


@needs_card
@pytest.mark.parametrize("name", ["charged", "acac"])
def test_predictions_of_a_card(name):
    from segnn.model.check import random_systems

    here, there = segnn.load(name), segnn.load(name, device="cuda")
    systems = random_systems(here.recipe)
    expected, found = here.predict_systems(systems), there.predict_systems(systems)
    for target, value in expected.items():
        scale = abs(value).max()
        assert abs(found[target] - value).max() < 1e-5 * scale
