"""Small models, systems and rotations."""

import numpy as np
import torch

from segnn.model import PhysicalModel
from segnn.model.check import random_systems
from segnn.recipe import load_recipe

RECIPE = """name: tiny
fields:
  position: {{irreps: 1o, unit: length}}
  velocity: {{irreps: 1o, unit: length/time}}
  charge: {{irreps: 0e, unit: charge}}
data: {{folder: data}}
graph: {graph}
inputs: [position - center(position), velocity, norm(velocity)]
node_attributes: [mean(edge_attributes), sh(velocity)]
message_scalars: [distance, source(charge) * target(charge)]
target: {{array: target_position, irreps: 1o, unit: length, base: position}}
model: {{kind: {kind}, hidden: {hidden}, layers: {layers}}}
"""


def tiny(folder, kind="segnn", hidden="4x0e+3x1o", layers=2, graph="{kind: complete}", seed=0):
    """A model with fresh weights."""
    path = folder / "tiny.yaml"
    path.write_text(RECIPE.format(kind=kind, hidden=hidden, layers=layers, graph=graph))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return PhysicalModel(load_recipe(path)).eval()


def systems(model, sizes=(5, 4), labels=True):
    """Random systems of the recipe, with a label."""
    found = random_systems(model.recipe, sizes)
    if labels:
        found.node["target_position"] = found.position + 0.3 * found.node["velocity"]
    return found


def axis_rotation(axis, angle):
    """Rotation (3, 3) about ``axis`` by ``angle``, Rodrigues' formula."""
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def icosahedral_rotation():
    """A fifth of a turn about a corner of the icosahedron."""
    return axis_rotation([0, 1, (1 + 5**0.5) / 2], 2 * np.pi / 5)
