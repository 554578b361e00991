"""The Lightning module: loss, optimiser, learning rate. One epoch's mean loss is kept, nothing is
logged per step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from lightning.pytorch import LightningModule
from torch import Tensor

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.network import SteerableOnFeatures
from segnn.recipe import Features, Recipe
from segnn.training.batches import Batches
from segnn.training.legs import factor_of_legs
from segnn.training.loss import Loss

OPTIMIZERS = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}


KINDS_WITHOUT_NORM = ("egnn", "mpnn")


class DivergedError(UserError):
    """The loss or the validation error is not a finite number any more."""


class TrainingModule(LightningModule):
    """Trains ``model`` on ``train`` as the recipe says.

    ``legs``: the last epochs of the parts in which the schedule runs, see `segnn.training.legs`;
    ``epoch_loss``: sum over this epoch's batches of loss times number of systems;
    ``epoch_systems``: their number.
    """

    def __init__(self, model: PhysicalModel, train: Features, legs: Sequence[int] | None = None):
        super().__init__()
        self.model = model
        self.settings = model.recipe.training
        seen = train.bare() if model.cues.targets.derivatives else train
        self.batches = Batches(
            seen, self.settings.batch_size, self.settings.seed, lambda: self.trainer.global_step
        )
        if self.settings.checkpoint_layers:
            checkpoint_layers(model)
        self.loss = Loss(model, train)
        self.legs = (self.settings.epochs,) if legs is None else tuple(legs)
        self.factor = factor_of_legs(self.settings, self.legs, len(self.batches))
        self.epoch_loss, self.epoch_systems = 0.0, 0

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole training."""
        return self.settings.epochs * len(self.batches)

    @property
    def learning_rate(self) -> float:
        """Of the last step taken."""
        return self.settings.learning_rate * self.factor(self.trainer.global_step - 1)

    def train_dataloader(self) -> Batches:
        """The batches, cut as they are needed."""
        return self.batches

    def training_step(self, batch: Features, batch_idx: int) -> Tensor:
        """The loss of all targets; `DivergedError` if it is not finite."""
        found = self.model(batch, self.loss.specs)  # what nothing is trained on is not computed
        loss = self.loss(found, batch.labels, batch.offsets.diff())
        value = self.loss.told(loss.item())
        if not math.isfinite(value):
            raise DivergedError(
                not_finite(
                    f"the training loss became {value}", self.current_epoch + 1, self.model.recipe
                )
            )
        self.epoch_loss += value * len(batch)
        self.epoch_systems += len(batch)
        return loss

    def configure_optimizers(self) -> Any:
        """The fused optimiser and a learning rate that follows the schedule step by step."""
        optimizer = OPTIMIZERS[self.settings.optimizer](
            self.model.parameters(),
            lr=self.settings.learning_rate,
            weight_decay=self.settings.weight_decay,
            fused=True,
        )
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, self.factor)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }

    def on_train_start(self) -> None:
        """The rate of the next step is that of today's schedule: the checkpoint holds the one that
        followed the last step before there were more epochs.
        """
        scheduler = self.lr_schedulers()
        assert isinstance(scheduler, torch.optim.lr_scheduler.LambdaLR)
        for group, base, factor in zip(
            scheduler.optimizer.param_groups,
            scheduler.base_lrs,
            scheduler.lr_lambdas,
            strict=True,
        ):
            group["lr"] = base * factor(scheduler.last_epoch)

    def end_epoch(self) -> float:
        """The epoch's mean training loss; the next epoch starts from nothing."""
        mean = self.epoch_loss / self.epoch_systems
        self.epoch_loss, self.epoch_systems = 0.0, 0
        return mean

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Store what Lightning does not know of."""
        checkpoint["segnn"] = {
            "epoch_loss": self.epoch_loss,
            "epoch_systems": self.epoch_systems,
            "random": torch.get_rng_state(),
            "legs": list(self.legs),
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Restore it."""
        state = checkpoint["segnn"]
        self.epoch_loss, self.epoch_systems = state["epoch_loss"], state["epoch_systems"]
        torch.set_rng_state(state["random"])


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
