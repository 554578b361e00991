"""A steerable linear layer as two forms: channels are mixed first, and coupled to the attribute
then.

A layer y = W_ã x is, with the couplings M of every row (K · ã, one small matrix a path),

    z[r, i, p, c'] = Σ_c x[r, i, c] W_p[c, c']                          plain products of matrices
    T(z, M, g)     = Σ_r Σ_p Σ_ik M[e_p + i·d_p + k, r] Σ_c' z[r, i, p, c'] g[r, k, c']

over paths p from an irrep of the input, by one irrep of the attribute, to one of the output. On
edges the input of both ends is mixed at the nodes, and z of an edge is the sum of what its ends
have: so there are as few products as there can be. The way of graphics cards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from e3nn.o3 import Irrep
from torch import Tensor

from segnn.o3.constant import constant
from segnn.o3.layout import side_by_side
from segnn.o3.plan.coupling import allowed, coupling
from segnn.o3.plan.linear import LinearPlan


class Side(NamedTuple):
    """A piece of a row: first column, columns from one component to the next, components,
    channels.
    """

    start: int
    stride: int
    dim: int
    channels: int


class Path(NamedTuple):
    """What is mixed and the output; columns from what a target has to what a source has; first
    coupling (that of i, k is ``coupling + i · output.dim + k``).
    """

    input: Side
    other: int
    output: Side
    coupling: int


class Coupled(NamedTuple):
    """The paths of a layer or of one of its parts, widths of what is mixed and of the result, and
    how many couplings the layer has.
    """

    paths: tuple[Path, ...]
    dim_in: int
    dim_out: int
    couplings: int


class Input(NamedTuple):
    """Channels that are mixed: first column, columns from one component to the next, channels.
    ``first`` and ``step`` (columns of the result,): the place in the layer's flat weights (e3nn's
    order) of the first channel's weight for each column, and from a channel to the next.
    """

    start: int
    stride: int
    channels: int
    first: np.ndarray
    step: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """(channels, columns) the places of all weights."""
        found: np.ndarray = self.first + np.arange(self.channels)[:, None] * self.step
        return found


class Block(NamedTuple):
    """All that an irrep of the input is mixed to: components, first column, columns of each
    component; and what it is mixed from.
    """

    dim: int
    start: int
    columns: int
    inputs: tuple[Input, ...]


@dataclass(frozen=True, eq=False)
class Mixing:
    """Products of rows of width ``dim_in`` with some of the ``numel`` weights of a layer, of width
    ``dim_out``. ``used``: how many of the weights.
    """

    blocks: tuple[Block, ...]
    dim_in: int
    dim_out: int
    numel: int

    @property
    def used(self) -> int:
        """How many of the weights take part."""
        return sum(i.channels * b.columns for b in self.blocks for i in b.inputs)

    @property
    def read(self) -> int:
        """How many columns of the input are read."""
        return sum(b.dim * i.channels for b in self.blocks for i in b.inputs)


Part = tuple[Mixing, Coupled]
"""How a part of a layer is mixed and coupled."""


class _Target(NamedTuple):
    """Where an irrep of the input leads: piece and channel of the attribute, its column, block of
    the output.
    """

    piece: int
    channel: int
    column: int
    block: int


def _targets(plan: LinearPlan, irrep: Irrep) -> list[_Target]:
    return [
        _Target(a, v, piece.start + v * piece.irrep.dim, k)
        for a, piece in enumerate(plan.attribute.pieces)
        for v in range(piece.mul)
        for k, block in enumerate(plan.output.blocks)
        if allowed(irrep, piece.irrep, block.irrep)
    ]


@lru_cache(maxsize=256)
def _known(plan: LinearPlan) -> dict[tuple[int, int, int], int]:
    """(degree of the input, column of the attribute, degree of the output) → first coupling."""
    known: dict[tuple[int, int, int], int] = {}
    count = 0
    for part in plan.parts:
        for block in part.blocks:
            for t in _targets(plan, block.irrep):
                out = plan.output.blocks[t.block]
                key = (block.irrep.l, t.column, out.irrep.l)
                if key not in known:
                    known[key] = count
                    count += block.dim * out.dim
    return known


@lru_cache(maxsize=256)
def mixed_rows(plan: LinearPlan) -> Part:
    """Of rows x_0 ⊕ x_1 ⊕ …, which lie side by side."""
    return _part(plan, range(len(plan.parts)), ends=False)


@lru_cache(maxsize=256)
def mixed_ends(plan: LinearPlan) -> tuple[Part, Part]:
    """Of edges (x_i, x_j, s_ij): of x at the nodes, and of s at the edges."""
    return _part(plan, (0, 1), ends=True), _part(plan, (2,), ends=False)


def _part(plan: LinearPlan, parts: Sequence[int], *, ends: bool) -> Part:
    """Of some of the inputs, side by side in a row; or, of two of the same kind that are the
    ``ends`` of edges, of a row that is either.
    """
    known, width = _known(plan), 0
    blocks, paths = list[Block](), list[Path]()
    for irrep in dict.fromkeys(block.irrep for p in parts for block in plan.parts[p].blocks):
        targets = _targets(plan, irrep)
        channels = sum(plan.output.blocks[t.block].mul for t in targets)
        stride, filled = channels * (2 if ends else 1), width
        for t in targets:
            out = plan.output.blocks[t.block]
            paths.append(
                Path(
                    Side(filled, stride, irrep.dim, out.mul),
                    channels if ends else 0,
                    Side(out.start, out.mul, out.dim, out.mul),
                    known[irrep.l, t.column, out.irrep.l],
                )
            )
            filled += out.mul
        if targets:
            inputs = _inputs(plan, irrep, parts, targets, ends=ends)
            blocks.append(Block(irrep.dim, width, stride, inputs))
        width += irrep.dim * stride
    couplings = sum((2 * i + 1) * (2 * k + 1) for i, _, k in known)
    dim_in = sum(plan.parts[p].dim for p in (parts[:1] if ends else parts))
    coupled = Coupled(tuple(paths), width, plan.output.dim, couplings)
    return Mixing(tuple(blocks), dim_in, width, plan.numel), coupled


def _inputs(
    plan: LinearPlan, irrep: Irrep, parts: Sequence[int], targets: list[_Target], *, ends: bool
) -> tuple[Input, ...]:
    """What of the input has this irrep, piece by piece."""
    found, shift = list[Input](), 0
    for p in parts[:1] if ends else parts:
        for n, piece in enumerate(plan.parts[p].pieces):
            if piece.irrep == irrep:
                block = plan.parts[p].blocks[piece.block]
                columns = [
                    column
                    for q in (parts if ends else (p,))
                    for t in targets
                    for column in _columns(plan, q, n, t)
                ]
                first, step = np.array(columns, dtype=np.int64).reshape(-1, 2).T
                start = shift + block.start + piece.channel
                found.append(Input(start, block.mul, piece.mul, first, step))
        shift += plan.parts[p].dim
    return tuple(found)


def _columns(plan: LinearPlan, part: int, n: int, t: _Target) -> list[tuple[int, int]]:
    """Of the n-th piece of a part, for each channel of a block of the output: its first weight, and
    weights from a channel of the input to the next.
    """
    before = sum(len(earlier.pieces) for earlier in plan.parts[:part])
    by = plan.attribute.pieces[t.piece].mul
    columns = [(0, 0)] * plan.output.blocks[t.block].mul
    for o, piece in enumerate(plan.output.pieces):
        if piece.block == t.block:
            first = plan.offset[before + n, t.piece, o] + t.channel * piece.mul
            for c in range(piece.mul):
                columns[piece.channel + c] = first + c, by * piece.mul
    return columns


_matrices: dict[tuple[bytes, int, torch.dtype], Tensor] = {}


@lru_cache(maxsize=256)
@constant
def couplings(plan: LinearPlan, dtype: torch.dtype) -> Tensor:
    """(couplings, attribute): what makes the couplings of rows out of their attribute; one tensor
    for all plans that agree in it.
    """
    rows = [torch.zeros(0, plan.attribute.dim, dtype=torch.float64)]
    degrees = {piece.start + v * piece.irrep.dim: piece.irrep.l
               for piece in plan.attribute.pieces for v in range(piece.mul)}  # fmt: skip
    for i, column, k in _known(plan):
        symbols = coupling(i, degrees[column], k)
        matrix = symbols.new_zeros(symbols.shape[0], symbols.shape[2], plan.attribute.dim)
        matrix[..., column : column + symbols.shape[1]] = symbols.transpose(1, 2)
        rows.append(matrix.flatten(0, 1))
    found = torch.cat(rows)
    key = (found.numpy().tobytes(), found.shape[1], dtype)
    return _matrices.setdefault(key, found.to(dtype))


def mix(x: Tensor, weight: Tensor, plan: Mixing) -> Tensor:
    """From torch's own operations: x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
    parts: list[tuple[int, Tensor]] = []
    for block in plan.blocks:
        y: Tensor | None = None
        for i in block.inputs:
            view = x.as_strided(
                (x.shape[0], block.dim, i.channels),
                (x.stride(0), i.stride * x.stride(1), x.stride(1)),
                x.storage_offset() + i.start * x.stride(1),
            )
            matrix = weight[torch.from_numpy(i.weights).to(weight.device)]
            y = view @ matrix if y is None else y + view @ matrix
        assert y is not None, "a block has inputs"
        parts.append((block.start, y.flatten(1)))
    return side_by_side(parts, x, plan.dim_out)


def couple(z: Tensor, couplings: Tensor, plan: tuple[Coupled, Any]) -> Tensor:
    """From torch's own operations: z of rows, or with edges in the plan of nodes; ``couplings``
    (couplings, rows) → (rows, dim_out).
    """
    coupled, edges = plan
    ends = [z] if edges is None else [
        z.index_select(0, edges.target.index), z.index_select(0, edges.source.index)
    ]  # fmt: skip
    columns: dict[int, Tensor] = {}
    for p in coupled.paths:
        i, o = p.input, p.output
        views = [
            torch.stack(
                [end.narrow(1, i.start + n * p.other + m * i.stride, i.channels)
                 for m in range(i.dim)], dim=1)
            for n, end in enumerate(ends)
        ]  # fmt: skip
        value = views[0] if edges is None else views[0] + views[1]
        factors = couplings.narrow(0, p.coupling, i.dim * o.dim).unflatten(0, (i.dim, o.dim))
        y = torch.einsum("mkr,rmc->rkc", factors, value)
        for k in range(o.dim):
            at = o.start + k * o.stride
            columns[at] = columns[at] + y[:, k] if at in columns else y[:, k]
    parts = sorted(columns.items(), key=lambda part: part[0])
    return side_by_side(parts, ends[0], coupled.dim_out)
