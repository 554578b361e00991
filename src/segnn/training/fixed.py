"""Training steps of fixed shapes: a graphics card takes each as one launch
(`segnn.model.captured`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from segnn.model import PhysicalModel
from segnn.model.budget import size_text
from segnn.model.captured import graphs_choice
from segnn.o3.frames.choice import frames_choice
from segnn.recipe import Features
from segnn.recipe.padded import Padded, Shape
from segnn.training.average import WeightAverage
from segnn.training.fixed_batches import FixedBatches
from segnn.training.loss import Loss
from segnn.training.plan import bytes_of
from segnn.training.processes import Processes

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


class FixedSteps(FixedBatches):
    """Steps on batches of ``held``. The optimiser's learning rate is a tensor now; ``adopt``
    says so again after its state was loaded.
    """

    def __init__(
        self, learning: Learning, held: Features, batch_size: int, largest: tuple[int, int]
    ):
        super().__init__(held, batch_size, largest, numbers=2)
        self.learning = learning
        self._rate = torch.zeros((), dtype=_rate_type(self.device), device=self.device)
        self.rate(learning.optimizer.param_groups[0]["lr"])
        self.loss = torch.zeros((), dtype=torch.float64, device=self.device)
        self.adopt()

    def adopt(self) -> None:
        """Give the optimiser its learning rate as a tensor."""
        for group in self.learning.optimizer.param_groups:
            group["lr"], group["capturable"] = self._rate, self.device.type == "cuda"

    def rate(self, value: float) -> Tensor:
        """The learning rate, for a step that is taken elsewhere."""
        return self._rate.fill_(value)

    def take(self, shape: Shape, index: Tensor, rate: float) -> Tensor:
        """One step on the systems ``index`` at that learning rate; its loss, which the next step
        overwrites.
        """
        average = self.learning.average
        weight = 0.0 if average is None else average.weight
        self.call(partial(self._step, shape), "a training step", shape, index, (rate, weight))
        if average is not None:
            average.updates += 1
        return self.loss

    def _step(self, shape: Shape) -> None:
        """All of a step; it reads no number that is not in a tensor."""
        own = self.learning
        rate, weight = self.numbers.unbind()
        self._rate.copy_(rate)
        own.optimizer.zero_grad()
        loss = self._loss(self.batch(shape))
        parameters = own.optimizer.param_groups[0]["params"]
        loss.backward(inputs=parameters)
        if own.clip is not None:
            clip_grad_norm_(parameters, own.clip)
        own.optimizer.step()
        if own.average is not None:
            own.average.update_by(weight)
        self.loss.copy_(loss.detach())
        own.total.add_(own.loss.told(loss.detach()) * self.count)

    def _loss(self, batch: Padded) -> Tensor:
        features, loss = batch.features, self.learning.loss
        found = self.learning.model(features, loss.specs)
        real = {name: batch.real(name) for name in loss.specs}
        return loss(found, features.labels, features.offsets.diff(), real=real)


def why_eager(model: PhysicalModel, features: Features | None, processes: Processes) -> str | None:
    """Why training steps are not taken in fixed shapes, in words; None where they are.
    ``features``: of all training systems, None where they are not in memory together.
    """
    never = why_never(model)
    if never is None and processes.size > 1:
        never = "several processes share the batches"
    if never is None and features is None:
        never = "the training systems are not held in memory"
    if never is not None or features is None:
        return never
    if not features.edge_index.shape[1]:
        return "the training systems have no edges"
    room = room_on(processes.device)
    if bytes_of(features) > room:
        return (
            f"the training systems with their cues take {size_text(bytes_of(features))}, more than "
            f"{size_text(room)}, a quarter of what is free on the card"
        )
    return None


def why_never(model: PhysicalModel) -> str | None:
    """The same, as far as the recipe and the settings of this process tell."""
    settings = model.recipe.training
    looked_at = model.cues.anew and "net_force(" in model.recipe.to_yaml()
    reasons = {
        "SEGNN_GRAPHS is off": graphs_choice() == "off",
        "SEGNN_FRAMES is always, and frames are found by looking at edges": (
            frames_choice() == "always"
        ),
        "training.accumulate": settings.accumulate > 1,
        "training.compile": settings.compile,
        "training.checkpoint_layers": settings.checkpoint_layers,
        "model.norm: batch counts the nodes of a batch": model.recipe.model.norm == "batch",
        "net_force, evaluated in the step, has another shape for every size": looked_at,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def room_on(device: torch.device) -> float:
    """Bytes that systems may take there."""
    free: float = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else float("inf")
    return PART_OF_MEMORY * free


def _rate_type(device: torch.device) -> torch.dtype:
    """What the fused optimiser takes a learning rate in."""
    return torch.float32 if device.type == "cuda" else torch.float64
