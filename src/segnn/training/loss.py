"""What a training minimises: the errors of all targets, each in units of its own spread."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from itertools import zip_longest

import torch
from torch import Tensor
from torch.nn.functional import l1_loss, mse_loss, smooth_l1_loss

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.nn.moments import root_mean_square
from segnn.recipe import Features, Recipe
from segnn.recipe.target import TargetSpec
from segnn.training.divided import DividedSystems
from segnn.training.processes import Processes
from segnn.training.score import all_labels, predictions_of, scores, together
from segnn.training.stream import Stream

KNEE = 0.01
"""Where huber turns from squared to absolute, in units of the target's spread."""


LOSSES: dict[str, Callable[..., Tensor]] = {
    "mse": mse_loss,
    "mae": l1_loss,
    "huber": partial(smooth_l1_loss, beta=KNEE),
}


def trained_targets(recipe: Recipe) -> dict[str, TargetSpec]:
    """Those that the loss is made of."""
    targets = recipe.targets
    return {n: spec for n, spec in targets.items() if spec.loss.weight > 0 or len(targets) == 1}


class Loss:
    """Σ over the targets of weight · mean error over all coordinates, in units of ``spread``.

    The spread of a target is what the scale of the network's output is a part of, or the root mean
    square of the labels of a derivative. Of an energy that is trained on forces too the scale is
    that of the forces, times √N for a sum over N nodes: measured by its own spread, which is far
    smaller, its errors would drown the forces at the start. ``loss.weight`` says by how much more
    or less a target should count. ``kind`` measures all of them by this error, whatever the recipe
    trains on.
    """

    def __init__(self, model: PhysicalModel, train: Features, kind: str | None = None):
        self.specs, default = trained_targets(model.recipe), model.recipe.training.loss
        self.kinds = {n: kind or spec.loss.kind or default for n, spec in self.specs.items()}
        self._measured_on = (model, train)
        self.alone = len(self.specs) == 1
        self._known: dict[str, Tensor] = {}

    @cached_property
    def spread(self) -> dict[str, float]:
        """Of each target, when it is first asked for: a resumed training has its scales by then."""
        model, train = self._measured_on
        return {name: _spread(model, train, name) for name in self.specs}

    def __call__(
        self,
        found: Mapping[str, Tensor],
        labels: Mapping[str, Tensor],
        sizes: Tensor,
        whole: Mapping[str, int] | None = None,
        real: Mapping[str, Tensor] | None = None,
    ) -> Tensor:
        """The loss; ``sizes`` (S,) are the numbers of nodes, for errors per atom.

        Of a part of a batch, ``whole`` has the number of rows of every target in all of it that
        have labels: the losses of the parts add up to that of the batch. Masked rows count nowhere;
        with none else in a batch the loss is zero. Of a padded batch, ``real`` has 1 for those rows
        of every target that count, 0 for the others.
        """
        total = None
        for name, spec in self.specs.items():
            unit: float | Tensor = self.spread[name]
            if spec.loss.per == "atom":
                unit = unit * sizes.clamp(min=1).to(labels[name])[:, None]
            known, rows = labels[name], len(labels[name])
            there = None
            if spec.missing == "masked":  # no row is taken out: a card would have to be waited for
                there = ~known.isnan().any(1)
                known = torch.where(there[:, None], known, found[name].detach())
            if real is None:
                part = self._mean(name, found[name] / unit, known / unit)
            else:
                counts = real[name] if there is None else real[name] * there
                part = self._mean_of(name, found[name] / unit, known / unit, counts)
            weight = spec.loss.weight
            if whole is not None:
                weight *= rows / max(whole[name], 1)
            elif there is not None and real is None:
                part = part * (rows / there.sum().clamp(min=1))
            part = part if weight == 1 else weight * part
            total = part if total is None else total + part
        assert total is not None, "there is at least one target"
        return total

    def _mean(self, name: str, found: Tensor, labels: Tensor) -> Tensor:
        """The mean error over all coordinates; 0 of no rows, as in a process that has no nodes."""
        return LOSSES[self.kinds[name]](found, labels) if len(labels) else 0.0 * found.sum()

    def _mean_of(self, name: str, found: Tensor, labels: Tensor, counts: Tensor) -> Tensor:
        """The same over the rows that count, by single operations: their number is in a tensor."""
        error = LOSSES[self.kinds[name]](found, labels, reduction="none").mean(1)
        return (counts * error).sum() / counts.sum().clamp(min=1)

    def rows(
        self, features: Features | Stream | DividedSystems, index: Tensor, copies: int = 1
    ) -> dict[str, int]:
        """How many rows of every target the systems ``index`` have, with labels where some are
        masked; ``copies``: how many processes hold each row of a system.
        """
        found = {}
        for name, spec in self.specs.items():
            some = index
            if spec.missing == "masked":
                some = index[self._labelled(features, name)[index]]
            nodes = int((features.offsets[some + 1] - features.offsets[some]).sum())
            found[name] = nodes if features.level[name] == "node" else copies * len(some)
        return found

    def _labelled(self, features: Features | Stream | DividedSystems, name: str) -> Tensor:
        if not isinstance(features, Features):
            raise UserError(
                f"targets.{name}.missing: masked, in several processes or with training.accumulate,"
                " needs whole systems with their labels in memory, and these data are read in "
                "pieces or divided. Raise data.memory, or train in one process without accumulate"
            )
        if name not in self._known:
            self._known[name] = features.labelled(name)
        return self._known[name]

    @property
    def name(self) -> str:
        """How a value of it is called: by its kind; loss, where several targets are added up."""
        return next(iter(self.kinds.values())) if self.alone else "loss"

    def told(self, value: Tensor) -> Tensor:
        """A value as it is written down: of one target alone in its unit, squared for mse."""
        if not self.alone:
            return value
        name = next(iter(self.specs))
        return value * (self.spread[name] ** 2 if self.kinds[name] == "mse" else self.spread[name])


def validation_error(
    model: PhysicalModel,
    valid: Sequence[Features] | DividedSystems,
    error: Loss,
    processes: Processes,
    recorded: Callable[[], list[dict[str, Tensor]]] | None = None,
) -> tuple[float, dict[str, float]]:
    """What chooses the best epoch, the ``error`` of all validation systems as it is written down,
    and the root mean square error of each target. The ``processes`` share the batches of ``valid``,
    or each of its systems. ``recorded``: what makes the predictions on a graphics card.
    """
    if isinstance(valid, DividedSystems):
        found, labels, sizes = valid.predicted(), valid.labels, valid.offsets.diff()
    else:
        if recorded is not None:
            mine = recorded()
        else:
            mine = predictions_of(model, valid[processes.rank :: processes.size])
        turns = zip_longest(*processes.gathered(mine))
        found = together([part for turn in turns for part in turn if part is not None])
        labels = all_labels(valid)
        sizes = torch.cat([batch.offsets.diff() for batch in valid])
    rmse = {name: score.rmse for name, score in scores(found, labels).items()}
    return float(error.told(error(found, labels, sizes))), rmse


def _spread(model: PhysicalModel, f: Features, name: str) -> float:
    targets, scales, spec = model.cues.targets, model.network.target, model.recipe.targets[name]
    if name not in targets.columns:
        size: float = root_mean_square(f.with_labels(name).labels[name])
        return size or 1.0
    spread = scales.spread(name)
    if spec.pool != "sum":
        return spread
    nodes = math.sqrt(float(f.offsets.diff().double().mean()) or 1.0)
    return spread / nodes if spec.loss.per == "atom" else spread * nodes
