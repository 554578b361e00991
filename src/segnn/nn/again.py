"""Layers whose intermediates are not kept, but computed again in the backward pass."""

from __future__ import annotations

from contextlib import ExitStack

from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from segnn.nn.norm import computed_again
from segnn.o3.pages import returned_at_once


def run_twice(layer: nn.Module, x: Tensor, *rest: object) -> Tensor:
    """``layer(x, *rest)``, of which only the inputs are kept."""
    result: Tensor = checkpoint(
        layer,
        x,
        *rest,
        use_reentrant=False,
        preserve_rng_state=False,  # nothing here is random
        context_fn=lambda: (returned_at_once(), _Again()),
    )
    return result


class _Again(ExitStack):
    """A second run of a layer; entered anew for a third one, as for derivatives of a derivative."""

    def __enter__(self) -> _Again:
        self.enter_context(computed_again())
        self.enter_context(returned_at_once())
        return self
