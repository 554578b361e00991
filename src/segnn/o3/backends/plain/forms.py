"""The forms that steerable layers are composed of, from torch's own operations.

    contract       y_r = Σ paths of x_r with attribute a_r                  channels never mix
    mix            z[r, out + i·w + c'] = Σ_c x[r, in + i·u + c] · W[c, c']  for every component i
    segment_sum    y_n = Σ x_r over the rows r of node n

``contract`` is the derivative by g of a trilinear form, as the others are of bilinear ones:

    T(x, a, g) = Σ_r Σ_t coef[t] Σ_c x[r, in[t]+c] · a[r, attr[t]] · g[r, out[t]+c]
"""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3.layout import side_by_side
from segnn.o3.plan.coupling import Contraction, Segment
from segnn.o3.plan.mix import Mix
from segnn.o3.rows import Edges, Rows


def _view(x: Tensor, s: Segment) -> Tensor:
    """The segment of x (rows, dim) as (rows, 2l+1, channels)."""
    return x.narrow(1, s.start, 2 * s.degree * s.stride + s.channels).unfold(
        1, s.channels, s.stride
    )


def contract(x: Tensor, attribute: Tensor, contraction: Contraction) -> Tensor:
    """x: (rows, dim_in), attribute: (rows, dim_attr) → (rows, dim_out): one small matrix for every
    row and path, then a batched product.
    """
    columns: list[Tensor | None] = [None] * len(contraction.outputs)
    for path, k, n in zip(
        contraction.paths, contraction.couplings_like(x), contraction.output_of, strict=True
    ):
        a = attribute[:, path.attribute : path.attribute + 2 * path.attribute_degree + 1]
        y = torch.einsum("rj,ijk->rki", a, k) @ _view(x, path.input)
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
    return side_by_side(parts, like, dim)


def mix(x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
    parts: list[tuple[int, Tensor]] = []
    for t in sorted(plan.terms, key=lambda t: t.start_out):
        block = x.narrow(1, t.start_in, t.dim * t.channels_in).reshape(
            x.shape[0], t.dim, t.channels_in
        )
        matrix = weight.narrow(0, t.weight, t.numel).view(t.channels_in, t.channels_out)
        parts.append((t.start_out, (block @ matrix).flatten(1)))
    return side_by_side(parts, x, plan.dim_out)


def segment_sum(x: Tensor, rows: Rows) -> Tensor:
    """x: (rows, dim) → (nodes, dim)."""
    return x.new_zeros(rows.nodes, x.shape[1]).index_add(0, rows.index, x)


def both_ends(target: Tensor, source: Tensor, edges: Edges) -> Tensor:
    """target[i] + source[j] for every edge from j to i: (nodes, dim) twice → (edges, dim)."""
    return target.index_select(0, edges.target.index) + source.index_select(0, edges.source.index)
