"""Edges taken two by two: an edge and the one that leads back, whose messages share half of their
products.

The attribute of the reversed edge is that of the edge under inversion I, and so is its layer:
W_ã_ji = I W_ã_ij I. With T and A half the sum and half the difference of the matrices for x_i and
x_j, and with even and odd irreps (by parity) apart,

      y_ij = Y_1 + Y_2      Y_1 = T (x_i + x_j)_even + A (x_i − x_j)_odd
    I y_ji = Y_1 − Y_2      Y_2 = T (x_i + x_j)_odd  + A (x_i − x_j)_even

are two products where there were four, and x_i and x_j are turned into one frame instead of two.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from segnn.o3.layout import Layout
from segnn.o3.rows import Edges

_LARGEST = 1 / 16
"""Share of all edges that one graph may have. A pair writes at both of its ends, so that a thread
takes whole graphs, and there must be enough of them.
"""
_ALONE = 1 / 4
"""Share of the edges that may lack the way back. Such an edge is half of a pair, whose other half
is computed in vain.
"""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of edges, sorted by the first one.

    edges: (pairs, 2) int64, the edge and the one that leads back; −1 where there is none. offsets:
    (nodes + 1,) the pairs whose first edge ends at node n are ``offsets[n] … offsets[n + 1]``.
    """

    edges: Tensor
    offsets: Tensor


def may_pair(edges: Edges) -> bool:
    """Whether pairs would pay, whatever the attributes are; only the kernels take pairs, on the
    CPU.
    """
    count = len(edges)
    if count == 0 or edges.target.index.device.type != "cpu":
        return False
    if float(edges.target.offsets[edges.cuts].diff().max()) > _LARGEST * count:
        return False
    return int((edges.back >= 0).sum()) >= (1 - _ALONE) * count


def find_pairs(attribute: Tensor, layout: Layout, edges: Edges) -> Pairs | None:
    """The pairs of edges with that attribute (edges, dim); None where they would not pay.

    Attributes there and back are compared to 64 units of round-off; of several edges between two
    nodes the first is taken.
    """
    if not may_pair(edges):
        return None
    own, back = torch.arange(len(edges)), edges.back
    found = (back >= 0) & (back != own) & (back[back] == own)
    parity = torch.cat(
        [
            attribute.new_full((piece.mul * piece.irrep.dim,), piece.irrep.p)
            for piece in layout.pieces
        ]
    )
    off = (attribute[back] - attribute * parity).abs().amax(1)
    found &= off <= 64 * torch.finfo(attribute.dtype).eps * attribute.norm(dim=1)
    found &= found[back]
    if int(found.sum()) < (1 - _ALONE) * len(edges):
        return None
    first = torch.nonzero(~found | (own < back)).flatten()
    pairs = torch.stack([first, torch.where(found, back, -1)[first]], dim=1)
    return Pairs(
        pairs, torch.searchsorted(edges.target.index[first], torch.arange(edges.nodes + 1))
    )
