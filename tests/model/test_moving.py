"""Predictions of moving atoms as a graphics card records them: on a CPU, as they stand."""

from dataclasses import replace

import pytest
import torch

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.check import random_systems
from segnn.model.mode import frozen
from segnn.model.moving import GROWTH, MovingPredictions, shape_of
from segnn.recipe import load_recipe


@pytest.fixture(scope="module")
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        small = ("model.hidden=4x0e+4x1o", "model.layers=1")
        return frozen(PhysicalModel(load_recipe("acac", small)).double())


def features(model, systems):
    return model.cues.to_run(model.cues.tensors(systems, "atoms"), model.dtype)


def test_moving_atoms_are_predicted_as_ever(model):
    systems, moving = random_systems(model.recipe, sizes=(7, 5)), MovingPredictions(model)
    generator, edges = torch.Generator().manual_seed(0), set()
    for _ in range(6):
        away = 0.7 * torch.randn(systems.position.shape, generator=generator).double().numpy()
        seen = features(model, replace(systems, position=systems.position + away))
        edges.add(seen.edge_index.shape[1])
        with torch.no_grad():
            expected = model(seen)
        found = moving(seen)
        assert list(found) == ["energy", "forces"]
        for name, value in expected.items():
            assert torch.allclose(found[name], value, rtol=1e-11, atol=1e-11)
    assert len(edges) > 2
    assert 1 <= len(moving._places) <= 3


def test_other_atoms_are_checked_again(model):
    systems, moving = random_systems(model.recipe, sizes=(4,)), MovingPredictions(model)
    for _ in range(2):
        moving(features(model, systems))
    systems.node["atomic_number"][0] = 79
    for _ in range(2):
        with pytest.raises(UserError, match="atoms of Au"):
            moving(features(model, systems))


def test_edges_are_padded_by_little():
    for edges in (1, 32, 33, 500, 5001, 100_000):
        room = shape_of(1, 20, edges).edges
        assert edges <= room <= GROWTH * edges + 64
