"""SchNet: scalars of the neighbours, each multiplied by a filter of the distance. An invariant
baseline.

Source: Schütt et al., "SchNet: a continuous-filter convolutional neural network for modeling
quantum interactions", NeurIPS 2017, arXiv 1706.08566, Sec. 4.

| in the paper | code |
|---|---|
| shifted softplus, ln(½ eˣ + ½) | `ShiftedSoftplus` |
| cfconv: Σ_j x_j ∘ W(‖r_i − r_j‖) | `SchNetLayer.messages` |
| interaction: atom-wise, cfconv, atom-wise, shifted softplus, atom-wise; residual | `SchNetLayer` |
| atom-wise to half the width, shifted softplus, atom-wise | `SchNet.readout` |
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from segnn.nn.moments import Standardise
from segnn.nn.mpnn import ScalarLayer, ScalarNetwork


class ShiftedSoftplus(nn.Module):
    """ln(½ eˣ + ½), zero at zero."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.softplus(x) - math.log(2.0)


class SchNetLayer(ScalarLayer):
    """One interaction block.

    Args:
        channels: width of the node features and of the filters.
        num_message_inputs: number of radial functions of an edge.
    """

    def __init__(self, channels: int, num_message_inputs: int) -> None:
        super().__init__()
        self.enter = nn.Linear(channels, channels, bias=False)
        self.filter = nn.Sequential(
            nn.Linear(num_message_inputs, channels),
            ShiftedSoftplus(),
            nn.Linear(channels, channels),
            ShiftedSoftplus(),
        )
        self.update = nn.Sequential(
            nn.Linear(channels, channels), ShiftedSoftplus(), nn.Linear(channels, channels)
        )
        self.sums = Standardise(channels, [slice(channels)])

    def forward(self, x: Tensor, edge_index: Tensor, message: Tensor | None) -> Tensor:
        """x (N, channels), edge_index (2, E), message (E, num_message_inputs) → (N, channels)."""
        result: Tensor = x + self.update(self.sums(self.messages(x, edge_index, message)))
        return result

    def messages(self, x: Tensor, edge_index: Tensor, message: Tensor | None) -> Tensor:
        """Σ_j x_j ∘ W_ij of every node."""
        assert message is not None, "the filters are made of it"
        source, target = edge_index
        filtered = self.enter(x).index_select(0, source) * self.filter(message)
        return torch.zeros_like(x).index_add(0, target, filtered)


class SchNet(ScalarNetwork):
    """SchNet of node scalars and radial functions of the edges.

    Args:
        num_inputs: number of inputs of a node, such as its species one-hot.
        num_message_inputs: number of inputs of an edge, such as Gaussians of the distance.
        num_outputs: number of outputs of a node.
        channels: width of the hidden features.
        num_layers: number of interaction blocks.
    """

    def __init__(
        self,
        num_inputs: int,
        num_message_inputs: int,
        num_outputs: int,
        channels: int = 64,
        num_layers: int = 4,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(num_inputs, channels)
        self.layers = nn.ModuleList(
            SchNetLayer(channels, num_message_inputs) for _ in range(num_layers)
        )
        half = max(1, channels // 2)
        self.readout = nn.Sequential(
            nn.Linear(channels, half), ShiftedSoftplus(), nn.Linear(half, num_outputs)
        )
