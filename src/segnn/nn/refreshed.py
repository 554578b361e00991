"""SEGNN whose geometry follows its own prediction: between the layers the attributes are made anew
from the positions so far.

    Δ^(0) = 0
    f̃ ← layer_k(f̃; ã_ij^(k), ã_i^(k), s_ij^(k))    paper Eqs. 7-8, with the attributes of this layer
    Δ^(k+1) = Δ^(k) + W_ãi f̃                        one vector (1o) per node
    ã_ij^(k+1), ã_i^(k+1), s_ij^(k+1)                the same functions of positions moved by Δ
    output = readout(f̃) + Δ                         where the output is one vector; else the readout

EGNN moves its nodes in the same way (Satorras et al. 2021, Eq. 4), with invariant messages. W
starts at zero, so that a fresh network is SEGNN with the attributes of the input. The edges stay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from e3nn.o3 import Irreps
from torch import Tensor, nn

from segnn.nn.linear import SteerableLinear
from segnn.nn.segnn import SEGNN
from segnn.nn.topology import Topology
from segnn.o3.rows import Rows
from segnn.o3.steer import steer_rows


class Attributes(NamedTuple):
    """Steers a layer: ``edge`` (edges, ·), ``node`` (nodes, ·), and the edges' own inputs,
    ``message`` (edges, ·) or None.
    """

    edge: Tensor
    node: Tensor
    message: Tensor | None


class RefreshedSEGNN(SEGNN):
    """SEGNN with refreshed geometry (see above), for nodes. Arguments as ``SEGNN``; ``task`` must
    be "node".
    """

    def __init__(self, *arguments: Any, **named: Any):
        super().__init__(*arguments, **named)
        if self.task != "node":
            raise ValueError(
                f"task is {self.task!r}; the geometry of nodes is refreshed for predictions of"
                " nodes, expected 'node'"
            )
        hidden, node_attr = self.irreps_hidden, self.irreps_node_attr
        moves = [
            SteerableLinear(hidden, "1x1o", node_attr, channels_last=True) for _ in self.layers
        ]
        for move in moves:
            nn.init.zeros_(move.weight)
        self.moves = nn.ModuleList(moves)
        self.adds_moves = self.irreps_out.simplify() == Irreps("1x1o")

    def forward(  # type: ignore[override]
        self,
        x: Tensor,
        edge_index: Tensor | Topology,
        attributes: Callable[[Tensor | None], Attributes],
        batch: Tensor | Rows | None = None,
        num_graphs: int | None = None,
    ) -> Tensor:
        """Predict for nodes, (nodes, irreps_out.dim).

        ``attributes(None)`` are those of the input, ``attributes(moved)`` those of positions moved
        by (nodes, 3). The other arguments and errors as of ``SEGNN``, the latter for what
        ``attributes`` returns each time.
        """
        edges = edge_index if isinstance(edge_index, Topology) else Topology(edge_index, x.shape[0])
        graphs = self._graphs(x, edges, batch, num_graphs)
        moved, now = x.new_zeros(x.shape[0], 3), attributes(None)
        self._check(x, edges, *now)
        node_attr = edges.renumber(now.node)
        h = self.embedding(self.enter(edges.renumber(x)), node_attr)
        for k, (layer, move) in enumerate(zip(self.layers, self.moves, strict=True)):
            if k > 0:
                now = attributes(edges.restore(moved))
                self._check(x, edges, *now)
                node_attr = edges.renumber(now.node)
            message = None if now.message is None else self.enter_message(edges.sort(now.message))
            h = self.run_layer(layer, h, edges, edges.sort(now.edge), node_attr, message, graphs)
            moved = moved + move(h, node_attr)
        out = self.leave(
            steer_rows(
                h,
                None,
                node_attr,
                self.readout_1.weights,
                self.gate.plan,
                self.readout_2.weights,
                False,
            )
        )
        return edges.restore(out + moved if self.adds_moves else out)
