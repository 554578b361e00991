"""Validation on a graphics card: predictions of the same systems after every epoch, recorded."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from segnn.model import PhysicalModel
from segnn.model.mode import frozen
from segnn.recipe import Features
from segnn.recipe.padded import Shape
from segnn.training.fixed_batches import FixedBatches, largest_batch


class FixedPredictions(FixedBatches):
    """Predictions of ``model``, with its weights as they are when asked, for the systems ``held``,
    which lie on the device and were checked when they were prepared.
    """

    def __init__(self, model: PhysicalModel, held: Features, batch_size: int):
        self._model = frozen(model)
        self._turns = torch.arange(len(held)).split(batch_size)
        super().__init__(held, batch_size, largest_batch(held, self._turns))
        self._found: dict[Shape, dict[str, Tensor]] = {}

    @torch.no_grad()
    def __call__(self) -> list[dict[str, Tensor]]:
        """Of every batch the predictions by the targets' names, on the CPU."""
        self._check()
        parts = []
        for index in self._turns:
            shape = self.shape_of(index)
            assert shape is not None, "the largest of them was looked for"
            self.call(partial(self._predict, shape), "a prediction", shape, index)
            nodes = int(self.offsets[index[-1] + 1] - self.offsets[index[0]])
            rows = {"node": nodes, "graph": len(index)}
            parts.append(
                {
                    name: value[: rows[self.held.level[name]]].clone()
                    for name, value in self._found[shape].items()
                }
            )
        return [{name: value.cpu() for name, value in part.items()} for part in parts]

    def _predict(self, shape: Shape) -> None:
        found = self._model(self.batch(shape).features)
        for name, value in found.items():
            self._found.setdefault(shape, {}).setdefault(name, torch.empty_like(value)).copy_(value)

    def _check(self) -> None:
        """That references are known for these compositions: no question for a recording."""
        for name in self.held.composition:
            self._model.network.target.reference(name, self.held)
