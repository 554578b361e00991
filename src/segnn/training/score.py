"""Errors of predictions: mean squared and mean absolute over all coordinates, of all and of each
system.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

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


def predict_batches(model: nn.Module, batches: Iterable[Features]) -> Tensor:
    """The predictions of ``batches`` one after the other, in evaluation mode, without gradients."""
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return torch.cat([model(batch) for batch in batches])
    finally:
        model.train(training)


def score_model(model: nn.Module, batches: list[Features]) -> Score:
    """The errors of ``model`` on labelled ``batches``."""
    return Score.of(
        predict_batches(model, batches), torch.cat([labels(batch) for batch in batches])
    )


def labels(features: Features) -> Tensor:
    """The target, which must be there."""
    assert features.target is not None, "checked when the data was read"
    return features.target


def rows_of_systems(features: Features) -> Tensor:
    """The system of each row of the target, (M,) or (S,)."""
    if features.level == "graph":
        return torch.arange(len(features))
    return torch.repeat_interleave(torch.arange(len(features)), features.offsets.diff())


def per_system(values: Tensor, features: Features) -> Tensor:
    """The mean of ``values`` (rows of the target, k) over each system's coordinates, (S,)."""
    rows = values.mean(dim=1)
    if features.level == "graph":
        return rows
    sizes = features.offsets.diff()
    return rows.new_zeros(len(features)).index_add_(0, rows_of_systems(features), rows) / sizes
