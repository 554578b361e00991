"""Batches of fixed shapes, cut by the device from systems that lie there: it is only told which."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from segnn.model.captured import Captured
from segnn.recipe import Features
from segnn.recipe.padded import GHOSTS, Padded, Shape, batch_plan, padded_batch

PARTS = (1.0, 0.8, 0.6, 0.4)
"""Shapes are these parts of the largest batch; the smallest that a batch fits in is taken."""
SPARE = 0.02
"""More rows than the largest batch of the first epochs has: later ones may exceed it, and ghosts'
edges are spread over a few nodes."""
MULTIPLE = 32


class FixedBatches:
    """Batches of at most ``batch_size`` of the systems ``held``, which lie on the device, and what
    is done with each shape of them; ``largest``: nodes and edges of the largest one to be met.

    ``numbers``: (n,) float64, what else a call depends on, behind the number of systems.
    """

    def __init__(self, held: Features, batch_size: int, largest: tuple[int, int], numbers: int = 0):
        self.held, self.device = held, held.offsets.device
        self.offsets, self._edge_offsets = held.offsets.cpu(), held.edge_offsets.cpu()
        self._sizes = self.offsets.diff(), self._edge_offsets.diff()
        self.shapes, self._most = shapes_of(batch_size, *largest), batch_size
        plan = torch.zeros(6, batch_size + 2, dtype=torch.int64)
        self._plan = plan.to(self.device)
        self._numbers = torch.zeros(1 + numbers, dtype=torch.float64, device=self.device)
        self.calls: dict[Shape, Captured] = {}

    @property
    def numbers(self) -> Tensor:
        """As they were entered last."""
        return self._numbers[1:]

    @property
    def count(self) -> Tensor:
        """() how many systems the batch has."""
        return self._numbers[0]

    def shape_of(self, index: Tensor) -> Shape | None:
        """The smallest shape for a batch of the systems ``index``; None where it is larger than all
        of them.
        """
        nodes, edges = (int(sizes[index].sum()) for sizes in self._sizes)
        fitting = (shape for shape in reversed(self.shapes) if shape.holds(nodes, edges))
        return next(fitting, None) if len(index) <= self._most else None

    def batch(self, shape: Shape) -> Padded:
        """The systems entered last, by operations that ask for no number."""
        return padded_batch(self.held, self._plan, shape)

    def call(
        self,
        function: Callable[[], object],
        what: str,
        shape: Shape,
        index: Tensor,
        numbers: Iterable[float] = (),
    ) -> None:
        """``function`` for the systems ``index``; always the same for a shape."""
        _enter(self._plan, batch_plan(self.offsets, self._edge_offsets, index, shape))
        _enter(self._numbers, torch.tensor([len(index), *numbers], dtype=torch.float64))
        if shape not in self.calls:
            beside = next(iter(self.calls.values()), None)
            self.calls[shape] = Captured(function, self.device, what, beside)
        self.calls[shape]()


def _enter(place: Tensor, value: Tensor) -> None:
    """Without waiting: memory that a card copies from is the copy's until it is done."""
    if place.is_cuda:
        value = value.pin_memory()
    place.copy_(value, non_blocking=True)


def shapes_of(batch_size: int, nodes: int, edges: int) -> tuple[Shape, ...]:
    """For batches of at most so many systems, nodes and edges; the largest first."""

    def rounded(number: float) -> int:
        return MULTIPLE * math.ceil(number / MULTIPLE)

    parts = [part * (1 + SPARE) for part in PARTS]
    found = [
        Shape(batch_size, rounded(part * nodes + GHOSTS), rounded(part * edges)) for part in parts
    ]
    return tuple(dict.fromkeys(found))


def largest_batch(features: Features, batches: Iterable[Tensor]) -> tuple[int, int]:
    """Nodes and edges of the largest of some batches, each on its own."""
    sizes = torch.stack([features.offsets.cpu().diff(), features.edge_offsets.cpu().diff()])
    most = torch.stack([sizes[:, index].sum(1) for index in batches]).amax(0)
    return int(most[0]), int(most[1])
