"""How a steerable vector lies in memory: e3nn's ``mul_ir`` at the boundary, ``ir_mul`` (channels
last) inside.

e3nn stores ``32x1o`` as 32 triples (channel, component). Inside segnn the channels come last: one
row holds, for each distinct irrep, a matrix (component, channel), so that mixing channels is a
plain matrix product and a contraction over components runs over contiguous channels. Repeated
irreps (``4x0e+2x1o+3x0e``) are merged into one block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from e3nn.o3 import Irrep, Irreps
from torch import Tensor, nn

from segnn.o3.constant import constant, on_device


@dataclass(frozen=True)
class Block:
    """All channels of one irrep: columns ``start … start + dim·mul`` of a row, as a matrix (dim,
    mul).
    """

    irrep: Irrep
    mul: int
    start: int

    @property
    def dim(self) -> int:
        """2l + 1 components."""
        return int(self.irrep.dim)

    @property
    def stop(self) -> int:
        """Where it ends in a row."""
        return self.start + self.dim * self.mul


@dataclass(frozen=True)
class Piece:
    """One entry ``mul x irrep`` of the irreps as written: where it starts in ``mul_ir`` and its
    first channel in its block.
    """

    irrep: Irrep
    mul: int
    start: int
    block: int
    channel: int


class Layout:
    """The blocks of some irreps and the column order between ``mul_ir`` and ``ir_mul``.

    ``blocks`` are the distinct irreps, sorted by degree, even before odd. ``order[c]`` is the
    ``mul_ir`` column that lies in column c of ``ir_mul``; ``inverse`` is the way back.
    ``channel_order[n]`` is the channel, counted in the irreps as written, that is the n-th when
    counted block by block.
    """

    def __init__(self, irreps: Irreps | str):
        self.irreps = Irreps(irreps)
        self.dim = int(self.irreps.dim)
        written = [(mul, ir) for mul, ir in self.irreps if mul > 0]
        distinct = sorted({ir for _, ir in written}, key=lambda ir: (ir.l, -ir.p))
        blocks, start = [], 0
        for ir in distinct:
            mul = sum(m for m, other in written if other == ir)
            blocks.append(Block(ir, mul, start))
            start = blocks[-1].stop
        self.blocks = tuple(blocks)

        pieces, order, start = [], np.empty(self.dim, dtype=np.int64), 0
        filled = [0] * len(blocks)
        for mul, ir in written:
            b = distinct.index(ir)
            pieces.append(Piece(ir, mul, start, b, filled[b]))
            channel, component = np.meshgrid(np.arange(mul), np.arange(ir.dim), indexing="ij")
            order[blocks[b].start + component * blocks[b].mul + filled[b] + channel] = (
                start + channel * ir.dim + component
            )
            filled[b] += mul
            start += mul * ir.dim
        self.pieces = tuple(pieces)
        self.order = torch.from_numpy(order)
        self.inverse = torch.from_numpy(np.argsort(order))
        self.is_trivial = bool((order == np.arange(self.dim)).all())
        count = np.cumsum([0, *(mul for mul, _ in written)])
        by_block = sorted(
            range(len(written)), key=lambda n: (self.pieces[n].block, self.pieces[n].channel)
        )
        self.channel_order = torch.cat(
            [torch.arange(count[n], count[n + 1]) for n in by_block] or [torch.arange(0)]
        )

    def find(self, irrep: Irrep) -> int | None:
        """Index of the block of ``irrep``, or None."""
        return next((b for b, block in enumerate(self.blocks) if block.irrep == irrep), None)

    def __repr__(self) -> str:
        return f"Layout({self.irreps})"


@lru_cache(maxsize=512)
@constant
def layout(irreps: str) -> Layout:
    """The (cached) layout of irreps given as a string."""
    return Layout(irreps)


class Reorder(nn.Module):
    """Columns from ``mul_ir`` to ``ir_mul`` (or, with ``inverse=True``, back). x: (rows,
    irreps.dim), or ValueError.
    """

    def __init__(self, irreps: Irreps | str, *, inverse: bool = False):
        super().__init__()
        lay = layout(str(irreps))
        self.dim, self.is_trivial = lay.dim, lay.is_trivial
        self.order = lay.inverse if inverse else lay.order

    def forward(self, x: Tensor) -> Tensor:
        """x (rows, dim) → the same columns in the other order."""
        if x.ndim != 2 or x.shape[1] != self.dim:
            raise ValueError(f"x has shape {tuple(x.shape)}, expected (rows, {self.dim})")
        return x if self.is_trivial else x.index_select(1, on_device(self.order, x.device))


def side_by_side(parts: list[tuple[int, Tensor]], like: Tensor, dim: int) -> Tensor:
    """(first column, (rows, columns)) in the order of columns, with zeros between: (rows, dim)."""
    filled = 0
    pieces: list[Tensor] = []
    for start, y in parts:
        if start > filled:
            pieces.append(like.new_zeros(like.shape[0], start - filled))
        pieces.append(y)
        filled = start + y.shape[1]
    if filled < dim:
        pieces.append(like.new_zeros(like.shape[0], dim - filled))
    return torch.cat(pieces, dim=1) if pieces else like.new_zeros(like.shape[0], dim)
