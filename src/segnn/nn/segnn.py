"""The Steerable E(3) Equivariant Graph Neural Network (Brandstetter et al., ICLR 2022, arXiv
2110.02905).

    paper                                                  here
    ----------------------------------------------------   ----------------------------------------
    f̃_i steerable node features, V_f                       x (nodes, irreps_hidden.dim)
    ã_ij, ã_i steerable edge and node attributes           edge_attr, node_attr
    h̃_ij = f̃_i ⊕ f̃_j ⊕ ‖x_j − x_i‖² ⊕ …                    parts of EdgeLinear; invariants: message
    W_ã h̃ steerable linear layer              (Eq. 6)      SteerableLinear, EdgeLinear
    σ gated non-linearity                                  Gate
    m̃_ij = σ(W_ãij σ(W_ãij h̃_ij))             (Eq. 7)      SEGNNLayer.message_1, message_2
    m̃_i = Σ_{j ∈ N(i)} m̃_ij                                steer_messages, with the two above
    f̃_i ← f̃_i + W_ãi σ(W_ãi (f̃_i ⊕ m̃_i))      (Eq. 8)      SEGNNLayer.update_1, update_2
    embedding W_ãi                           (App. C.2)    embedding
    readout W_ãi σ(W_ãi f̃_i); pool; head     (App. C.2)    readout_1, _2; pool; head_1, head_2
    SE_linear, SE_nonlinear                  (App. C.1)    ConvolutionLayer, in segnn.nn.convolution

All layers work channels last (``ir_mul``); the network takes and returns e3nn's ``mul_ir``.
"""

from __future__ import annotations

import warnings

import torch
from e3nn.o3 import Irreps
from torch import Tensor, nn

from segnn.nn.again import run_twice
from segnn.nn.fresh import LINEAR, Given, start_small
from segnn.nn.gate import Gate
from segnn.nn.in_one import in_one
from segnn.nn.linear import EdgeLinear, SteerableLinear
from segnn.nn.moments import ROUND_OFF, blocks, root_mean_square
from segnn.nn.norm import InstanceNorm, make_norm
from segnn.nn.reach import unreached
from segnn.nn.topology import Topology
from segnn.o3.layout import Reorder
from segnn.o3.plan.layer import Messages, RowsLayer
from segnn.o3.rows import Rows, check_count, check_range
from segnn.o3.steer import steer_messages, steer_rows
from segnn.o3.sums import segment_sum


class SEGNNLayer(nn.Module):
    """One round of steerable message passing, paper Eqs. 7-8. Without ``bias`` in its last layer, a
    message vanishes where its attribute does.
    """

    def __init__(
        self,
        hidden: Irreps,
        edge_attr: Irreps,
        node_attr: Irreps,
        message: Irreps,
        norm: str | None,
        bias: bool = True,
    ):
        super().__init__()
        self.gate = Gate(hidden)
        wide = self.gate.irreps_in
        self.message_1 = EdgeLinear(hidden, message, wide, edge_attr)
        self.message_2 = SteerableLinear(hidden, wide, edge_attr, bias=bias, channels_last=True)
        self.update_1 = SteerableLinear((hidden, hidden), wide, node_attr, channels_last=True)
        self.update_2 = SteerableLinear(hidden, hidden, node_attr, channels_last=True)
        self.sums = blocks(hidden)
        self.norm = make_norm(norm, hidden)
        start_small(self.update_2)

    @property
    def operations(self) -> tuple[Messages, RowsLayer]:
        """What the layer computes, as those see it who ask for its memory."""
        gate, second = self.gate.plan, self.message_2.plan
        return (
            Messages(self.message_1.plan, gate, second, True),
            RowsLayer(self.update_1.plan, gate, self.update_2.plan, True),
        )

    def forward(
        self,
        x: Tensor,
        edges: Topology,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None,
        graphs: Rows,
    ) -> Tensor:
        gate, first, second = self.gate.plan, self.message_1.weights, self.message_2.weights
        m = steer_messages(
            edges.complete(x), message, edge_attr, first, second, gate, True, edges
        )  # m̃_i (nodes, hidden.dim)
        m = self.sums(edges.own(m))
        x = steer_rows(x, m, node_attr, self.update_1.weights, gate, self.update_2.weights, True)
        return x if self.norm is None else self.norm(x, graphs)

    def calibrate(self, x: Tensor, given: Given, branch: float) -> Tensor:
        """``forward``, with the fresh weights and ``sums`` set so that every step is of order one
        and what the layer adds to x has the root mean square ``branch``.
        """
        some, attribute, message = given.some_edges()
        m = self.message_1.rescale(self.message_1(x, message, attribute, some), LINEAR)
        self.message_2.rescale(self.message_2(self.gate(m), attribute), LINEAR)
        first, second = self.message_1.weights, self.message_2.weights
        m = steer_messages(
            x, given.message, given.edge_attr, first, second, self.gate.plan, True, given.edges
        )
        self.sums.measure(m, floor=ROUND_OFF * root_mean_square(m))
        y = self.update_1.rescale(self.update_1(x, self.sums(m), given.node_attr), LINEAR)
        y = self.update_2.rescale(self.update_2(self.gate(y), given.node_attr), branch)
        return given.normed(self.norm, x + y)


class SteerableNetwork(nn.Module):
    """Embedding, message passing layers, readout: what SEGNN and its ablations share. See ``SEGNN``
    for the arguments.

    ``checkpoint_layers``: if set, a backward pass keeps the inputs of the layers only and computes
    the rest again. ``needs_graphs``: whether the network must know which graph a node belongs to.
    """

    checkpoint_layers = False
    message_layers, updates = 2, True  # steerable layers of a message; whether more join it to x

    def __init__(
        self,
        irreps_in: Irreps | str,
        irreps_hidden: Irreps | str,
        irreps_out: Irreps | str,
        irreps_edge_attr: Irreps | str,
        irreps_node_attr: Irreps | str,
        irreps_message: Irreps | str | None = None,
        num_layers: int = 4,
        *,
        norm: str | None = None,
        task: str = "node",
        pool: str = "mean",
        smooth: bool = False,
    ):
        super().__init__()
        check_count("num_layers", num_layers)
        if task not in ("node", "graph"):
            raise ValueError(f"task is {task!r}, expected 'node' or 'graph'")
        if pool not in ("mean", "sum"):
            raise ValueError(f"pool is {pool!r}, expected 'mean' or 'sum'")
        self.irreps_in, self.irreps_out = Irreps(irreps_in), Irreps(irreps_out)
        self.irreps_hidden = Irreps(irreps_hidden).simplify()
        self.irreps_edge_attr, self.irreps_node_attr = (
            Irreps(irreps_edge_attr),
            Irreps(irreps_node_attr),
        )
        self.irreps_message = Irreps(irreps_message if irreps_message is not None else "")
        self._columns = tuple(  # torch.compile cannot trace irreps
            (name, int(irreps.dim), str(irreps))
            for name, irreps in (
                ("x", self.irreps_in),
                ("edge_attr", self.irreps_edge_attr),
                ("node_attr", self.irreps_node_attr),
                ("message", self.irreps_message),
            )
        )
        self.task, self.pool, self.smooth = task, pool, smooth
        self._warn_of_unreached(num_layers)
        hidden, node_attr, out = (
            self.irreps_hidden,
            self.irreps_node_attr,
            self.irreps_out.simplify(),
        )

        self.enter, self.leave = Reorder(self.irreps_in), Reorder(out, inverse=True)
        self.enter_message = Reorder(self.irreps_message)
        self.embedding = SteerableLinear(self.irreps_in, hidden, node_attr, channels_last=True)
        self.layers = nn.ModuleList(self.make_layer(norm) for _ in range(num_layers))
        self.gate = Gate(hidden)
        self.readout_1 = SteerableLinear(hidden, self.gate.irreps_in, node_attr, channels_last=True)
        if task == "node":
            self.readout_2 = SteerableLinear(hidden, out, node_attr, channels_last=True)
        else:
            pooled = (out * hidden.num_irreps).simplify()
            self.readout_2 = SteerableLinear(hidden, pooled, node_attr, channels_last=True)
            self.head_gate = Gate(pooled)
            self.head_1 = SteerableLinear(
                pooled, self.head_gate.irreps_in, "1x0e", channels_last=True
            )
            self.head_2 = SteerableLinear(pooled, out, "1x0e", channels_last=True)
            self.pooled = blocks(pooled)
        self.needs_graphs = task == "graph" or any(
            isinstance(module, InstanceNorm) for module in self.modules()
        )

    @property
    def readout(self) -> RowsLayer:
        """What the readout of every node computes."""
        return RowsLayer(self.readout_1.plan, self.gate.plan, self.readout_2.plan, False)

    def _warn_of_unreached(self, num_layers: int) -> None:
        missing = unreached(
            irreps_in=self.irreps_in,
            irreps_hidden=self.irreps_hidden,
            irreps_out=self.irreps_out,
            irreps_edge_attr=self.irreps_edge_attr,
            irreps_node_attr=self.irreps_node_attr,
            irreps_message=self.irreps_message,
            num_layers=num_layers,
            message_layers=self.message_layers,
            updates=self.updates,
        )
        if missing.dim:
            warnings.warn(
                f"no path of this network leads to {missing} of irreps_out {self.irreps_out}: they "
                "are zero whatever the weights. Give irreps_hidden and the attributes irreps that "
                "couple to them, or more layers",
                stacklevel=3,
            )

    def make_layer(self, norm: str | None) -> nn.Module:
        """One message passing layer on ``irreps_hidden``."""
        raise NotImplementedError

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor | Topology,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None = None,
        batch: Tensor | Rows | None = None,
        num_graphs: int | None = None,
    ) -> Tensor:
        """Predict, for nodes (nodes, irreps_out.dim) or for graphs (graphs, irreps_out.dim).

        x: (nodes, irreps_in.dim). edge_index: (2, edges), source j above target i, or a
        ``Topology``. edge_attr: (edges, irreps_edge_attr.dim). node_attr: (nodes,
        irreps_node_attr.dim). message: (edges, irreps_message.dim), the invariants of an edge,
        where irreps_message is not empty. batch: (nodes,) int64, graph of each node, or ``Rows`` of
        these; one graph if absent. num_graphs: if the last graphs may have no node. Raises
        ValueError where a shape does not match the irreps, a dtype is another or several graphs
        come without ``batch``, IndexError where an index is out of range.
        """
        x, given = self.prepare(x, edge_index, edge_attr, node_attr, message, batch, num_graphs)
        graphs = given.graphs
        x = self.of_nodes(x, given)
        if self.task == "graph":
            x = graphs.whole(segment_sum(x, graphs))
            if self.pool == "mean":
                x = x / graphs.whole(graphs.count).clamp(min=1).to(x.dtype)[:, None]
            x = self.pooled(x)
            one = x.new_ones(x.shape[0], 1)
            x = steer_rows(
                x, None, one, self.head_1.weights, self.head_gate.plan, self.head_2.weights, False
            )
            result: Tensor = self.leave(x)
            return result
        return given.edges.restore(self.leave(x))

    def of_nodes(self, x: Tensor, given: Given) -> Tensor:
        """Embedding, layers and readout: (nodes, ·), channels last."""
        node_attr, graphs = given.node_attr, given.graphs
        x = self.embedding(x, node_attr)
        for layer in self.layers:
            x = self.run_layer(
                layer, x, given.edges, given.edge_attr, node_attr, given.message, graphs
            )
        first, second = self.readout_1.weights, self.readout_2.weights
        return steer_rows(x, None, node_attr, first, self.gate.plan, second, False)

    def prepare(
        self,
        x: Tensor,
        edge_index: Tensor | Topology,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None,
        batch: Tensor | Rows | None,
        num_graphs: int | None,
    ) -> tuple[Tensor, Given]:
        """The arguments of ``forward``, checked, as the layers take them: inputs of the embedding,
        and the rest.
        """
        edges = edge_index if isinstance(edge_index, Topology) else Topology(edge_index, x.shape[0])
        self._check(x, edges, edge_attr, node_attr, message)
        graphs = self._graphs(x, edges, batch, num_graphs)
        if message is not None:
            message = self.enter_message(edges.sort(message))
        given = Given(edges, edges.sort(edge_attr), edges.renumber(node_attr), message, graphs)
        return self.enter(edges.renumber(x)), given

    def run_layer(self, layer: nn.Module, x: Tensor, *rest: object) -> Tensor:
        """One layer; with ``checkpoint_layers`` its intermediates are computed again in the
        backward pass.
        """
        if self.checkpoint_layers and torch.is_grad_enabled():
            return run_twice(layer, x, *rest)
        result: Tensor = layer(x, *rest)
        return result

    def _graphs(
        self, x: Tensor, edges: Topology, batch: Tensor | Rows | None, num_graphs: int | None
    ) -> Rows:
        if isinstance(batch, Rows):
            if edges.numbering is None:
                return batch
            return Rows(edges.renumber(batch.index), batch.nodes, checked=True)
        if num_graphs is not None:
            check_count("num_graphs", num_graphs)
        if batch is None:
            if num_graphs is not None and num_graphs != 1 and self.needs_graphs and len(x):
                raise ValueError(
                    f"num_graphs is {num_graphs} and batch is missing, expected the graph of every"
                    " node"
                )
            return Rows(x.new_zeros(x.shape[0], dtype=torch.int64), num_graphs or 1, checked=True)
        if batch.shape != x.shape[:1]:
            raise ValueError(
                f"batch has shape {tuple(batch.shape)}, expected one graph a node: ({x.shape[0]},)"
            )
        if batch.dtype != torch.int64:
            raise ValueError(f"batch has dtype {batch.dtype}, expected torch.int64")
        if torch.compiler.is_compiling():
            if num_graphs is None:
                raise ValueError("a compiled network does not look into batch: give num_graphs")
            return Rows(batch, num_graphs)
        if num_graphs is None:
            num_graphs = int(batch.max()) + 1 if len(batch) else 0
        check_range("batch", batch, num_graphs, "graph")
        return Rows(edges.renumber(batch), num_graphs, checked=True)

    def _check(
        self,
        x: Tensor,
        edges: Topology,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None,
    ) -> None:
        given, rows = (
            (x, edge_attr, node_attr, message),
            (x.shape[0], edges.size, x.shape[0], edges.size),
        )
        for value, count, (name, dim, irreps) in zip(given, rows, self._columns, strict=True):
            if value is None and dim:
                raise ValueError(
                    f"{name} is missing: this network was built with irreps_{name}={irreps}"
                )
            if value is not None and value.shape != (count, dim):
                raise ValueError(
                    f"{name} has shape {tuple(value.shape)}, expected ({count}, {dim}) for irreps"
                    f" {irreps}"
                )
        if edges.owned != x.shape[0]:
            raise ValueError(f"edge_index was prepared for {edges.owned} nodes, x has {x.shape[0]}")


class SEGNN(SteerableNetwork):
    """Steerable E(3) equivariant graph neural network (see the table above).

    Args:
        irreps_in: irreps of the node inputs.
        irreps_hidden: irreps of the node features between the layers; see
        ``segnn.nn.balanced_irreps``.
        irreps_out: irreps of the prediction, for each node or each graph.
        irreps_edge_attr, irreps_node_attr: irreps of the attributes ã_ij and ã_i, e.g.
        ``1x0e+1x1o+1x2e``.
        irreps_message: irreps of the edges' own inputs (distance, product of charges …), or None.
        num_layers: number of message passing layers.
        norm: None, "instance", "layer" or "batch".
        task: "node", or "graph" (pool over the nodes, then a two-layer head).
        pool: "mean" or "sum", for graph tasks.
        smooth: whether messages vanish where their attribute does, as at a cutoff with an envelope:
        there is no bias in the last layer of a message.
    """

    def make_layer(self, norm: str | None) -> nn.Module:
        return SEGNNLayer(
            self.irreps_hidden,
            self.irreps_edge_attr,
            self.irreps_node_attr,
            self.irreps_message,
            norm,
            bias=not self.smooth,
        )

    def of_nodes(self, x: Tensor, given: Given) -> Tensor:
        """As of all steerable networks. For forces, derivatives by the attributes, all layers are
        one operation where the backend has all their derivatives.
        """
        found = None
        for_forces = torch.is_grad_enabled() and given.edge_attr.requires_grad
        if for_forces and not self.checkpoint_layers and not given.edges.divided:
            found = in_one(self, x, given)
        return super().of_nodes(x, given) if found is None else found
