"""The tables of a steerable linear layer (``segnn.o3.plan.steered``) as the kernels read them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from segnn.o3.constant import constant, on_device
from segnn.o3.plan.linear import LinearPlan
from segnn.o3.plan.steered import Path, Side, steered

GROUP, PATH, PRODUCT = 5, 10, 14
"""Numbers of a row of each table."""


class Groups(NamedTuple):
    """``groups`` (G, 5) int32: first path, the one after the last, column of the result, columns,
    couplings of a row. ``paths`` (P, 10): first column read, columns from one component to the
    next, components, first coupling, couplings from one component to the next, channels, first
    weight, weights from a channel that is read to the next, from a column of the result to the
    next, padding. ``whole``: whether the groups fill every row. ``depth``, ``width``: the most
    channels that are read, columns of a group; ``dim``: the most components.
    """

    groups: Tensor
    paths: Tensor
    whole: bool
    depth: int
    width: int
    dim: int

    def on(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """The tables on a device, copied there once."""
        return on_device(self.groups, device), on_device(self.paths, device)


@lru_cache(maxsize=512)
@constant
def by_output(plan: LinearPlan, tile: int) -> Groups:
    """Of ∂T/∂g, in tiles of so many columns."""
    return _groups(plan, False, tile)


@lru_cache(maxsize=512)
@constant
def by_input(plan: LinearPlan, tile: int) -> Groups:
    """Of ∂T/∂x."""
    return _groups(plan, True, tile)


def _groups(plan: LinearPlan, back: bool, tile: int) -> Groups:
    found, groups, table = steered(plan), list[tuple[int, ...]](), list[tuple[int, ...]]()
    ends: dict[Side, list[Path]] = {}
    for path in found.paths:
        ends.setdefault(path.input if back else path.output, []).append(path)
    for side, paths in ends.items():
        for component in range(side.dim):
            for n in range(0, side.channels, tile):
                first = len(table)
                table += [_read(path, back, component, n) for path in paths]
                groups.append(
                    (
                        first,
                        len(table),
                        side.start + component * side.stride + n,
                        min(tile, side.channels - n),
                        found.couplings.shape[0],
                    )
                )
    filled = sum(group[3] for group in groups)
    reads = [path.output if back else path.input for path in found.paths]
    return Groups(
        torch.tensor(groups, dtype=torch.int32).view(-1, GROUP),
        torch.tensor(table, dtype=torch.int32).view(-1, PATH),
        filled == (found.dim_in if back else found.dim_out),
        max((side.channels for side in reads), default=1),
        max((group[3] for group in groups), default=1),
        max((side.dim for side in reads), default=1),
    )


def _read(path: Path, back: bool, component: int, n: int) -> tuple[int, ...]:
    """A path as one component and some channels of its end read it, from the column n on."""
    side, dim = (path.output if back else path.input), path.output.dim
    first, step = (component * dim, 1) if back else (component, dim)
    by_channel, by_column = (1, path.row) if back else (path.row, 1)
    return (
        side.start,
        side.stride,
        side.dim,
        path.coupling + first,
        step,
        side.channels,
        path.weight + n * by_column,
        by_channel,
        by_column,
        0,
    )


class Products(NamedTuple):
    """Tiles of the weights, (T, 14) int32: columns of x and g (first, step, number of components
    for each), couplings (first, step by i, step by k), channels of x, of g, first weight, weights
    from a channel of x to the next, padding. A tile without components of x is one of the bias.
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
                        1,
                        min(channels, p.input.channels - c),
                        min(tile, p.output.channels - n),
                        p.weight + c * p.row + n,
                        p.row,
                        0,
                    )
                )
    for n in range(0, bias, tile):
        wide = min(tile, bias - n)
        table.append((0, 0, 0, n, 0, 1, 0, 0, 0, 1, wide, found.numel + n, 0, 0))
    return Products(
        torch.tensor(table, dtype=torch.int32).view(-1, PRODUCT),
        max((row[10] for row in table), default=1),
        max((p.input.dim for p in found.paths), default=1),
    )


@lru_cache(maxsize=256)
@constant
def by_couplings(plan: LinearPlan) -> Groups:
    """Of ∂T/∂M. Groups: first path, the one after the last, first coupling, couplings from one
    component of x to the next, components of x. Paths: first column of x, columns from one
    component to the next, 0, column of g, its channels, channels of x, first weight, weights from a
    channel of x to the next, two of padding.
    """
    shared: dict[int, list[Path]] = {}
    for path in steered(plan).paths:
        shared.setdefault(path.coupling, []).append(path)
    groups, table = list[tuple[int, ...]](), list[tuple[int, ...]]()
    for first, paths in shared.items():
        side, out = paths[0].input, paths[0].output
        for k in range(out.dim):
            before = len(table)
            for p in paths:
                read = (p.input.start, p.input.stride, 0, p.output.start + k * p.output.stride)
                table.append((*read, p.output.channels, p.input.channels, p.weight, p.row, 0, 0))
            groups.append((before, len(table), first + k, out.dim, side.dim))
    return Groups(
        torch.tensor(groups, dtype=torch.int32).view(-1, GROUP),
        torch.tensor(table, dtype=torch.int32).view(-1, PATH),
        True,
        max((row[5] for row in table), default=1),
        max((row[4] for row in table), default=1),
        max((row[4] for row in groups), default=1),
    )
