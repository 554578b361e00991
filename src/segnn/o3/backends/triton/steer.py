"""Steerable linear layers by their kernels: the value, and the partial derivatives of its form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple, TypeVar

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
from segnn.o3.plan.steered import Side, steered

MULTIPROCESSORS = 132  # of an H100: two programs for each are enough
SUMMED = 256  # weights of a program that adds up


class Tuning(NamedTuple):
    """Rows of a program, the most channels it reads at a time, columns of its result, warps, stages
    of its loops.
    """

    rows: int
    depth: int
    tile: int
    warps: int
    stages: int


TUNING = {
    "steer": Tuning(64, 64, 32, 4, 1),
    "weight": Tuning(16, 16, 64, 4, 1),
    "couplings": Tuning(64, 32, 32, 4, 1),
}

SHARES = 4
T = TypeVar("T", Groups, Products)


def _tiled(make: Callable[[int], T], x: Tensor, count: Callable[[T], int], most: int) -> T:
    """Tables in tiles of as many columns as waste least, the wider ones where it is the same."""
    sizes = (most,) if x.dtype == torch.float32 else (32,)
    return min((make(size) for size in sizes), key=lambda t: count(t) * _padded(t.width, 64))


def _chunk(sides: Iterable[Side]) -> int:
    """Channels of a step: all of them, as far as TUNING allows."""
    return _padded(max((side.channels for side in sides), default=1), TUNING["steer"].depth)


def _padded(count: int, most: int) -> int:
    """A power of two of at least 16 that covers so many numbers in few tiles."""
    return min(most, max(16, 1 << (count - 1).bit_length()))


def _options(x: Tensor, dim: int) -> dict[str, Any]:
    """Products of float32 in three parts of TF32 each: nearly as exact, on tensor cores."""
    exact = x.dtype != torch.float32
    return {"PRECISION": "ieee" if exact else "tf32x3", "DIM": dim}


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
    t = TUNING["steer"]
    kernels.steer[-(-rows // t.rows) * count,](
        x,
        factors,
        weight,
        weight if bias is None else bias.contiguous(),
        y,
        *groups.on(x.device),
        rows,
        x.shape[1],
        dim,
        count,
        0 if bias is None else len(bias),
        **_options(x, groups.dim),
        BLOCK_R=t.rows,
        BLOCK_K=_padded(groups.depth, t.depth),
        BLOCK_N=_padded(groups.width, 64),
        num_warps=t.warps,
        num_stages=t.stages,
    )
    return y


def _forward(
    plan: LinearPlan, x: Tensor, factors: Tensor, weight: Tensor, bias: Tensor | None
) -> Tensor:
    chunk = _chunk(path.input for path in steered(plan).paths)
    groups = _tiled(partial(by_output, plan, chunk), x, _count, TUNING["steer"].tile)
    return _run(x, factors, weight, bias, groups, steered(plan).dim_out)


def _by_g(plan: LinearPlan, x: Tensor, factors: Tensor, weight: Tensor) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    return _forward(plan, x, factors, weight, None)


def _by_x(plan: LinearPlan, factors: Tensor, weight: Tensor, g: Tensor) -> Tensor:
    """∂T/∂x: (rows, dim_in)."""
    chunk = _chunk(path.output for path in steered(plan).paths)
    groups = _tiled(partial(by_input, plan, chunk), g, _count, TUNING["steer"].tile)
    return _run(g, factors, weight, None, groups, steered(plan).dim_in)


def _slopes(
    plan: LinearPlan, x: Tensor, factors: Tensor, g: Tensor, bias: int
) -> tuple[Tensor, Tensor]:
    """∂T/∂W (numel,), and the sums of the first ``bias`` columns of g."""
    x, factors, g = x.contiguous(), factors.contiguous(), g.contiguous()
    t = TUNING["weight"]
    channels = _padded(max((p.input.channels for p in steered(plan).paths), default=1), t.depth)
    tables = partial(by_weight, plan, channels, bias)
    found = _tiled(tables, x, lambda products: len(products.tiles), TUNING["weight"].tile)
    rows, numel = x.shape[0], plan.numel + bias
    count = len(found.tiles)
    if not rows or not count:
        return x.new_zeros(plan.numel), x.new_zeros(bias)
    block = t.rows
    most = max(1, -(-SHARES * MULTIPROCESSORS // count))
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
        numel,
        share,
        **_options(x, found.dim),
        BLOCK_R=block,
        BLOCK_K=channels,
        BLOCK_N=_padded(found.width, 64),
        num_warps=t.warps,
        num_stages=t.stages,
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
    """∂T/∂M: (couplings, rows)."""
    x, weight, g = x.contiguous(), weight.contiguous(), g.contiguous()
    groups, rows = by_couplings(plan), x.shape[0]
    factors, count = x.new_empty(len(steered(plan).couplings), rows), len(groups.groups)
    if not rows or not count:
        return factors
    t = TUNING["couplings"]
    kernels.steer_couplings[-(-rows // t.rows) * count,](
        x,
        weight,
        g,
        factors,
        *groups.on(x.device),
        rows,
        x.shape[1],
        g.shape[1],
        count,
        **_options(x, groups.dim),
        BLOCK_R=t.rows,
        BLOCK_K=_padded(groups.depth, t.depth),
        BLOCK_N=_padded(groups.width, t.tile),
        num_warps=t.warps,
        num_stages=t.stages,
    )
    return factors


LINEAR = Linear(_forward, _slopes, Form((_by_x, _by_couplings, _by_weight, _by_g)))
