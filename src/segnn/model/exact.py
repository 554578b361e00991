"""Modules whose buffers are float64 whatever the network's dtype."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from torch import Tensor, nn

Self = TypeVar("Self", bound="Exact")


class Exact(nn.Module):
    """Its own buffers follow the network to another device, never to another dtype: an energy of
    −10 000 would lose its digits in float32.
    """

    def _apply(self: Self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        before = {name: buffer for name, buffer in self._buffers.items() if buffer is not None}
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        for name, kept in before.items():
            moved = self._buffers[name]
            assert moved is not None
            unknown = kept.is_meta or moved.is_meta
            self._buffers[name] = moved.double() if unknown else kept.to(moved.device)
        return self
