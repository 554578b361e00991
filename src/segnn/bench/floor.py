"""The floor: the matrix products of a network alone, below which the same arithmetic does not go.

A path (l1, l_a → l3) of a steerable layer multiplies mul_in × mul_out weights, before the coupling
(2 l1 + 1 rows for each node or edge) or after it (2 l3 + 1 rows): the cheaper side is taken. In the
first message layer, before the coupling means at the nodes. Paths that can be one product are one.
Everything else costs nothing here: couplings, gates, gathers, sums, the optimiser. Matrices are
contiguous, results are written to memory that is there already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch

from segnn.bench.device import CPU
from segnn.bench.particles import Particles
from segnn.model.captured import Captured
from segnn.nn import SEGNN
from segnn.nn.linear import EdgeLinear, SteerableWeights
from segnn.o3 import layout

# How often a product is done in a step: for its output, for the gradient of its weights, for the
# gradient of its input. Forces are themselves a gradient of inputs; each of the two products is
# then differentiated to weights and input.
TIMES = {
    "forward": (1, 0, 0),
    "energy_forces": (1, 0, 1),
    "training": (1, 1, 1),
    "forces": (1, 2, 3),
}
BLOCK = 1 << 14  # rows multiplied at a time: what lies in the cache, and bounded memory
BLOCK_ON_CARD = 1 << 20  # enough rows for all of its processors


@dataclass(frozen=True)
class Product:
    """(rows, inputs) × (inputs, outputs), ``inner`` if what goes in has a gradient of its own."""

    rows: int
    inputs: int
    outputs: int
    inner: bool = True

    def times(self, step: str) -> tuple[int, int, int]:
        """``TIMES`` of a step, for this product."""
        output, weight, inward = TIMES[step]
        return output, weight, inward if self.inner else 0

    def flop(self, step: str) -> int:
        """Multiplications and additions in a step."""
        return 2 * self.rows * self.inputs * self.outputs * sum(self.times(step))


def products(network: SEGNN, p: Particles) -> list[Product]:
    """Those of a forward pass."""
    found = []
    for name, layer in network.named_modules():
        if isinstance(layer, SteerableWeights):
            rows = p.edges if "message" in name else p.graphs if "head" in name else p.nodes
            found += layer_products(layer, rows, p.nodes, inner=name != "embedding")
    return found


def layer_products(
    layer: SteerableWeights, rows: int, nodes: int, inner: bool = True
) -> list[Product]:
    """Those of one layer applied to ``rows`` rows, of a graph of so many ``nodes``.

    Paths that mix first share the block they mix; those that mix after the coupling share the block
    they make.
    """
    first: dict[tuple[int, int, int], int] = defaultdict(
        int
    )  # (part, block of the input, rows) → outputs
    later: dict[tuple[int, int], int] = defaultdict(int)  # (block of the output, rows) → inputs
    out = layout(str(layer.irreps_out)).blocks
    blocks = [layout(str(irreps)).blocks for irreps in layer.irreps_parts]
    for part, own in enumerate(blocks):
        before = nodes if isinstance(layer, EdgeLinear) and part < 2 else rows
        for b, block in enumerate(own):
            for mul, ir in layer.irreps_attr:
                for k, result in enumerate(out):
                    if result.irrep not in block.irrep * ir:
                        continue
                    if (before * block.dim, result.mul) <= (rows * result.dim, block.mul):
                        first[part, b, before * block.dim] += mul * result.mul
                    else:
                        later[k, rows * result.dim] += mul * block.mul
    message = len(blocks) - 1 if isinstance(layer, EdgeLinear) else None
    return [
        *(
            Product(m, blocks[part][b].mul, n, inner and part != message)
            for (part, b, m), n in first.items()
        ),
        *(Product(m, k, out[o].mul, inner) for (o, m), k in later.items()),
    ]


def floor_steps(
    found: list[Product],
    dtype: torch.dtype,
    names: tuple[str, ...],
    device: torch.device = CPU,
) -> dict[str, Callable[[], None]]:
    """Functions that do the products of each step and nothing else; recorded on a graphics card, as
    our steps are.
    """
    rows: dict[tuple[int, int], int] = defaultdict(int)
    block = BLOCK if device.type == "cpu" else BLOCK_ON_CARD
    for p in found:
        rows[p.inputs, p.outputs] = min(block, max(rows[p.inputs, p.outputs], p.rows))
    operands = {
        (k, n): [
            torch.randn(*shape, dtype=dtype, device=device)
            for shape in ((m, k), (k, n), (m, n), (m, k), (k, n))
        ]
        for (k, n), m in rows.items()
    }

    @torch.no_grad()
    def run(step: str) -> None:
        for product in found:
            x, w, y, gx, gw = operands[product.inputs, product.outputs]
            output, weight, inward = product.times(step)
            for start in range(0, product.rows, block):
                m = min(block, product.rows - start)
                for _ in range(output):
                    torch.mm(x[:m], w, out=y[:m])
                for _ in range(weight):
                    torch.mm(x[:m].T, y[:m], out=gw)
                for _ in range(inward):
                    torch.mm(y[:m], w.T, out=gx[:m])

    steps: dict[str, Callable[[], None]] = {name: partial(run, name) for name in names}
    if device.type == "cpu":
        return steps
    return {name: Captured(step, device, "the floor") for name, step in steps.items()}
