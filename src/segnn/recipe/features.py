"""What the network sees: the evaluated cues of many systems, flat, cut into batches by indexing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from segnn.parallel.halo import Halo
from segnn.recipe.tensors import Cut, Tensors, owners


@dataclass(frozen=True)
class Features:
    """The evaluated cues of S systems with M nodes and E edges; irreps in e3nn's ``mul_ir`` layout.

    - ``x``: (M, irreps_in).
    - ``edge_index``: (2, E) int64, row 0 the source j, row 1 the target i, sorted by target.
    - ``edge_attr``: (E, irreps_edge_attr); ``node_attr``: (M, irreps_node_attr).
    - ``message``: (E, irreps_message), or None where the recipe has no message_scalars.
    - ``base``: what the output is added to, by the target's name, zero where none is declared;
      derivatives have none. ``labels``: of every target that the data has labels of.
      Both (M, k) for a target of ``level`` "node", (S, k) for "graph".
    - ``offsets``, ``edge_offsets``: (S+1,), where each system's nodes and edges begin.
    - ``tensors``: what the cues were evaluated on, for networks that evaluate them anew at other
      positions; else None.
    - ``weight``: (M, 1), of sum 1 in every system; the mean it weights is removed from the target
      of that name. ``composition``: (rows, species), how many nodes of each species a row of the
      target of that name has, where it has references.
    - ``halo``: of a part of one system, divided among processes; then rows of nodes are those of
      owned nodes, and ``offsets`` are of the whole system, [0, N].
    """

    x: Tensor
    edge_index: Tensor
    edge_attr: Tensor
    node_attr: Tensor
    message: Tensor | None
    base: dict[str, Tensor]
    labels: dict[str, Tensor]
    offsets: Tensor
    edge_offsets: Tensor
    level: dict[str, str]
    weight: dict[str, Tensor] = field(default_factory=dict)
    composition: dict[str, Tensor] = field(default_factory=dict)
    tensors: Tensors | None = None
    halo: Halo | None = None

    @property
    def node_graph(self) -> Tensor:
        """(M,) the system of each node."""
        return owners(self.offsets, self.x.shape[0])

    def total(self, value: Tensor) -> Tensor:
        """Rows of nodes (M, k), summed over each system: (S, k)."""
        if self.halo is not None:
            return self.halo.sum(value)
        return value.new_zeros(len(self), value.shape[1]).index_add(0, self.node_graph, value)

    def __len__(self) -> int:
        """Number of systems S."""
        return self.offsets.shape[0] - 1

    def batch(self, index: Tensor | np.ndarray | Sequence[int] | slice) -> Features:
        """The systems ``index``, in that order; vectorised indexing, no loop over systems."""
        systems = _as_index(index, len(self), self.offsets.device)
        return self.cut(Cut.of(self.offsets, self.edge_offsets, systems))

    def cut(self, cut: Cut) -> Features:
        """The systems of a cut."""
        edge_index = cut.renumber(self.edge_index)
        tensors = None if self.tensors is None else self.tensors.cut(cut, edge_index)

        def rows(held: dict[str, Tensor]) -> dict[str, Tensor]:
            taken = {n: cut.nodes if self.level[n] == "node" else cut.systems for n in held}
            return {name: value.index_select(0, taken[name]) for name, value in held.items()}

        return Features(
            x=self.x.index_select(0, cut.nodes),
            edge_index=edge_index,
            edge_attr=self.edge_attr.index_select(0, cut.edges),
            node_attr=self.node_attr.index_select(0, cut.nodes),
            message=None if self.message is None else self.message.index_select(0, cut.edges),
            base=rows(self.base),
            labels=rows(self.labels),
            offsets=cut.offsets,
            edge_offsets=cut.edge_offsets,
            level=self.level,
            weight=rows(self.weight),
            composition=rows(self.composition),
            tensors=tensors,
        )

    def bare(self) -> Features:
        """The same systems without the evaluated cues, for networks that evaluate them in every
        step: nothing is cut out of them for a batch in vain.
        """
        return replace(
            self,
            x=self.x[:, :0],
            edge_attr=self.edge_attr[:, :0],
            node_attr=self.node_attr[:, :0],
            message=None if self.message is None else self.message[:, :0],
        )

    def labelled(self, name: str) -> Tensor:
        """(S,) which systems have labels of this target."""
        lacking = self.labels[name].isnan().any(1)
        if self.level[name] == "graph":
            return ~lacking
        found = torch.ones(len(self), dtype=torch.bool, device=lacking.device)
        found[self.rows_of(name)[lacking]] = False
        return found

    def with_labels(self, name: str) -> Features:
        """The systems that have labels of this target, without cues; all, where all have some."""
        chosen = self.labelled(name)
        return self if bool(chosen.all()) else self.bare().batch(chosen)

    def rest(self, name: str) -> Tensor:
        """Labels − base of a target: what the network has to learn."""
        base = self.base.get(name)
        return self.labels[name] if base is None else self.labels[name] - base

    def rows_of(self, name: str) -> Tensor:
        """The system of each row of a target, (M,) or (S,)."""
        if self.level[name] == "node":
            return self.node_graph
        return torch.arange(len(self), device=self.offsets.device)

    def to(
        self,
        kind: torch.dtype | torch.device | str | None = None,
        *,
        device: torch.device | str | None = None,
    ) -> Features:
        """Cast what the network sees to a dtype; ``base``, ``labels``, ``weight`` and ``tensors``
        keep float64. Given a device, all of it goes there.
        """
        dtype = kind if isinstance(kind, torch.dtype) else None
        if kind is not None and dtype is None:
            device = torch.device(kind)  # type: ignore[arg-type]  # no dtype, as just asked
        seen = self.x.dtype if dtype is None else dtype

        def moved(value: Tensor | None, dtype: torch.dtype | None = None) -> Any:
            return None if value is None else value.to(device or value.device, dtype or value.dtype)

        def moved_all(held: dict[str, Tensor]) -> dict[str, Tensor]:
            return {name: value.to(device or value.device) for name, value in held.items()}

        return Features(
            x=moved(self.x, seen),
            edge_index=moved(self.edge_index),
            edge_attr=moved(self.edge_attr, seen),
            node_attr=moved(self.node_attr, seen),
            message=moved(self.message, seen),
            base=moved_all(self.base),
            labels=moved_all(self.labels),
            offsets=moved(self.offsets),
            edge_offsets=moved(self.edge_offsets),
            level=self.level,
            weight=moved_all(self.weight),
            composition=moved_all(self.composition),
            tensors=self.tensors if self.tensors is None else self.tensors.to(device),
            halo=self.halo,
        )


def _as_index(
    index: Tensor | np.ndarray | Sequence[int] | slice, size: int, device: torch.device
) -> Tensor:
    if isinstance(index, slice):
        return torch.arange(*index.indices(size), device=device)
    systems = torch.as_tensor(index, device=device)
    if systems.dtype == torch.bool:
        systems = systems.nonzero()[:, 0]
    systems = systems.long().reshape(-1)
    return torch.where(systems < 0, systems + size, systems)
