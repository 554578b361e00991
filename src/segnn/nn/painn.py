"""PaiNN: scalars and vectors of the nodes, coupled by products that turn with the system. An
equivariant baseline.

Source: Schütt, Unke, Gastegger, "Equivariant message passing for the prediction of tensorial
properties and molecular spectra", ICML 2021, arXiv 2102.03150, Sec. 3 and Fig. 2.

| in the paper | code |
|---|---|
| Eq. 7, Δs_i = Σ_j φ_s(s_j) ∘ W_s(‖r_ij‖) | `PaiNNLayer.messages` |
| Eq. 8, Δv_i = Σ_j v_j ∘ φ_vv(s_j) ∘ W_vv + Σ_j φ_vs(s_j) ∘ W_vs r_ij / ‖r_ij‖ | the same |
| Eqs. 9-10, a_ss, a_sv ⟨U v, V v⟩, a_vv ∘ U v, with a(s, ‖V v‖) | `PaiNNLayer.update` |
| atom-wise to half the width, SiLU, atom-wise | `PaiNN.scalars` |
| gated equivariant block | `PaiNN.gates`, `PaiNN.vectors` |

The filters W are linear in radial functions of the distance, times the cutoff function. Vectors lie
as (N, 3, channels).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from segnn.nn.moments import Standardise, root_mean_square
from segnn.nn.mpnn import joined, mlp
from segnn.o3.safe import norm


def lengths(v: Tensor) -> Tensor:
    """‖v‖ of each channel, (N, 3, k) → (N, k); zero with zero gradient at zero."""
    return norm(v.transpose(1, 2)).squeeze(-1)


class PaiNNLayer(nn.Module):
    """One message block and one update block.

    Args:
        channels: width of scalars and of vectors.
        num_message_inputs: number of radial functions of an edge.
    """

    def __init__(self, channels: int, num_message_inputs: int) -> None:
        super().__init__()
        self.phi = mlp(channels, channels, 3 * channels)
        self.filter = nn.Linear(num_message_inputs, 3 * channels)
        self.mix_u = nn.Linear(channels, channels, bias=False)
        self.mix_v = nn.Linear(channels, channels, bias=False)
        self.a = mlp(2 * channels, channels, 3 * channels)
        self.sums = Standardise(channels, [slice(channels)])
        self.vector_sums = Standardise(channels, [slice(channels)])

    def forward(
        self, s: Tensor, v: Tensor, edge_index: Tensor, edges: tuple[Tensor, Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """s (N, channels), v (N, 3, channels), ``edges``: message (E, num_message_inputs), cutoff
        (E, 1), direction (E, 3) → new s and v.
        """
        more, turning = self.messages(s, v, edge_index, edges)
        s, v = s + self.sums(more), v + self.vector_sums(turning)
        return self.update(s, v)

    def messages(
        self, s: Tensor, v: Tensor, edge_index: Tensor, edges: tuple[Tensor, Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Δs (N, channels) and Δv (N, 3, channels), sums over the neighbours."""
        source, target = edge_index
        message, cutoff, direction = edges
        weights = self.phi(s).index_select(0, source) * (self.filter(message) * cutoff)
        of_s, of_v, along = weights.chunk(3, dim=-1)
        carried = v.index_select(0, source) * of_v[:, None]
        made = direction[:, :, None] * along[:, None]
        more = torch.zeros_like(s).index_add(0, target, of_s)
        return more, torch.zeros_like(v).index_add(0, target, carried + made)

    def update(self, s: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Scalars and vectors of each node act on each other."""
        u, w = self.mix_u(v), self.mix_v(v)
        a_ss, a_sv, a_vv = self.a(joined(s, lengths(w))).chunk(3, dim=-1)
        return s + a_ss + a_sv * (u * w).sum(1), v + a_vv[:, None] * u


class PaiNN(nn.Module):
    """PaiNN of node scalars, radial functions and directions of the edges; equivariant to rotations
    and reflections.

    Args:
        num_inputs: number of scalar inputs of a node, such as its species one-hot.
        num_message_inputs: number of scalar inputs of an edge, such as Gaussians of the distance.
        num_scalars: number of scalar outputs of a node.
        num_vectors: number of vector outputs of a node.
        channels: width of the hidden scalars and vectors.
        num_layers: number of message and update blocks.
    """

    def __init__(
        self,
        num_inputs: int,
        num_message_inputs: int,
        num_scalars: int,
        num_vectors: int = 0,
        channels: int = 64,
        num_layers: int = 4,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(num_inputs, channels)
        self.layers = nn.ModuleList(
            PaiNNLayer(channels, num_message_inputs) for _ in range(num_layers)
        )
        half = max(1, channels // 2)
        self.scalars = mlp(channels, half, num_scalars) if num_scalars else None
        self.gates = mlp(2 * channels, half, num_vectors) if num_vectors else None
        self.mix = nn.Linear(channels, channels, bias=False) if num_vectors else None
        self.vectors = nn.Linear(channels, num_vectors, bias=False) if num_vectors else None

    def forward(
        self, x: Tensor, edge_index: Tensor, message: Tensor, cutoff: Tensor, direction: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Predict from the nodes' inputs.

        Args:
            x: node inputs, (N, num_inputs).
            edge_index: (2, E) int64; row 0 the source j, row 1 the target i.
            message: scalar inputs of the edges, (E, num_message_inputs).
            cutoff: what the filters are multiplied by, (E, 1).
            direction: unit vectors from the target to the source, (E, 3); zero where both are at
            one point.

        Returns:
            (N, num_scalars) and (N, num_vectors, 3).
        """
        s, v = self._start(x)
        for layer in self.layers:
            s, v = layer(s, v, edge_index, (message, cutoff, direction))
        return self._readout(s, v)

    @torch.no_grad()
    def calibrate(
        self,
        x: Tensor,
        edge_index: Tensor,
        message: Tensor,
        cutoff: Tensor,
        direction: Tensor,
        output: float,
    ) -> None:
        """Let the sums over neighbours have second moment one on these inputs, those of
        ``forward``, and fresh scalars and fresh vectors the root mean square ``output``.
        """
        s, v = self._start(x)
        for layer in self.layers:
            assert isinstance(layer, PaiNNLayer)
            more, turning = layer.messages(s, v, edge_index, (message, cutoff, direction))
            layer.sums.measure(more)
            layer.vector_sums.measure(turning.flatten(0, 1))
            s, v = layer(s, v, edge_index, (message, cutoff, direction))
        for last, found in zip((self._last, self.vectors), self._readout(s, v), strict=True):
            size = root_mean_square(found)
            for parameter in () if last is None else last.parameters():
                parameter.mul_(output / size if size > 0 else 1.0)

    @property
    def _last(self) -> nn.Module | None:
        """The layer that ends the scalars."""
        return None if self.scalars is None else self.scalars[-1]

    def _start(self, x: Tensor) -> tuple[Tensor, Tensor]:
        s = self.embedding(x)
        return s, s.new_zeros(len(s), 3, s.shape[1])

    def _readout(self, s: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        scalars = s.new_zeros(len(s), 0) if self.scalars is None else self.scalars(s)
        if self.gates is None or self.vectors is None or self.mix is None:
            return scalars, s.new_zeros(len(s), 0, 3)
        gate = self.gates(joined(s, lengths(self.mix(v))))
        return scalars, (gate[:, None] * self.vectors(v)).transpose(1, 2)
