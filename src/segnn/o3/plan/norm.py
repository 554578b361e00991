"""The columns of a row as a norm sees them: channel by channel, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from segnn.o3.constant import constant
from segnn.o3.layout import layout


@dataclass(frozen=True, eq=False)
class NormPlan:
    """blocks: first column, last, components and channels of every irrep. scalars: number of even
    scalars, which come first. channel: (dim,) the channel of every column. order: the channel, as
    the irreps are written, of each one counted block by block; in_order: it is the same. table: for
    the kernels, of every block components, channels, first column, first channel.
    """

    irreps: str
    blocks: tuple[tuple[int, int, int, int], ...]
    scalars: int
    channel: Tensor
    order: Tensor
    in_order: bool
    table: Tensor

    def __reduce__(self) -> Any:
        return norm_plan, (self.irreps,)  # a copy is the same plan


@lru_cache(maxsize=256)
@constant
def norm_plan(irreps: str) -> NormPlan:
    """The (cached) plan of irreps given as a string."""
    found, order = layout(irreps).blocks, layout(irreps).channel_order
    blocks = tuple((b.start, b.stop, b.dim, b.mul) for b in found)
    even = bool(found) and found[0].irrep.l == 0 and found[0].irrep.p == 1
    channels, table, first = [torch.arange(0)], [], 0
    for start, _, dim, mul in blocks:
        channels.append(torch.arange(mul).repeat(dim) + first)
        table += [dim, mul, start, first]
        first += mul
    return NormPlan(
        irreps,
        blocks,
        found[0].mul if even else 0,
        torch.cat(channels),
        order,
        bool((order == torch.arange(len(order))).all()),
        torch.tensor(table, dtype=torch.int64),
    )
