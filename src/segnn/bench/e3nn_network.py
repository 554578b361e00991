"""SEGNN written with e3nn's public modules only: what the benchmark compares with, and the oracle
of the tests.

Paper: Brandstetter et al., ICLR 2022, arXiv 2110.02905, Eqs. 7-8. Parameter names, scalings and
gates are those of the public reference code, so its weights load by name. Features are plain
tensors in e3nn's mul_ir layout.
"""

import math
from collections.abc import Iterable
from typing import Any

import torch
from e3nn.nn import Gate
from e3nn.o3 import FullyConnectedTensorProduct, Irrep, Irreps
from torch import Tensor, nn

from segnn.o3.rows import count_of

SCALAR = Irrep("0e")


class O3TensorProduct(nn.Module):
    """Steerable linear layer W_ã h̃, with biases on the 0e outputs.

    e3nn divides output slice o by sqrt(fan_in(o)) and the reference code multiplies it back by
    sqrt(fan_in(o)). ``path_normalization="none"`` leaves both out: the same function, and no work
    per call.

    Args:
        irreps_in: irreps of the features h̃.
        irreps_attr: irreps of the attribute ã that conditions the layer.
        irreps_out: irreps of the result.
    """

    bias_index: Tensor
    order: Tensor

    def __init__(self, irreps_in: Irreps, irreps_attr: Irreps, irreps_out: Irreps) -> None:
        super().__init__()
        self.irreps_out = Irreps(irreps_out)
        self.tp = FullyConnectedTensorProduct(
            irreps_in,
            irreps_attr,
            self.irreps_out,
            irrep_normalization="component",
            path_normalization="none",
            internal_weights=True,
            shared_weights=True,
        )
        index = [c for s, mi in self._slices() if mi.ir == SCALAR for c in range(s.start, s.stop)]
        self.register_buffer("bias_index", torch.tensor(index), persistent=False)
        if index:
            self.biases = nn.Parameter(torch.empty(len(index)))
        else:
            self.register_parameter("biases", None)
        self.reset_parameters()

    def _slices(self) -> Iterable[tuple[slice, Any]]:
        return zip(self.irreps_out.slices(), self.irreps_out, strict=True)

    def fan_in(self) -> list[int]:
        """Σ mul_in·mul_attr over the paths into each slice of the output; (len(irreps_out),)."""
        total = [0] * len(self.irreps_out)
        for path in self.tp.instructions:
            total[path.i_out] += path.path_shape[0] * path.path_shape[1]
        return total

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Uniform in ±1/sqrt(fan_in), as torch.nn.Linear: per output slice."""
        fan_in = self.fan_in()
        for _, path, view in self.tp.weight_views(yield_instruction=True):
            view.uniform_(-1 / math.sqrt(fan_in[path.i_out]), 1 / math.sqrt(fan_in[path.i_out]))
        start = 0
        for (_, (mul, ir)), fan in zip(self._slices(), fan_in, strict=True):
            if ir == SCALAR:
                bound = 1 / math.sqrt(max(fan, 1))
                self.biases[start : start + mul].uniform_(-bound, bound)
                start += mul

    def forward(self, x: Tensor, attr: Tensor) -> Tensor:
        """x (·, irreps_in.dim), attr (·, irreps_attr.dim) → (·, irreps_out.dim)."""
        out: Tensor = self.tp(x, attr)
        if self.biases is None:
            return out
        return out + self.biases.new_zeros(out.shape[-1]).index_copy(
            0, self.bias_index, self.biases
        )


class O3TensorProductGate(O3TensorProduct):
    """Gated steerable layer σ(W_ã h̃): SiLU on the first irreps block, a sigmoid gate for every
    irrep after it.

    The tensor product makes [scalars ⊕ gates ⊕ gated]. Activations have unit second moment (e3nn's
    normalize2mom), except where there is nothing to gate: then it is the plain SiLU.
    """

    def __init__(self, irreps_in: Irreps, irreps_attr: Irreps, irreps_out: Irreps) -> None:
        scalars, gated = Irreps(irreps_out)[:1], Irreps(irreps_out)[1:]
        gates = Irreps(f"{gated.num_irreps}x0e") if gated else Irreps([])
        super().__init__(irreps_in, irreps_attr, (scalars + gates + gated).simplify())
        self.gate: nn.Module = nn.SiLU()
        order = list(range(self.irreps_out.dim))
        if gated:
            self.gate = Gate(scalars, [nn.SiLU()], gates, [torch.sigmoid], gated)
            blocks = scalars + gates + gated.simplify()
            order = [c for i in blocks.sort().inv for c in range(blocks.dim)[blocks.slices()[i]]]
        # e3nn's Gate sorts the irreps it takes; the weights keep the order above. The two agree for
        # sorted irreps.
        self.register_buffer("order", torch.tensor(order), persistent=False)
        self.is_sorted = order == list(range(len(order)))

    def forward(self, x: Tensor, attr: Tensor) -> Tensor:
        """x (·, irreps_in.dim), attr (·, irreps_attr.dim) → (·, irreps_out.dim)."""
        out = super().forward(x, attr)
        gated: Tensor = self.gate(out if self.is_sorted else out.index_select(-1, self.order))
        return gated


class InstanceNorm(nn.Module):
    """Norm per graph and per irrep: f ← weight · f / sqrt(mean ‖f‖²/(2l+1) + eps) + bias, means
    over the graph's nodes.

    0e irreps have their mean subtracted first; they alone have a bias.
    """

    def __init__(self, irreps: Irreps, eps: float = 1e-5) -> None:
        super().__init__()
        self.irreps = Irreps(irreps)
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(self.irreps.num_irreps))
        self.bias = nn.Parameter(torch.zeros(self.irreps.count("0e")))

    def forward(self, x: Tensor, batch: Tensor, num_graphs: int) -> Tensor:
        """x (N, irreps.dim), batch (N,) → (N, irreps.dim)."""
        out, weight_start, bias_start = [], 0, 0
        for part, (mul, ir) in zip(self.irreps.slices(), self.irreps, strict=True):
            field = x[:, part].reshape(-1, mul, ir.dim)
            if ir == SCALAR:
                field = field - mean_by_graph(field, batch, num_graphs)[batch]
            scale = (mean_by_graph(field.square().mean(-1), batch, num_graphs) + self.eps).rsqrt()
            scale = scale * self.weight[weight_start : weight_start + mul]
            weight_start += mul
            field = field * scale[batch].unsqueeze(-1)
            if ir == SCALAR:
                field = field + self.bias[bias_start : bias_start + mul].unsqueeze(-1)
                bias_start += mul
            out.append(field.flatten(1))
        return torch.cat(out, dim=-1)


def sum_by_graph(x: Tensor, batch: Tensor, num_graphs: int) -> Tensor:
    """Sum over the nodes of each graph: x (N, …), batch (N,) → (num_graphs, …)."""
    return x.new_zeros(num_graphs, *x.shape[1:]).index_add(0, batch, x)


def mean_by_graph(x: Tensor, batch: Tensor, num_graphs: int) -> Tensor:
    """Mean over the nodes of each graph: x (N, …), batch (N,) → (num_graphs, …)."""
    count = count_of(batch, num_graphs).clamp(min=1).to(x.dtype)
    return sum_by_graph(x, batch, num_graphs) / count.view(-1, *[1] * (x.dim() - 1))


class SEGNNLayer(nn.Module):
    """Eqs. 7-8: m̃_ij = φ_m(f̃_i ⊕ f̃_j ⊕ message, ã_ij), f̃_i ← norm(f̃_i + φ_f(f̃_i ⊕ Σ_j m̃_ij,
    ã_i)).
    """

    def __init__(
        self,
        hidden: Irreps,
        edge_attr: Irreps,
        node_attr: Irreps,
        message: Irreps,
        norm: str | None,
    ) -> None:
        super().__init__()
        self.message_layer_1 = O3TensorProductGate(
            (hidden + hidden + message).simplify(), edge_attr, hidden
        )
        self.message_layer_2 = O3TensorProductGate(hidden, edge_attr, hidden)
        self.update_layer_1 = O3TensorProductGate((hidden + hidden).simplify(), node_attr, hidden)
        self.update_layer_2 = O3TensorProduct(hidden, node_attr, hidden)
        self.feature_norm = InstanceNorm(hidden) if norm == "instance" else None

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None,
        batch: Tensor,
        num_graphs: int,
    ) -> Tensor:
        """x (N, hidden.dim) → (N, hidden.dim); edge_index (2, E), row 0 the source j and row 1 the
        target i.
        """
        source, target = edge_index
        parts = [x[target], x[source]] if message is None else [x[target], x[source], message]
        m = self.message_layer_2(
            self.message_layer_1(torch.cat(parts, dim=-1), edge_attr), edge_attr
        )
        m = x.new_zeros(x.shape).index_add(0, target, m)
        x = x + self.update_layer_2(
            self.update_layer_1(torch.cat([x, m], dim=-1), node_attr), node_attr
        )
        if self.feature_norm is not None:
            x = self.feature_norm(x, batch, num_graphs)
        return x


class E3nnSEGNN(nn.Module):
    """SEGNN from e3nn's modules.

    Args:
        irreps_in, irreps_hidden, irreps_out: irreps of node inputs, hidden features and output.
        irreps_edge_attr, irreps_node_attr: irreps of the attributes ã_ij and ã_i.
        irreps_message: irreps of the invariants joined to the message, or None.
        num_layers: number of message passing layers.
        norm: None or "instance".
        task: "node" (one output per node) or "graph" (one output per graph).
        pool: "mean" or "sum" over the nodes of a graph, for graph tasks.
    """

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
    ) -> None:
        super().__init__()
        if (
            norm not in (None, "instance")
            or task not in ("node", "graph")
            or pool not in ("mean", "sum")
        ):
            raise ValueError(
                f"got norm={norm!r}, task={task!r}, pool={pool!r}; "
                "expected None or 'instance', 'node' or 'graph', 'mean' or 'sum'"
            )
        hidden, out = Irreps(irreps_hidden), Irreps(irreps_out)
        edge_attr, node_attr = Irreps(irreps_edge_attr), Irreps(irreps_node_attr)
        message = Irreps(irreps_message or [])
        self.embedding_layer = O3TensorProduct(Irreps(irreps_in), node_attr, hidden)
        self.layers = nn.ModuleList(
            SEGNNLayer(hidden, edge_attr, node_attr, message, norm) for _ in range(num_layers)
        )
        self.pre_pool1 = O3TensorProductGate(hidden, node_attr, hidden)
        self.task, self.pool = task, pool
        if task == "node":
            self.pre_pool2 = O3TensorProduct(hidden, node_attr, out)
        else:
            pooled, trivial = (out * hidden.num_irreps).simplify(), Irreps("1x0e")
            self.pre_pool2 = O3TensorProduct(hidden, node_attr, pooled)
            self.post_pool1 = O3TensorProductGate(pooled, trivial, pooled)
            self.post_pool2 = O3TensorProduct(pooled, trivial, out)

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_attr: Tensor,
        node_attr: Tensor,
        message: Tensor | None = None,
        batch: Tensor | None = None,
        num_graphs: int | None = None,
    ) -> Tensor:
        """x (N, irreps_in.dim), edge_index (2, E), edge_attr (E, ·), node_attr (N, ·), message (E,
        ·), batch (N,); ``num_graphs``: how many, else it is looked for.

        Returns (N, irreps_out.dim), or (graphs, irreps_out.dim) for graph tasks.
        """
        if batch is None:
            batch = edge_index.new_zeros(x.shape[0])
        needs_graphs = self.task == "graph" or any(
            layer.feature_norm is not None for layer in self.layers
        )
        if num_graphs is None:
            num_graphs = int(batch.max()) + 1 if needs_graphs and batch.numel() else 1
        x = self.embedding_layer(x, node_attr)
        for layer in self.layers:
            x = layer(x, edge_index, edge_attr, node_attr, message, batch, num_graphs)
        x = self.pre_pool2(self.pre_pool1(x, node_attr), node_attr)
        if self.task == "node":
            return x
        x = (mean_by_graph if self.pool == "mean" else sum_by_graph)(x, batch, num_graphs)
        ones = x.new_ones(num_graphs, 1)
        pooled: Tensor = self.post_pool2(self.post_pool1(x, ones), ones)
        return pooled
