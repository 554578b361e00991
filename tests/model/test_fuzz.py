"""Damaged weights: whatever bytes are changed, a file is read or refused with a `UserError`."""

import numpy as np
import pytest
import torch

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.weights import read_weights
from segnn.recipe import parse_recipe

RECIPE = """
name: tiny
fields: {charge: {irreps: 0e}}
data: {folder: nowhere}
inputs: [charge]
target: {array: target_x, irreps: 1o}
model: {hidden: 1x0e+1x1o, layers: 1}
"""


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mutated_weights(count, tmp_path):
    torch.manual_seed(0)
    model = PhysicalModel(parse_recipe(RECIPE))
    model.save(tmp_path)
    path, rng, refused = tmp_path / "weights.safetensors", np.random.default_rng(count), []
    whole, state = path.read_bytes(), model.network.state_dict()
    for _ in range(count):
        changed = bytearray(whole)
        for _ in range(rng.integers(1, 6)):
            changed[rng.integers(len(changed))] = rng.integers(256)
        if rng.integers(4) == 0:
            del changed[int(rng.integers(len(changed))) :]
        path.write_bytes(changed)
        try:
            read_weights(path, state, model.recipe)
        except UserError as error:
            refused.append(str(error))
    assert count / 4 < len(refused)
    assert all(str(path) in text for text in refused)
