"""The forms of ``segnn.o3.backends.plain.forms`` by the kernels, and their partial derivatives."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from segnn.o3.backends.numba import mixes, trilinear
from segnn.o3.backends.numba.fixed import Fixed
from segnn.o3.backends.numba.threads import backward_chunks, forward_chunks, threads_for
from segnn.o3.backends.protocol import Form, Inputs, Kernels, Need
from segnn.o3.plan.coupling import Contraction
from segnn.o3.plan.mix import Mix
from segnn.o3.rows import Edges, Rows


@lru_cache(maxsize=1024)
def _terms(c: Contraction, dtype: torch.dtype, transposed: bool = False) -> tuple[Fixed, Fixed]:
    table = c.transposed_table if transposed else c.table
    numbers = np.dtype("float32" if dtype == torch.float32 else "float64")
    coef = c.transposed_coef_as(numbers) if transposed else c.coef_as(numbers)
    return Fixed(table.astype(np.int64)), Fixed(coef)


@lru_cache(maxsize=1024)
def _table(plan: Mix) -> Fixed:
    return Fixed(plan.table)


def _shared(rows: int) -> tuple[int, int]:
    """Threads and chunks."""
    threads = threads_for()
    return threads, forward_chunks(rows, threads)


def _contract(c: Contraction, x: Tensor, attribute: Tensor) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    count = attribute.shape[0]
    y = x.new_empty(count, c.dim_out)
    trilinear.contract(
        x, *_shared(count), count, c.dim_in, None, attribute, c.dim_attr, *_terms(c, x.dtype), y, c.dim_out
    )  # fmt: skip
    return y


def _contract_input(c: Contraction, attribute: Tensor, g: Tensor) -> Tensor:
    """∂T/∂x: (rows, dim_in)."""
    count, terms = g.shape[0], _terms(c, g.dtype, True)
    x = g.new_empty(count, c.dim_in)
    trilinear.contract(
        g, *_shared(count), count, c.dim_out, None, attribute, c.dim_attr, *terms, x, c.dim_in
    )
    return x


def _contract_attribute(c: Contraction, x: Tensor, g: Tensor, rows: Rows | None = None) -> Tensor:
    """∂T/∂a: (rows, dim_attr); with ``rows`` each row of g belongs to one of x that it reads."""
    count, index = g.shape[0], None if rows is None else rows.index
    a = g.new_empty(count, c.dim_attr)
    trilinear.contract_attribute(
        x, *_shared(count), count, c.dim_in, index, g, c.dim_out, *_terms(c, g.dtype), a, c.dim_attr
    )  # fmt: skip
    return a


def _contract_end(c: Contraction, attribute: Tensor, g: Tensor, rows: Rows) -> Tensor:
    """∂T/∂x summed over the rows that read each node: (nodes, dim_in)."""
    count, terms = rows.nodes, _terms(c, g.dtype, True)
    x = g.new_empty(count, c.dim_in)
    trilinear.contract_reduce(
        g, *_shared(count), c.dim_out, rows.order, rows.offsets, attribute, c.dim_attr, *terms, x, c.dim_in
    )  # fmt: skip
    return x


def _pair(plan: tuple[Contraction, Edges], inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """The contraction of target[i] + source[j] with the attribute of each edge: (edges, dim_out)."""
    target, source, attribute = inputs
    (c, edges), count = plan, attribute.shape[0]
    y = target.new_empty(count, c.dim_out)
    trilinear.contract_pair(
        target, *_shared(count), count, c.dim_in, edges.target.index, source, edges.source.index, attribute, c.dim_attr,
        *_terms(c, target.dtype), y, c.dim_out,
    )  # fmt: skip
    return y, ()


def _pair_first(
    plan: tuple[Contraction, Edges], inputs: Inputs, kept: Inputs, g: Tensor, need: Need
) -> Inputs:
    target, source, attribute = inputs
    c, edges = plan
    gt = _contract_end(c, attribute, g, edges.target) if need[0] else None
    gs = _contract_end(c, attribute, g, edges.source) if need[1] else None
    ga = None
    if need[2]:
        ga = _contract_attribute(c, target, g, edges.target)
        ga = ga + _contract_attribute(c, source, g, edges.source)
    return gt, gs, ga


def _segment_sum(rows: Rows, x: Tensor) -> Tensor:
    """x (rows, dim) → (nodes, dim)."""
    y = x.new_empty(rows.nodes, x.shape[1])
    trilinear.segment_sum(x, *_shared(rows.nodes), x.shape[1], rows.order, rows.offsets, y)
    return y


def _gather(rows: Rows, g: Tensor) -> Tensor:
    """g (nodes, dim) → (rows, dim)."""
    return torch.index_select(g, 0, rows.index)


def _mix(plan: Mix, x: Tensor, weight: Tensor) -> Tensor:
    """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
    z = x.new_empty(x.shape[0], plan.dim_out)
    if z.numel():
        mixes.forward(x, plan.dim_in, _table(plan), weight, *_shared(x.shape[0]), z, plan.dim_out)
    return z


def _mix_input(plan: Mix, weight: Tensor, g: Tensor) -> Tensor:
    """weight (numel,), g (rows, dim_out) → (rows, dim_in)."""
    x = g.new_empty(g.shape[0], plan.dim_in)
    if x.numel():
        mixes.by_input(g, plan.dim_out, _table(plan), weight, *_shared(g.shape[0]), x, plan.dim_in)
    return x


def _mix_weight(plan: Mix, x: Tensor, g: Tensor) -> Tensor:
    """x (rows, dim_in), g (rows, dim_out) → (numel,)."""
    w = x.new_zeros(plan.numel)
    if x.numel() and g.numel():
        chunks = backward_chunks(x.shape[0])
        mixes.by_weight(x, plan.dim_in, g, plan.dim_out, _table(plan), threads_for(), chunks, w)
    return w


CONTRACT = Form((_contract_input, _contract_attribute, _contract))
MIX = Form((_mix_input, _mix_weight, _mix))
SEGMENT_SUM = Form((_gather, _segment_sum))
CONTRACT_EDGES = Kernels(_pair, _pair_first)
