"""The kernels called on tensors: tables and threads chosen in one place. Not differentiable."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from segnn.o3.backends.numba import mixes, trilinear
from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.threads import backward_chunks, forward_chunks, threads_for
from segnn.o3.coupling import Contraction
from segnn.o3.mix import Mix
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


def contract_rows(x: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    count, index = attribute.shape[0], None if rows is None else rows.index
    y = x.new_empty(count, c.dim_out)
    trilinear.contract(
        x, *_shared(count), count, c.dim_in, index, attribute, c.dim_attr, *_terms(c, x.dtype), y, c.dim_out
    )  # fmt: skip
    return y


def contract_transposed(g: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
    """∂T/∂x: (nodes, dim_in) summed over the rows of each node, or (rows, dim_in)."""
    count, terms = g.shape[0] if rows is None else rows.nodes, _terms(c, g.dtype, True)
    x = g.new_empty(count, c.dim_in)
    if rows is None:
        trilinear.contract(
            g, *_shared(count), count, c.dim_out, None, attribute, c.dim_attr, *terms, x, c.dim_in
        )
    else:
        trilinear.contract_reduce(
            g, *_shared(count), c.dim_out, rows.order, rows.offsets, attribute, c.dim_attr, *terms, x, c.dim_in
        )  # fmt: skip
    return x


def contract_attribute(x: Tensor, g: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
    """∂T/∂a: (rows, dim_attr)."""
    count, index = g.shape[0], None if rows is None else rows.index
    a = g.new_empty(count, c.dim_attr)
    trilinear.contract_attribute(
        x, *_shared(count), count, c.dim_in, index, g, c.dim_out, *_terms(c, g.dtype), a, c.dim_attr
    )  # fmt: skip
    return a


def contract_pair(
    target: Tensor, source: Tensor, attribute: Tensor, c: Contraction, edges: Edges
) -> Tensor:
    """The contraction of target[i] + source[j] with the attribute of each edge: (edges, dim_out)."""
    count = attribute.shape[0]
    y = target.new_empty(count, c.dim_out)
    trilinear.contract_pair(
        target, *_shared(count), count, c.dim_in, edges.target.index, source, edges.source.index, attribute, c.dim_attr,
        *_terms(c, target.dtype), y, c.dim_out,
    )  # fmt: skip
    return y


def segment_sum(x: Tensor, rows: Rows) -> Tensor:
    """x (rows, dim) → (nodes, dim)."""
    y = x.new_empty(rows.nodes, x.shape[1])
    trilinear.segment_sum(x, *_shared(rows.nodes), x.shape[1], rows.order, rows.offsets, y)
    return y


def mix_rows(x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
    z = x.new_empty(x.shape[0], plan.dim_out)
    if z.numel():
        mixes.forward(x, plan.dim_in, _table(plan), weight, *_shared(x.shape[0]), z, plan.dim_out)
    return z


def mix_by_input(g: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """g (rows, dim_out), weight (numel,) → (rows, dim_in)."""
    x = g.new_empty(g.shape[0], plan.dim_in)
    if x.numel():
        mixes.by_input(g, plan.dim_out, _table(plan), weight, *_shared(g.shape[0]), x, plan.dim_in)
    return x


def mix_by_weight(x: Tensor, g: Tensor, plan: Mix) -> Tensor:
    """x (rows, dim_in), g (rows, dim_out) → (numel,)."""
    w = x.new_zeros(plan.numel)
    if x.numel() and g.numel():
        chunks = backward_chunks(x.shape[0])
        mixes.by_weight(x, plan.dim_in, g, plan.dim_out, _table(plan), threads_for(), chunks, w)
    return w
