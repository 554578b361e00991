"""Small systems of atoms with a recipe of several targets, for tests."""

import numpy as np
import torch

from segnn.data import Systems
from segnn.model import PhysicalModel
from segnn.recipe import parse_recipe

RECIPE = """
name: atoms
species: [H, C, O]
fields:
  position: {irreps: 1o, unit: angstrom}
  field: {irreps: 1o, unit: volt/angstrom, level: graph}
  spin: {irreps: 1e, unit: mu}
constants: {cutoff: {value: 3.0, unit: angstrom}}
data: {folder: nowhere}
graph: {kind: radius, cutoff: 3.0}
inputs: [one_hot(species), unitless(spin), unitless(field)]
edge_attributes: ["envelope(distance, cutoff) * sh(relative_position)"]
node_attributes: ["concat(one, turning(sum(edge_attributes)))"]
message_scalars: ["bessel(distance, 3, cutoff)"]
targets:
  energy: {irreps: 0e, unit: eV, level: graph, pool: sum, base: reference(species)}
  forces: {derivative: -energy / position}
  torque: {derivative: -energy / spin, loss: {weight: 0}}
  dipole: {derivative: -energy / field, loss: {weight: 0}}
  polarizability: {derivative: dipole / field, loss: {weight: 0}}
  stress: {derivative: energy / strain, unit: eV/angstrom^3, loss: {weight: 0}}
model: {hidden: 4x0e+4x1o+2x1e, attribute_degree: 1, layers: 2}
"""
ENERGIES = {1: -13.6, 6: -1030.25, 8: -2041.5}


def systems(seed=0, kinds=((1, 6, 8, 1), (6, 8), (1, 1, 6)), box=4.0):
    """Atoms of the given species in boxes, with energies near −3000 that are mostly references."""
    rng = np.random.default_rng(seed)
    numbers = np.concatenate([np.array(kind, float) for kind in kinds])
    offsets = np.concatenate([[0], np.cumsum([len(kind) for kind in kinds])])
    position = rng.uniform(0, box, size=(len(numbers), 3))
    energy = [sum(ENERGIES[n] for n in kind) + 0.1 * rng.normal() for kind in kinds]
    cell = box * np.eye(3) + 0.3 * rng.normal(size=(len(kinds), 3, 3))
    return Systems(
        position,
        offsets,
        {
            "atomic_number": numbers,
            "spin": rng.normal(size=(len(numbers), 3)),
            "forces": rng.normal(size=(len(numbers), 3)),
        },
        {
            "energy": np.array(energy),
            "field": rng.normal(size=(len(kinds), 3)),
            "cell": cell,
            "pbc": np.ones((len(kinds), 3)),
        },
    )


def model(*overrides, recipe=RECIPE, given=None):
    """A fresh model in float64, calibrated on ``given``."""
    torch.manual_seed(0)
    made = PhysicalModel(parse_recipe(recipe, overrides=overrides)).double().eval()
    made.calibrate(made.features(systems() if given is None else given))
    return made
