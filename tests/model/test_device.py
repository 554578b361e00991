"""A model goes where it is told to, and devices that are not there are named."""

import numpy as np
import pytest
import torch

import segnn
from segnn.model.check import random_systems
from segnn.model.device import find_device, on_device
from segnn.nn import SEGNN
from segnn.training.soap import STEPS_BETWEEN_TURNS, Soap

CARD = torch.cuda.is_available()
needs_card = pytest.mark.skipif(not CARD, reason="no graphics card here")


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


def _systems(recipe):
    """Random ones; of acetylacetone, where the energy of a molecule is known for that alone."""
    if recipe.name != "acac":
        return random_systems(recipe)
    generator = np.random.default_rng(0)
    atoms = np.tile(np.repeat([6, 1, 8], [5, 8, 2]), (3, 1))
    given = {"position": 2 * generator.standard_normal((3, 15, 3)), "atomic_number": atoms}
    return segnn.data.given(given).systems


@needs_card
@pytest.mark.parametrize("name", ["charged", "acac"])
def test_predictions_of_a_card(name):
    here, there = segnn.load(name), segnn.load(name, device="cuda")
    systems = _systems(here.recipe)
    expected, found = here.predict_systems(systems), there.predict_systems(systems)
    for target, value in expected.items():
        scale = abs(value).max()
        assert abs(found[target] - value).max() < 1e-5 * scale


@needs_card
def test_steps_along_principal_axes_of_a_card():
    """Of given gradients: the axes are found by other routines there."""
    found = []
    for device in ("cpu", "cuda"):
        network = SEGNN("4x0e", "6x0e+6x1o", "1x0e", "1x0e+1x1o", "1x0e+1x1o", num_layers=1)
        network = network.double().to(device)
        generator, optimizer = torch.Generator().manual_seed(0), Soap(network, lr=1e-3)
        with torch.no_grad():
            for p in network.parameters():
                p.copy_(torch.randn(p.shape, generator=generator, dtype=torch.float64))
        for step in range(25):
            for p in network.parameters():
                p.grad = torch.randn(p.shape, generator=generator, dtype=torch.float64).to(device)
            if step and step % STEPS_BETWEEN_TURNS == 0:
                optimizer.turn()
            optimizer.step()
        found.append(torch.cat([p.detach().cpu().reshape(-1) for p in network.parameters()]))
    torch.testing.assert_close(found[1], found[0], atol=1e-8, rtol=0)
