"""Systems run backwards in time: the dynamics of conservative forces is its own mirror image under
t → −t.

A system that goes from (x, v) to (x', v') in a time T also goes from (x', −v') to (x, −v) in T.
With both states in the data, every training system can therefore be used twice. What is constant in
time (charge, mass) stays; what has an array at the end, ``target_<name>``, is exchanged with it;
what is odd in time (velocity, momentum, spin, magnetic field) changes its sign.
"""

from __future__ import annotations

import numpy as np

from segnn.data import Systems
from segnn.errors import UserError
from segnn.recipe import Recipe

_KEY = "data.time_reversal"


def with_reversed(recipe: Recipe, systems: Systems, source: str) -> Systems:
    """``systems`` and, behind them, each of them run backwards; ``systems`` alone where the recipe
    has no data.time_reversal.

    ``source`` is named in errors. Raises `UserError` where the data lack what a system needs to run
    backwards.
    """
    if recipe.data.time_reversal is None:
        return systems
    backwards = reversed_in_time(recipe, systems, source)
    return Systems(
        position=np.concatenate([systems.position, backwards.position]),
        offsets=np.concatenate([systems.offsets, systems.offsets[-1] + backwards.offsets[1:]]),
        node={
            name: np.concatenate([array, backwards.node[name]])
            for name, array in systems.node.items()
        },
        graph={
            name: np.concatenate([array, backwards.graph[name]])
            for name, array in systems.graph.items()
        },
    )


def reversed_in_time(recipe: Recipe, systems: Systems, source: str) -> Systems:
    """Every system from its end to its beginning; data.time_reversal names what is odd in time."""
    odd = {recipe.fields[name].array or name for name in recipe.data.time_reversal or ()}
    arrays = {"position": systems.position, **systems.node, **systems.graph}
    fields = {"position": "node"} | {
        spec.array or name: spec.level
        for name, spec in recipe.fields.items()
        if (spec.array or name) in arrays
    }
    labels = recipe.label_arrays
    starts = [array.removeprefix("target_") for array in sorted(labels)]
    needed = {
        f"target_{name}"
        for name, level in fields.items()
        if name == "position" or (name in odd and level == "node")
    }
    needed |= {*starts}
    missing = sorted(needed - arrays.keys())
    without = [start for start in starts if start in labels]
    if missing or without:
        lacking = (
            " and ".join(map(repr, missing))
            if missing
            else f"'target_' before the target's name {without[0]!r}"
        )
        raise UserError(
            f"{source}: {_KEY} runs every system backwards, for which the data lack {lacking}: a "
            "system must be known as well at its end (arrays target_...) as at its beginning. "
            f"Present: {', '.join(arrays)}. Add what is missing, or leave {_KEY} out of the recipe."
        )
    swapped = {}
    for name, array in arrays.items():
        twin = name.removeprefix("target_") if name.startswith("target_") else f"target_{name}"
        swapped[name] = (-1 if name in odd or twin in odd else 1) * arrays.get(twin, array)
    return Systems(
        position=swapped["position"],
        offsets=systems.offsets,
        node={name: swapped[name] for name in systems.node},
        graph={name: swapped[name] for name in systems.graph},
    )
