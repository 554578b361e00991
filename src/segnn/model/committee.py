"""Several models of one task, trained from different seeds: their mean, and how far they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from segnn.data import Given, Systems
from segnn.errors import UserError
from segnn.model.physical import PhysicalModel
from segnn.recipe import Recipe

SPREAD = "_spread"


class Committee:
    """Predicts the mean of its ``members`` and the spread between them.

    The spread of a prediction y of K members is sqrt(Σ_k |y_k − ȳ|² / (K − 1)), one number for each
    row: of a vector it does not depend on the frame. It is small where the training data hold the
    members together, and large far from them; it says nothing of what all members have in common.

    Raises `UserError` for fewer than two members and for recipes with different targets.
    """

    def __init__(self, members: Sequence[PhysicalModel], names: Sequence[str] | None = None):
        self.members = tuple(members)
        self.names = [str(n) for n in range(len(members))] if names is None else list(names)
        if len(self.members) < 2:
            raise UserError(f"a committee of {len(self.members)}: expected at least two models")
        first, *others = (_targets(model.recipe) for model in self.members)
        for name, targets in zip(self.names[1:], others, strict=True):
            if targets != first:
                raise UserError(
                    f"a committee predicts one task: {self.names[0]} has the targets "
                    f"{_listed(first)}, {name} has {_listed(targets)}"
                )

    @property
    def recipe(self) -> Recipe:
        """That of the first member."""
        return self.members[0].recipe

    def read(self, systems: Any, source: str | None = None, *, labels: bool = True) -> Given:
        """As of `PhysicalModel`."""
        return self.members[0].read(systems, source, labels=labels)

    def predict_systems(
        self,
        systems: Systems,
        source: str = "arrays",
        batch_size: int = 1000,
        memory: str | int | None = None,
        processes: int = 1,
    ) -> dict[str, np.ndarray]:
        """Means (M, k) or (S, k) under the targets' names, spreads (M,) or (S,) under
        ``NAME_spread``; arguments as of `PhysicalModel.predict_systems`.
        """
        return mean_and_spread(
            [
                m.predict_systems(systems, source, batch_size, memory, processes)
                for m in self.members
            ]
        )

    def predict(
        self,
        systems: Any,
        source: str | None = None,
        batch_size: int = 1000,
        memory: str | int | None = None,
        processes: int = 1,
    ) -> dict[str, np.ndarray]:
        """Means and spreads, arranged as the input: ``{"energy": (S,), "energy_spread": (S,),
        "forces": (S, N, 3), "forces_spread": (S, N)}``; arguments as of `PhysicalModel.predict`.
        """
        read = self.read(systems, source, labels=False)
        return self.arranged(
            read, self.predict_systems(read.systems, read.source, batch_size, memory, processes)
        )

    def arranged(self, read: Given, rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What ``predict`` returns, from the rows of ``predict_systems`` and what ``read`` gave."""
        targets, result = self.recipe.targets, dict[str, np.ndarray]()
        means = self.members[0].arranged(read, {name: rows[name] for name in targets})
        for name, spec in targets.items():
            result[name] = means[name]
            spread = read.arranged(rows[name + SPREAD][:, None], spec.level, name + SPREAD)
            result[name + SPREAD] = spread
        return result | means


def mean_and_spread(found: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Mean (rows, k) and spread (rows,) of the predictions of several members, by name."""
    result = {}
    for name in found[0]:
        values = np.stack([rows[name] for rows in found])  # (K, rows, k)
        result[name] = values.mean(0)
        square = ((values - result[name]) ** 2).sum((0, 2)) / (len(found) - 1)
        result[name + SPREAD] = np.sqrt(square)
    return result


def _targets(recipe: Recipe) -> dict[str, tuple[str, str, str, str | None]]:
    return {
        name: (spec.irreps, spec.unit, spec.level, spec.cartesian)
        for name, spec in recipe.targets.items()
    }


def _listed(targets: Mapping[str, tuple[str, str, str, str | None]]) -> str:
    return ", ".join(f"{name} ({', '.join(map(str, kind))})" for name, kind in targets.items())
