"""What the operations with hand-written derivatives share: room for their results, and derivatives
of derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from segnn.o3.pages import blank


def type_name(x: Tensor) -> str:
    return "float32" if x.dtype == torch.float32 else "float64"


def differentiable(
    need: Sequence[bool],
    g: Tensor,
    composed: Callable[..., Tensor],
    inputs: Sequence[Tensor | None],
) -> tuple[Tensor | None, ...]:
    """Gradients of ``composed(*inputs)`` that can be differentiated again, those that are needed.

    Taken with respect to aliases, since one input may have been computed from another: what flows
    through that history belongs to the caller's graph, not to this operation.
    """
    with torch.enable_grad():
        aliases: list[Any] = [None if x is None else x.view_as(x) for x in inputs]
        y = composed(*aliases)
    wanted = [n for n, needed in enumerate(need) if needed]
    found = torch.autograd.grad(
        y, [aliases[n] for n in wanted], g, create_graph=True, allow_unused=True
    )
    grads: list[Tensor | None] = [None] * len(inputs)
    for n, value in zip(wanted, found, strict=True):
        grads[n] = value
    return tuple(grads)


def differentiated(*inputs: Tensor | None) -> bool:
    """Whether an operation on these must be recorded; if not, its kernel is run without autograd's
    own cost.
    """
    return torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in inputs)


KEPT_BYTES = 32 << 20
"""A layer keeps what stands before its gates for the derivative where this is at most so large; else it is computed again."""


def room_to_keep(like: Tensor, rows: int, width: int, keep: bool) -> Tensor | None:
    """Room for the inputs of the gates, or none."""
    count = rows * width
    return blank(like, count) if keep and count * like.element_size() <= KEPT_BYTES else None


def room_like(x: Tensor | None, needed: bool = True) -> Tensor | None:
    """Room for the derivative by x."""
    return (
        torch.empty_like(x, memory_format=torch.contiguous_format)
        if x is not None and needed
        else None
    )


def zeros_for(x: Tensor) -> Tensor:
    """Zeros for a derivative that is added to."""
    return torch.zeros_like(x, memory_format=torch.contiguous_format)
