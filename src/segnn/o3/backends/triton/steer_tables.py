"""The tables of a steerable linear layer (``segnn.o3.plan.steered``) as the kernels read them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from segnn.o3.constant import constant, on_device
from segnn.o3.plan.linear import LinearPlan
from segnn.o3.plan.steered import Path, Side, steered

GROUP, STEP, PRODUCT = 6, 7, 12
"""Numbers of a row of each table."""
COMPONENTS = 5
"""Components that a program holds at a time; those of higher degrees are divided among several."""


class Groups(NamedTuple):
    """``groups`` (G, 6) int32: first step, the one after the last, column of the result, columns,
    components, columns from one component to the next. ``steps`` (S, 7): column read, channels,
    first coupling, couplings from one component of the result to the next, first weight, weights
    from a channel that is read to the next, from a column of the result to the next. ``whole``:
    whether the groups fill every row. ``depth``, ``width``: the most channels that are read,
    columns of a group; ``dim``: the most components.
    """

    groups: Tensor
    steps: Tensor
    whole: bool
    depth: int
    width: int
    dim: int

    def on(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """The tables on a device, copied there once."""
        return on_device(self.groups, device), on_device(self.steps, device)


def _divided(components: int) -> Iterator[tuple[int, int]]:
    """The components in parts of one size, as far as there is one: (first, how many)."""
    parts = -(-components // COMPONENTS)
    edges = [components * n // parts for n in range(parts + 1)]
    return ((a, b - a) for a, b in zip(edges, edges[1:], strict=False))


@lru_cache(maxsize=512)
@constant
def by_output(plan: LinearPlan, chunk: int, tile: int) -> Groups:
    """Of ∂T/∂g, in tiles of so many channels that are read and columns of the result."""
    return _groups(plan, False, chunk, tile)


@lru_cache(maxsize=512)
@constant
def by_input(plan: LinearPlan, chunk: int, tile: int) -> Groups:
    """Of ∂T/∂x."""
    return _groups(plan, True, chunk, tile)


def _groups(plan: LinearPlan, back: bool, chunk: int, tile: int) -> Groups:
    found, groups, table = steered(plan), list[tuple[int, ...]](), list[tuple[int, ...]]()
    ends: dict[Side, list[Path]] = {}
    for path in found.paths:
        ends.setdefault(path.input if back else path.output, []).append(path)
    for side, paths in ends.items():
        for component, components in _divided(side.dim):
            for n in range(0, side.channels, tile):
                first = len(table)
                for path in paths:
                    table += _read(path, back, component, chunk, n)
                column, columns = side.start + component * side.stride + n, side.channels - n
                groups.append(
                    (first, len(table), column, min(tile, columns), components, side.stride)
                )
    filled = sum(group[3] * group[4] for group in groups)
    return Groups(
        torch.tensor(groups, dtype=torch.int32).view(-1, GROUP),
        torch.tensor(table, dtype=torch.int32).view(-1, STEP),
        filled == (found.dim_in if back else found.dim_out),
        max((row[1] for row in table), default=1),
        max((group[3] for group in groups), default=1),
        max((group[4] for group in groups), default=1),
    )


def _read(path: Path, back: bool, component: int, chunk: int, n: int) -> Iterator[tuple[int, ...]]:
    """A path as its end reads it, from one component and the column n on: one step for each
    component of the other end and ``chunk`` of its channels.
    """
    side, dim = (path.output if back else path.input), path.output.dim
    by_i, by_k = (1, dim) if back else (dim, 1)
    by_channel, by_column = (1, path.row) if back else (path.row, 1)
    for c in range(0, side.channels, chunk):
        for i in range(side.dim):
            yield (
                side.start + i * side.stride + c,
                min(chunk, side.channels - c),
                path.coupling + i * by_i + component * by_k,
                by_k,
                path.weight + c * by_channel + n * by_column,
                by_channel,
                by_column,
            )


class Products(NamedTuple):
    """Tiles of the weights, (T, 12) int32: columns of x and g (first, from one component to the
    next, components, for each), first coupling, couplings from one component of x to the next,
    channels of x, of g, first weight, weights from a channel of x to the next. A tile without
    components of x is one of the bias.
    """

    tiles: Tensor
    width: int
    dim: int


@lru_cache(maxsize=512)
@constant
def by_weight(plan: LinearPlan, channels: int, bias: int, tile: int) -> Products:
    """Of ∂T/∂W, in tiles of so many channels of x and of g; then the sums of the first ``bias``
    columns of g, in the places behind the weights.
    """
    found, table = steered(plan), list[tuple[int, ...]]()
    for p in found.paths:
        for c in range(0, p.input.channels, channels):
            for n in range(0, p.output.channels, tile):
                table.append(
                    (
                        p.input.start + c,
                        p.input.stride,
                        p.input.dim,
                        p.output.start + n,
                        p.output.stride,
                        p.output.dim,
                        p.coupling,
                        p.output.dim,
                        min(channels, p.input.channels - c),
                        min(tile, p.output.channels - n),
                        p.weight + c * p.row + n,
                        p.row,
                    )
                )
    for n in range(0, bias, tile):
        wide = min(tile, bias - n)
        table.append((0, 0, 0, n, 0, 1, 0, 0, 1, wide, found.numel + n, 0))
    return Products(
        torch.tensor(table, dtype=torch.int32).view(-1, PRODUCT),
        max((row[9] for row in table), default=1),
        max((p.input.dim for p in found.paths), default=1),
    )


@lru_cache(maxsize=256)
@constant
def by_couplings(plan: LinearPlan) -> Groups:
    """Of ∂T/∂M. Groups: first path, the one after the last, first coupling, couplings from one
    component of x to the next, components of x, padding. Steps are paths: first column of x,
    columns from one component to the next, channels of x, column of g, its channels, first weight,
    weights from a channel of x to the next.
    """
    shared: dict[int, list[Path]] = {}
    for path in steered(plan).paths:
        shared.setdefault(path.coupling, []).append(path)
    groups, table = list[tuple[int, ...]](), list[tuple[int, ...]]()
    for first, paths in shared.items():
        side, out = paths[0].input, paths[0].output
        for k in range(out.dim):
            for i, components in _divided(side.dim):
                before = len(table)
                for p in paths:
                    read = (p.input.start + i * p.input.stride, p.input.stride, p.input.channels)
                    column = p.output.start + k * p.output.stride
                    table.append((*read, column, p.output.channels, p.weight, p.row))
                groups.append((before, len(table), first + i * out.dim + k, out.dim, components, 0))
    return Groups(
        torch.tensor(groups, dtype=torch.int32).view(-1, GROUP),
        torch.tensor(table, dtype=torch.int32).view(-1, STEP),
        True,
        max((row[2] for row in table), default=1),
        max((row[4] for row in table), default=1),
        max((row[4] for row in groups), default=1),
    )
