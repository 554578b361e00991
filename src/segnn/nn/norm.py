"""Norms that keep equivariance and parity: only even scalars are shifted, a whole irrep is scaled
at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import torch
from e3nn.o3 import Irreps
from torch import Tensor, nn

from segnn.o3.constant import on_device
from segnn.o3.plan.norm import norm_plan
from segnn.o3.rows import Rows
from segnn.o3.sums import GraphNorm, graph_norm, segment_sum


class SteerableNorm(nn.Module):
    """f ← weight · (f − mean) / √(mean of f²/(2l+1) + ε) + bias, channel by channel; mean and bias
    on ``0e`` only.

    Over what the means run is said by the subclass. Features (rows, dim) are channels last.
    ``weight`` (num_irreps,) and ``bias`` (number of 0e,) are in the order of the irreps as written.
    """

    held, held_back = 6, 9
    """Copies of the features that it holds at once, and that its derivative holds (measured)."""

    def __init__(self, irreps: Irreps | str, eps: float = 1e-5):
        super().__init__()
        self.irreps, self.eps = Irreps(irreps), eps
        self.dim = int(self.irreps.dim)
        self.plan = norm_plan(str(self.irreps))
        self.blocks, self.scalars = self.plan.blocks, self.plan.scalars
        self.weight = nn.Parameter(torch.ones(self.irreps.num_irreps))
        self.bias = nn.Parameter(torch.zeros(self.scalars))

    def _square(self, x: Tensor) -> Tensor:
        """Mean squared component of every channel: (rows, dim) → (rows, num_irreps)."""
        parts = [
            x[:, a:b].reshape(x.shape[0], dim, mul).square().mean(1)
            for a, b, dim, mul in self.blocks
        ]
        return torch.cat(parts, 1) if parts else x

    def _centre(self, x: Tensor, mean: Tensor) -> Tensor:
        """Subtract a mean (rows or 1, scalars) from the even scalars."""
        return x - nn.functional.pad(mean, (0, x.shape[1] - self.scalars)) if self.scalars else x

    @property
    def ordered_weight(self) -> Tensor:
        """The weight block by block, as the features lie."""
        if self.plan.in_order:
            return self.weight
        return self.weight[on_device(self.plan.order, self.weight.device)]

    def _scale(self, x: Tensor, variance: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Divide by √(variance + ε), (rows or 1, num_irreps), multiply by the ordered weight, add
        the bias.
        """
        scale = (variance + self.eps).rsqrt() * weight
        y = x * scale.index_select(1, on_device(self.plan.channel, x.device))
        return y + nn.functional.pad(bias, (0, x.shape[1] - self.scalars)) if self.scalars else y


class InstanceNorm(SteerableNorm):
    """Means over the nodes of each graph."""

    held = 2  # it is one operation of the kernels

    def forward(self, x: Tensor, graphs: Rows) -> Tensor:
        """x (nodes, dim), ``graphs`` which graph each node belongs to → (nodes, dim). ValueError
        for another shape.
        """
        if x.shape != (graphs.size, self.dim):
            raise ValueError(
                f"x has shape {tuple(x.shape)}, expected ({len(graphs)}, {self.dim}) for irreps"
                f" {self.irreps}"
            )
        if graphs.shared:
            return self._composed(graphs, x, self.ordered_weight, self.bias)
        plan = GraphNorm(graphs, self.plan.table, self.eps, partial(self._composed, graphs))
        return graph_norm(x, self.ordered_weight, self.bias, plan)

    def _composed(self, graphs: Rows, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """The norm from single operations."""
        count = graphs.whole(graphs.count).clamp(min=1).to(x.dtype)[:, None]
        if self.scalars:
            mean = graphs.whole(segment_sum(x[:, : self.scalars], graphs)) / count
            x = self._centre(x, mean.index_select(0, graphs.index))
        variance = graphs.whole(segment_sum(self._square(x), graphs)) / count
        return self._scale(x, variance.index_select(0, graphs.index), weight, bias)


class LayerNorm(SteerableNorm):
    """Means over the channels of each irrep, node by node."""

    def forward(self, x: Tensor, graphs: Rows) -> Tensor:
        """x (nodes, dim) → (nodes, dim); ``graphs`` is not used."""
        if self.scalars:
            x = self._centre(x, x[:, : self.scalars].mean(1, keepdim=True).expand(-1, self.scalars))
        parts = [
            x[:, a:b].square().mean(1, keepdim=True).expand(-1, mul) for a, b, _, mul in self.blocks
        ]
        return self._scale(x, torch.cat(parts, 1) if parts else x, self.ordered_weight, self.bias)


_again: list[bool] = []


@contextmanager
def computed_again() -> Iterator[None]:
    """Within the block a forward pass is repeated for its derivative, and running means have seen
    it already.
    """
    _again.append(True)
    try:
        yield
    finally:
        _again.pop()


class BatchNorm(SteerableNorm):
    """Means over all nodes of the batch while training; running means afterwards (``momentum`` as
    torch's BatchNorm).
    """

    running_mean: Tensor
    running_variance: Tensor

    def __init__(self, irreps: Irreps | str, eps: float = 1e-5, momentum: float = 0.1):
        super().__init__(irreps, eps)
        self.momentum = momentum
        self.register_buffer("running_mean", torch.zeros(self.scalars))
        self.register_buffer("running_variance", torch.ones(self.irreps.num_irreps))

    def forward(self, x: Tensor, graphs: Rows) -> Tensor:
        """x (nodes, dim) → (nodes, dim); ``graphs`` is not used. No nodes at all leave the running
        means alone.
        """
        if not self.training or x.shape[0] == 0:
            x = self._centre(x, self.running_mean[None])
            return self._scale(x, self.running_variance[None], self.ordered_weight, self.bias)
        mean = x[:, : self.scalars].mean(0)
        x = self._centre(x, mean[None])
        variance = self._square(x).mean(0)
        if not _again:
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_variance.lerp_(variance, self.momentum)
        return self._scale(x, variance[None], self.ordered_weight, self.bias)


NORMS: dict[str, type[SteerableNorm]] = {
    "instance": InstanceNorm,
    "layer": LayerNorm,
    "batch": BatchNorm,
}


def make_norm(name: str | None, irreps: Irreps) -> SteerableNorm | None:
    """The norm of that name, or None for None. ValueError names the choices."""
    if name is None:
        return None
    if name not in NORMS:
        raise ValueError(f"norm is {name!r}, expected one of {', '.join(NORMS)} or None")
    return NORMS[name](irreps)
