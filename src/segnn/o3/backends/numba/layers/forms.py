"""The forms of ``segnn.o3.backends.plain.forms`` by the kernels, and their partial derivatives."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.single import contract as contracts
from segnn.o3.backends.numba.single import mix as mixes
from segnn.o3.backends.numba.single.contract import Indexed, Shares
from segnn.o3.backends.numba.threads import backward_chunks, forward_chunks, threads_for
from segnn.o3.backends.protocol import Form, Inputs, Kernels, Need
from segnn.o3.plan.coupling import Contraction
from segnn.o3.plan.mix import Mix
from segnn.o3.rows import Edges, Rows


@lru_cache(maxsize=1024)
def _terms(c: Contraction, dtype: torch.dtype, transposed: bool = False) -> Fixed:
    table = c.transposed_table if transposed else c.table
    numbers = np.dtype("float32" if dtype == torch.float32 else "float64")
    coef = c.transposed_coef_as(numbers) if transposed else c.coef_as(numbers)
    return Fixed(table.astype(np.int64), coef)


@lru_cache(maxsize=1024)
def _table(plan: Mix) -> Fixed:
    return Fixed(plan.table)


def _shares(rows: int) -> Shares:
    threads = threads_for()
    return Shares(threads=threads, chunks=forward_chunks(rows, threads))


def _contract(c: Contraction, x: Tensor, attribute: Tensor) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    count = attribute.shape[0]
    y = x.new_empty(count, c.dim_out)
    contracts.contract(
        contracts.Contract(
            x=Indexed(x, c.dim_in, None),
            attribute=attribute,
            a_dim=c.dim_attr,
            terms=_terms(c, x.dtype),
            rows=count,
            shares=_shares(count),
            y=y,
            y_dim=c.dim_out,
        )
    )
    return y


def _contract_input(c: Contraction, attribute: Tensor, g: Tensor) -> Tensor:
    """∂T/∂x: (rows, dim_in)."""
    count = g.shape[0]
    x = g.new_empty(count, c.dim_in)
    contracts.contract(
        contracts.Contract(
            x=Indexed(g, c.dim_out, None),
            attribute=attribute,
            a_dim=c.dim_attr,
            terms=_terms(c, g.dtype, True),
            rows=count,
            shares=_shares(count),
            y=x,
            y_dim=c.dim_in,
        )
    )
    return x


def _contract_attribute(c: Contraction, x: Tensor, g: Tensor, rows: Rows | None = None) -> Tensor:
    """∂T/∂a: (rows, dim_attr); with ``rows`` each row of g belongs to one of x that it reads."""
    count, index = g.shape[0], None if rows is None else rows.index
    a = g.new_empty(count, c.dim_attr)
    contracts.contract_attribute(
        contracts.ContractAttribute(
            x=Indexed(x, c.dim_in, index),
            g=g,
            g_dim=c.dim_out,
            terms=_terms(c, g.dtype),
            rows=count,
            shares=_shares(count),
            a=a,
            a_dim=c.dim_attr,
        )
    )
    return a


def _contract_end(c: Contraction, attribute: Tensor, g: Tensor, rows: Rows) -> Tensor:
    """∂T/∂x summed over the rows that read each node: (nodes, dim_in)."""
    x = g.new_empty(rows.nodes, c.dim_in)
    contracts.contract_reduce(
        contracts.ContractReduce(
            g=Indexed(g, c.dim_out, rows.order),
            offsets=rows.offsets,
            attribute=attribute,
            a_dim=c.dim_attr,
            terms=_terms(c, g.dtype, True),
            shares=_shares(rows.nodes),
            x=x,
            x_dim=c.dim_in,
        )
    )
    return x


def _pair(plan: tuple[Contraction, Edges], inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """The contraction of target[i] + source[j] with each edge's attribute: (edges, dim_out)."""
    target, source, attribute = inputs
    (c, edges), count = plan, attribute.shape[0]
    y = target.new_empty(count, c.dim_out)
    contracts.contract_pair(
        contracts.ContractPair(
            target=Indexed(target, c.dim_in, edges.target.index),
            source=Indexed(source, c.dim_in, edges.source.index),
            attribute=attribute,
            a_dim=c.dim_attr,
            terms=_terms(c, target.dtype),
            rows=count,
            shares=_shares(count),
            y=y,
            y_dim=c.dim_out,
        )
    )
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
    given = Indexed(x, x.shape[1], rows.order)
    shares = _shares(rows.nodes)
    contracts.segment_sum(contracts.SegmentSum(x=given, offsets=rows.offsets, shares=shares, y=y))
    return y


def _gather(rows: Rows, g: Tensor) -> Tensor:
    """g (nodes, dim) → (rows, dim)."""
    return torch.index_select(g, 0, rows.index)


def _mix(plan: Mix, x: Tensor, weight: Tensor) -> Tensor:
    """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
    z = x.new_empty(x.shape[0], plan.dim_out)
    if z.numel():
        mixes.forward(_product(plan, x, weight, z, _shares(x.shape[0])))
    return z


def _mix_input(plan: Mix, weight: Tensor, g: Tensor) -> Tensor:
    """weight (numel,), g (rows, dim_out) → (rows, dim_in)."""
    x = g.new_empty(g.shape[0], plan.dim_in)
    if x.numel():
        mixes.by_input(_product(plan, x, weight, g, _shares(g.shape[0])))
    return x


def _mix_weight(plan: Mix, x: Tensor, g: Tensor) -> Tensor:
    """x (rows, dim_in), g (rows, dim_out) → (numel,)."""
    w = x.new_zeros(plan.numel)
    if x.numel() and g.numel():
        shares = Shares(threads=threads_for(), chunks=backward_chunks(x.shape[0]))
        mixes.by_weight(_product(plan, x, w, g, shares))
    return w


def _product(plan: Mix, x: Tensor, weight: Tensor, z: Tensor, shares: Shares) -> mixes.Mix:
    return mixes.Mix(
        x=x,
        x_dim=plan.dim_in,
        weight=weight,
        table=_table(plan),
        z=z,
        z_dim=plan.dim_out,
        shares=shares,
    )


CONTRACT = Form((_contract_input, _contract_attribute, _contract))
MIX = Form((_mix_input, _mix_weight, _mix))
SEGMENT_SUM = Form((_gather, _segment_sum))
CONTRACT_EDGES = Kernels(_pair, _pair_first)
