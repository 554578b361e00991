"""Message layers in the frames of their edges: where components lie there, and which matrices mix
them.

With the attribute a_la = c_la at m = 0 and nothing else, W_ã x turns into one matrix for each |m|:

    y_m^(l3) = Σ_l1 W_m[l1, l3] x_m^(l1)
    W_m[l1, l3] = Σ_la K(l1 m, la 0, l3 m) c_la W[l1, la, l3]

(Passaro & Zitnick 2023, arXiv 2302.03655, Eq. 9.) Where l1 + la + l3 is odd, K couples m with −m
instead, with opposite signs. Such a path leads from an irrep of the parity of harmonics to one of
the other parity, or back; so that all stays diagonal, an irrep of the other parity has its
components m and −m exchanged, with a sign, when it is turned (``Frames.turn``, ``mirrored``). In a
row, all channels with equal m lie side by side: m = 0, 1, −1, 2, −2, …
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from segnn.o3.constant import constant, on_device
from segnn.o3.frames.find import Frames
from segnn.o3.layout import Block, Layout, layout
from segnn.o3.plan.coupling import coupling
from segnn.o3.plan.layer import Messages
from segnn.o3.plan.linear import LinearPlan
from segnn.o3.plan.mix import Mix, Term
from segnn.o3.rows import Edges


def is_mirrored(block: Block) -> bool:
    """Whether a block has the parity that harmonics of its degree do not have (0o, 1e, 2o …)."""
    return bool(block.irrep.p != (-1) ** block.irrep.l)


class FrameLayout:
    """Columns of the blocks of some rows (side by side) when they are sorted by m.

    ``starts[m]``, ``widths[m]``: where the channels with m ≥ 0 begin, and how many there are; those
    with −m follow them. ``columns[p][b]``: (2l+1,) column of the first channel of components −l … l
    of block b of part p.
    """

    def __init__(self, parts: tuple[Layout, ...]):
        self.parts = parts
        self.lmax = max((block.irrep.l for part in parts for block in part.blocks), default=0)
        self.dim, self.starts, self.widths = 0, list[int](), list[int]()
        self.columns = [[np.empty(block.dim, np.int64) for block in part.blocks] for part in parts]
        for m in range(self.lmax + 1):
            taking_part = [
                (p, b, block) for p, part in enumerate(parts) for b, block in enumerate(part.blocks)
            ]
            taking_part = [found for found in taking_part if found[2].irrep.l >= m]
            width, filled = sum(block.mul for _, _, block in taking_part), 0
            for p, b, block in taking_part:
                for sign, start in ((1, self.dim), (-1, self.dim + width))[: 1 if m == 0 else 2]:
                    self.columns[p][b][block.irrep.l + sign * m] = start + filled
                filled += block.mul
            self.starts.append(self.dim)
            self.widths.append(width)
            self.dim += width * (1 if m == 0 else 2)

    def channel(self, part: int, block: int, m: int) -> int:
        """Place of a block's first channel among those of one m."""
        degree = self.parts[part].blocks[block].irrep.l
        return int(self.columns[part][block][degree + m]) - self.starts[m]

    @cached_property
    @constant
    def order(self) -> Tensor:
        """(dim,) for every column the one of the parts' rows (``ir_mul``, side by side)."""
        order, start = np.empty(self.dim, np.int64), 0
        for part, columns in zip(self.parts, self.columns, strict=True):
            for block, places in zip(part.blocks, columns, strict=True):
                for component, place in enumerate(places):
                    order[place : place + block.mul] = (
                        start + block.start + component * block.mul + np.arange(block.mul)
                    )
            start += part.dim
        return torch.from_numpy(order)

    @cached_property
    @constant
    def inverse(self) -> Tensor:
        """The permutation that undoes ``order``."""
        return torch.argsort(self.order)


@dataclass(frozen=True)
class Share:
    """A matrix (rows, columns) of the flat weights at ``source``, added to the matrices of the
    frame with a factor.

    The factor is ``coupling`` · c of the attribute's piece. There it begins at ``sink``, and its
    rows are ``stride`` apart.
    """

    source: int
    rows: int
    columns: int
    sink: int
    stride: int
    piece: int
    coupling: float


class FramePlan:
    """A steerable linear layer in the frames of its rows: the layouts before and after, the mix,
    and what its weights are.

    ``paired``: the first message layer for an edge and its way back (``segnn.o3.frames.pairs``). A
    row holds two inputs and two outputs then, Y_1 and Y_2, each of which has matrices of its own.
    ``before`` and ``after`` are the layouts of one of them, of which ``copies`` lie side by side.
    """

    def __init__(self, plan: LinearPlan, paired: bool = False):
        self.copies = 2 if paired else 1
        self.before = FrameLayout(plan.parts[1:] if paired else plan.parts)
        self.after = FrameLayout((plan.output,))
        terms, numel = [], 0
        for copy in range(self.copies):
            x0, y0 = copy * self.before.dim, copy * self.after.dim
            for m in range(min(self.before.lmax, self.after.lmax) + 1):
                rows, columns, dim = self.before.widths[m], self.after.widths[m], 1 if m == 0 else 2
                if rows and columns:
                    terms.append(
                        Term(
                            dim,
                            x0 + self.before.starts[m],
                            rows,
                            y0 + self.after.starts[m],
                            columns,
                            numel,
                        )
                    )
                numel += rows * columns
        self.mix = Mix(tuple(terms), self.copies * self.before.dim, self.copies * self.after.dim)
        self.shares = self._shares(plan)

    def _shares(self, plan: LinearPlan) -> list[Share]:
        ins = [(p, piece) for p, part in enumerate(plan.parts) for piece in part.pieces]
        sizes = [t.numel for t in self.mix.terms[: len(self.mix.terms) // self.copies]]
        starts = np.cumsum([0, *sizes])
        found = []
        for (n, a, o), source in plan.offset.items():
            (part, i), out, degree = ins[n], plan.output.pieces[o], plan.attribute.pieces[a].irrep.l
            block_in, block_out = plan.parts[part].blocks[i.block], plan.output.blocks[out.block]
            for m in range(min(i.irrep.l, out.irrep.l) + 1):
                value = _at(block_in, degree, block_out, m)
                if value == 0:
                    continue
                row = self.before.channel(max(part + 1 - self.copies, 0), i.block, m) + i.channel
                column = self.after.channel(0, out.block, m) + out.channel
                width = self.after.widths[m]
                for copy, factor in enumerate(self._halves(part, block_in)):
                    sink = copy * int(starts[-1]) + int(starts[m]) + row * width + column
                    found.append(Share(source, i.mul, out.mul, sink, width, a, factor * value))
        return found

    def _halves(self, part: int, block: Block) -> tuple[float, ...]:
        """With which factors the weights of a block of one part stand in the matrices of the
        copies.

        Those for x_i, x_j and s_ij in (T, A) for even irreps and in (A, T) for odd ones; s_ij is an
        end of its own way alone.
        """
        if self.copies == 1:
            return (1.0,)
        if part != 1:
            return (0.5, 0.5)
        return (0.5, -0.5) if block.irrep.p == 1 else (-0.5, 0.5)

    def factors(self, attribute: tuple[float, ...]) -> np.ndarray:
        """(shares,) the factor of each, for the attribute's factors c."""
        pieces, couplings = self._pieces
        factors: np.ndarray = couplings * np.array(attribute)[pieces]
        return factors

    @cached_property
    def _pieces(self) -> tuple[np.ndarray, np.ndarray]:
        """The piece of the attribute and the coupling of every share."""
        return np.array([s.piece for s in self.shares], np.int64), np.array(
            [s.coupling for s in self.shares]
        )

    @cached_property
    @constant
    def _places(self) -> tuple[Tensor, Tensor, Tensor]:
        """For every number of every share: its source, its sink, its share."""
        sources, sinks, shares = (
            [np.empty(0, np.int64)],
            [np.empty(0, np.int64)],
            [np.empty(0, np.int64)],
        )
        for n, s in enumerate(self.shares):
            sources.append(s.source + np.arange(s.rows * s.columns))
            sinks.append(
                (s.sink + np.arange(s.rows)[:, None] * s.stride + np.arange(s.columns)).ravel()
            )
            shares.append(np.full(s.rows * s.columns, n))
        source, sink, share = (
            torch.from_numpy(np.concatenate(x)) for x in (sources, sinks, shares)
        )
        return source, sink, share

    def weights_plain(self, weight: Tensor, attribute: tuple[float, ...]) -> Tensor:
        """The flat matrices of ``mix`` from the layer's flat weights, in e3nn's order; the plain
        path.
        """
        source, sink, share = (on_device(index, weight.device) for index in self._places)
        factors = torch.from_numpy(self.factors(attribute)).to(weight)
        return weight.new_zeros(self.mix.numel).index_add(0, sink, weight[source] * factors[share])


def _at(block_in: Block, degree: int, block_out: Block, m: int) -> float:
    """K(l1 m, la 0, l3 m), with the component −m of a mirrored block for its m."""
    k = coupling(block_in.irrep.l, degree, block_out.irrep.l)
    i = block_in.irrep.l + (-m if is_mirrored(block_in) else m)
    o = block_out.irrep.l + (-m if is_mirrored(block_out) else m)
    value = float(k[i, degree, o])
    return value if abs(value) > 1e-12 else 0.0


@lru_cache(maxsize=256)
def frame_plan(plan: LinearPlan, paired: bool = False) -> FramePlan:
    """The (cached) plan in the frame of a steerable linear layer."""
    return FramePlan(plan, paired)


@lru_cache(maxsize=512)
def gated_layout(irreps: str, gates: int) -> Layout:
    """The layout after a gate, of the irreps before it in blocks: the gates are even scalars."""
    blocks = [
        (b.mul - gates if b.irrep.l == 0 and b.irrep.p == 1 else b.mul, b.irrep)
        for b in layout(irreps).blocks
    ]
    return layout("+".join(f"{mul}x{irrep}" for mul, irrep in blocks if mul))


def output_layout(spec: Messages) -> Layout:
    """The layout of a message: after the last gate, if there is one."""
    wide = (spec.second or spec.first).output
    return gated_layout(str(wide.irreps), spec.gated.gates) if spec.last else wide


class MessagesInFrames(NamedTuple):
    """Messages along edges of which every one has its frame, summed at their targets."""

    layer: Messages
    edges: Edges
    frames: Frames
