"""Predictions for the same atoms again and again, as in a simulation, recorded on a graphics card.

Of one molecule a card computes each operation faster than it is handed over. Only positions, edges
and cells change from step to step: what else there is was checked in the first one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from segnn.model.captured import Captured, graphs_choice
from segnn.model.physical import PhysicalModel
from segnn.o3.frames.choice import frames_choice
from segnn.recipe import Features, Tensors
from segnn.recipe.padded import GHOSTS, Shape, batch_plan, padded_batch

LOOKED_AT = ("net_force(", "inverse(")
"""Words that look at numbers which change."""
MOST_EDGES = 200_000
"""Of larger systems operations take longer than to be handed over."""
MOST_SHAPES = 6
GROWTH, MULTIPLE = 1.15, 32
"""Edges are padded to the next of a row of numbers that grow by this factor."""


@dataclass
class _Place:
    """Where systems of one shape are written, what is made of them, and how."""

    features: Features
    found: dict[str, Tensor] = field(default_factory=dict)
    call: Captured | None = None


class MovingPredictions:
    """Predictions of ``model``, one that asks for no gradients, on its device.

    Called with features on a CPU, the predictions on a CPU come back, as from the model itself up
    to rounding. Systems with other fields than in the call before, or other species, are predicted
    operation by operation, and checked; so are those that are large, or have no edges.
    """

    def __init__(self, model: PhysicalModel):
        self._model, self._places = model, dict[Shape, _Place]()
        self._checked: list[Tensor] | None = None
        text = model.recipe.to_yaml()
        looks = model.cues.anew and any(word in text for word in LOOKED_AT)
        self._off = looks or graphs_choice() == "off" or frames_choice() == "always"

    @torch.no_grad()
    def __call__(self, features: Features) -> dict[str, Tensor]:
        """By the targets' names, (M, k) or (S, k)."""
        nodes, edges = features.x.shape[0], features.edge_index.shape[1]
        shape = shape_of(len(features), nodes, edges)
        many = len(self._places) >= MOST_SHAPES and shape not in self._places
        fixed = list(_fixed(features))
        if self._off or many or not 0 < edges <= MOST_EDGES or not self._known(fixed):
            found = self._model(features.to(device=self._model.device))
            self._checked = fixed
            return {name: value.cpu() for name, value in found.items()}
        place = self._enter(features, shape)
        assert place.call is not None
        place.call()
        rows = {"node": nodes, "graph": len(features)}
        return {n: value[: rows[features.level[n]]].cpu() for n, value in place.found.items()}

    def _known(self, fixed: list[Tensor]) -> bool:
        """Whether this is what an earlier call has checked."""
        before = self._checked
        same = before is not None and len(before) == len(fixed)
        return same and all(map(torch.equal, before or (), fixed))

    def _enter(self, features: Features, shape: Shape) -> _Place:
        every = torch.arange(shape.systems)
        plan = batch_plan(features.offsets, features.edge_offsets, every, shape)
        batch = padded_batch(features, plan, shape).features
        if (place := self._places.get(shape)) is None:
            place = self._places[shape] = _Place(batch.to(device=self._model.device))
            other = next((one.call for one in self._places.values() if one.call), None)
            own = place

            def predict() -> None:
                for name, value in self._model(own.features).items():
                    own.found.setdefault(name, torch.empty_like(value)).copy_(value)

            place.call = Captured(predict, self._model.device, "a prediction", other)
            return place
        for there, here in zip(_tensors(place.features), _tensors(batch), strict=True):
            there.copy_(here, non_blocking=True)
        return place


def shape_of(systems: int, nodes: int, edges: int) -> Shape:
    """The padded shape of so many."""
    step = math.ceil(math.log(max(edges, MULTIPLE) / MULTIPLE, GROWTH) - 1e-9)
    room = MULTIPLE * math.ceil(GROWTH**step - 1e-9)
    return Shape(systems, MULTIPLE * math.ceil((nodes + GHOSTS) / MULTIPLE), room)


def _fixed(features: Features) -> Iterator[Tensor]:
    """What a check looks at: sizes, fields, compositions."""
    yield features.offsets
    yield from features.composition.values()
    if features.tensors is not None:
        yield from features.tensors.node.values()
        yield from features.tensors.graph.values()


def _tensors(held: Features | Tensors) -> Iterator[Tensor]:
    """All that there are, in one order."""
    for value in vars(held).values():
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, dict):
            yield from (one for one in value.values() if isinstance(one, Tensor))
        elif isinstance(value, Tensors):
            yield from _tensors(value)
