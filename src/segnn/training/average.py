"""Exponential moving average of the weights, saved and restored bit for bit.

The averages are a list of tensors, updated in one fused call, and they are read wherever weights
are evaluated or saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


class WeightAverage:
    """Averages the floating parameters and stored buffers of ``model`` after every step.

    The decay of update n = 0, 1, … is min(decay, (1 + n) / (10 + n)): early averages forget the
    random start.
    """

    def __init__(self, model: nn.Module, decay: float):
        self.decay, self.updates = decay, 0
        self.names = [
            name for name, value in model.state_dict().items() if value.is_floating_point()
        ]
        self._current = self._tensors(model)
        self._average = [value.clone() for value in self._current]
        kinds = dict.fromkeys(value.dtype for value in self._current)
        self._alike = [
            [n for n, value in enumerate(self._current) if value.dtype == kind] for kind in kinds
        ]

    def _tensors(self, model: nn.Module) -> list[Tensor]:
        state = model.state_dict()
        return [state[name].detach() for name in self.names]

    @property
    def weight(self) -> float:
        """Of the weights as they are, in the next update."""
        return 1.0 - min(self.decay, (1 + self.updates) / (10 + self.updates))

    def update(self) -> None:
        """After a step."""
        for average, current in self._pairs():
            torch._foreach_lerp_(average, current, self.weight)
        self.updates += 1

    def update_by(self, weight: Tensor) -> None:
        """The same with a ``weight`` () that only its tensor knows; ``updates`` does not count."""
        for average, current in self._pairs():
            change = torch._foreach_sub(current, average)
            torch._foreach_mul_(change, weight.to(average[0].dtype))
            torch._foreach_add_(average, change)

    def _pairs(self) -> Iterator[tuple[list[Tensor], list[Tensor]]]:
        """Averages and weights, those of one type together: one launch on a graphics card."""
        for alike in self._alike:
            yield [self._average[n] for n in alike], [self._current[n] for n in alike]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Within, the model has the averaged weights."""
        kept = [value.clone() for value in self._current]
        torch._foreach_copy_(self._current, self._average)
        try:
            yield
        finally:
            torch._foreach_copy_(self._current, kept)

    def state_dict(self) -> dict[str, Any]:
        """The averages and the number of updates."""
        return {
            "updates": self.updates,
            "average": dict(zip(self.names, self._average, strict=True)),
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore them."""
        self.updates = state_dict["updates"]
        torch._foreach_copy_(self._average, [state_dict["average"][name] for name in self.names])
