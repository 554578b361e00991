"""The normalisation of every graph's features as one differentiable operation on a numba kernel.

First derivatives are written by hand; a derivative that is itself to be differentiated goes through
the composed operation that the caller brings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.asked import asked
from segnn.o3.backends.gradients import differentiable
from segnn.o3.backends.numba import norms
from segnn.o3.backends.numba.threads import threads_for
from segnn.o3.rows import Rows


class NormSpec(NamedTuple):
    """Which graph a node belongs to (sorted), the blocks of a row for the kernel, ε, and the norm
    from single operations.
    """

    graphs: Rows
    table: Tensor
    eps: float
    composed: Callable[[Tensor, Tensor, Tensor], Tensor]


class FusedNorm(Function):
    """x (nodes, dim), weight (channels, block by block), bias (even scalars) → (nodes, dim)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, spec: NormSpec) -> Tensor:
        graphs = spec.graphs.nodes
        y = torch.empty_like(x, memory_format=torch.contiguous_format)
        mean, inverse = x.new_empty(graphs * len(bias)), x.new_empty(graphs * len(weight))
        eps = x.new_full((1,), spec.eps)
        norms.forward(
            x, x.shape[1], spec.graphs.offsets, spec.table, weight, bias, eps, threads_for(), mean, inverse, y
        )  # fmt: skip
        ctx.save_for_backward(x, weight, bias, mean, inverse)
        ctx.spec = spec
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        x, weight, bias, mean, inverse = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (
                *differentiable(
                    asked(ctx, (x, weight, bias)), g, ctx.spec.composed, (x, weight, bias)
                ),
                None,
            )
        gx, gw, gb = (
            torch.empty_like(t, memory_format=torch.contiguous_format) for t in (x, weight, bias)
        )
        norms.backward(
            g, x, x.shape[1], ctx.spec.graphs.offsets, ctx.spec.table, weight, threads_for(), mean, len(bias), inverse,
            gx, gw, gb,
        )  # fmt: skip
        return gx, gw, gb, None
