"""What the network sees: the evaluated cues of many systems, flat, cut into batches by indexing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from segnn.recipe.tensors import Cut, Tensors, owners


@dataclass(frozen=True)
class Features:
    """The evaluated cues of S systems with M nodes and E edges; irreps in e3nn's ``mul_ir`` layout.

    - ``x``: (M, irreps_in).
    - ``edge_index``: (2, E) int64, row 0 the source j, row 1 the target i, sorted by target.
    - ``edge_attr``: (E, irreps_edge_attr); ``node_attr``: (M, irreps_node_attr).
    - ``message``: (E, irreps_message), or None where the recipe has no message_scalars.
    - ``base``: what the output is added to, zero where none is declared; ``target``: None where the
      data has no labels.
      Both (M, irreps_out) for ``level`` "node", (S, irreps_out) for "graph".
    - ``offsets``, ``edge_offsets``: (S+1,), where each system's nodes and edges begin.
    - ``tensors``: what the cues were evaluated on, for networks that evaluate them anew at other
      positions; else None.
    - ``weight``: (M, 1), of sum 1 in every system, or None; the mean it weights is removed from the
      output.
    """

    x: Tensor
    edge_index: Tensor
    edge_attr: Tensor
    node_attr: Tensor
    message: Tensor | None
    base: Tensor
    target: Tensor | None
    offsets: Tensor
    edge_offsets: Tensor
    level: str = "node"
    weight: Tensor | None = None
    tensors: Tensors | None = None

    @property
    def node_graph(self) -> Tensor:
        """(M,) the system of each node."""
        return owners(self.offsets, self.x.shape[0])

    def __len__(self) -> int:
        """Number of systems S."""
        return self.offsets.shape[0] - 1

    def batch(self, index: Tensor | np.ndarray | Sequence[int] | slice) -> Features:
        """The systems ``index``, in that order; vectorised indexing, no loop over systems."""
        systems = _as_index(index, len(self), self.offsets.device)
        cut = Cut.of(self.offsets, self.edge_offsets, systems)
        rows = cut.nodes if self.level == "node" else systems
        return Features(
            x=self.x.index_select(0, cut.nodes),
            edge_index=cut.renumber(self.edge_index),
            edge_attr=self.edge_attr.index_select(0, cut.edges),
            node_attr=self.node_attr.index_select(0, cut.nodes),
            message=None if self.message is None else self.message.index_select(0, cut.edges),
            base=self.base.index_select(0, rows),
            target=None if self.target is None else self.target.index_select(0, rows),
            offsets=cut.offsets,
            edge_offsets=cut.edge_offsets,
            level=self.level,
            weight=None if self.weight is None else self.weight.index_select(0, cut.nodes),
            tensors=None if self.tensors is None else self.tensors.batch(systems),
        )

    def to(
        self,
        kind: torch.dtype | torch.device | str | None = None,
        *,
        device: torch.device | str | None = None,
    ) -> Features:
        """Cast what the network sees to a dtype; ``base``, ``target``, ``weight`` and ``tensors``
        keep float64. Given a device, all of it goes there (Lightning calls it so).
        """
        dtype = kind if isinstance(kind, torch.dtype) else None
        if kind is not None and dtype is None:
            device = torch.device(kind)  # type: ignore[arg-type]  # no dtype, as just asked
        seen = self.x.dtype if dtype is None else dtype

        def moved(value: Tensor | None, dtype: torch.dtype | None = None) -> Any:
            return None if value is None else value.to(device or value.device, dtype or value.dtype)

        return Features(
            x=moved(self.x, seen),
            edge_index=moved(self.edge_index),
            edge_attr=moved(self.edge_attr, seen),
            node_attr=moved(self.node_attr, seen),
            message=moved(self.message, seen),
            base=moved(self.base),
            target=moved(self.target),
            offsets=moved(self.offsets),
            edge_offsets=moved(self.edge_offsets),
            level=self.level,
            weight=moved(self.weight),
            tensors=self.tensors if self.tensors is None else self.tensors.to(device),
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
