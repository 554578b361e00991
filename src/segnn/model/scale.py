"""The scales of a task, measured on its training data and stored with the weights: of what enters
the network, and of what it predicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from segnn.nn.gate import is_even_scalar
from segnn.nn.moments import ROUND_OFF, Standardise, entries, root_mean_square
from segnn.recipe import Cues, Features

SAMPLE_NODES, SAMPLE_EDGES = 2000, 20_000
"""About as much as a calibration looks at; at least one system."""
NEAR = 10.0
"""Inputs of order one are left alone: their sizes are what the recipe's author chose. On charged
particles the validation error is 0.0041 with position, velocity and distance as they are, 0.0044
with each divided by its own size."""
PART = 0.2
"""A scale is this part of what it scales: answers as large as the target are several units of the
network's output. So the last weights, which alone decide how a prediction follows the features,
change predictions in steps small beside those of the layers before them."""


class Standards(nn.Module):
    """Divides inputs and attributes that are far from order one by their root mean square, entry by
    entry of their irreps; such even scalars among the message scalars get mean zero and deviation
    one. What is within a factor `NEAR` of one stays as the recipe made it.

    One factor for each irrep of an attribute keeps harmonics recognisable as such.
    """

    def __init__(self, cues: Cues):
        super().__init__()
        self.x = entries(cues.irreps_in)
        self.edge_attr = entries(cues.irreps_edge_attr)
        self.node_attr = entries(cues.irreps_node_attr)
        self.message = entries(cues.irreps_message, shifted=True)

    def forward(self, f: Features) -> Features:
        """The features as the network takes them."""
        edge_attr, node_attr, message = self.attributes(f.edge_attr, f.node_attr, f.message)
        return replace(f, x=self.x(f.x), edge_attr=edge_attr, node_attr=node_attr, message=message)

    def attributes(
        self, edge: Tensor, node: Tensor, message: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Attributes and message scalars as the network takes them."""
        message = None if message is None else self.message(message)
        return self.edge_attr(edge), self.node_attr(node), message

    def measure(self, f: Features) -> None:
        """Take the moments of these features."""
        self.x.measure(f.x, leave=NEAR)
        for own, attribute in ((self.edge_attr, f.edge_attr), (self.node_attr, f.node_attr)):
            own.measure(attribute, floor=ROUND_OFF * root_mean_square(attribute), leave=NEAR)
        if f.message is not None:
            self.message.measure(f.message, leave=NEAR)


class TargetScale(nn.Module):
    """prediction = base + shift + scale · output of the network.

    ``scale`` and ``shift`` (irreps_out.dim,), float64 whatever the network's dtype: an energy of
    −10 000 would lose its digits in float32. ``scale`` has one value for each entry of the target's
    irreps; ``shift`` is zero but for even scalars. Where nodes are summed up to a graph's target,
    the shift is that of a node and counts as often as there are nodes.

    Until ``measure``: the recipe's ``target.scale``, or 1, and no shift.
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, cues: Cues):
        super().__init__()
        target, dim = cues.recipe.target, cues.irreps_out.dim
        self.declared = target.scale
        self.per_node = target.level == "graph" and cues.recipe.model.pool == "sum"
        self.groups = list(zip(cues.irreps_out.slices(), cues.irreps_out, strict=True))
        start = 1.0 if target.scale is None else target.scale
        self.register_buffer("scale", torch.full((dim,), start, dtype=torch.float64))
        self.register_buffer("shift", torch.zeros(dim, dtype=torch.float64))

    def size(self) -> Tensor:
        """Root mean square of target − base over all columns, as far as the scales tell it: the
        unit of the loss.
        """
        return self.scale.square().mean().sqrt() / PART

    def constant(self, f: Features) -> Tensor:
        """What the shift adds to every row of the base: (rows or 1, dim)."""
        return (
            f.offsets.diff().to(self.shift)[:, None] * self.shift if self.per_node else self.shift
        )

    @torch.no_grad()
    def measure(self, f: Features) -> None:
        """Take the moments of target − base: the mean as the shift of even scalars, the root mean
        square of the rest times `PART` as the scale, unless the recipe declares one.
        """
        if f.target is None or len(f.target) == 0:
            return
        rest = (f.target - f.base).to(self.shift)
        count = (
            f.offsets.diff().to(rest)[:, None] if self.per_node else torch.ones_like(rest[:, :1])
        )
        self.shift.zero_()
        for columns, (_, irrep) in self.groups:
            if is_even_scalar(irrep):
                self.shift[columns] = (rest[:, columns] * count).sum(0) / count.square().sum()
        rest = rest - count * self.shift
        for columns, _ in self.groups if self.declared is None else ():
            self.scale[columns] = PART * root_mean_square(rest[:, columns]) or 1.0

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> TargetScale:
        """Follows to another device, never to another dtype."""
        before = {name: buffer for name, buffer in self._buffers.items() if buffer is not None}
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        for name, kept in before.items():
            moved = self._buffers[name]
            assert moved is not None
            unknown = kept.is_meta or moved.is_meta
            self._buffers[name] = moved.double() if unknown else kept.to(moved.device)
        return self

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        for name in ("scale", "shift"):
            state_dict.setdefault(prefix + name, getattr(self, name))
        super()._load_from_state_dict(state_dict, prefix, *rest)


def sample(f: Features) -> Features:
    """Some of the systems, evenly spaced: about `SAMPLE_NODES` nodes or `SAMPLE_EDGES` edges."""
    systems = len(f)
    if systems == 0:
        return f
    nodes, edges = f.x.shape[0] / systems, f.edge_index.shape[1] / systems
    count = min(SAMPLE_NODES / max(nodes, 1), SAMPLE_EDGES / max(edges, 1), systems)
    step = -(-systems // max(1, int(count)))
    return f.batch(torch.arange(0, systems, step, device=f.offsets.device))


def measured_names(network: nn.Module) -> Iterator[str]:
    """The names, in the state of ``network``, of what is measured and not learned: weights that an
    older version saved do not have them, and mean what they meant without.
    """
    for name, module in network.named_modules():
        if isinstance(module, Standardise | TargetScale):
            yield from (f"{name}.{buffer}" for buffer, _ in module.named_buffers())
