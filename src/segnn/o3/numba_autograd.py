"""The numba kernels as differentiable operations.

Each is linear in every argument and its derivatives are again members of the family, so that second (and higher)
derivatives need no further kernels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3 import numba_kernels
from segnn.o3.coupling import Contraction
from segnn.o3.rows import Edges, Rows

NONE = np.empty(0, dtype=np.int64)


def array(x: Tensor) -> np.ndarray:
    return x.detach().contiguous().numpy()


def order_of(rows: Rows) -> np.ndarray:
    return NONE if rows.order is None else rows.order.numpy()


def _contract(x: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
    y = x.new_empty(attribute.shape[0], c.dim_out)
    index = NONE if rows is None else rows.index.numpy()
    table, coef = c.table, c.coef_as(y.numpy().dtype)
    numba_kernels.use_threads(y.numel())
    numba_kernels.contract(array(x), index, array(attribute), table, coef, coef[:0], False, y.numpy())
    return y


class Contract(Function):
    """∂T/∂g: (x, attribute) → y."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
        ctx.save_for_backward(x, attribute)
        ctx.c, ctx.rows = c, rows
        return _contract(x, attribute, c, rows)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:
        x, attribute = ctx.saved_tensors
        gx = ContractReduce.apply(g, attribute, ctx.c, ctx.rows) if ctx.needs_input_grad[0] else None
        ga = ContractAttribute.apply(x, g, ctx.c, ctx.rows) if ctx.needs_input_grad[1] else None
        return gx, ga, None, None


class ContractReduce(Function):
    """∂T/∂x: (g, attribute) → x, summed over the rows that read each node."""

    @staticmethod
    def forward(ctx: Any, g: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
        ctx.save_for_backward(g, attribute)
        ctx.c, ctx.rows = c, rows
        x = g.new_empty(g.shape[0] if rows is None else rows.nodes, c.dim_in)
        table, coef = c.transposed_table, c.transposed_coef_as(x.numpy().dtype)
        if rows is None:
            numba_kernels.use_threads(x.numel())
            numba_kernels.contract(array(g), NONE, array(attribute), table, coef, coef[:0], False, x.numpy())
        else:
            numba_kernels.use_threads(x.numel())
            numba_kernels.contract_reduce(
                array(g), order_of(rows), rows.offsets.numpy(), array(attribute), table, coef, x.numpy()
            )
        return x

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
        a = g.new_empty(g.shape[0], c.dim_attr)
        index = NONE if rows is None else rows.index.numpy()
        numba_kernels.use_threads(g.numel())
        numba_kernels.contract_attribute(array(x), index, array(g), c.table, c.coef_as(a.numpy().dtype), a.numpy())
        return a

    @staticmethod
    def backward(ctx: Any, b: Tensor) -> tuple:
        x, g = ctx.saved_tensors
        gx = ContractReduce.apply(g, b, ctx.c, ctx.rows) if ctx.needs_input_grad[0] else None
        gg = Contract.apply(x, b, ctx.c, ctx.rows) if ctx.needs_input_grad[1] else None
        return gx, gg, None, None


class ContractEdges(Function):
    """(target, source, attribute) → y with x[e] = target[i] + source[j], both gathered inside the kernel."""

    @staticmethod
    def forward(ctx: Any, target: Tensor, source: Tensor, attribute: Tensor, c: Contraction, edges: Edges) -> Tensor:
        ctx.save_for_backward(target, source, attribute)
        ctx.c, ctx.edges = c, edges
        y = target.new_empty(attribute.shape[0], c.dim_out)
        coef = c.coef_as(y.numpy().dtype)
        numba_kernels.use_threads(y.numel())
        numba_kernels.contract_pair(
            array(target),
            edges.target.index.numpy(),
            array(source),
            edges.source.index.numpy(),
            array(attribute),
            c.table,
            coef,
            coef[:0],
            y.numpy(),
        )
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:
        target, source, attribute = ctx.saved_tensors
        c, edges, need = ctx.c, ctx.edges, ctx.needs_input_grad
        gt = ContractReduce.apply(g, attribute, c, edges.target) if need[0] else None
        gs = ContractReduce.apply(g, attribute, c, edges.source) if need[1] else None
        ga = None
        if need[2]:
            ga = ContractAttribute.apply(target, g, c, edges.target) + ContractAttribute.apply(source, g, c, edges.source)
        return gt, gs, ga, None, None


class SegmentSum(Function):
    """x (rows, dim) → (nodes, dim)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: Rows) -> Tensor:
        ctx.rows = rows
        y = x.new_empty(rows.nodes, x.shape[1])
        numba_kernels.use_threads(y.numel())
        numba_kernels.segment_sum(array(x), order_of(rows), rows.offsets.numpy(), y.numpy())
        return y

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
