"""One pass of a model on one system, as steps: from positions, fields and the weights of its cues
to predictions and features.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from segnn.data import Systems
from segnn.model import PhysicalModel
from segnn.recipe.tensors import Tensors
from segnn.viewer.cues import WeightedCues, derived_vectors, listed
from segnn.viewer.live.steps import View
from segnn.viewer.live.tape import Tape
from segnn.viewer.passes import seeing
from segnn.viewer.targets import held_target
from segnn.viz.record import run_watched


@dataclass(frozen=True)
class Trace:
    """What one pass wrote on its tape, and the views of what comes out, by name: ``prediction`` and
    ``prediction.NAME``, ``base``, ``field.NAME`` of derived vectors, ``features_0`` …,
    ``messages_1`` ….
    """

    tape: Tape
    outputs: dict[str, View]
    nodes: int
    edges: int


def trace(model: PhysicalModel, systems: Systems, source: str, messages: bool) -> Trace:
    """Run ``model``, in float64, on one system. `NotLiveError` for what a page cannot repeat."""
    runner = runner_of(model)
    tensors = runner.cues.tensors(systems, source)
    given = inputs(model, tensors)
    with torch.no_grad(), Tape(given) as tape:
        found = run(runner, tensors, given, messages)
    outputs = {name: tape.view(x) for name, x in found.items()}
    return Trace(tape, outputs, tensors.nodes, tensors.edges)


def runner_of(model: PhysicalModel) -> PhysicalModel:
    """The same model without gradients of weights, and without what it knows of earlier runs."""
    with torch.random.fork_rng(devices=[]):
        fresh = PhysicalModel(model.recipe)
    fresh.network.double()
    fresh.network.load_state_dict(copy.deepcopy(model.network.state_dict()))
    return fresh.eval().requires_grad_(False)


def inputs(model: PhysicalModel, tensors: Tensors) -> dict[str, Tensor]:
    """What a page may change: ``position``, ``shift``, ``node.NAME``, ``graph.NAME``, and
    ``weights`` (cues,), one of every cue.
    """
    cues = torch.ones(len(listed(model.cues)), dtype=torch.float64)
    found = {"position": tensors.position, "shift": tensors.shift, "weights": cues}
    found |= {f"node.{name}": value for name, value in tensors.node.items()}
    found |= {f"graph.{name}": value for name, value in tensors.graph.items()}
    return {name: value.clone() for name, value in found.items()}


def run(
    model: PhysicalModel, tensors: Tensors, given: Mapping[str, Tensor], messages: bool
) -> dict[str, Tensor]:
    """What comes out for these inputs on the edges of ``tensors``; see `Trace`."""
    there = replace(
        tensors,
        position=given["position"],
        shift=given["shift"],
        node={name: given[f"node.{name}"] for name in tensors.node},
        graph={name: given[f"graph.{name}"] for name in tensors.graph},
    )
    names = [cue["name"] for cue in listed(model.cues)]
    weights = dict(zip(names, given["weights"].unbind(), strict=True))
    found: dict[str, Tensor] = {}

    def take(name: str, x: Tensor, kept_elsewhere: bool) -> None:
        found[name] = x

    with seeing(model, WeightedCues(model.recipe, weights)) as cues:
        features = cues.evaluate(there)
        answers = run_watched(model, features, take, messages)
    held = held_target(model.cues)
    for name, value in answers.items():
        found["prediction" if name == held else f"prediction.{name}"] = value
    found["base"] = model.known(held, features)
    for name, term in derived_vectors(model.cues).items():
        found[f"field.{name}"] = term.evaluate(there)
    return found
