"""Random graphs for the networks, turned, reflected, renumbered and cut into their parts."""

from dataclasses import dataclass, replace

import torch
from e3nn.o3 import Irreps
from torch import Tensor

from oracle import float64_default

IRREPS = {
    "irreps_in": "2x1o+1x0e+1x0o",
    "irreps_hidden": "4x0e+3x1o+2x0o+2x2e",
    "irreps_out": "1x1o+1x0e+1x0o",
    "irreps_edge_attr": "1x0e+1x1o+1x2e",
    "irreps_node_attr": "1x0e+1x1o",
    "irreps_message": "1x0e+1x1o",
}


def randn(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


def orthogonal(determinant, seed=0):
    """A random (3, 3) orthogonal matrix of the given determinant."""
    q, _ = torch.linalg.qr(randn(3, 3, seed=seed))
    return q * (determinant * torch.linalg.det(q).sign())


def turn(irreps, x, matrix):
    """x (…, irreps.dim) in mul_ir, turned and reflected by an orthogonal matrix."""
    with float64_default():
        return x @ Irreps(irreps).D_from_matrix(matrix).T


@dataclass
class Graph:
    """What a network is called with; edges in no order, graphs of different sizes."""

    x: Tensor
    edge_index: Tensor
    edge_attr: Tensor
    node_attr: Tensor
    message: Tensor | None
    batch: Tensor

    def arguments(self):
        return self.x, self.edge_index, self.edge_attr, self.node_attr, self.message, self.batch

    def to(self, dtype):
        cast = {
            name: None if v is None else v.to(dtype)
            for name, v in vars(self).items()
            if name not in ("edge_index", "batch")
        }
        return replace(self, **cast)

    def turned(self, irreps, matrix):
        names = {
            "x": "in",
            "edge_attr": "edge_attr",
            "node_attr": "node_attr",
            "message": "message",
        }
        return replace(
            self,
            **{
                name: turn(irreps[f"irreps_{end}"], getattr(self, name), matrix)
                for name, end in names.items()
                if getattr(self, name) is not None
            },
        )

    def renumbered(self, nodes, edges):
        """Node n is the node that was ``nodes[n]``, edge e the one that was ``edges[e]``."""
        return Graph(
            self.x[nodes],
            torch.argsort(nodes)[self.edge_index[:, edges]],
            self.edge_attr[edges],
            self.node_attr[nodes],
            None if self.message is None else self.message[edges],
            self.batch[nodes],
        )

    def part(self, g):
        """Graph g alone."""
        nodes, edges = self.batch == g, self.batch[self.edge_index[1]] == g
        number = torch.cumsum(nodes, 0) - 1
        message = None if self.message is None else self.message[edges]
        return Graph(
            self.x[nodes],
            number[self.edge_index[:, edges]],
            self.edge_attr[edges],
            self.node_attr[nodes],
            message,
            torch.zeros(int(nodes.sum()), dtype=torch.int64),
        )


def graph(irreps=IRREPS, sizes=(4, 1, 3), edges=None, seed=0):
    """Random inputs on graphs of these sizes: about two thirds of all pairs are joined, or
    ``edges`` = 0 for none.
    """
    batch = torch.repeat_interleave(
        torch.arange(len(sizes)), torch.tensor(sizes, dtype=torch.int64)
    )
    n = len(batch)
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    keep = (i != j) & (batch[i] == batch[j]) & ((2 * i + j) % 3 > 0)
    pairs = torch.stack([j[keep], i[keep]])
    pairs = pairs[:, torch.randperm(pairs.shape[1], generator=torch.Generator().manual_seed(seed))][
        :, :edges
    ]
    e = pairs.shape[1]
    message = Irreps(irreps["irreps_message"]).dim if irreps.get("irreps_message") else None
    return Graph(
        randn(n, Irreps(irreps["irreps_in"]).dim, seed=seed),
        pairs,
        randn(e, Irreps(irreps["irreps_edge_attr"]).dim, seed=seed + 1),
        randn(n, Irreps(irreps["irreps_node_attr"]).dim, seed=seed + 2),
        None if message is None else randn(e, message, seed=seed + 3),
        batch,
    )


def make(network, seed=0, **arguments):
    """A float64 network with random parameters, biases and weights of the norms too."""
    torch.manual_seed(seed)
    made = network(**{**IRREPS, "num_layers": 2, **arguments}).double()
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            if "norm" in name or name.endswith("bias"):
                parameter.add_(0.3 * torch.randn_like(parameter))
    return made
