"""What is odd about training data, though it is no mistake: told before the training begins, and
kept in results.json under ``warnings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from segnn.data.inspect.geometry import keys, shared
from segnn.data.inspect.oddities import odd_positions
from segnn.recipe import Recipe
from segnn.training.splits import Split

if TYPE_CHECKING:
    from torch import Tensor

    from segnn.model import PhysicalModel


def notes_on(model: PhysicalModel, split: Split) -> list[str]:
    """Sentences on ``split``; none where nothing is odd."""
    positions = odd_positions(split.systems, model.recipe.graph.cutoff, split.source)
    return [*positions, *_constant_components(model, split)]


def notes_between(recipe: Recipe, splits: Mapping[str, Split]) -> list[str]:
    """Sentences on systems that are in the training and in another split; none without such."""
    names, found = list(splits), []
    held = {name: keys(splits[name].systems, recipe.field_arrays) for name in names}
    for name in names[1:]:
        pairs = shared(held["train"], held[name])
        pairs = [pair for pair in pairs if splits[name].systems.sizes[pair[1]] > 1]
        if pairs:
            first, other = pairs[0]
            found.append(
                f"{splits[name].source}: {len(pairs)} of its {len(held[name])} systems are also "
                f"training systems (the first: number {other}, number {first} there), so that its "
                "error says less of new ones: leave them out of one of the two"
            )
    return found


def _constant_components(model: PhysicalModel, split: Split) -> list[str]:
    """Components of targets that are the same everywhere, while others are not."""
    found = []
    for name in split.features.labels:
        target = split.features.with_labels(name).labels[name]
        found += _constant(model.recipe.targets[name].array, target, split.source)
    return found


def _constant(array: str, target: Tensor, source: str) -> list[str]:
    if len(target) < 2 or target.shape[1] == 1:
        return []
    constant = (target == target[0]).all(0).nonzero()[:, 0].tolist()
    if not constant:
        return []
    values = ", ".join(f"{number} ({float(target[0, number]):g})" for number in constant)
    return [
        f"{source}: of the target array {array!r} the components "
        f"{values} are the same in all {len(target)} rows (counted from 0; value in brackets): is "
        "something missing there?"
    ]
