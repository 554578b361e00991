"""Batches padded to a fixed shape, by operations whose shapes do not depend on numbers: what a
graphics card can record once and repeat on other systems.

Behind the real systems of a batch stands one more, of ghosts: atoms like the first of all systems,
that nothing joins with the real ones. Their edges join two of them, one unit of length apart where
positions are seen; so all their numbers and derivatives are finite, and a loss leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from segnn.recipe.features import Features
from segnn.recipe.tensors import Cut, owners

GHOSTS = 2
"""There are always so many, as an edge joins two."""


class Shape(NamedTuple):
    """Rows of a padded batch: ``systems`` real ones at most, and the ghosts' behind them; nodes and
    edges with those of the ghosts.
    """

    systems: int
    nodes: int
    edges: int

    def holds(self, nodes: int, edges: int) -> bool:
        """Whether a batch with so many nodes and edges fits in."""
        return nodes + GHOSTS <= self.nodes and edges <= self.edges


@dataclass(frozen=True)
class Padded:
    """``features`` of the shape; ``systems`` (S + 1,) and ``nodes`` (N,): 1 for real ones, 0 for
    the others, float64.
    """

    features: Features
    systems: Tensor
    nodes: Tensor

    def real(self, name: str) -> Tensor:
        """Which rows of the target ``name`` count: (rows,)."""
        return self.nodes if self.features.level[name] == "node" else self.systems


@dataclass(frozen=True)
class _PaddedCut(Cut):
    """``ghost`` (2, E): the ends of the edges that are not ``real`` (E,)."""

    ghost: Tensor
    real: Tensor

    def renumber(self, edge_index: Tensor) -> Tensor:
        return torch.where(self.real, super().renumber(edge_index), self.ghost)


def padded_batch(features: Features, index: Tensor, count: Tensor, shape: Shape) -> Padded:
    """The first ``count`` () of the systems ``index`` (shape.systems,) of ``features``, which have
    at least one edge; what ``index`` holds behind them must be numbers of systems, too.
    """
    slot = torch.arange(shape.systems, device=index.device)
    real = slot < count
    owner, nodes, offsets, first = _rows(features.offsets, index, real, shape.nodes)
    edge_owner, edges, edge_offsets, _ = _rows(features.edge_offsets, index, real, shape.edges)
    real_nodes, real_edges = owner < shape.systems, edge_owner < shape.systems
    shift = pad(offsets[:-2] - first, (0, 1)).index_select(0, edge_owner)
    ghost = _ghost_edges(offsets[-2], edge_offsets[-2], shape)
    cut = _PaddedCut(
        pad(torch.where(real, index, 0), (0, 1)),
        torch.where(real_nodes, nodes, 0),
        torch.where(real_edges, edges, 0),
        offsets,
        edge_offsets,
        shift,
        ghost,
        real_edges,
    )
    batch = features.cut(cut)
    if batch.tensors is not None:
        place = torch.arange(shape.nodes, device=index.device) - offsets[-2]
        apart = pad((place % 2).to(batch.tensors.position)[:, None], (0, 2))
        position = torch.where(real_nodes[:, None], batch.tensors.position, apart)
        images = torch.where(real_edges[:, None], batch.tensors.shift, 0.0)
        batch = replace(batch, tensors=replace(batch.tensors, position=position, shift=images))
    return Padded(batch, pad(real.double(), (0, 1)), real_nodes.double())


def _rows(
    offsets: Tensor, index: Tensor, real: Tensor, rows: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Of so many rows: the place in the batch of the system of each, that of the ghosts behind the
    real ones, and where it lies in the set; the offsets of the batch; where its systems begin in
    the set.
    """
    start = offsets.index_select(0, index)
    size = torch.where(real, offsets.index_select(0, index + 1) - start, 0)
    new = pad(pad(size.cumsum(0), (1, 0)), (0, 1), value=rows)
    owner = owners(new, rows)
    moved = pad(start - new[:-2], (0, 1)).index_select(0, owner)
    return owner, torch.arange(rows, device=index.device) + moved, new, start


def _ghost_edges(nodes: Tensor, edges: Tensor, shape: Shape) -> Tensor:
    """Sources and targets (2, E) of the rows behind the first ``edges``, which join the nodes from
    ``nodes`` on: evenly, each with the one beside it, sorted by target.
    """
    place = torch.arange(shape.edges, device=nodes.device) - edges
    ghosts, count = shape.nodes - nodes, (shape.edges - edges).clamp(min=1)
    target = torch.div(place * ghosts, count, rounding_mode="floor")
    beside = target ^ 1
    source = torch.where(beside < ghosts, beside, target - 1)
    return torch.stack([source, target]) + nodes
