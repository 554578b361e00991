"""Products of rows with weights, by their kernels."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from segnn.o3.backends.protocol import Form
from segnn.o3.backends.triton import mix_kernels as kernels
from segnn.o3.backends.triton.mix_tables import Table, by_input, by_output, by_weight
from segnn.o3.plan.mixed import Mixing

MULTIPROCESSORS = 132  # of an H100
SUMMED = 256  # weights of a program that adds up


class Tuning(NamedTuple):
    """Rows that a program takes at a time, the most channels and columns of its tile, its warps,
    stages of its loop; programs for each multiprocessor, where rows are added up.
    """

    rows: int
    depth: int
    tile: int
    warps: int
    stages: int
    programs: int = 1


# The fastest on an H200 of what was tried, for the layers of `segnn bench qm9`.
TUNING = {
    "mix": Tuning(64, 64, 64, 4, 1),
    "back": Tuning(128, 32, 64, 4, 1),
    "weight": Tuning(64, 64, 64, 4, 2, 8),
}
DOUBLE = Tuning(32, 32, 32, 4, 1, 4)
"""Of float64, for all."""


def _tuning(name: str, x: Tensor) -> Tuning:
    return TUNING[name] if x.dtype == torch.float32 else DOUBLE


def _rows(x: Tensor, tuning: Tuning, count: int) -> Tuning:
    """The same with fewer rows where there would be too few programs of ``count`` groups."""
    few = -(-x.shape[0] // tuning.rows) * count < 2 * MULTIPROCESSORS
    return tuning._replace(rows=tuning.rows // 2) if few and tuning.rows > 32 else tuning


def _padded(count: int, most: int) -> int:
    """A power of two of at least 16 and not more than ``most``, that covers so many numbers in few
    tiles.
    """
    return min(most, max(16, 1 << (count - 1).bit_length()))


def _options(x: Tensor, tuning: Tuning, table: Table) -> dict[str, Any]:
    return {
        "PRECISION": "tf32x3" if x.dtype == torch.float32 else "ieee",
        "ALIGNED": table.aligned,
        "BLOCK_R": tuning.rows,
        "BLOCK_K": _padded(table.depth, tuning.depth),
        "BLOCK_N": _padded(table.width, tuning.tile),
        "num_warps": tuning.warps,
        "num_stages": tuning.stages,
    }


def made(like: Tensor, rows: int, dim: int, filled: bool) -> Tensor:
    """Memory of a result, zeros unless kernels fill all of it."""
    return like.new_empty(rows, dim) if filled else like.new_zeros(rows, dim)


def _by_g(plan: Mixing, x: Tensor, weight: Tensor) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    x, weight, t = x.contiguous(), weight.contiguous(), _tuning("mix", x)
    table = by_output(plan, t.depth, t.tile)
    z, count = x.new_empty(x.shape[0], plan.dim_out), len(table.groups)
    t = _rows(x, t, count)
    if z.numel():
        kernels.mix[-(-len(z) // t.rows) * count,](
            x,
            weight,
            z,
            *table.on(x.device),
            len(z),
            plan.dim_in,
            plan.dim_out,
            count,
            **_options(x, t, table),
        )
    return z


def _by_x(plan: Mixing, weight: Tensor, g: Tensor) -> Tensor:
    """∂T/∂x: (rows, dim_in)."""
    weight, g, t = weight.contiguous(), g.contiguous(), _tuning("back", g)
    table = by_input(plan, t.tile)
    x, count = made(g, g.shape[0], plan.dim_in, plan.read == plan.dim_in), len(table.groups)
    t = _rows(g, t, count)
    if x.numel() and count:
        kernels.mix_back[-(-len(x) // t.rows) * count,](
            g,
            weight,
            x,
            *table.on(g.device),
            len(x),
            plan.dim_out,
            plan.dim_in,
            count,
            **_options(g, t, table),
        )
    return x


def _by_weight(plan: Mixing, x: Tensor, g: Tensor) -> Tensor:
    """∂T/∂W: (numel,), zeros for weights of other parts."""
    x, g, t = x.contiguous(), g.contiguous(), _tuning("weight", x)
    table = by_weight(plan, t.depth, t.tile)
    rows, count = x.shape[0], len(table.groups)
    if not rows or not count:
        return x.new_zeros(plan.numel)
    most = max(1, -(-t.programs * MULTIPROCESSORS // count))
    share = max(2 * t.rows, -(-rows // (most * t.rows)) * t.rows)
    parts = made(x, -(-rows // share), plan.numel, plan.used == plan.numel)
    kernels.mix_weight[count, len(parts)](
        x,
        g,
        parts,
        *table.on(x.device),
        rows,
        plan.dim_in,
        plan.dim_out,
        plan.numel,
        share,
        **_options(x, t, table),
    )
    weight = x.new_empty(plan.numel)
    kernels.sum_parts[-(-plan.numel // SUMMED),](
        parts, weight, weight, len(parts), plan.numel, plan.numel, BLOCK=SUMMED
    )
    return weight


MIX = Form((_by_x, _by_weight, _by_g))
