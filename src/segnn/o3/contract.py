"""Channelwise contraction of features with an attribute, at rows or gathered over the edges of a
graph.

All operations here are derivatives of one trilinear form (see ``Contraction``), so the family
closes under differentiation:

    T(x, a, g) = Σ_r Σ_t coef[t] Σ_c x[source(r), in[t]+c] · a[r, attr[t]] · g[r, out[t]+c]

The contraction is ∂T/∂g; ∂T/∂x sums over the rows that read x; ∂T/∂a is a dot product over
channels.
"""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3.backends.choice import use_numba
from segnn.o3.plan.coupling import Contraction, Segment
from segnn.o3.rows import Edges, Rows


def _view(x: Tensor, s: Segment) -> Tensor:
    """The segment of x (rows, dim) as (rows, 2l+1, channels)."""
    return x.narrow(1, s.start, 2 * s.degree * s.stride + s.channels).unfold(
        1, s.channels, s.stride
    )


def contract_plain(x: Tensor, attribute: Tensor, contraction: Contraction) -> Tensor:
    """The plain path of ``contract``: one small matrix per row and path, then a batched product.
    The oracle.
    """
    columns: list[Tensor | None] = [None] * len(contraction.outputs)
    for path, k, n in zip(
        contraction.paths, contraction.couplings, contraction.output_of, strict=True
    ):
        a = attribute[:, path.attribute : path.attribute + 2 * path.attribute_degree + 1]
        y = torch.einsum("rj,ijk->rki", a, k.to(x)) @ _view(x, path.input)
        before = columns[n]
        columns[n] = y if before is None else before + y
    return _assemble(contraction.outputs, columns, x, contraction.dim_out)


def _assemble(
    segments: tuple[Segment, ...], columns: list[Tensor | None], like: Tensor, dim: int
) -> Tensor:
    """Segments (rows, 2l+1, channels) that fill a row without overlap, put side by side: (rows,
    dim).
    """
    filled_ones = [(s, y) for s, y in zip(segments, columns, strict=True) if y is not None]
    parts = [
        (s.start + m * s.stride, y[:, m]) for s, y in filled_ones for m in range(2 * s.degree + 1)
    ]
    parts.sort(key=lambda part: part[0])
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


def contract(x: Tensor, attribute: Tensor, contraction: Contraction) -> Tensor:
    """y[r] = Σ paths of x[r] with attribute[r]. x: (rows, dim_in), attribute: (rows, dim_attr) →
    (rows, dim_out).
    """
    if use_numba(x):
        from segnn.o3.backends.numba.layers.autograd import Contract

        return Contract.apply(x, attribute, contraction, None)
    return contract_plain(x, attribute, contraction)


def contract_edges(
    target: Tensor, source: Tensor, attribute: Tensor, contraction: Contraction, edges: Edges
) -> Tensor:
    """y[e] = Σ paths of (target[i] + source[j]) with attribute[e], for every edge e from j to i.

    target, source: (nodes, dim_in); attribute: (edges, dim_attr). Returns (edges, dim_out).
    Contraction is linear, so the two ends of an edge share it.
    """
    if use_numba(target):
        from segnn.o3.backends.numba.layers.autograd import ContractEdges

        return ContractEdges.apply(target, source, attribute, contraction, edges)
    x = target.index_select(0, edges.target.index) + source.index_select(0, edges.source.index)
    return contract_plain(x, attribute, contraction)


def segment_sum(x: Tensor, rows: Rows) -> Tensor:
    """y[n] = Σ x[r] over the rows r of node n. x: (rows, dim) → (nodes, dim)."""
    if use_numba(x):
        from segnn.o3.backends.numba.layers.autograd import SegmentSum

        return SegmentSum.apply(x, rows)
    return x.new_zeros(rows.nodes, x.shape[1]).index_add(0, rows.index, x)
