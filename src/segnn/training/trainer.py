"""The optimisation: loss, gradient, optimiser, learning rate. One epoch's mean loss is kept,
nothing is logged per step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.network import SteerableOnFeatures
from segnn.recipe import Features, Recipe
from segnn.training.average import WeightAverage
from segnn.training.batches import Batches
from segnn.training.legs import factor_of_legs
from segnn.training.loss import Loss

OPTIMIZERS = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}
PREFIX = "model."
"""Of the weights' names in a checkpoint."""
KINDS_WITHOUT_NORM = ("egnn", "mpnn")


class DivergedError(UserError):
    """The loss or the validation error is not a finite number any more."""


class Trainer:
    """Trains ``model`` on ``train`` as the recipe says.

    ``legs``: the last epochs of the parts in which the schedule runs, see `segnn.training.legs`;
    ``step``: optimiser steps taken; ``epoch_loss``: sum over this epoch's batches of loss times
    number of systems; ``epoch_systems``: their number; ``average``: that of the weights, if the
    recipe has one.
    """

    def __init__(self, model: PhysicalModel, train: Features, legs: Sequence[int] | None = None):
        self.model = model
        self.settings = model.recipe.training
        seen = train.bare() if model.cues.targets.derivatives else train
        self.step = 0
        self.batches = Batches(
            seen, self.settings.batch_size, self.settings.seed, lambda: self.step
        )
        if self.settings.checkpoint_layers:
            checkpoint_layers(model)
        self.loss = Loss(model, train)
        self.legs = (self.settings.epochs,) if legs is None else tuple(legs)
        self.factor = factor_of_legs(self.settings, self.legs, len(self.batches))
        self.epoch_loss, self.epoch_systems = 0.0, 0
        self.parameters = list(model.parameters())
        self.optimizer = OPTIMIZERS[self.settings.optimizer](
            self.parameters,
            lr=self.settings.learning_rate,
            weight_decay=self.settings.weight_decay,
            fused=True,
        )
        ema = self.settings.ema
        self.average = None if ema is None else WeightAverage(model, ema)

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole training."""
        return self.settings.epochs * len(self.batches)

    @property
    def learning_rate(self) -> float:
        """Of the last step taken."""
        return self.settings.learning_rate * self.factor(self.step - 1)

    def train_on(self, index: Tensor) -> None:
        """One optimiser step on the training systems ``index``; `DivergedError` if their loss is
        not finite.
        """
        self.optimizer.zero_grad()
        value = self.gradient(index)
        if not math.isfinite(value):
            epoch = self.step // len(self.batches) + 1
            what = f"the training loss became {value}"
            raise DivergedError(not_finite(what, epoch, self.model.recipe))
        self.epoch_loss += value * len(index)
        self.epoch_systems += len(index)
        if self.settings.clip is not None:
            clip_grad_norm_(self.parameters, self.settings.clip)
        rate = self.settings.learning_rate * self.factor(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.step += 1
        if self.average is not None:
            self.average.update()

    def gradient(self, index: Tensor) -> float:
        """Add the gradient of the loss on the systems ``index`` to that of the weights; returns the
        loss. With ``accumulate`` they are taken in so many parts, one after the other.
        """
        parts = self.settings.accumulate
        if parts == 1:
            batch = self.batches.features.batch(index)
            loss = self.loss(self._found(batch), batch.labels, batch.offsets.diff())
            loss.backward(inputs=self.parameters)  # and not by positions, which ask for it too
            return self.loss.told(loss.item())
        whole, value = self.loss.rows(self.batches.features, index), 0.0
        for part in index.tensor_split(parts):
            if len(part):
                batch = self.batches.features.batch(part)
                loss = self.loss(self._found(batch), batch.labels, batch.offsets.diff(), whole)
                loss.backward(inputs=self.parameters)
                value += loss.item()
        return self.loss.told(value)

    def _found(self, batch: Features) -> dict[str, Tensor]:
        """The predictions that the loss is made of: derivatives that are never trained on cost
        nothing.
        """
        found: dict[str, Tensor] = self.model(batch, self.loss.specs)
        return found

    def end_epoch(self) -> float:
        """The epoch's mean training loss; the next epoch starts from nothing."""
        mean = self.epoch_loss / self.epoch_systems
        self.epoch_loss, self.epoch_systems = 0.0, 0
        return mean

    def state_dict(self) -> dict[str, Any]:
        """All that the next step depends on, as it stands in a checkpoint."""
        average = {} if self.average is None else {"WeightAverage": self.average.state_dict()}
        return {
            "global_step": self.step,
            "state_dict": {PREFIX + name: value for name, value in self.model.state_dict().items()},
            "optimizer_states": [self.optimizer.state_dict()],
            "callbacks": average,
            "segnn": {
                "epoch_loss": self.epoch_loss,
                "epoch_systems": self.epoch_systems,
                "random": torch.get_rng_state(),
                "legs": list(self.legs),
            },
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore it."""
        self.step = state["global_step"]
        weights = state["state_dict"].items()
        self.model.load_state_dict({name.removeprefix(PREFIX): value for name, value in weights})
        self.optimizer.load_state_dict(state["optimizer_states"][0])
        if self.average is not None:
            self.average.load_state_dict(state["callbacks"]["WeightAverage"])
        own = state["segnn"]
        self.epoch_loss, self.epoch_systems = own["epoch_loss"], own["epoch_systems"]
        torch.set_rng_state(own["random"])


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


def not_finite(what: str, epoch: int, recipe: Recipe) -> str:
    """The message for a training that diverged: what it could be, of what is not done already."""
    settings, model = recipe.training, recipe.model
    cures = [f"a training.learning_rate smaller than {settings.learning_rate:g}"]
    if settings.clip is None:
        cures.append("training.clip: 1.0")
    if settings.warmup == 0:
        cures.append("training.warmup: 0.01")
    if model.norm is None and model.kind not in KINDS_WITHOUT_NORM:
        cures.append("model.norm: instance, where there are many neighbours or layers")
    listed = ", ".join(cures[:-1]) + f", or {cures[-1]}" if len(cures) > 1 else cures[0]
    return f"{what} in epoch {epoch}. Try {listed}."
