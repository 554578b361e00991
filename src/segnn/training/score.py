"""Errors of predictions: mean squared and mean absolute over all coordinates, of all and of each
system.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from segnn.model import PhysicalModel
from segnn.model.device import on_device
from segnn.model.mode import frozen
from segnn.recipe import Features


@dataclass(frozen=True)
class Score:
    """``mse`` and ``mae`` over all coordinates, in the target's unit (squared for ``mse``)."""

    mse: float
    mae: float

    @property
    def rmse(self) -> float:
        """The square root of ``mse``, in the target's unit."""
        return math.sqrt(self.mse)

    @classmethod
    def of(cls, prediction: Tensor, target: Tensor) -> Score:
        """The errors of ``prediction``, rows as those of ``target``."""
        error = prediction - target
        return cls(mse=float(error.square().mean()), mae=float(error.abs().mean()))

    def to_dict(self) -> dict[str, float]:
        """As it stands in results.json."""
        return {"mse": self.mse, "mae": self.mae, "rmse": self.rmse}


def predict_batches(model: PhysicalModel, batches: Iterable[Features]) -> dict[str, Tensor]:
    """The predictions of ``batches`` one after the other, by the targets' names, in evaluation
    mode, without gradients.
    """
    return together(predictions_of(model, batches))


def predictions_of(model: PhysicalModel, batches: Iterable[Features]) -> list[dict[str, Tensor]]:
    """Likewise, of each batch."""
    if model.cues.targets.derivatives:
        model = frozen(model)
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return [
                {name: rows.cpu() for name, rows in model(on_device(batch, model.device)).items()}
                for batch in batches
            ]
    finally:
        model.train(training)


def together(found: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The rows of some batches one after the other."""
    return {name: torch.cat([part[name] for part in found]) for name in found[0]}


def scores(found: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> dict[str, Score]:
    """The errors of every target that there are labels of, where there are."""
    there = {name: ~rows.isnan().any(1) for name, rows in labels.items()}
    return {
        name: Score.of(found[name][there[name]], labels[name][there[name]])
        for name in found
        if name in labels and bool(there[name].any())
    }


def all_labels(batches: Sequence[Features]) -> dict[str, Tensor]:
    """The labels of ``batches`` one after the other."""
    return {
        name: torch.cat([batch.labels[name] for batch in batches]) for name in batches[0].labels
    }


def per_system(values: Tensor, features: Features, name: str) -> Tensor:
    """The mean of ``values`` (rows of the target ``name``, k) over each system's coordinates,
    (S,).
    """
    rows = values.mean(dim=1)
    if features.level[name] == "graph":
        return rows
    sizes = features.offsets.diff()
    return rows.new_zeros(len(features)).index_add_(0, features.rows_of(name), rows) / sizes
