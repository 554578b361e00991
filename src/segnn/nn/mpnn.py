"""Plain message passing: a baseline that is **not** equivariant to rotations or reflections.

It reads vectors as unrelated numbers, so a turned system gives another answer, not the turned one.
It is equivariant to the order of the nodes. Translation is as good as its inputs: give it positions
relative to something.

Source: Gilmer et al., "Neural Message Passing for Quantum Chemistry", ICML 2017, arXiv 1704.01212,
Eqs. 1-2, with a residual on the node update.

| equation | code |
|---|---|
| m_ij = φ_m(x_i, x_j, a_ij) | `MPNNLayer.phi_m` |
| m_i = Σ_j m_ij | `index_add` over the target i |
| x_i ← x_i + φ_f(x_i, m_i) | `MPNNLayer.phi_f` |
"""

import torch
from torch import Tensor, nn

from segnn.nn.moments import Standardise, root_mean_square


def mlp(num_inputs: int, channels: int, num_outputs: int) -> nn.Sequential:
    """Linear, SiLU, Linear: (·, num_inputs) → (·, num_outputs)."""
    return nn.Sequential(
        nn.Linear(num_inputs, channels), nn.SiLU(), nn.Linear(channels, num_outputs)
    )


def joined(*parts: Tensor | None) -> Tensor:
    """The parts that are there, concatenated along the last axis."""
    return torch.cat([part for part in parts if part is not None], dim=-1)


class ScalarLayer(nn.Module):
    """One round of messages between nodes that hold numbers."""

    sums: Standardise

    def messages(self, x: Tensor, edge_index: Tensor, message: Tensor | None) -> Tensor:
        """m_i, the sum of the messages to every node."""
        raise NotImplementedError


class ScalarNetwork(nn.Module):
    """Embedding, layers, readout of numbers: what `MPNN` and SchNet share."""

    embedding: nn.Module
    layers: nn.ModuleList
    readout: nn.Sequential

    def forward(self, x: Tensor, edge_index: Tensor, message: Tensor | None = None) -> Tensor:
        """Predict from the nodes' inputs.

        Args:
            x: node inputs, (N, num_inputs).
            edge_index: (2, E) int64; row 0 the source j, row 1 the target i.
            message: edge inputs, (E, num_message_inputs), or None when there are none.

        Returns:
            (N, num_outputs).
        """
        x = self.embedding(x)
        for layer in self.layers:
            x = layer(x, edge_index, message)
        result: Tensor = self.readout(x)
        return result

    @torch.no_grad()
    def calibrate(
        self, x: Tensor, edge_index: Tensor, message: Tensor | None, output: float
    ) -> None:
        """Let the sums over neighbours have second moment one on these inputs, those of
        ``forward``, and the fresh output the root mean square ``output``.
        """
        x = self.embedding(x)
        for layer in self.layers:
            assert isinstance(layer, ScalarLayer)
            layer.sums.measure(layer.messages(x, edge_index, message))
            x = layer(x, edge_index, message)
        size = root_mean_square(self.readout(x))
        for parameter in self.readout[-1].parameters():
            parameter.mul_(output / size if size > 0 else 1.0)


class MPNNLayer(ScalarLayer):
    """One round of messages.

    Args:
        channels: width of the node features and of the messages.
        num_message_inputs: number of edge inputs a_ij.
    """

    def __init__(self, channels: int, num_message_inputs: int) -> None:
        super().__init__()
        self.phi_m = nn.Sequential(
            mlp(2 * channels + num_message_inputs, channels, channels), nn.SiLU()
        )
        self.phi_f = mlp(2 * channels, channels, channels)
        self.sums = Standardise(channels, [slice(channels)])

    def forward(self, x: Tensor, edge_index: Tensor, message: Tensor | None) -> Tensor:
        """x (N, channels), edge_index (2, E), message (E, num_message_inputs) → (N, channels)."""
        result: Tensor = x + self.phi_f(joined(x, self.sums(self.messages(x, edge_index, message))))
        return result

    def messages(self, x: Tensor, edge_index: Tensor, message: Tensor | None) -> Tensor:
        """m_i, the sum of the messages to every node."""
        source, target = edge_index
        m = self.phi_m(joined(x[target], x[source], message))
        return torch.zeros_like(x).index_add(0, target, m)


class MPNN(ScalarNetwork):
    """Message passing network on plain numbers; not rotation equivariant (see the module's text).

    Args:
        num_inputs: number of inputs of a node.
        num_message_inputs: number of inputs of an edge, 0 for none.
        num_outputs: number of outputs of a node.
        channels: width of the hidden features.
        num_layers: number of rounds of messages.
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
            MPNNLayer(channels, num_message_inputs) for _ in range(num_layers)
        )
        self.readout = mlp(channels, channels, num_outputs)
