"""The tables of coupled rows (``segnn.o3.plan.mixed``) as the kernels read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from segnn.o3.backends.triton.mix_tables import all_aligned
from segnn.o3.constant import constant, on_device
from segnn.o3.plan.mixed import Coupled, Path, Side

Row = tuple[int, ...]
GROUP, STEP = 7, 5
"""Numbers of a row of each table."""
COMPONENTS = 5
"""Components that a program holds at a time; those of higher degrees are divided among several."""


class Groups(NamedTuple):
    """``groups`` (G, 7) int32: first step, the one after the last, column of the result, columns,
    components, columns from one component to the next, whether it is of sources. ``steps`` (S, 5):
    column read, columns from a target's to a source's, first coupling, couplings from one component
    of the result to the next, padding. ``whole``: whether the groups fill every row. ``tile``: the
    most columns of a group; ``dim``: the most components; ``aligned``: whether all columns and
    widths are multiples of four.
    """

    groups: Tensor
    steps: Tensor
    whole: bool
    tile: int
    dim: int
    aligned: bool

    def on(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """The tables on a device, copied there once."""
        return on_device(self.groups, device), on_device(self.steps, device)


def _divided(components: int) -> Iterator[tuple[int, int]]:
    """The components in parts of one size, as far as there is one: (first, how many)."""
    parts = -(-components // COMPONENTS)
    edges = [components * n // parts for n in range(parts + 1)]
    return ((a, b - a) for a, b in pairwise(edges))


def _tile(channels: Iterable[int], most: int) -> int:
    """Columns of a tile, a power of two: as many as waste least, the wider ones where it is the
    same. Not less than 32: four numbers are read at once.
    """
    wanted = list(channels) or [1]
    sizes = [size for size in (128, 64, 32) if size <= most]
    return min(sizes, key=lambda size: sum(-(-n // size) * size for n in wanted))


def _numbers(coupled: Coupled) -> Iterator[int]:
    yield from (coupled.dim_in, coupled.dim_out)
    for p in coupled.paths:
        yield p.other
        for side in (p.input, p.output):
            yield from (side.start, side.stride, side.channels)


class _Table:
    """The rows of both tables, as they are made."""

    def __init__(self, tile: int):
        self.tile = tile
        self.groups: list[tuple[int, ...]] = []
        self.steps: list[tuple[int, ...]] = []

    def add(
        self,
        side: Side,
        read: Callable[[int, int], list[Row]],
        shift: int = 0,
        source: bool = False,
    ) -> None:
        """The groups of a side, ``shift`` columns further on; ``read`` gives their steps from a
        component and a column on.
        """
        for component, components in _divided(side.dim):
            for n in range(0, side.channels, self.tile):
                first = len(self.steps)
                self.steps += [(*row, 0) for row in read(component, n)]
                column = side.start + shift + component * side.stride + n
                columns = min(self.tile, side.channels - n)
                self.groups.append(
                    (first, len(self.steps), column, columns, components, side.stride, int(source))
                )

    def done(self, coupled: Coupled, dim: int) -> Groups:
        """As tensors, of rows of so many columns."""
        filled = sum(group[3] * group[4] for group in self.groups)
        return Groups(
            torch.tensor(self.groups, dtype=torch.int32).view(-1, GROUP),
            torch.tensor(self.steps, dtype=torch.int32).view(-1, STEP),
            filled == dim,
            self.tile,
            max((group[4] for group in self.groups), default=1),
            all_aligned(_numbers(coupled)),
        )


@lru_cache(maxsize=512)
@constant
def by_output(coupled: Coupled, most: int) -> Groups:
    """Of ∂T/∂g, in tiles of at most so many columns: a step is one path and one component i."""
    ends: dict[Side, list[Path]] = {}
    for path in coupled.paths:
        ends.setdefault(path.output, []).append(path)
    table = _Table(_tile((side.channels for side in ends), most))
    for side, paths in ends.items():

        def read(k: int, n: int, side: Side = side, paths: list[Path] = paths) -> list[Row]:
            return [
                (p.input.start + i * p.input.stride + n, p.other, p.coupling + i * side.dim + k, 1)
                for p in paths
                for i in range(p.input.dim)
            ]

        table.add(side, read)
    return table.done(coupled, coupled.dim_out)


@lru_cache(maxsize=512)
@constant
def by_input(coupled: Coupled, most: int) -> Groups:
    """Of ∂T/∂z: a step is one component k. Of targets and of sources, where these are two."""
    table = _Table(_tile((path.input.channels for path in coupled.paths), most))
    for p in coupled.paths:

        def read(i: int, n: int, p: Path = p) -> list[Row]:
            o = p.output
            return [
                (o.start + k * o.stride + n, 0, p.coupling + i * o.dim + k, o.dim)
                for k in range(o.dim)
            ]

        table.add(p.input, read)
        if p.other:
            table.add(p.input, read, p.other, source=True)
    return table.done(coupled, coupled.dim_in)


@lru_cache(maxsize=256)
@constant
def by_couplings(coupled: Coupled, most: int) -> Groups:
    """Of ∂T/∂M. Groups: first step, the one after the last, first coupling, couplings from one
    component i to the next, components i, padding. Steps are paths, or tiles of one: column of z,
    columns from one component to the next, from a target's to a source's, column of g, channels.
    """
    shared: dict[int, list[Path]] = {}
    for path in coupled.paths:
        shared.setdefault(path.coupling, []).append(path)
    tile = _tile((path.input.channels for path in coupled.paths), most)
    groups, table, filled = list[tuple[int, ...]](), list[tuple[int, ...]](), 0
    for first, paths in shared.items():
        dim, out = paths[0].input.dim, paths[0].output.dim
        filled += dim * out
        for k in range(out):
            for i, components in _divided(dim):
                before = len(table)
                table += [
                    (
                        p.input.start + i * p.input.stride + n,
                        p.input.stride,
                        p.other,
                        p.output.start + k * p.output.stride + n,
                        min(tile, p.input.channels - n),
                    )
                    for p in paths
                    for n in range(0, p.input.channels, tile)
                ]
                groups.append((before, len(table), first + i * out + k, out, components, 0, 0))
    return Groups(
        torch.tensor(groups, dtype=torch.int32).view(-1, GROUP),
        torch.tensor(table, dtype=torch.int32).view(-1, STEP),
        filled == coupled.couplings,
        tile,
        max((row[4] for row in groups), default=1),
        all_aligned(_numbers(coupled)),
    )
