"""Batches padded to a fixed shape, by operations whose shapes do not depend on numbers: what a
graphics card can record once and repeat on other systems.

Behind the real systems of a batch stands one more, of ghosts: atoms like the first of the set, that
nothing joins with the real ones. Their edges join two of them, one unit of length apart where
positions are seen; so all their numbers and derivatives are finite, and a loss leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from segnn.recipe.features import Features
from segnn.recipe.tensors import Cut

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


def batch_plan(offsets: Tensor, edge_offsets: Tensor, index: Tensor, shape: Shape) -> Tensor:
    """How the systems ``index`` (at most shape.systems) are cut out of a set with these offsets
    (S+1,), both on a CPU: (6, shape.systems + 2) int64, all that `padded_batch` has to be told.

    Of every place in the batch, that of the ghosts last: the system there, 0 where there is none;
    whether there is one; where its nodes begin, and how far they move from there back to the set;
    the same of its edges.
    """
    count = len(index)
    plan = torch.zeros(6, shape.systems + 2, dtype=torch.int64)
    plan[0, :count], plan[1, :count] = index, 1
    for row, every, rows in ((2, offsets, shape.nodes), (4, edge_offsets, shape.edges)):
        start = every[index]
        ends = (every[index + 1] - start).cumsum(0)
        last = int(ends[-1]) if count else 0
        plan[row, 1 : count + 1] = ends
        plan[row, count + 1 : -1], plan[row, -1] = last, rows
        plan[row + 1, :count] = start - plan[row, :count]
        plan[row + 1, shape.systems] = -last
    return plan


def padded_batch(features: Features, plan: Tensor, shape: Shape) -> Padded:
    """The systems of ``features``, which have an edge, that the ``plan`` tells of."""
    systems, real, offsets, moves, edge_offsets, edge_moves = plan.unbind()
    owner, nodes = _rows(offsets, moves, shape.nodes, features.x.shape[0])
    edge_owner, edges = _rows(edge_offsets, edge_moves, shape.edges, features.edge_index.shape[1])
    real_nodes, real_edges = owner < shape.systems, edge_owner < shape.systems
    cut = _PaddedCut(
        systems[:-1],
        nodes,
        edges,
        offsets,
        edge_offsets,
        -moves.index_select(0, edge_owner),
        _ghost_edges(offsets[-2], edge_offsets[-2], shape),
        real_edges,
    )
    batch = features.cut(cut)
    if batch.tensors is not None:
        place = torch.arange(shape.nodes, device=plan.device) - offsets[-2]
        apart = pad((place % 2).to(batch.tensors.position)[:, None], (0, 2))
        position = torch.where(real_nodes[:, None], batch.tensors.position, apart)
        images = torch.where(real_edges[:, None], batch.tensors.shift, 0.0)
        batch = replace(batch, tensors=replace(batch.tensors, position=position, shift=images))
    return Padded(batch, real[:-1].double(), real_nodes.double())


def _rows(offsets: Tensor, moves: Tensor, rows: int, there: int) -> tuple[Tensor, Tensor]:
    """The place in the batch of the system of each of so many rows, and where the row lies in the
    set, which has as many as are ``there``.
    """
    row = torch.arange(rows, device=offsets.device)
    owner = torch.searchsorted(offsets[1:-1], row, right=True)
    return owner, (row + moves.index_select(0, owner)).clamp(max=there - 1)


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
