"""The scales of a task, measured on its training data and stored with the weights: of what enters
the network, and of what it predicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from segnn.model.exact import Exact
from segnn.model.references import References
from segnn.nn.gate import is_even_scalar
from segnn.nn.moments import ROUND_OFF, Standardise, entries, root_mean_square
from segnn.recipe import Cues, Features
from segnn.recipe.derivative import is_scalar

SAMPLE_NODES, SAMPLE_EDGES = 2000, 20_000
"""About as much as a calibration looks at; at least one system."""
NEAR = 10.0
"""Inputs of order one are left alone: their sizes are what the recipe's author chose. On charged
particles the validation error is 0.0041 with position, velocity and distance as they are, 0.0044
with each divided by its own size."""
NEAR_ATTRIBUTE = 10**0.5
"""Attributes enter every layer as a factor; a large one multiplies the learning rate: a sum over
14 neighbours, of size 4, made potentials of molecules diverge at a rate that they learn at when it
is divided by its size."""
PART = 0.2
"""A scale is this part of what it scales: answers as large as the target are several units of the
network's output. So the last weights, which alone decide how a prediction follows the features,
change predictions in steps small beside those of the layers before them."""


class Standards(nn.Module):
    """Divides inputs and attributes that are far from order one by their root mean square, entry by
    entry of their irreps; such even scalars among the message scalars get mean zero and deviation
    one. What is within a factor `NEAR` of one, of attributes `NEAR_ATTRIBUTE`, stays as the recipe
    made it.

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
            floor = ROUND_OFF * root_mean_square(attribute)
            own.measure(attribute, floor=floor, leave=NEAR_ATTRIBUTE)
        if f.message is not None:
            self.message.measure(f.message, leave=NEAR)


class TargetScale(Exact):
    """target = base + shift + references + scale · output of the network.

    ``scale`` and ``shift`` (irreps_out.dim,), float64 whatever the network's dtype. ``scale`` has
    one value for each entry of the targets' irreps; ``shift`` is zero but for even scalars. Where
    nodes are summed up to a graph's target, the shift is that of a node and counts as often as
    there are nodes. ``references`` are those of the species, `segnn.model.references`.

    Until ``measure``: the recipe's ``scale`` of each target, or 1, and no shift.
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, cues: Cues):
        super().__init__()
        self.specs = {name: cues.recipe.targets[name] for name in cues.targets.columns}
        self.columns = dict(cues.targets.columns)
        self.summed = {
            name: spec.level == "graph" and (spec.pool or cues.recipe.model.pool) == "sum"
            for name, spec in self.specs.items()
        }
        self.slopes = {name: slopes_of(cues, name) for name in self.columns}
        self.groups = list(zip(cues.irreps_out.slices(), cues.irreps_out, strict=True))
        dim = cues.irreps_out.dim
        self.register_buffer("scale", torch.ones(dim, dtype=torch.float64))
        self.register_buffer("shift", torch.zeros(dim, dtype=torch.float64))
        for name, spec in self.specs.items():
            if spec.scale is not None:
                self.scale[self.columns[name]] = spec.scale
        self.references = nn.ModuleDict(
            {name: References(name, known) for name, known in cues.targets.references.items()}
        )

    def spread(self, name: str) -> float:
        """Root mean square of a target − base, as far as its scale tells it."""
        return float(self.scale[self.columns[name]].square().mean().sqrt()) / PART

    def constant(self, name: str, f: Features) -> Tensor:
        """What shift and references add to every row of a target's base: (rows or 1, k)."""
        shift = self.shift[self.columns[name]]
        if self.summed[name]:
            shift = f.offsets.diff().to(shift)[:, None] * shift
        if name in self.references:
            shift = shift + self.reference(name, f)
        return shift

    def reference(self, name: str, f: Features) -> Tensor:
        """The references of a target that has some: (rows, 1)."""
        references = self.references[name]
        assert isinstance(references, References)
        return references.forward(f)

    @torch.no_grad()
    def measure(self, f: Features) -> None:
        """Take the moments of the labels of every output that has some, and of its derivatives."""
        for name in self.columns:
            if len(f.labels.get(name, ())):
                self._measure(name, f.with_labels(name))
            slopes = [f.with_labels(n).labels[n] for n in self.slopes[name] if n in f.labels]
            if slopes and self.specs[name].scale is None:
                self.scale[self.columns[name]] = PART * root_mean_square(slopes[0]) or 1.0

    @torch.no_grad()
    def centre(self, output: Tensor, f: Features) -> None:
        """Move the shift so that a fresh output has no mean, where the scale is that of a
        derivative: beside the spread of an energy, its fresh mean may be large.
        """
        for name, columns in self.columns.items():
            if self.slopes[name] and is_scalar(self.specs[name].irreps):
                mean = output[:, columns].to(self.scale).mean(0) * self.scale[columns]
                self.shift[columns] -= mean

    def remainder(self, name: str, f: Features) -> tuple[Tensor, Tensor]:
        """Labels − base − references − their mean, (rows, k), and that mean, (k,): of even scalars,
        zero for the rest; of a node where nodes are summed, and then as often as there are nodes.
        """
        rest, columns = f.rest(name).to(self.shift), self.columns[name]
        if name in self.references:
            rest = rest - self.reference(name, f)
        count = self._count(name, f)
        mean = (rest * count).sum(0) / count.square().sum()
        scalar = torch.zeros_like(self.shift)
        for group, (_, irrep) in self.groups:
            scalar[group] = float(is_even_scalar(irrep))
        mean = torch.where(scalar[columns] > 0, mean, 0.0)
        return rest - count * mean, mean

    def _count(self, name: str, f: Features) -> Tensor:
        rows = len(f.labels[name])
        if self.summed[name]:
            return f.offsets.diff().to(self.shift)[:, None]
        return self.shift.new_ones(rows, 1)

    def _measure(self, name: str, f: Features) -> None:
        """The mean of target − base as the shift of even scalars, the root mean square of the rest
        times `PART` as the scale, unless the recipe declares one.

        The rest of a sum over N nodes grows like √N.
        """
        if name in self.references:
            references = self.references[name]
            assert isinstance(references, References)
            references.fit(f)
        columns = self.columns[name]
        rest, self.shift[columns] = self.remainder(name, f)
        if self.specs[name].pool == "sum":
            rest = rest / self._count(name, f).clamp(min=1).sqrt()
        for group, _ in self.groups if self.specs[name].scale is None else ():
            if columns.start <= group.start < columns.stop:
                own = slice(group.start - columns.start, group.stop - columns.start)
                self.scale[group] = PART * root_mean_square(rest[:, own]) or 1.0

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        for name in ("scale", "shift"):
            state_dict.setdefault(prefix + name, getattr(self, name))
        super()._load_from_state_dict(state_dict, prefix, *rest)


def slopes_of(cues: Cues, name: str) -> list[str]:
    """The targets that are first derivatives of the target ``name`` and trained on, forces first:
    they are what its network has to learn, whatever the spread of its own labels.
    """
    specs = cues.recipe.targets
    found = [
        other
        for other, written in cues.targets.derivatives.items()
        if written.of == name and len(written.by) == 1 and specs[other].loss.weight > 0
    ]
    return sorted(found, key=lambda other: cues.targets.derivatives[other].by != ("position",))


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
        if isinstance(module, Standardise | Exact):
            yield from (f"{name}.{buffer}" for buffer, _ in module.named_buffers(recurse=False))
