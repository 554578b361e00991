"""Errors in detail: of energies per atom, of what belongs to atoms per species."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from segnn.data.elements import symbol
from segnn.recipe import Recipe
from segnn.training.score import Score
from segnn.training.splits import Split

SPECIES = "atomic_number"


def details(recipe: Recipe, split: Split, name: str, found: Tensor) -> dict[str, Any]:
    """``per_atom``: the errors of an extensive target (pool sum) over the number of its system's
    atoms; ``per_species``: those of a target of nodes by the symbol of the element, where the data
    hold the array atomic_number. Each with mse, mae and rmse.
    """
    features, spec = split.features, recipe.targets[name]
    labels = features.labels[name]
    there = ~labels.isnan().any(1)
    found, labels = found[there], labels[there]
    if spec.level == "graph":
        if spec.pool != "sum":
            return {}
        atoms = features.offsets.diff().clamp(min=1).to(labels)[there, None]
        return {"per_atom": Score.of(found / atoms, labels / atoms).to_dict()}
    numbers = split.systems.node.get(SPECIES)
    if numbers is None:
        return {}
    numbers = numbers.reshape(-1)[there.numpy()]
    kinds = sorted(set(numbers.tolist()))
    return {
        "per_species": {
            symbol(kind): Score.of(found[rows], labels[rows]).to_dict()
            for kind in kinds
            for rows in [numbers == kind]
        }
    }
