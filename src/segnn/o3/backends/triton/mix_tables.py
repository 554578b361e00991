"""The tables of products with weights (``segnn.o3.plan.mixed``) as the kernels read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from segnn.o3.constant import constant, on_device
from segnn.o3.plan.mixed import Input, Mixing

ROW = 9
"""Numbers of a row of each table; rows that have fewer are filled up."""
ALIGNED = 4
"""Numbers that are read at once, where all columns and widths are multiples of it."""


class Table(NamedTuple):
    """``groups``, ``inputs`` (·, 9) int32, as the kernels that read them say; ``columns`` (C, 2):
    for columns of a product, the place of their first weight, and from a channel to the next.
    ``depth``, ``width``: the most channels or columns of a tile, on its two sides.
    """

    groups: Tensor
    inputs: Tensor
    columns: Tensor
    depth: int
    width: int
    aligned: bool

    def on(self, device: torch.device) -> list[Tensor]:
        """The groups, the inputs if there are any, and the columns on a device, copied once."""
        tables = (self.groups, self.inputs, self.columns)
        return [on_device(t, device) for n, t in enumerate(tables) if n != 1 or len(t)]


def all_aligned(numbers: Iterable[int]) -> bool:
    """Whether four numbers can be read at once, by columns and widths."""
    return all(n % ALIGNED == 0 for n in numbers)


def _numbers(plan: Mixing) -> Iterator[int]:
    yield from (plan.dim_in, plan.dim_out)
    for block in plan.blocks:
        yield from (block.start, block.columns)
        for i in block.inputs:
            yield from (i.start, i.stride, i.channels)


def _first_columns(plan: Mixing) -> dict[int, int]:
    """Where an input's columns begin in the table, by its ``id``."""
    first, count = dict[int, int](), 0
    for block in plan.blocks:
        for i in block.inputs:
            first[id(i)] = count
            count += block.columns
    return first


def _made(
    plan: Mixing,
    groups: Sequence[tuple[int, ...]],
    inputs: Sequence[tuple[int, ...]],
    depth: int,
    width: int,
) -> Table:
    def filled(rows: Sequence[tuple[int, ...]]) -> Tensor:
        full = [(*row, *[0] * (ROW - len(row))) for row in rows]
        return torch.tensor(full, dtype=torch.int32).view(-1, ROW)

    none = np.empty((0, 2), dtype=np.int64)
    columns = [np.stack([i.first, i.step], axis=1) for b in plan.blocks for i in b.inputs]
    found = torch.from_numpy(np.concatenate([none, *columns]).astype(np.int32))
    return Table(filled(groups), filled(inputs), found, depth, width, all_aligned(_numbers(plan)))


def _chunks(i: Input, depth: int) -> list[tuple[int, int]]:
    """The channels of an input in parts: (first, how many)."""
    return [(c, min(depth, i.channels - c)) for c in range(0, i.channels, depth)]


@lru_cache(maxsize=512)
@constant
def by_output(plan: Mixing, depth: int, tile: int) -> Table:
    """Of ∂T/∂g, at most so many channels and columns at a time. Groups: first input, the one after
    the last, first column, columns. Inputs: first column, channels, first column of the table,
    first channel.
    """
    groups, inputs = list[tuple[int, ...]](), list[tuple[int, ...]]()
    first = _first_columns(plan)
    for block in plan.blocks:
        for m in range(block.dim):
            for n in range(0, block.columns, tile):
                before = len(inputs)
                inputs += [
                    (i.start + m * i.stride + c, channels, first[id(i)] + n, c)
                    for i in block.inputs
                    for c, channels in _chunks(i, depth)
                ]
                column, wide = block.start + m * block.columns + n, min(tile, block.columns - n)
                groups.append((before, len(inputs), column, wide))
    deepest = max((row[1] for row in inputs), default=1)
    return _made(plan, groups, inputs, deepest, max((row[3] for row in groups), default=1))


@lru_cache(maxsize=512)
@constant
def by_input(plan: Mixing, tile: int) -> Table:
    """Of ∂T/∂x, at most so many channels at a time. Groups: first column, channels, first column of
    what is read, its columns, first column of the table, first channel.
    """
    first = _first_columns(plan)
    groups = [
        (
            i.start + m * i.stride + c,
            channels,
            block.start + m * block.columns,
            block.columns,
            first[id(i)],
            c,
        )
        for block in plan.blocks
        for i in block.inputs
        for m in range(block.dim)
        for c, channels in _chunks(i, tile)
    ]
    widest = max((row[1] for row in groups), default=1)
    return _made(plan, groups, [], max((row[3] for row in groups), default=1), widest)


@lru_cache(maxsize=512)
@constant
def by_weight(plan: Mixing, depth: int, tile: int) -> Table:
    """Of ∂T/∂W, in tiles of at most so many channels and columns. Groups: first column of x,
    columns from one component to the next, channels, components, first column of z, columns from
    one component to the next, columns, first column of the table, first channel.
    """
    first = _first_columns(plan)
    groups = [
        (
            i.start + c,
            i.stride,
            channels,
            block.dim,
            block.start + n,
            block.columns,
            min(tile, block.columns - n),
            first[id(i)] + n,
            c,
        )
        for block in plan.blocks
        for i in block.inputs
        for c, channels in _chunks(i, depth)
        for n in range(0, block.columns, tile)
    ]
    deepest = max((row[2] for row in groups), default=1)
    return _made(plan, groups, [], deepest, max((row[6] for row in groups), default=1))
