"""The frame of every edge, in which its vector is the polar axis, found from the edges' attribute.

In that frame the harmonics of the vector have the component m = 0 alone, and a product with them
falls apart into one small matrix for each |m| (Passaro & Zitnick 2023, arXiv 2302.03655); see
``segnn.o3.frames.plan``. e3nn's polar axis is y. Which way the frame is turned about that axis does
not matter, so that the poles are ordinary directions.

Attributes are taken for what they are, not for what they were made from: ``find_frames`` checks
that every row is s_e · c_l · Y_l(u_e) for all its degrees, with one factor a degree and one scale
an edge (a normalisation, an envelope).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi

import torch
from torch import Tensor

from segnn.o3.constant import constant
from segnn.o3.frames.pairs import Pairs, find_pairs
from segnn.o3.layout import Layout
from segnn.o3.plan.coupling import coupling
from segnn.o3.rows import Edges

_FEW = 1 / 8
"""Share of the edges that may have another attribute than harmonics; they go the direct way."""


@dataclass(frozen=True, eq=False)
class Frames:
    """Edges whose attribute is harmonics of one vector, with their rotations.

    turn: (edges, Σ_l (2l+1)²), for l = 0 … lmax the matrix D^l that turns components into the
    edge's frame, row by row; with ``mirrored`` the same again with components m and −m exchanged
    (see ``turns``). scale: (edges,) s_e, or None where all are one. factors: (pieces of the
    attribute,) c_l, so that the attribute in the frame is s_e c_l at m = 0 and zero elsewhere.
    some: the edges in question and their rows among all edges, or None where these are all. rest:
    the others. lmax, mirrored: which matrices ``turn`` holds. pairs: the edges in question with
    their way back, where this pays.
    """

    turn: Tensor
    scale: Tensor | None
    factors: tuple[float, ...]
    some: tuple[Edges, Tensor] | None
    rest: tuple[Edges, Tensor] | None
    lmax: int
    mirrored: bool
    pairs: Pairs | None

    @staticmethod
    def start(degree: int) -> int:
        """Where the matrix of a degree starts in a row of ``turn``."""
        return _first(degree)


def has_frames(attribute: Layout) -> bool:
    """Whether attributes of these irreps can be harmonics of one vector: ``1o`` and more of 0e, 2e,
    3o …, each once.
    """
    irreps = [piece.irrep for piece in attribute.pieces]
    single = all(piece.mul == 1 for piece in attribute.pieces) and len(set(irreps)) == len(irreps)
    return single and all(ir.p == (-1) ** ir.l for ir in irreps) and any(ir.l == 1 for ir in irreps)


@torch.no_grad()
def find_frames(
    attribute: Tensor, layout: Layout, edges: Edges, lmax: int, mirrored: bool
) -> Frames | None:
    """The frames of the edges with that attribute (edges, dim); None if more than a few are not
    harmonics of one vector.

    Degrees up to ``lmax`` are turned. Rows are compared to 64 units of round-off of their length.
    The attribute of a zero vector, (1, 0, 0, …), has fewer degrees than the others and belongs to
    the ``rest``.
    """
    starts = {piece.irrep.l: piece.start for piece in layout.pieces}
    vector = attribute[:, starts[1] : starts[1] + 3]
    length = vector.norm(dim=1, keepdim=True)
    turn = turns(
        torch.where(length > 0, vector / length, vector.new_tensor([0.0, 1.0, 0.0])),
        max(lmax, *starts),
    )
    # The polar component of a degree is its product with the row m = 0 of D; all of it must lie
    # there.
    parts = []
    off = attribute.new_zeros(len(attribute))
    for degree, start in starts.items():
        given, row = (
            attribute[:, start : start + 2 * degree + 1],
            _first(degree) + degree * (2 * degree + 1),
        )
        pole = turn[:, row : row + 2 * degree + 1]
        parts.append((given * pole).sum(1))
        off = torch.maximum(off, (given - parts[-1][:, None] * pole).abs().amax(1))
    polar, size = torch.stack(parts, dim=1), attribute.norm(dim=1)
    allowed = 64 * torch.finfo(attribute.dtype).eps * size
    if len(attribute):
        largest = int(size.argmax())
        shape = polar[largest] / size[largest].clamp(min=torch.finfo(size.dtype).tiny)
    else:
        shape = polar.new_zeros(len(starts))
    off = torch.maximum(off, (polar - size[:, None] * shape).abs().amax(1))
    good = off <= allowed
    one, scale = float(size.max()) if len(size) else 1.0, None
    if bool(((size - one).abs() > allowed)[good].any()):
        one, scale = 1.0, size
    turn = turn[:, : _first(lmax + 1)]
    turn = (
        torch.cat(
            [turn, turn[:, _mirror(lmax).to(turn.device)] * _mirror_sign(lmax).to(turn)], dim=1
        )
        if mirrored
        else turn
    )
    factors = tuple(float(value) * one for value in shape)
    if bool(good.all()):
        return Frames(
            turn.contiguous(),
            scale,
            factors,
            None,
            None,
            lmax,
            mirrored,
            find_pairs(attribute, layout, edges),
        )
    index, rest = torch.nonzero(good).flatten(), torch.nonzero(~good).flatten()
    if len(rest) > _FEW * len(good):
        return None
    scale = None if scale is None else scale[index]
    some = _some(edges, index)
    pairs = find_pairs(attribute[index], layout, some)
    return Frames(
        turn[index],
        scale,
        factors,
        (some, index),
        (_some(edges, rest), rest),
        lmax,
        mirrored,
        pairs,
    )


def _some(edges: Edges, index: Tensor) -> Edges:
    return Edges(edges.source.index[index], edges.target.index[index], edges.nodes, checked=True)


def turns(direction: Tensor, lmax: int) -> Tensor:
    """D^l, l = 0 … lmax, of the rotation that takes ``direction`` (edges, 3) to the y axis: (edges,
    Σ (2l+1)²).

    D = X(−β) Y(−α) with u = (sin β sin α, cos β, sin β cos α). All of it is polynomials in sines
    and cosines, and these are quotients of components: no angle is computed, and at the poles α = 0
    is as good as any.
    """
    x, y, z = direction.unbind(1)
    across = torch.hypot(x, z)
    polar = across > 0
    safe = torch.where(polar, across, 1.0)
    cos_a, sin_a = _multiples(torch.where(polar, z / safe, 1.0), x / safe, lmax)
    cos_b, sin_b = _multiples(y, across, lmax)
    wave = torch.cat([cos_b, sin_b[:, 1:]], dim=1)
    tilt, other = (wave @ basis.to(direction) for basis in _tilt(lmax))
    cosines, sines = (
        torch.cat([cos_a.flip(1), cos_a[:, 1:]], 1),
        torch.cat([-sin_a.flip(1), sin_a[:, 1:]], 1),
    )
    for k in range(lmax + 1):
        block = slice(_first(k), _first(k + 1))
        column = slice(lmax - k, lmax + k + 1)
        square = (len(direction), 2 * k + 1, 2 * k + 1)
        tilt[:, block].view(square).mul_(cosines[:, None, column])
        tilt[:, block].view(square).addcmul_(other[:, block].view(square), sines[:, None, column])
    return tilt


def _multiples(cosine: Tensor, sine: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """cos kφ and sin kφ for k = 0 … count, (rows, count + 1) each, by the sum formulae."""
    cosines, sines = [torch.ones_like(cosine)], [torch.zeros_like(sine)]
    for _ in range(count):
        cosines.append(cosines[-1] * cosine - sines[-1] * sine)
        sines.append(sines[-1] * cosine + cosines[-2] * sine)
    return torch.stack(cosines, 1), torch.stack(sines, 1)


def _first(degree: int) -> int:
    """Σ_{l < degree} (2l+1)²: where the matrix of a degree starts."""
    return degree * (2 * degree - 1) * (2 * degree + 1) // 3


@lru_cache(maxsize=16)
@constant
def _tilt(lmax: int) -> tuple[Tensor, Tensor]:
    """X(−β) of every degree as a Fourier series in β: coefficients (2 lmax + 1, numbers) of 1, cos
    β, … cos lmax β, sin β, … sin lmax β, got from as many samples. And the same of its product with
    Y, (Y_k)_{−m,m} = −1: columns −m at m, negated.

    Degrees are built up: D^l is D^{l−1} ⊗ D^1 in the basis of the coupling.
    """
    count = 2 * lmax + 1
    angle = torch.arange(count, dtype=torch.float64) * (2 * pi / count)
    c, s, zero, one = angle.cos(), angle.sin(), torch.zeros_like(angle), torch.ones_like(angle)
    vector = torch.stack([one, zero, zero, zero, c, s, zero, -s, c], dim=1).view(-1, 3, 3)
    matrices = [one.view(-1, 1, 1), vector]
    for k in range(2, lmax + 1):
        basis = coupling(k - 1, 1, k)
        matrices.append(torch.einsum("eab,ecd,acm,bdn->emn", matrices[-1], vector, basis, basis))
    weight = torch.full((count,), 2.0 / count, dtype=torch.float64)
    weight[0] /= 2
    waves = angle[:, None] * torch.arange(lmax + 1)
    series = (torch.cat([waves.cos(), waves.sin()[:, 1:]], dim=1) * weight).T
    tilt, other = (
        series @ torch.cat([m.flatten(1) for m in found[: lmax + 1]], dim=1)
        for found in (matrices, [-m.flip(2) for m in matrices])
    )
    return tilt, other


@lru_cache(maxsize=16)
@constant
def _mirror(lmax: int) -> Tensor:
    """Where row −m of a matrix lies, for every number of row m."""
    places = []
    for k in range(lmax + 1):
        row = torch.arange((2 * k + 1) ** 2) // (2 * k + 1)
        places.append(_first(k) + torch.arange((2 * k + 1) ** 2) + (2 * k - 2 * row) * (2 * k + 1))
    return torch.cat(places)


@lru_cache(maxsize=16)
@constant
def _mirror_sign(lmax: int) -> Tensor:
    """−1 for the rows m < 0."""
    rows = [torch.arange((2 * k + 1) ** 2) // (2 * k + 1) - k for k in range(lmax + 1)]
    return torch.where(torch.cat(rows) < 0, -1.0, 1.0)
