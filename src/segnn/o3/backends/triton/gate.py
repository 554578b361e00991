"""Gates by their kernels, with first and second derivatives."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from segnn.o3.backends.protocol import Gates
from segnn.o3.backends.triton import gate_kernels as kernels
from segnn.o3.constant import constant, on_device
from segnn.o3.plan.gate import GatePlan

TILE = 1024  # numbers that a program holds


class _Columns(NamedTuple):
    """Of every column of the input four numbers, int32: the column of the output that it goes to,
    or the first one that it is the gate of; columns to the next of these; how many there are (0: no
    gate); the gate's column (−1: a scalar, which has none). components: the most of a gate.
    """

    table: Tensor
    dim_out: int
    components: int


@lru_cache(maxsize=256)
@constant
def _columns(plan: GatePlan) -> _Columns:
    gates = list(range(plan.gates)) if plan.order is None else plan.order.tolist()
    scalars = [(n, 0, 0, -1) for n in range(plan.scalars)]
    of_gate: dict[int, tuple[int, int, int, int]] = {}
    values: list[tuple[int, int, int, int]] = []
    column, channel = plan.scalars, 0
    for dim, mul in plan.blocks:
        for c in range(mul):
            gate = gates[channel + c]
            of_gate[gate] = (column + c, mul, dim, -1)
        values += [
            (column + m * mul + c, 0, 0, plan.scalars + gates[channel + c])
            for m in range(dim)
            for c in range(mul)
        ]
        column += dim * mul
        channel += mul
    rows = [*scalars, *(of_gate[n] for n in range(plan.gates)), *values]
    table = torch.tensor(rows, dtype=torch.int32).view(-1, 4)
    return _Columns(table, column, max((dim for dim, _ in plan.blocks), default=0))


def _run(kernel: Any, plan: GatePlan, x: Tensor, *others: Tensor) -> None:
    found = _columns(plan)
    wide = min(128, max(16, 1 << (x.shape[1] - 1).bit_length()))
    rows = TILE // wide
    if x.numel():
        grid = (-(-x.shape[0] // rows), -(-x.shape[1] // wide))
        kernel[grid](
            x,
            *others,
            on_device(found.table, x.device),
            x.shape[0],
            x.shape[1],
            found.dim_out,
            plan.gates,
            COMPONENTS=found.components,
            SCALED=bool(plan.blocks),
            BLOCK_R=rows,
            BLOCK_C=wide,
        )


def _forward(plan: GatePlan, x: Tensor) -> Tensor:
    y = x.new_empty(x.shape[0], _columns(plan).dim_out)
    _run(kernels.gate, plan, x.contiguous(), y)
    return y


def _first(plan: GatePlan, x: Tensor, g: Tensor) -> Tensor:
    x = x.contiguous()
    by_x = torch.empty_like(x)
    _run(kernels.gate_first, plan, x, g.contiguous(), by_x)
    return by_x


def _second(plan: GatePlan, x: Tensor, g: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    x, g = x.contiguous(), g.contiguous()
    by_g, by_x = torch.empty_like(g), torch.empty_like(x)
    _run(kernels.gate_second, plan, x, g, h.contiguous(), by_g, by_x)
    return by_g, by_x


GATE = Gates(_forward, _first, _second)
