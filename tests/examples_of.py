"""What the tests of the examples share."""

import importlib.util
from pathlib import Path

import torch

from segnn.model import PhysicalModel
from segnn.recipe import load_recipe

SMALL = ("model.hidden=4x0e+4x1o", "model.layers=1", "targets.energy.scale=0.01")


def example(name):
    """The module examples/NAME.py."""
    file = Path(__file__).parents[1] / "examples" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def small_potential():
    """A fresh potential of H, C and O in float64, the same in every test."""
    torch.manual_seed(0)
    return PhysicalModel(load_recipe("acac", SMALL)).double().eval()
