"""A steerable linear layer as a form: which weights lead from which columns to which.

A layer y = W_ã x is, with the couplings M of every row (K · ã, one small matrix a path),

    T(x, M, W, g) = Σ_r Σ_p Σ_ik M[e_p + i·d_p + k, r] Σ_cc' x[r, i, c] W_p[c, c'] g[r, k, c']

over paths p from a piece of the input, by one irrep of the attribute, to a piece of the output. The
weights stay in e3nn's order: every path has its first weight and its stride. Nothing is mixed
before it is coupled here, as there is memory to be saved and not products: the way of cards.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from segnn.o3.constant import constant
from segnn.o3.layout import Layout, Piece, side_by_side
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
    """Input and output, first coupling (that of i, k is ``coupling + i · output.dim + k``), first
    weight, weights from one channel of the input to the next.
    """

    input: Side
    output: Side
    coupling: int
    weight: int
    row: int


class Steered(NamedTuple):
    """A layer's paths, the matrix (couplings, attribute) that gives M, and widths of rows."""

    paths: tuple[Path, ...]
    couplings: Tensor
    dim_in: int
    dim_out: int
    numel: int


def _side(layout: Layout, piece: Piece, shift: int) -> Side:
    block = layout.blocks[piece.block]
    return Side(shift + block.start + piece.channel, block.mul, block.dim, piece.mul)


@lru_cache(maxsize=256)
@constant
def steered(plan: LinearPlan) -> Steered:
    """The paths of a layer; its parts lie side by side in a row."""
    paths: list[Path] = []
    rows: list[Tensor] = []
    known: dict[tuple[int, int, int], int] = {}
    count, n, shift = 0, 0, 0
    for part in plan.parts:
        for piece in part.pieces:
            for a, by in enumerate(plan.attribute.pieces):
                for o, out in enumerate(plan.output.pieces):
                    if not allowed(piece.irrep, by.irrep, out.irrep):
                        continue
                    for v in range(by.mul):
                        column = by.start + v * by.irrep.dim
                        key = (piece.irrep.l, column, out.irrep.l)
                        if key not in known:
                            k = coupling(piece.irrep.l, by.irrep.l, out.irrep.l)
                            matrix = k.new_zeros(k.shape[0], k.shape[2], plan.attribute.dim)
                            matrix[..., column : column + k.shape[1]] = k.transpose(1, 2)
                            rows.append(matrix.flatten(0, 1))
                            known[key] = count
                            count += len(rows[-1])
                        paths.append(
                            Path(
                                _side(part, piece, shift),
                                _side(plan.output, out, 0),
                                known[key],
                                plan.offset[n, a, o] + v * out.mul,
                                by.mul * out.mul,
                            )
                        )
            n += 1
        shift += part.dim
    matrix = torch.cat(rows) if rows else torch.zeros(0, plan.attribute.dim, dtype=torch.float64)
    return Steered(tuple(paths), matrix, shift, plan.output.dim, plan.numel)


_matrices: dict[tuple[bytes, int, torch.dtype], Tensor] = {}


@lru_cache(maxsize=256)
@constant
def couplings(plan: LinearPlan, dtype: torch.dtype) -> Tensor:
    """(couplings, attribute): what makes the couplings of rows out of their attribute; one tensor
    for all plans that agree in it.
    """
    matrix = steered(plan).couplings
    key = (matrix.numpy().tobytes(), matrix.shape[1], dtype)
    return _matrices.setdefault(key, matrix.to(dtype).contiguous())


def steer(x: Tensor, couplings: Tensor, weight: Tensor, plan: LinearPlan) -> Tensor:
    """A whole linear layer without its bias from torch's own operations: (rows, dim_out). Of
    ``couplings`` (couplings, rows).
    """
    columns: dict[int, Tensor] = {}
    for p in steered(plan).paths:
        i, o = p.input, p.output
        views = [x.narrow(1, i.start + m * i.stride, i.channels) for m in range(i.dim)]
        factors = couplings.narrow(0, p.coupling, i.dim * o.dim).unflatten(0, (i.dim, o.dim))
        matrix = weight.as_strided((i.channels, o.channels), (p.row, 1), p.weight)
        y = torch.einsum("mkr,rmc->rkc", factors, torch.stack(views, dim=1)) @ matrix
        for k in range(o.dim):
            at = o.start + k * o.stride
            columns[at] = columns[at] + y[:, k] if at in columns else y[:, k]
    return side_by_side(sorted(columns.items(), key=lambda part: part[0]), x, steered(plan).dim_out)
