"""The numba kernels as differentiable operations.

Each is linear in every argument and its derivatives are again members of the family, so that second
(and higher) derivatives need no further kernels.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.numba.layers import calls
from segnn.o3.plan.coupling import Contraction
from segnn.o3.rows import Edges, Rows


class Contract(Function):
    """∂T/∂g: (x, attribute) → y."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None
    ) -> Tensor:
        ctx.save_for_backward(x, attribute)
        ctx.c, ctx.rows = c, rows
        return calls.contract_rows(x, attribute, c, rows)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:
        x, attribute = ctx.saved_tensors
        gx = (
            ContractReduce.apply(g, attribute, ctx.c, ctx.rows) if ctx.needs_input_grad[0] else None
        )
        ga = ContractAttribute.apply(x, g, ctx.c, ctx.rows) if ctx.needs_input_grad[1] else None
        return gx, ga, None, None


class ContractReduce(Function):
    """∂T/∂x: (g, attribute) → x, summed over the rows that read each node."""

    @staticmethod
    def forward(
        ctx: Any, g: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None
    ) -> Tensor:
        ctx.save_for_backward(g, attribute)
        ctx.c, ctx.rows = c, rows
        return calls.contract_transposed(g, attribute, c, rows)

    @staticmethod
    def backward(ctx: Any, h: Tensor) -> tuple:
        g, attribute = ctx.saved_tensors
        gg = Contract.apply(h, attribute, ctx.c, ctx.rows) if ctx.needs_input_grad[0] else None
        ga = ContractAttribute.apply(h, g, ctx.c, ctx.rows) if ctx.needs_input_grad[1] else None
        return gg, ga, None, None


class ContractAttribute(Function):
    """∂T/∂a: (x, g) → attribute."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, g: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
        ctx.save_for_backward(x, g)
        ctx.c, ctx.rows = c, rows
        return calls.contract_attribute(x, g, c, rows)

    @staticmethod
    def backward(ctx: Any, b: Tensor) -> tuple:
        x, g = ctx.saved_tensors
        gx = ContractReduce.apply(g, b, ctx.c, ctx.rows) if ctx.needs_input_grad[0] else None
        gg = Contract.apply(x, b, ctx.c, ctx.rows) if ctx.needs_input_grad[1] else None
        return gx, gg, None, None


class ContractEdges(Function):
    """(target, source, attribute) → y with x[e] = target[i] + source[j], both gathered inside the
    kernel.
    """

    @staticmethod
    def forward(
        ctx: Any, target: Tensor, source: Tensor, attribute: Tensor, c: Contraction, edges: Edges
    ) -> Tensor:
        ctx.save_for_backward(target, source, attribute)
        ctx.c, ctx.edges = c, edges
        return calls.contract_pair(target, source, attribute, c, edges)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:
        target, source, attribute = ctx.saved_tensors
        c, edges, need = ctx.c, ctx.edges, ctx.needs_input_grad
        gt = ContractReduce.apply(g, attribute, c, edges.target) if need[0] else None
        gs = ContractReduce.apply(g, attribute, c, edges.source) if need[1] else None
        ga = None
        if need[2]:
            ga = ContractAttribute.apply(target, g, c, edges.target) + ContractAttribute.apply(
                source, g, c, edges.source
            )
        return gt, gs, ga, None, None


class SegmentSum(Function):
    """x (rows, dim) → (nodes, dim)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: Rows) -> Tensor:
        ctx.rows = rows
        return calls.segment_sum(x, rows)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:
        return Gather.apply(g, ctx.rows), None


class Gather(Function):
    """x (nodes, dim) → (rows, dim)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: Rows) -> Tensor:
        ctx.rows = rows
        return torch.index_select(x, 0, rows.index)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:
        return SegmentSum.apply(g, ctx.rows), None
