"""Training steps of fixed shapes, on systems that lie on the device: a graphics card cuts its own
batches, and takes each step as one launch (`segnn.model.captured`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from segnn.model import PhysicalModel
from segnn.model.budget import size_text
from segnn.model.captured import Captured, graphs_choice
from segnn.o3.frames.choice import frames_choice
from segnn.recipe import Features
from segnn.recipe.padded import GHOSTS, Padded, Shape, padded_batch
from segnn.training.average import WeightAverage
from segnn.training.loss import Loss
from segnn.training.plan import bytes_of
from segnn.training.processes import Processes

PARTS = (1.0, 0.8, 0.6, 0.4)
"""Shapes are these parts of the largest batch; the smallest that a batch fits in is taken."""
SPARE = 0.02
"""More rows than the largest batch of the first epochs has: later ones may exceed it, and ghosts'
edges are spread over a few nodes."""
MULTIPLE = 32
PART_OF_MEMORY = 0.25
"""Of what is free on a card, that the training systems may take."""


@dataclass(frozen=True)
class Learning:
    """What a step works with: the model, its loss, its optimiser, what is averaged, the bound of
    the gradient, and ``total`` (), to which loss times number of systems is added.
    """

    model: PhysicalModel
    loss: Loss
    optimizer: torch.optim.Optimizer
    average: WeightAverage | None
    clip: float | None
    total: Tensor


class FixedSteps:
    """Steps on batches of ``held``, systems on the device, of at most ``batch_size`` of them.

    ``largest``: nodes and edges of the largest batch to be met. The optimiser's learning rate is a
    tensor from now on; ``adopt`` says so again after its state was loaded.
    """

    def __init__(
        self, learning: Learning, held: Features, batch_size: int, largest: tuple[int, int]
    ):
        self.learning, self.held = learning, held
        self.device = held.offsets.device
        offsets, edge_offsets = held.offsets.cpu(), held.edge_offsets.cpu()
        self._sizes = offsets.diff(), edge_offsets.diff()
        self.shapes = shapes_of(batch_size, *largest)
        self._index = torch.zeros(batch_size, dtype=torch.int64, device=self.device)
        self._numbers = torch.zeros(3, dtype=torch.float64, device=self.device)
        self._rate = torch.zeros((), dtype=_rate_type(self.device), device=self.device)
        self.rate(learning.optimizer.param_groups[0]["lr"])
        self.loss = torch.zeros((), dtype=torch.float64, device=self.device)
        self.steps: dict[Shape, Captured] = {}
        self.adopt()

    def adopt(self) -> None:
        """Give the optimiser its learning rate as a tensor."""
        for group in self.learning.optimizer.param_groups:
            group["lr"], group["capturable"] = self._rate, self.device.type == "cuda"

    def rate(self, value: float) -> Tensor:
        """The learning rate, for a step that is taken elsewhere."""
        return self._rate.fill_(value)

    def shape_of(self, index: Tensor) -> Shape | None:
        """The smallest shape for a batch of the systems ``index``; None where it is larger than all
        of them.
        """
        nodes, edges = (int(sizes[index].sum()) for sizes in self._sizes)
        fitting = (shape for shape in reversed(self.shapes) if shape.holds(nodes, edges))
        return next(fitting, None) if len(index) <= len(self._index) else None

    def take(self, shape: Shape, index: Tensor, rate: float) -> Tensor:
        """One step on the systems ``index`` at that learning rate; its loss, which the next step
        overwrites.
        """
        average = self.learning.average
        weight = 0.0 if average is None else average.weight
        whole = index.new_zeros(len(self._index))
        whole[: len(index)] = index
        self._enter(self._index, whole)
        self._enter(self._numbers, torch.tensor([rate, weight, len(index)], dtype=torch.float64))
        if shape not in self.steps:
            step, beside = partial(self._step, shape), next(iter(self.steps.values()), None)
            self.steps[shape] = Captured(step, self.device, "a training step", beside)
        self.steps[shape]()
        if average is not None:
            average.updates += 1
        return self.loss

    def _enter(self, place: Tensor, value: Tensor) -> None:
        """Without waiting: memory that a card copies from is the copy's until it is done."""
        if place.is_cuda:
            value = value.pin_memory()
        place.copy_(value, non_blocking=True)

    def _step(self, shape: Shape) -> None:
        """All of a step; it reads no number that is not in a tensor."""
        own = self.learning
        rate, weight, count = self._numbers.unbind()
        self._rate.copy_(rate)
        own.optimizer.zero_grad()
        batch = padded_batch(self.held, self._index, count, shape)
        loss = self._loss(batch)
        parameters = own.optimizer.param_groups[0]["params"]
        loss.backward(inputs=parameters)
        if own.clip is not None:
            clip_grad_norm_(parameters, own.clip)
        own.optimizer.step()
        if own.average is not None:
            own.average.update_by(weight)
        self.loss.copy_(loss.detach())
        own.total.add_(own.loss.told(loss.detach()) * count)

    def _loss(self, batch: Padded) -> Tensor:
        features, loss = batch.features, self.learning.loss
        found = self.learning.model(features, loss.specs)
        real = {name: batch.real(name) for name in loss.specs}
        return loss(found, features.labels, features.offsets.diff(), real=real)


def shapes_of(batch_size: int, nodes: int, edges: int) -> tuple[Shape, ...]:
    """For batches of at most so many systems, nodes and edges; the largest first."""

    def rounded(number: float) -> int:
        return MULTIPLE * math.ceil(number / MULTIPLE)

    parts = [part * (1 + SPARE) for part in PARTS]
    found = [
        Shape(batch_size, rounded(part * nodes + GHOSTS), rounded(part * edges)) for part in parts
    ]
    return tuple(dict.fromkeys(found))


def why_eager(model: PhysicalModel, features: Features | None, processes: Processes) -> str | None:
    """Why training steps are not taken in fixed shapes, in words; None where they are.
    ``features``: of all training systems, None where they are not in memory together.
    """
    settings, device = model.recipe.training, processes.device
    looked_at = model.cues.anew and "net_force(" in model.recipe.to_yaml()
    reasons = {
        "SEGNN_GRAPHS is off": graphs_choice() == "off",
        "SEGNN_FRAMES is always, and frames are found by looking at edges": (
            frames_choice() == "always"
        ),
        "several processes share the batches": processes.size > 1,
        "training.accumulate": settings.accumulate > 1,
        "training.compile": settings.compile,
        "training.checkpoint_layers": settings.checkpoint_layers,
        "model.norm: batch counts the nodes of a batch": model.recipe.model.norm == "batch",
        "net_force, evaluated in the step, has another shape for every size": looked_at,
        "the training systems are not held in memory": features is None,
    }
    found = next((reason for reason, holds in reasons.items() if holds), None)
    if found is not None or features is None:
        return found
    if not features.edge_index.shape[1]:
        return "the training systems have no edges"
    if device.type == "cuda":
        needed, free = bytes_of(features), torch.cuda.mem_get_info(device)[0]
        if needed > PART_OF_MEMORY * free:
            return (
                f"the training systems with their cues take {size_text(needed)}, of "
                f"{size_text(free)} that are free on the card"
            )
    return None


def largest_batch(features: Features, batches: Callable[[], list[Tensor]]) -> tuple[int, int]:
    """Nodes and edges of the largest of some batches, each on its own."""
    sizes = torch.stack([features.offsets.diff(), features.edge_offsets.diff()])
    most = torch.stack([sizes[:, index].sum(1) for index in batches()]).amax(0)
    return int(most[0]), int(most[1])


def _rate_type(device: torch.device) -> torch.dtype:
    """What the fused optimiser takes a learning rate in."""
    return torch.float32 if device.type == "cuda" else torch.float64
