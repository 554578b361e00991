"""EGNN: scalar messages that move the nodes along the lines between them. An equivariant baseline.

Source: Satorras, Hoogeboom, Welling, "E(n) Equivariant Graph Neural Networks", ICML 2021, arXiv
2102.09844, Eqs. 3-7.

| equation | code |
|---|---|
| (3) m_ij = φ_e(h_i, h_j, ‖x_i − x_j‖², a_ij) | `phi_e` of `EGNNLayer` |
| (4) x_i ← x_i + C Σ_j (x_i − x_j) φ_x(m_ij), each term bounded | `phi_x`, without velocity |
| (7) v_i = φ_v(h_i) v_i^init + C Σ_j (x_i − x_j) φ_x(m_ij), x_i ← x_i + v_i | `phi_v`, with it |
| (5) m_i = Σ_j m_ij | `index_add` over the target i |
| (6) h_i ← h_i + φ_h(h_i, m_i) | `phi_h`; the residual is that of the authors' code |

C is one over the number of neighbours of i: on a complete graph of M nodes the paper's 1/(M − 1).
"""

import torch
from torch import Tensor, nn

from segnn.nn.moments import Standardise
from segnn.nn.mpnn import joined, mlp
from segnn.o3.rows import count_of
from segnn.o3.safe import norm

LARGEST_MOVE = 100.0
"""How far an edge may move a node, at most: it keeps systems of large coordinates from running
away. The authors' code bounds each coordinate by it instead, and so the direction depends on the
axes: 4 of 2000 systems of charged particles then turned with errors up to 0.2."""


class EGNNLayer(nn.Module):
    """One EGNN layer.

    Args:
        channels: width of h and of the messages.
        num_message_scalars: number of edge scalars a_ij.
        velocity: whether the layer adds φ_v(h_i) v_i^init, Eq. 7.
        update_scalars: whether it makes new h, Eqs. 5-6.
    """

    def __init__(
        self, channels: int, num_message_scalars: int, velocity: bool, update_scalars: bool = True
    ) -> None:
        super().__init__()
        self.phi_e = nn.Sequential(
            mlp(2 * channels + 1 + num_message_scalars, channels, channels), nn.SiLU()
        )
        last = nn.Linear(channels, 1, bias=False)
        # The authors' start: the first predictions move nodes by little, which keeps early training
        # stable.
        nn.init.xavier_uniform_(last.weight, gain=0.001)
        self.phi_x = nn.Sequential(nn.Linear(channels, channels), nn.SiLU(), last)
        self.phi_v = mlp(channels, channels, 1) if velocity else None
        self.phi_h = mlp(2 * channels, channels, channels) if update_scalars else None
        self.sums = Standardise(channels, [slice(channels)])

    def forward(
        self,
        h: Tensor,
        position: Tensor,
        velocity: Tensor | None,
        edge_index: Tensor,
        message: Tensor | None,
        measure: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """h (N, channels), position and velocity (N, 3), message (E, ·) → new h (N, channels),
        displacement (N, 3). ``measure`` lets the sums of messages have second moment one from here
        on.
        """
        source, target = edge_index
        relative = position[target] - position[source]
        m = self.phi_e(
            joined(h[target], h[source], relative.square().sum(-1, keepdim=True), message)
        )

        neighbours = count_of(target, len(position)).clamp(min=1).to(position.dtype)
        move = relative * self.phi_x(m)
        length = norm(move)
        move = move * (LARGEST_MOVE / length.clamp(min=LARGEST_MOVE))
        displacement = torch.zeros_like(position).index_add(0, target, move)
        displacement = displacement / neighbours.unsqueeze(-1)
        if self.phi_v is not None:
            displacement = displacement + self.phi_v(h) * velocity

        if self.phi_h is not None:
            m = torch.zeros_like(h).index_add(0, target, m)
            if measure:
                self.sums.measure(m)
            h = h + self.phi_h(joined(h, self.sums(m)))
        return h, displacement


class EGNN(nn.Module):
    """EGNN that predicts how far every node moves; equivariant to E(3) and to the order of the
    nodes.

    Args:
        num_scalars: number of scalar inputs of a node, such as its speed.
        num_message_scalars: number of scalar inputs of an edge, such as the product of charges; 0
        for none.
        channels: width of h, of the messages and of every φ.
        num_layers: number of layers.
        velocity: whether nodes have velocities (Eq. 7) or not (Eq. 4).
    """

    def __init__(
        self,
        num_scalars: int,
        num_message_scalars: int,
        channels: int = 64,
        num_layers: int = 4,
        velocity: bool = True,
    ) -> None:
        super().__init__()
        self.velocity = velocity
        self.embedding = nn.Linear(num_scalars, channels)
        # Only positions are returned: new scalars made by the last layer would reach no output.
        self.layers = nn.ModuleList(
            EGNNLayer(channels, num_message_scalars, velocity, update_scalars=k < num_layers - 1)
            for k in range(num_layers)
        )

    def forward(
        self,
        h: Tensor,
        position: Tensor,
        velocity: Tensor | None,
        edge_index: Tensor,
        message: Tensor | None = None,
    ) -> Tensor:
        """Predict the displacement of every node.

        Args:
            h: node scalars, (N, num_scalars).
            position: (N, 3).
            velocity: (N, 3), or None for a network made with `velocity=False`.
            edge_index: (2, E) int64; row 0 the source j, row 1 the target i.
            message: edge scalars, (E, num_message_scalars), or None when there are none.

        Returns:
            Displacement, (N, 3): the predicted positions are `position` plus this.

        Raises:
            ValueError: velocities are given to a network made without them, or the reverse.
        """
        if (velocity is not None) != self.velocity:
            got = "None" if velocity is None else f"a tensor of shape {tuple(velocity.shape)}"
            raise ValueError(
                f"EGNN was made with velocity={self.velocity} and got velocity = {got}."
                f" {'Pass velocities (N, 3)' if self.velocity else 'Pass None'}, or make it with"
                " the other setting."
            )
        return self._run(h, position, velocity, edge_index, message, measure=False)

    @torch.no_grad()
    def calibrate(
        self,
        h: Tensor,
        position: Tensor,
        velocity: Tensor | None,
        edge_index: Tensor,
        message: Tensor | None = None,
    ) -> None:
        """Let the sums over neighbours have second moment one on these inputs, those of
        ``forward``. Fresh moves are small as they are.
        """
        self._run(h, position, velocity, edge_index, message, measure=True)

    def _run(
        self,
        h: Tensor,
        position: Tensor,
        velocity: Tensor | None,
        edge_index: Tensor,
        message: Tensor | None,
        measure: bool,
    ) -> Tensor:
        h = self.embedding(h)
        total = torch.zeros_like(position)
        for layer in self.layers:
            h, displacement = layer(h, position + total, velocity, edge_index, message, measure)
            total = total + displacement
        return total
