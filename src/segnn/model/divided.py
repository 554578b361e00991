"""One system divided among processes: each computes the part that it owns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model.mode import frozen
from segnn.model.network import RefreshedOnFeatures, SteerableOnFeatures
from segnn.model.physical import PhysicalModel
from segnn.parallel.group import Group
from segnn.recipe import Features
from segnn.recipe.arrays import read_labels
from segnn.recipe.part import Part, part_of


def check_divisible(model: PhysicalModel) -> None:
    """UserError for networks and words that need a whole system in one place."""
    network = model.network
    if not isinstance(network, SteerableOnFeatures) or isinstance(network, RefreshedOnFeatures):
        raise UserError(
            f"model.kind {model.recipe.model.kind} takes a system in one piece; one that is divided "
            "among processes needs kind segnn, se_linear or se_nonlinear. Take one process"
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

    def predicted(self) -> dict[str, np.ndarray] | None:
        """The predictions for the whole system, as of `PhysicalModel.predict_systems`, in the first
        process; None in the others.
        """
        features = self.features()
        with torch.no_grad():
            found: dict[str, Tensor] = frozen(self.model)(features)
        return self.collected(found, features.level)

    def collected(
        self, found: dict[str, Tensor], level: dict[str, str]
    ) -> dict[str, np.ndarray] | None:
        """Rows of owned nodes, or of the system, in the order of the whole system: in the first
        process.
        """
        group, sizes = self.group, self.part.sizes
        nodes = group.gathered(torch.from_numpy(self.part.nodes).to(group.device), sizes)
        result = {}
        for name, value in found.items():
            if level[name] == "node":
                rows = group.gathered(value.detach(), sizes)
                if rows is not None and nodes is not None:
                    result[name] = torch.empty_like(rows).index_copy_(0, nodes, rows).cpu().numpy()
            else:
                result[name] = value.detach().cpu().numpy()
        return result if group.rank == 0 else None
