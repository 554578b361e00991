"""A recipe with one field of every kind, random systems for it, and the value of one expression."""

import numpy as np

from segnn.data import Systems
from segnn.recipe import Cues, parse_recipe
from segnn.recipe.expression import parse
from segnn.recipe.names import declared_scope

TEXT = """
name: everything
fields:
  position: {irreps: 1o, unit: length}
  velocity: {irreps: 1o, unit: length/time}
  spin: {irreps: 1e}
  charge: {irreps: 0e, unit: charge}
  mass: {irreps: 0e, unit: mass}
  helicity: {irreps: 0o}
  species: {irreps: 0e}
  quadrupole: {irreps: 2e}
  pair: {irreps: 2x0e+2x1o}
  wind: {irreps: 1o, unit: length/time, level: graph, array: graph_wind}
constants:
  horizon: {value: 2.0, unit: time}
  epsilon: {value: 0.5, unit: length}
data: {folder: nowhere}
inputs: [velocity]
target: {array: target_position, irreps: 1o, unit: length, base: position}
model: {hidden: 4x0e+4x1o}
"""
SIZES = (4, 1, 3, 5)
RECIPE = parse_recipe(TEXT)
SCOPE, MISTAKES = declared_scope(RECIPE)
FIELDS = tuple(RECIPE.fields)


def systems(sizes=SIZES, seed=0):
    """Random systems of these sizes with every field, and labels."""
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    rows = offsets[-1]
    node = {
        "velocity": rng.normal(size=(rows, 3)),
        "spin": rng.normal(size=(rows, 3)),
        "charge": rng.choice([-1.0, 1.0], size=rows),
        "mass": rng.uniform(1, 2, size=(rows, 1)),
        "helicity": rng.normal(size=rows),
        "species": rng.choice([1.0, 6.0, 8.0], size=rows),
        "quadrupole": rng.normal(size=(rows, 5)),
        "pair": rng.normal(size=(rows, 8)),
        "target_position": rng.normal(size=(rows, 3)),
    }
    graph = {"graph_wind": rng.normal(size=(len(sizes), 3))}
    return Systems(position=rng.normal(size=(rows, 3)), offsets=offsets, node=node, graph=graph)


def term(expression):
    """The typed tree of an expression over the fields of the recipe."""
    return parse(expression, SCOPE)


def tensors(of):
    """All fields of the systems, on the complete graph."""
    from segnn.recipe.arrays import read_tensors

    return read_tensors(RECIPE, FIELDS, of, "test.npz")


def value(expression, of):
    """The value of an expression on systems, as an array."""
    return term(expression).evaluate(tensors(of)).numpy()


def recipe(*overrides):
    """The recipe with overrides."""
    return parse_recipe(TEXT, "all.yaml", overrides)


def cues(*overrides):
    return Cues(recipe(*overrides))
