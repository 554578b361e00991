"""The optimisation: loss, gradient, optimiser, learning rate. One epoch's mean loss is kept,
nothing is logged per step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.device import on_device
from segnn.model.network import SteerableOnFeatures
from segnn.model.paths import WITHOUT_NORM
from segnn.o3.trusted import trusting
from segnn.recipe import Features, Recipe
from segnn.recipe.schema import TrainingSpec
from segnn.training.average import WeightAverage
from segnn.training.batches import Batches
from segnn.training.divided import DividedSystems
from segnn.training.fixed import FixedSteps, Learning, room_on, why_eager
from segnn.training.fixed_batches import largest_batch
from segnn.training.fixed_valid import FixedPredictions
from segnn.training.legs import factor_of_legs
from segnn.training.loss import Loss, trained_targets
from segnn.training.plan import bytes_of
from segnn.training.processes import Processes
from segnn.training.soap import STEPS_BETWEEN_TURNS, Soap
from segnn.training.stream import Stream

OPTIMIZERS = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}
"""Of torch's own."""
PREFIX = "model."
"""Of the weights' names in a checkpoint."""
STEPS_BETWEEN_CHECKS = 50
BATCHES_LOOKED_AT = 5000


class DivergedError(UserError):
    """The loss or the validation error is not a finite number any more."""


class Trainer:
    """Trains ``model`` on ``train`` as the recipe says.

    ``legs``: the last epochs of the parts in which the schedule runs, see `segnn.training.legs`;
    ``step``: optimiser steps taken; ``epoch_loss``: sum over this epoch's batches of loss times
    number of systems; ``epoch_systems``: their number; ``average``: that of the weights, if the
    recipe has one; ``stop``: whether the last step was told to be the last in any process.

    With a ``stream`` it trains on the systems of that, of which ``train`` is a sample.

    Of several ``processes`` each takes its part of every batch, or of every system if these are
    ``divided``; the gradients are summed, and all of them make the same step.
    """

    def __init__(
        self,
        model: PhysicalModel,
        train: Features,
        legs: Sequence[int] | None = None,
        processes: Processes | None = None,
        stream: Stream | None = None,
        divided: DividedSystems | None = None,
    ):
        self.model = model
        self.settings = model.recipe.training
        self.processes, self.stream = processes or Processes(torch.device("cpu")), stream
        if model.recipe.model.norm == "batch":
            refuse_parts(self.settings, self.processes)
        self.loss, self.divided = Loss(model, train), divided
        kind = self.settings.validate_by
        self.validated_by = self.loss if kind is None else Loss(model, train, kind)
        seen = divided or stream or (train.bare() if in_step(model) else train)
        self.step = 0
        self.batches = Batches(
            seen, self.settings.batch_size, self.settings.seed, lambda: self.step, self.parts
        )
        if self.settings.checkpoint_layers:
            checkpoint_layers(model)
        self.legs = (self.settings.epochs,) if legs is None else tuple(legs)
        self.factor = factor_of_legs(self.settings, self.legs, len(self.batches))
        device = self.processes.device
        self.epoch_loss = torch.zeros((), dtype=torch.float64, device=device)
        self.epoch_systems = 0
        self.parameters = list(model.to(device).parameters())
        self.optimizer = optimizer_for(model, self.settings)
        ema = self.settings.ema
        self.average = None if ema is None else WeightAverage(model, ema)
        self.stop = False
        self._used: list[Tensor] | None = None
        held = seen if isinstance(seen, Features) else None
        self._checked = held is not None and device.type != "cpu"
        self.why_eager = why_eager(model, held, self.processes)
        self.fixed: FixedSteps | None = None
        if device.type == "cuda":
            self.fix_shapes()

    def fix_shapes(self) -> None:
        """From now on take steps in batches padded to few shapes, where that is possible: those a
        graphics card records. Done of itself there; on a CPU it is the same training up to
        rounding, and a little slower.
        """
        features = self.batches.features
        if self.why_eager is not None or not isinstance(features, Features):
            return
        largest = largest_batch(features, self._next_batches())
        learning = Learning(
            self.model,
            self.loss,
            self.optimizer,
            self.average,
            self.settings.clip,
            self.epoch_loss,
        )
        held = features.to(device=self.processes.device)
        self.fixed = FixedSteps(learning, held, self.settings.batch_size, largest)

    def fixed_predictions(self, valid: Features) -> FixedPredictions | None:
        """Those for the systems of validation; None where steps are not of fixed shapes either."""
        device, some = self.processes.device, len(valid) > 0 and valid.edge_index.shape[1] > 0
        if self.fixed is None or not some or bytes_of(valid) > room_on(device):
            return None
        held = valid.bare() if self.model.cues.in_forward else valid
        return FixedPredictions(self.model, held.to(device=device), self.settings.batch_size)

    def told_of_card(self) -> dict[str, str]:
        """How a graphics card took the steps, for results.json."""
        if self.processes.device.type == "cpu":
            return {}
        steps = {} if self.fixed is None else self.fixed.calls
        recorded = sum(step.recorded for step in steps.values())
        how = f"of {len(steps)} shapes, {recorded} recorded as CUDA graphs"
        return {"steps": how if self.fixed is not None else f"one by one: {self.why_eager}"}

    def _next_batches(self) -> list[Tensor]:
        """Of the first epochs; a batch of a later one that is larger than all of these is taken as
        it is.
        """
        enough = -(-BATCHES_LOOKED_AT // len(self.batches))
        epochs = range(min(self.settings.epochs, enough))
        return [index for epoch in epochs for index in self.batches.order(epoch)]

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole training."""
        return self.settings.epochs * len(self.batches)

    @property
    def learning_rate(self) -> float:
        """Of the last step taken."""
        return self.settings.learning_rate * self.factor(self.step - 1)

    def train_on(self, index: Tensor, stop: bool = False) -> None:
        """One optimiser step on the training systems ``index``; `DivergedError` if their loss is
        not finite. ``stop``: whether this process wants to stop after it.
        """
        rate = self.settings.learning_rate * self.factor(self.step)
        shape = None if self.fixed is None else self.fixed.shape_of(index)
        if self.fixed is not None and shape is not None:
            loss, self.stop = self.fixed.take(shape, index, rate), stop
            self._told(loss)
            self._stepped()
            self.epoch_systems += len(index)
            return
        self.optimizer.zero_grad()
        loss, self.stop = self._summed(self.gradient(index), stop)
        self._told(loss)
        self.epoch_loss += self.loss.told(loss) * len(index)
        self.epoch_systems += len(index)
        if self.settings.clip is not None:
            clip_grad_norm_(self.parameters, self.settings.clip)
        for group in self.optimizer.param_groups:
            group["lr"] = rate if self.fixed is None else self.fixed.rate(rate)
        self.optimizer.step()
        self._stepped()
        if self.average is not None:
            self.average.update()

    def _stepped(self) -> None:
        self.step += 1
        if isinstance(self.optimizer, Soap) and self.step % STEPS_BETWEEN_TURNS == 0:
            self.optimizer.turn()

    def _told(self, loss: Tensor) -> None:
        if self.processes.device.type == "cpu" or self.step % STEPS_BETWEEN_CHECKS == 0:
            self._check(loss, self.step // len(self.batches) + 1)

    def _check(self, loss: Tensor, epoch: int) -> None:
        """`DivergedError` if the loss is not finite. A graphics card is asked now and then only:
        it would have to finish before it can answer.
        """
        value = loss.item()
        if not math.isfinite(value):
            what = f"the training loss became {value}"
            raise DivergedError(not_finite(what, epoch, self.model.recipe))

    def parts(self, index: Tensor) -> list[Tensor]:
        """The parts in which this process takes its part of a batch; none without systems. Divided
        systems are taken by all processes, one after the other.
        """
        if self.divided is not None:
            return list(index.split(1))
        mine = index.tensor_split(self.processes.size)[self.processes.rank]
        return [part for part in mine.tensor_split(self.settings.accumulate) if len(part)]

    def gradient(self, index: Tensor) -> Tensor:
        """Add the gradient of the loss on the systems ``index`` to that of the weights, as far as
        it is this process's part; returns the same part of the loss. With ``accumulate`` that is
        taken in so many parts, one after the other.
        """
        parts = self.parts(index)
        whole = None
        if self.settings.accumulate * self.processes.size > 1:
            copies = 1 if self.divided is None else self.divided.copies
            whole = self.loss.rows(self.batches.features, index, copies)
        value = torch.zeros((), dtype=torch.float64, device=self.processes.device)
        for part in parts:
            batch = on_device(self.batches.features.batch(part), self.processes.device)
            loss = self.loss(self._found(batch), batch.labels, batch.offsets.diff(), whole)
            loss.backward(inputs=self.parameters)  # and not by positions, which ask for it too
            value = value + loss.detach()
        return value

    def _summed(self, loss: Tensor, stop: bool) -> tuple[Tensor, bool]:
        """The sums of gradients and losses over the processes, and whether one wants to stop."""
        if self.processes.size == 1:
            return loss, stop
        used = self._parameters_used()
        parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in used]
        told = torch.stack([loss, loss.new_tensor(stop)]).to(parts[0].dtype)
        flat = torch.cat([*(part.reshape(-1) for part in parts), told])
        self.processes.add(flat)
        pieces = flat[:-2].split([p.numel() for p in used])
        for parameter, piece in zip(used, pieces, strict=True):
            parameter.grad = piece.view_as(parameter)
        return flat[-2].to(loss.dtype), bool(flat[-1])

    def _parameters_used(self) -> list[Tensor]:
        """Those that have a gradient in some process: one without systems in its part has none."""
        if self._used is None:
            device = self.processes.device
            used = torch.tensor(
                [p.grad is not None for p in self.parameters], device=device
            ).float()
            self.processes.add(used)
            self._used = [p for p, known in zip(self.parameters, used, strict=True) if known]
        return self._used

    def _found(self, batch: Features) -> dict[str, Tensor]:
        """The predictions that the loss is made of: derivatives that are never trained on cost
        nothing.
        """
        with trusting() if self._checked else nullcontext():
            found: dict[str, Tensor] = self.model(batch, self.loss.specs)
        return found

    def end_epoch(self) -> float:
        """The epoch's mean training loss; the next epoch starts from nothing."""
        self._check(self.epoch_loss, self.step // len(self.batches))
        mean = self.epoch_loss.item() / self.epoch_systems
        self.epoch_loss.zero_()
        self.epoch_systems = 0
        return mean

    def state_dict(self) -> dict[str, Any]:
        """All that the next step depends on, as it stands in a checkpoint."""
        average = {} if self.average is None else {"WeightAverage": self.average.state_dict()}
        return {
            "global_step": self.step,
            "state_dict": {PREFIX + name: value for name, value in self.model.state_dict().items()},
            "optimizer_states": [self._state_of_optimizer()],
            "callbacks": average,
            "segnn": {
                "epoch_loss": self.epoch_loss.item(),
                "epoch_systems": self.epoch_systems,
                "random": torch.get_rng_state(),
                "legs": list(self.legs),
                "processes": self.processes.size,
                "plan": None if self.stream is None else asdict(self.stream.plan),
            },
        }

    def _state_of_optimizer(self) -> dict[str, Any]:
        """As every device can go on from it."""
        state: dict[str, Any] = self.optimizer.state_dict()
        for group in state["param_groups"]:
            if isinstance(group["lr"], Tensor):
                group["lr"], group["capturable"] = self.learning_rate, False
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore it."""
        self.step = state["global_step"]
        weights = state["state_dict"].items()
        self.model.load_state_dict({name.removeprefix(PREFIX): value for name, value in weights})
        self.optimizer.load_state_dict(state["optimizer_states"][0])
        if self.fixed is not None:
            self.fixed.adopt()
        if self.average is not None:
            self.average.load_state_dict(state["callbacks"]["WeightAverage"])
        own = state["segnn"]
        self.epoch_loss.fill_(own["epoch_loss"])
        self.epoch_systems = own["epoch_systems"]
        torch.set_rng_state(own["random"])


def optimizer_for(model: PhysicalModel, settings: TrainingSpec) -> torch.optim.Optimizer:
    """The optimiser of ``model``'s weights that the recipe names."""
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.optimizer == "soap":
        return Soap(model, rate, decay)
    kind: type[Any] = OPTIMIZERS[settings.optimizer]
    built: torch.optim.Optimizer = kind(model.parameters(), lr=rate, weight_decay=decay, fused=True)
    return built


def in_step(model: PhysicalModel) -> bool:
    """Whether a training step evaluates the cues itself: for derivatives that it learns from, or
    for both directions of time.
    """
    derivatives, specs = model.cues.targets.derivatives, trained_targets(model.recipe)
    return model.cues.mirrored or any(name in derivatives for name in specs)


def checkpoint_layers(model: PhysicalModel) -> None:
    """Let the backward pass compute the layers' intermediates again; UserError for kinds that
    cannot.
    """
    if not isinstance(model.network, SteerableOnFeatures):
        raise UserError(
            f"training.checkpoint_layers: a network of kind {model.recipe.model.kind} has no "
            "steerable layers to repeat. Leave it out, or train with a smaller training.batch_size"
        )
    model.network.net.checkpoint_layers = True


def refuse_parts(settings: TrainingSpec, processes: Processes) -> None:
    """UserError where a batch is taken in parts though its statistics belong to all of it."""
    if settings.accumulate * processes.size > 1:
        raise UserError(
            "model.norm: batch takes its statistics from a whole batch, which "
            f"{processes.size} processes with training.accumulate: {settings.accumulate} take in "
            "parts. Use model.norm: instance, or one process without accumulate"
        )


def not_finite(what: str, epoch: int, recipe: Recipe) -> str:
    """The message for a training that diverged: what it could be, of what is not done already."""
    settings, model = recipe.training, recipe.model
    cures = [f"a training.learning_rate smaller than {settings.learning_rate:g}"]
    if settings.clip is None:
        cures.append("training.clip: 1.0")
    if settings.warmup == 0:
        cures.append("training.warmup: 0.01")
    if model.norm is None and model.kind not in WITHOUT_NORM:
        cures.append("model.norm: instance, where there are many neighbours or layers")
    listed = ", ".join(cures[:-1]) + f", or {cures[-1]}" if len(cures) > 1 else cures[0]
    return f"{what} in epoch {epoch}. Try {listed}."
