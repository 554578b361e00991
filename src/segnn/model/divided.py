"""One system divided among processes: each computes the part that it owns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model.mode import frozen
from segnn.model.network import RefreshedOnFeatures, SteerableOnFeatures
from segnn.parallel.group import Group
from segnn.recipe import Features
from segnn.recipe.arrays import read_labels
from segnn.recipe.part import Part, part_of

if TYPE_CHECKING:
    from segnn.model.physical import PhysicalModel


def check_divisible(model: PhysicalModel) -> None:
    """UserError for networks and words that need a whole system in one place."""
    network = model.network
    if not isinstance(network, SteerableOnFeatures) or isinstance(network, RefreshedOnFeatures):
        raise UserError(
            f"model.kind {model.recipe.model.kind} takes a system in one piece; to divide one "
            "among processes takes kind segnn, se_linear or se_nonlinear. Take one process"
        )


class DividedSystem:
    """The part of one ``system`` that this process of the ``group`` owns, and what ``model`` makes
    of it. All of them make theirs together, and call the same methods in the same order.
    """

    def __init__(self, model: PhysicalModel, system: Systems, group: Group, source: str):
        self.model, self.group = model, group
        self.part: Part = part_of(model.cues, system, group, source)

    def features(self) -> Features:
        """What ``model`` takes, without labels."""
        with torch.no_grad():
            made = self.model.cues.to_run(self.part.tensors, self.model.dtype)
            return made.to(self.model.dtype).to(device=self.group.device)

    def labelled(self, source: str) -> Features:
        """The same with the labels of owned nodes and of the system."""
        features = self.features()
        labels = read_labels(self.model.recipe.targets, self.part.systems, source)
        owned = features.halo.own if features.halo is not None else None
        assert owned is not None
        return replace(
            features,
            labels={
                name: owned(value) if features.level[name] == "node" else value
                for name, value in labels.items()
            },
        )

    def predicted(self) -> dict[str, Tensor]:
        """The predictions for the whole system, rows of nodes in its order: in all processes."""
        features = self.features()
        with torch.no_grad():
            found: dict[str, Tensor] = frozen(self.model)(features)
        return self.whole(found, features.level)

    def whole(self, found: dict[str, Tensor], level: dict[str, str]) -> dict[str, Tensor]:
        """Rows of all nodes in the order of the system, of rows of owned ones by the names of
        targets; what is per system as it is.
        """
        group, sizes = self.group, self.part.sizes
        nodes = group.gathered(torch.from_numpy(self.part.nodes).to(group.device), sizes)
        result = {}
        for name, value in found.items():
            result[name] = value.detach()
            if level[name] == "node":
                rows = group.gathered(result[name], sizes)
                result[name] = torch.empty_like(rows).index_copy_(0, nodes, rows)
        return result
