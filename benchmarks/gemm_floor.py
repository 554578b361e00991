"""The matrix products of a SEGNN alone: the time below which the same arithmetic does not go.

How counted: a path (in, attr, out) of a steerable layer multiplies `mul_in x mul_out` weights. They can be applied
before the coupling (2 l_in + 1 rows per node or edge) or after it (2 l_out + 1 rows); the cheaper side is taken. Paths
with equal output and equal row count are one product, their inputs side by side. A training step has three products
for each: the output, the gradient of the input, the gradient of the weights. Couplings, gates, gathers, sums and the
optimizer are not counted. A network that applies node-wise weights before the gather to edges does fewer products
than counted here.
"""

from collections import defaultdict
from collections.abc import Callable

import torch
from e3nn_segnn import E3nnSEGNN, O3TensorProduct
from torch import Tensor


def products(network: E3nnSEGNN, num_nodes: int, num_edges: int) -> list[tuple[int, int, int]]:
    """The (rows, inputs, outputs) of every matrix product of a forward pass."""
    found = []
    for name, layer in network.named_modules():
        if not isinstance(layer, O3TensorProduct):
            continue
        grouped: dict[tuple[int, int], int] = defaultdict(int)
        for path in layer.tp.instructions:
            rows = min(layer.tp.irreps_in1[path.i_in1].ir.dim, layer.irreps_out[path.i_out].ir.dim)
            grouped[path.i_out, rows] += path.path_shape[0] * path.path_shape[1]
        count = num_edges if "message_layer" in name else num_nodes
        found += [(count * rows, k, layer.irreps_out[i_out].mul) for (i_out, rows), k in grouped.items()]
    return found


def gemm_floor(network: E3nnSEGNN, num_nodes: int, num_edges: int, dtype: torch.dtype) -> dict[str, Callable[[], None]]:
    """Functions that do nothing but the products of a "forward" pass and of a "training" step."""
    shapes = products(network, num_nodes, num_edges)
    operands: list[tuple[Tensor, Tensor, Tensor]] = [
        (torch.randn(m, k, dtype=dtype), torch.randn(k, n, dtype=dtype), torch.randn(m, n, dtype=dtype)) for m, k, n in shapes
    ]

    @torch.no_grad()
    def forward() -> None:
        for x, w, _ in operands:
            x @ w

    @torch.no_grad()
    def training() -> None:
        for x, w, gradient in operands:
            x @ w
            gradient @ w.T
            x.T @ gradient

    return {"forward": forward, "training": training}


def floating_point_operations(network: E3nnSEGNN, num_nodes: int, num_edges: int) -> int:
    """Multiplications and additions of the products of a forward pass."""
    return sum(2 * m * k * n for m, k, n in products(network, num_nodes, num_edges))
