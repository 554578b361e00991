"""What couples mixed rows to their attribute, by its kernels."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from segnn.o3.backends.protocol import Couple, Form
from segnn.o3.backends.triton import couple_kernels as kernels
from segnn.o3.backends.triton.couple_tables import Groups, by_couplings, by_input, by_output
from segnn.o3.backends.triton.mix import made
from segnn.o3.backends.triton.sums import column_sums
from segnn.o3.plan.mixed import Coupled
from segnn.o3.rows import Edges, Rows

Plan = tuple[Coupled, Edges | None]


class Tuning(NamedTuple):
    """Rows of a program, the most columns of its tiles, its warps."""

    rows: int
    tile: int
    warps: int


# The fastest on an H200 of what was tried, for the layers of `segnn bench qm9`.
TUNING = {"couple": Tuning(8, 128, 4), "back": Tuning(2, 128, 1), "couplings": Tuning(8, 128, 4)}


def _ends(edges: Edges | None, like: Tensor) -> tuple[Tensor, Tensor]:
    """Target and source of every row; of rows that are no edges any, which nobody reads."""
    return (like, like) if edges is None else (edges.target.index, edges.source.index)


def _order(rows: Rows) -> Tensor:
    """The rows node by node."""
    return rows.all_rows if rows.order is None else rows.order


def _run(
    read: Tensor,
    factors: Tensor,
    bias: Tensor | None,
    edges: Edges | None,
    groups: Groups,
    dim: int,
    before: Tensor | None = None,
) -> Tensor:
    read, factors = read.contiguous(), factors.contiguous()
    rows, count = factors.shape[1], len(groups.groups)
    y = made(read, rows, dim, groups.whole) if before is None else before
    if bias is not None and not groups.whole and rows:
        y[:, : len(bias)] = bias  # of columns that no path leads to
    if not rows or not count:
        return y
    block, _, warps = TUNING["couple"]
    kernels.couple[-(-rows // block) * count,](
        read,
        factors,
        read if bias is None else bias.contiguous(),
        *_ends(edges, read),
        y,
        *groups.on(read.device),
        rows,
        read.shape[1],
        dim,
        count,
        0 if bias is None else len(bias),
        ADD=before is not None,
        ALIGNED=groups.aligned,
        ENDS=edges is not None,
        DIM=groups.dim,
        BLOCK_R=block,
        BLOCK_C=groups.tile,
        num_warps=warps,
    )
    return y


def _forward(
    plan: Plan, z: Tensor, factors: Tensor, bias: Tensor | None, y: Tensor | None
) -> Tensor:
    coupled, edges = plan
    groups = by_output(coupled, TUNING["couple"].tile)
    return _run(z, factors, bias, edges, groups, coupled.dim_out, y)


def _by_g(plan: Plan, z: Tensor, factors: Tensor) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    return _forward(plan, z, factors, None, None)


def _by_z(plan: Plan, factors: Tensor, g: Tensor) -> Tensor:
    """∂T/∂z: of the rows, or summed up at the nodes."""
    coupled, edges = plan
    if edges is None:
        groups = by_input(coupled, TUNING["couple"].tile)
        return _run(g, factors, None, None, groups, coupled.dim_in)
    factors, g = factors.contiguous(), g.contiguous()
    block, most, warps = TUNING["back"]
    groups = by_input(coupled, most)
    z, count = g.new_empty(edges.nodes, coupled.dim_in), len(groups.groups)
    if z.numel():
        kernels.couple_back[edges.nodes * count,](
            g,
            factors,
            _order(edges.target),
            _order(edges.source),
            edges.target.offsets,
            edges.source.offsets,
            z,
            *groups.on(g.device),
            factors.shape[1],
            g.shape[1],
            coupled.dim_in,
            count,
            ALIGNED=groups.aligned,
            DIM=groups.dim,
            BLOCK_R=block,
            BLOCK_C=groups.tile,
            num_warps=warps,
        )
    return z


def _by_couplings(plan: Plan, z: Tensor, g: Tensor) -> Tensor:
    """∂T/∂M: (couplings, rows)."""
    coupled, edges = plan
    z, g = z.contiguous(), g.contiguous()
    block, most, warps = TUNING["couplings"]
    groups, rows = by_couplings(coupled, most), g.shape[0]
    factors, count = made(z, coupled.couplings, rows, groups.whole), len(groups.groups)
    if rows and count:
        kernels.couple_couplings[-(-rows // block) * count,](
            z,
            g,
            *_ends(edges, z),
            factors,
            *groups.on(z.device),
            rows,
            z.shape[1],
            g.shape[1],
            count,
            ALIGNED=groups.aligned,
            ENDS=edges is not None,
            DIM=groups.dim,
            BLOCK_R=block,
            BLOCK_C=groups.tile,
            num_warps=warps,
        )
    return factors


COUPLE = Couple(_forward, column_sums, Form((_by_z, _by_couplings, _by_g)))
