"""The normalisation of every graph's features as one differentiable operation on a numba kernel.

First derivatives are written by hand; a derivative that is itself to be differentiated goes through the composed operation
that the caller brings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.fused import _differentiable, _flat
from segnn.o3.kernel import norms
from segnn.o3.kernel.threads import use_threads
from segnn.o3.rows import Rows


class NormSpec(NamedTuple):
    """Which graph a node belongs to (sorted), the blocks of a row for the kernel, ε, and the norm from single operations."""

    graphs: Rows
    table: np.ndarray
    eps: float
    composed: Callable[[Tensor, Tensor, Tensor], Tensor]


class FusedNorm(Function):
    """x (nodes, dim), weight (channels, block by block), bias (even scalars) → (nodes, dim)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, spec: NormSpec) -> Tensor:
        graphs = spec.graphs.nodes
        y = torch.empty_like(x, memory_format=torch.contiguous_format)
        mean, inverse = x.new_empty(graphs * len(bias)), x.new_empty(graphs * len(weight))
        numbers = mean.numpy()
        use_threads()
        norms.forward(
            _flat(x, x), x.shape[1], spec.graphs.offsets.numpy(), spec.table, _flat(weight, x), _flat(bias, x),
            numbers.dtype.type(spec.eps), numbers, inverse.numpy(), _flat(y, x),
        )  # fmt: skip
        ctx.save_for_backward(x, weight, bias, mean, inverse)
        ctx.spec = spec
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        x, weight, bias, mean, inverse = ctx.saved_tensors
        if torch.is_grad_enabled():
            return (*_differentiable(ctx, g, ctx.spec.composed, (x, weight, bias)), None)
        gx, gw, gb = (torch.empty_like(t, memory_format=torch.contiguous_format) for t in (x, weight, bias))
        use_threads()
        norms.backward(
            _flat(g, x), _flat(x, x), x.shape[1], ctx.spec.graphs.offsets.numpy(), ctx.spec.table, _flat(weight, x),
            mean.numpy(), len(bias), inverse.numpy(), _flat(gx, x), _flat(gw, x), _flat(gb, x),
        )  # fmt: skip
        return gx, gw, gb, None
