"""The raw numbers that expressions are evaluated on, and some systems cut out of many."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor

from segnn.parallel.halo import Halo


@dataclass(frozen=True)
class Tensors:
    """Positions, fields and edges of S systems with M nodes and E edges, all float64 except the
    indices.

    - ``position``: (M, 3); ``node``: {field: (M, k)}; ``graph``: {field: (S, k)}.
    - ``edge_index``: (2, E), row 0 the source j, row 1 the target i, sorted by target.
    - ``shift``: (E, 3), added to x_j − x_i (periodic images).
    - ``offsets``, ``edge_offsets``: (S+1,), where each system's nodes and edges begin.
    - ``origin``: the file's name, for errors; ``periodic``: whether any system has periodic
      boundaries; ``volume``: (S,) that of the cell, where a target is a derivative by it.
    - ``halo``: of a part of one system, divided among processes; then the edges are those to owned
      nodes, and ``offsets`` are of the whole system, [0, N].
    """

    position: Tensor
    edge_index: Tensor
    shift: Tensor
    offsets: Tensor
    edge_offsets: Tensor
    node: dict[str, Tensor] = field(default_factory=dict)
    graph: dict[str, Tensor] = field(default_factory=dict)
    origin: str = "the data"
    periodic: bool = False
    volume: Tensor | None = None
    halo: Halo | None = None

    @property
    def nodes(self) -> int:
        """How many nodes all systems have together."""
        return self.position.shape[0]

    @property
    def edges(self) -> int:
        """How many directed edges there are."""
        return self.edge_index.shape[1]

    @property
    def systems(self) -> int:
        """How many systems there are."""
        return self.offsets.shape[0] - 1

    def total(self, value: Tensor) -> Tensor:
        """Rows of nodes (M, k), summed over each system: (S, k)."""
        if self.halo is not None:
            return self.halo.sum(value)
        empty = value.new_zeros(self.systems, value.shape[1])
        return empty.index_add(0, self.node_graph, value)

    def complete(self, value: Tensor) -> Tensor:
        """Rows of nodes (M, k), of which those of a halo are wrong or missing: right everywhere."""
        return value if self.halo is None else self.halo.complete(self.halo.own(value))

    def own(self, value: Tensor) -> Tensor:
        """Rows of nodes (M, k) without those of a halo."""
        return value if self.halo is None else self.halo.own(value)

    @cached_property
    def node_graph(self) -> Tensor:
        """(M,) the system of each node."""
        return owners(self.offsets, self.nodes)

    @cached_property
    def edge_graph(self) -> Tensor:
        """(E,) the system of each edge."""
        return owners(self.edge_offsets, self.edges)

    def cut(self, cut: Cut, edge_index: Tensor) -> Tensors:
        """The systems of a cut, whose edges are ``edge_index``."""
        return Tensors(
            position=self.position.index_select(0, cut.nodes),
            edge_index=edge_index,
            shift=self.shift.index_select(0, cut.edges),
            offsets=cut.offsets,
            edge_offsets=cut.edge_offsets,
            node={name: value.index_select(0, cut.nodes) for name, value in self.node.items()},
            graph={name: value.index_select(0, cut.systems) for name, value in self.graph.items()},
            origin=self.origin,
            periodic=self.periodic,
            volume=None if self.volume is None else self.volume.index_select(0, cut.systems),
        )

    def to(self, device: torch.device | str | None) -> Tensors:
        """The same numbers on another device; on this one for None."""
        if device is None:
            return self

        def moved(held: dict[str, Tensor]) -> dict[str, Tensor]:
            return {name: value.to(device=device) for name, value in held.items()}

        return replace(
            self,
            position=self.position.to(device=device),
            edge_index=self.edge_index.to(device=device),
            shift=self.shift.to(device=device),
            offsets=self.offsets.to(device=device),
            edge_offsets=self.edge_offsets.to(device=device),
            volume=None if self.volume is None else self.volume.to(device=device),
            node=moved(self.node),
            graph=moved(self.graph),
        )


@dataclass(frozen=True)
class Cut:
    """Which rows belong to some systems, in their order, and the offsets of what is cut out."""

    systems: Tensor
    nodes: Tensor
    edges: Tensor
    offsets: Tensor
    edge_offsets: Tensor
    edge_shift: Tensor

    @classmethod
    def of(cls, offsets: Tensor, edge_offsets: Tensor, systems: Tensor) -> Cut:
        """Rows of the systems ``systems`` (B,) int64 of a set with these offsets (S+1,)."""
        nodes, new_offsets, _ = _rows(offsets, systems)
        edges, new_edge_offsets, owners = _rows(edge_offsets, systems)
        edge_shift = (new_offsets[:-1] - offsets[systems])[owners]
        return cls(systems, nodes, edges, new_offsets, new_edge_offsets, edge_shift)

    def renumber(self, edge_index: Tensor) -> Tensor:
        """The cut edges (2, E') with node numbers of the cut; they stay sorted by target.

        Row by row: along the second axis `index_select` first copies all edges of the set where
        these lie pair by pair in memory, 100 ms for each batch of a set of five million edges.
        """
        ends = [row.index_select(0, self.edges) for row in edge_index]
        return torch.stack(ends) + self.edge_shift


def _rows(offsets: Tensor, systems: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(rows of the systems one after another, their new offsets, which of the systems each row
    belongs to).
    """
    start = offsets[systems]
    new = torch.nn.functional.pad((offsets[systems + 1] - start).cumsum(0), (1, 0))
    owner = owners(new, int(new[-1]))
    return torch.arange(len(owner), device=offsets.device) + (start - new[:-1])[owner], new, owner


def owners(offsets: Tensor, rows: int) -> Tensor:
    """The system of each row: how many systems have ended before it.

    `torch.repeat_interleave` says the same but wakes all threads, which costs milliseconds on busy
    cores.
    """
    ends = offsets.new_zeros(rows + 1)
    ends.index_add_(0, offsets[1:-1], ends.new_ones(max(len(offsets) - 2, 0)))
    return ends[:rows].cumsum(0)
