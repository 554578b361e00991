"""A steerable multi-layer perceptron: steerable linear layers with gates between them, conditioned
on one attribute.
"""

from __future__ import annotations

from collections.abc import Sequence

from e3nn.o3 import Irreps
from torch import Tensor, nn

from segnn.nn.gate import Gate
from segnn.nn.linear import SteerableLinear
from segnn.o3.layout import Reorder


class SteerableMLP(nn.Module):
    """W_ã σ(W_ã … σ(W_ã x)): paper Sec. 3.1.

    Args:
        irreps: irreps of the input, of every hidden layer and of the output; at least two.
        irreps_attr: irreps of the attribute ã that steers every layer.

    x (rows, irreps[0].dim), attribute (rows, irreps_attr.dim) → (rows, irreps[-1].dim), all
    ``mul_ir``.
    """

    def __init__(self, irreps: Sequence[Irreps | str], irreps_attr: Irreps | str):
        super().__init__()
        if len(irreps) < 2:
            raise ValueError(
                f"got irreps for {len(irreps)} layer boundaries, expected at least an input and an"
                " output"
            )
        chain = [Irreps(i) for i in irreps]
        self.enter, self.leave = Reorder(chain[0]), Reorder(chain[-1], inverse=True)
        self.gates = nn.ModuleList(Gate(hidden) for hidden in chain[1:-1])
        wide = [gate.irreps_in for gate in self.gates if isinstance(gate, Gate)] + [chain[-1]]
        self.layers = nn.ModuleList(
            SteerableLinear(before, after, irreps_attr, channels_last=True)
            for before, after in zip(chain[:-1], wide, strict=True)
        )

    def forward(self, x: Tensor, attribute: Tensor) -> Tensor:
        """x (rows, irreps_in), the attribute (rows, irreps_attr) of each → (rows, irreps_out)."""
        x = self.enter(x)
        for layer, gate in zip(self.layers, self.gates, strict=False):
            x = gate(layer(x, attribute))
        result: Tensor = self.leave(self.layers[-1](x, attribute))
        return result
