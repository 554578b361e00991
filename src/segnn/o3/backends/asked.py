"""Which derivatives a backward pass will use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

_executes = getattr(torch._C, "_will_engine_execute_node", None)


def asked(ctx: Any, inputs: Sequence[Tensor | None]) -> tuple[bool, ...]:
    """Of each input, the first arguments of an autograd function: whether the pass that is running
    asks for its derivative.

    ``ctx.needs_input_grad`` says only what may be asked for: with ``autograd.grad(energy,
    position)`` weights do not count.
    """
    before = iter(ctx.next_functions)
    return tuple(
        x is not None and _executed(next(before)[0]) and needed
        for x, needed in zip(inputs, ctx.needs_input_grad, strict=False)
    )


def _executed(node: Any) -> bool:
    if node is None or _executes is None:
        return node is not None
    try:
        return bool(_executes(node))
    except RuntimeError:  # a leaf that autograd.grad was asked for
        return True
