"""One system divided among processes: each computes the part that it owns."""

from __future__ import annotations

from collections.abc import Iterator
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
from segnn.recipe.quantity import Term

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
    cues = model.cues
    for term in (*(term for held in cues.entries.values() for term in held), *cues.targets.terms):
        whole = next((one.text for one in _parts(term) if one.text.startswith("net_force(")), None)
        if whole is not None:
            raise UserError(
                f"{whole} runs over all pairs of particles, which a system divided among processes "
                "does not have in one place: take one process, or write sum(pair_force(...)) over "
                "a radius graph"
            )


def _parts(term: Term) -> Iterator[Term]:
    """All terms of a tree."""
    yield term
    for child in term.children:
        yield from _parts(child)


class DividedSystem:
    """The part of one ``system`` that this process of the ``group`` owns, and what ``model`` makes
    of it. All of them make theirs together, and call the same methods in the same order.
    """

    def __init__(self, model: PhysicalModel, system: Systems, group: Group, source: str):
        self.model, self.group = model, group
        self.part: Part = part_of(model.cues, system, group, source)
        self.tensors = self.part.tensors.to(group.device)

    def features(self) -> Features:
        """What ``model`` takes, without labels."""
        with torch.no_grad():
            made = self.model.cues.to_run(self.tensors, self.model.dtype)
            return made.to(self.model.dtype)

    def labelled(self, source: str) -> Features:
        """The same with the labels of owned nodes and of the system."""
        features = self.features()
        labels = read_labels(self.model.recipe.targets, self.part.systems, source)
        owned = {
            name: self.tensors.own(value) if features.level[name] == "node" else value
            for name, value in labels.items()
        }
        return replace(features, labels=owned).to(device=self.group.device)

    def predicted(self, features: Features | None = None) -> dict[str, Tensor]:
        """The predictions for the whole system, rows of nodes in its order: in all processes.
        ``features``: those that were made before.
        """
        features = self.features() if features is None else features
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
