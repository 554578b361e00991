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

from segnn.nn.gate import is_even_scalar
from segnn.o3.backends.choice import use_numba
from segnn.o3.contract import segment_sum
from segnn.o3.layout import layout
from segnn.o3.rows import Rows


class SteerableNorm(nn.Module):
    """f ← weight · (f − mean) / √(mean of f²/(2l+1) + ε) + bias, channel by channel; mean and bias
    on ``0e`` only.

    Over what the means run is said by the subclass. Features (rows, dim) are channels last.
    ``weight`` (num_irreps,) and ``bias`` (number of 0e,) are in the order of the irreps as written.
    """

    _channel: Tensor
    _order: Tensor

    def __init__(self, irreps: Irreps | str, eps: float = 1e-5):
        super().__init__()
        self.irreps, self.eps = Irreps(irreps), eps
        self.dim = int(self.irreps.dim)
        lay = layout(str(self.irreps))
        self.blocks = [(b.start, b.stop, b.dim, b.mul) for b in lay.blocks]
        self.scalars = (
            lay.blocks[0].mul if lay.blocks and is_even_scalar(lay.blocks[0].irrep) else 0
        )
        self.weight = nn.Parameter(torch.ones(self.irreps.num_irreps))
        self.bias = nn.Parameter(torch.zeros(self.scalars))
        channel = torch.cat(
            [
                torch.arange(mul).repeat(dim) + n
                for n, (_, _, dim, mul) in zip(self._first(), self.blocks, strict=True)
            ]
            or [torch.arange(0)]
        )
        columns = [
            (dim, mul, start, n)
            for n, (start, _, dim, mul) in zip(self._first(), self.blocks, strict=True)
        ]
        self._table = torch.tensor(columns, dtype=torch.int64).reshape(
            -1
        )  # for the kernel of segnn.o3.backends.numba.layers.norm
        self.register_buffer("_channel", channel, persistent=False)
        self.register_buffer("_order", lay.channel_order.clone(), persistent=False)

    def _first(self) -> list[int]:
        first = [0]
        for *_, mul in self.blocks[:-1]:
            first.append(first[-1] + mul)
        return first[: len(self.blocks)]

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
        return self.weight[self._order]

    def _scale(self, x: Tensor, variance: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Divide by √(variance + ε), (rows or 1, num_irreps), multiply by the ordered weight, add
        the bias.
        """
        scale = (variance + self.eps).rsqrt() * weight
        y = x * scale.index_select(1, self._channel)
        return y + nn.functional.pad(bias, (0, x.shape[1] - self.scalars)) if self.scalars else y


class InstanceNorm(SteerableNorm):
    """Means over the nodes of each graph."""

    def forward(self, x: Tensor, graphs: Rows) -> Tensor:
        """x (nodes, dim), ``graphs`` which graph each node belongs to → (nodes, dim). ValueError
        for another shape.
        """
        if x.shape != (len(graphs), self.dim):
            raise ValueError(
                f"x has shape {tuple(x.shape)}, expected ({len(graphs)}, {self.dim}) for irreps {self.irreps}"
            )
        weight = self.ordered_weight
        if use_numba(x) and graphs.order is None:
            from segnn.o3.backends.numba.layers.norm import FusedNorm, NormSpec

            spec = NormSpec(graphs, self._table, self.eps, partial(self._composed, graphs))
            return FusedNorm.apply(x, weight, self.bias, spec)
        return self._composed(graphs, x, weight, self.bias)

    def _composed(self, graphs: Rows, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """The norm from single operations."""
        count = graphs.count.clamp(min=1).to(x.dtype)[:, None]
        if self.scalars:
            mean = segment_sum(x[:, : self.scalars], graphs) / count
            x = self._centre(x, mean.index_select(0, graphs.index))
        variance = segment_sum(self._square(x), graphs) / count
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
