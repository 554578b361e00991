"""Random systems with the arrays a recipe asks for: enough to check a model where there are no
data.
"""

from __future__ import annotations

import re

import numpy as np
from e3nn.o3 import Irrep, Irreps

from segnn.data import Systems
from segnn.recipe import Cues, Recipe
from segnn.recipe.schema import FieldSpec
from segnn.room import check_room

SIZES = (5, 3, 6, 4, 5, 2, 7, 5)
PARTICLE = 100  # bytes of its fields and positions


def random_systems(recipe: Recipe, sizes: tuple[int, ...] = SIZES, seed: int = 0) -> Systems:
    """Systems of ``sizes`` particles, every field that the recipe's expressions use drawn by its
    irreps.

    Scalars are uniform in 0.5 to 1.5 (so that masses, logarithms and divisors are in order), those
    of a ``one_hot`` are among its values, everything else is standard normal. Positions are about
    as far apart as a radius graph's cutoff needs for several neighbours, else of order 1.
    """
    check_room(
        sum(sizes) * PARTICLE, f"random systems of {max(sizes)} particles", "Take fewer particles."
    )
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    cutoff = recipe.graph.cutoff
    spread = 1.0 if cutoff is None else 0.4 * cutoff
    node: dict[str, np.ndarray] = {}
    graph: dict[str, np.ndarray] = {}
    for name in Cues(recipe).fields:
        if name != "position":
            spec = recipe.fields[name]
            rows, arrays = (int(offsets[-1]), node) if spec.level == "node" else (len(sizes), graph)
            arrays[spec.array or name] = _draw(spec, rows, _choices(recipe, name), rng)
    return Systems(spread * rng.normal(size=(int(offsets[-1]), 3)), offsets, node, graph)


def _draw(spec: FieldSpec, rows: int, choices: list[float], rng: np.random.Generator) -> np.ndarray:
    """(rows, irreps.dim)."""
    if choices:
        return rng.choice(choices, size=(rows, 1))
    parts = [
        rng.uniform(0.5, 1.5, (rows, mul))
        if ir == Irrep("0e")
        else rng.normal(size=(rows, mul * ir.dim))
        for mul, ir in Irreps(spec.irreps)
    ]
    return np.concatenate(parts, axis=1)


def _choices(recipe: Recipe, field: str) -> list[float]:
    """The elements that the recipe declares; of another field, the values that a
    ``one_hot(field, a, b, …)`` somewhere in the recipe knows.
    """
    if field == "species" and recipe.species:
        return [float(number) for number in recipe.species]
    found = re.search(rf"one_hot\(\s*{re.escape(field)}\s*,([^)]*)\)", recipe.to_yaml())
    return [float(number) for number in found.group(1).split(",")] if found else []
