"""The edges of a graph in the order the network wants them: sorted by target, with both ends indexed."""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3.rows import Edges


class Topology(Edges):
    """Edges sorted by target node. Prepare it once where the same edges are used again.

    edge_index: (2, edges) int64; row 0 the source j, row 1 the target i of the relative vector x_j − x_i.
    num_nodes: number of nodes; nodes without edges and graphs without edges are ordinary.
    ``order`` is None where the edges came sorted, else the permutation that the edges' own tensors need (``sort``).

    Raises ValueError for a wrong shape or dtype and IndexError for an index outside 0 … num_nodes − 1.
    """

    def __init__(self, edge_index: Tensor, num_nodes: int):
        if edge_index.ndim != 2 or edge_index.shape[0] != 2:
            raise ValueError(f"edge_index has shape {tuple(edge_index.shape)}, expected (2, number of edges)")
        if edge_index.dtype != torch.int64:
            raise ValueError(f"edge_index has dtype {edge_index.dtype}, expected torch.int64")
        compiling = torch.compiler.is_compiling()  # then nothing may depend on values
        if edge_index.numel() and not compiling:
            low, high = (int(v) for v in edge_index.aminmax())
            if low < 0 or high >= num_nodes:
                wrong = low if low < 0 else high
                raise IndexError(f"edge_index holds node {wrong}, but there are {num_nodes} nodes (0 to {num_nodes - 1})")
        source, target = edge_index
        in_order = not compiling and (edge_index.shape[1] < 2 or bool((target[1:] >= target[:-1]).all()))
        self.order = None if in_order else torch.argsort(target, stable=True)
        if self.order is not None:
            source, target = source[self.order], target[self.order]
        super().__init__(source, target, num_nodes)

    def sort(self, x: Tensor) -> Tensor:
        """A tensor (edges, …) given in the caller's order, in the order of the sorted edges."""
        return x if self.order is None else x.index_select(0, self.order)
