"""Steerable linear layers by their kernels: the value, and the partial derivatives of its form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor

from segnn.o3.backends.protocol import Form, Linear
from segnn.o3.backends.triton import steer_kernels as kernels
from segnn.o3.backends.triton.steer_tables import (
    Groups,
    Products,
    by_couplings,
    by_input,
    by_output,
    by_weight,
)
from segnn.o3.constant import on_device
from segnn.o3.plan.linear import LinearPlan
from segnn.o3.plan.steered import steered

MULTIPROCESSORS = 132  # of an H100: two programs for each are enough
CHANNELS = 16  # of the input, of a tile of weights
SUMMED = 256  # weights of a program that adds up


T = TypeVar("T", Groups, Products)


def _tiled(make: Callable[[int], T], x: Tensor, count: Callable[[T], int]) -> T:
    """Tables in tiles of as many columns as waste least, the wider ones where it is the same."""
    sizes = (64, 32) if x.dtype == torch.float32 else (32,)
    return min((make(size) for size in sizes), key=lambda t: count(t) * _padded(t.width, 64))


def _padded(count: int, most: int) -> int:
    """A power of two of at least 16 that covers so many numbers in few tiles."""
    return min(most, max(16, 1 << (count - 1).bit_length()))


def _rows(count: int, programs: int) -> int:
    """Rows of a program: more where there are enough for all multiprocessors."""
    return 64 if -(-count // 64) * programs >= 4 * MULTIPROCESSORS else 32


def _chunk(x: Tensor, groups: Groups, rows: int) -> int:
    """Channels that are coupled at a time: as many as fit in registers (by ptxas, for sm_90)."""
    wide = groups.dim <= 3 and rows == 32 and x.dtype == torch.float32
    return 32 if wide and groups.depth > 16 else 16


def _options(x: Tensor, dim: int) -> dict[str, Any]:
    """Products of float32 in three parts of TF32 each: nearly as exact, on tensor cores."""
    exact = x.dtype != torch.float32
    return {"PRECISION": "ieee" if exact else "tf32x3", "DIM": dim, "num_stages": 2}


def _count(groups: Groups) -> int:
    return len(groups.groups)


def _run(
    x: Tensor, factors: Tensor, weight: Tensor, bias: Tensor | None, groups: Groups, dim: int
) -> Tensor:
    x, factors, weight = x.contiguous(), factors.contiguous(), weight.contiguous()
    rows, count = x.shape[0], len(groups.groups)
    y = x.new_empty(rows, dim) if groups.whole else x.new_zeros(rows, dim)
    if bias is not None and not groups.whole and rows:
        y[:, : len(bias)] = bias  # of columns that no path leads to
    if not rows or not count:
        return y
    tables = groups.on(x.device)
    block = _rows(rows, count)
    kernels.steer[-(-rows // block) * count,](
        x,
        factors,
        weight,
        weight if bias is None else bias.contiguous(),
        y,
        *tables,
        rows,
        x.shape[1],
        dim,
        count,
        0 if bias is None else len(bias),
        **_options(x, groups.dim),
        BLOCK_R=block,
        BLOCK_K=_chunk(x, groups, block),
        BLOCK_N=_padded(groups.width, 64),
    )
    return y


def _forward(
    plan: LinearPlan, x: Tensor, factors: Tensor, weight: Tensor, bias: Tensor | None
) -> Tensor:
    groups = _tiled(partial(by_output, plan), x, _count)
    return _run(x, factors, weight, bias, groups, steered(plan).dim_out)


def _by_g(plan: LinearPlan, x: Tensor, factors: Tensor, weight: Tensor) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    return _forward(plan, x, factors, weight, None)


def _by_x(plan: LinearPlan, factors: Tensor, weight: Tensor, g: Tensor) -> Tensor:
    """∂T/∂x: (rows, dim_in)."""
    groups = _tiled(partial(by_input, plan), g, _count)
    return _run(g, factors, weight, None, groups, steered(plan).dim_in)


def _slopes(
    plan: LinearPlan, x: Tensor, factors: Tensor, g: Tensor, bias: int
) -> tuple[Tensor, Tensor]:
    """∂T/∂W (numel,), and the sums of the first ``bias`` columns of g."""
    x, factors, g = x.contiguous(), factors.contiguous(), g.contiguous()
    tables = partial(by_weight, plan, CHANNELS, bias)
    found = _tiled(tables, x, lambda products: len(products.tiles))
    rows, numel = x.shape[0], plan.numel + bias
    count = len(found.tiles)
    if not rows or not count:
        return x.new_zeros(plan.numel), x.new_zeros(bias)
    block = 32
    most = max(1, -(-4 * MULTIPROCESSORS // count))
    share = max(2 * block, -(-rows // (most * block)) * block)
    parts = x.new_empty(-(-rows // share), numel)
    kernels.steer_weight[count, len(parts)](
        x,
        factors,
        g,
        parts,
        on_device(found.tiles, x.device),
        rows,
        x.shape[1],
        g.shape[1],
        factors.shape[1],
        numel,
        share,
        **_options(x, found.dim),
        BLOCK_R=block,
        BLOCK_K=CHANNELS,
        BLOCK_N=_padded(found.width, 64),
    )
    weight, shift = x.new_empty(plan.numel), x.new_empty(bias)
    kernels.sum_parts[-(-numel // SUMMED),](
        parts, weight, shift, len(parts), numel, plan.numel, BLOCK=SUMMED
    )
    return weight, shift


def _by_weight(plan: LinearPlan, x: Tensor, factors: Tensor, g: Tensor) -> Tensor:
    """∂T/∂W: (numel,)."""
    return _slopes(plan, x, factors, g, 0)[0]


def _by_couplings(plan: LinearPlan, x: Tensor, weight: Tensor, g: Tensor) -> Tensor:
    """∂T/∂M: (rows, couplings)."""
    x, weight, g = x.contiguous(), weight.contiguous(), g.contiguous()
    groups, rows = by_couplings(plan), x.shape[0]
    factors, count = x.new_empty(rows, len(steered(plan).couplings)), len(groups.groups)
    if not rows or not count:
        return factors
    block = 32
    kernels.steer_couplings[-(-rows // block) * count,](
        x,
        weight,
        g,
        factors,
        *groups.on(x.device),
        rows,
        x.shape[1],
        g.shape[1],
        factors.shape[1],
        count,
        **_options(x, groups.dim),
        BLOCK_R=block,
        BLOCK_K=16,
        BLOCK_N=_padded(groups.width, 32),
        BLOCK_I=_padded(groups.dim, 64),
    )
    return factors


LINEAR = Linear(_forward, _slopes, Form((_by_x, _by_couplings, _by_weight, _by_g)))
