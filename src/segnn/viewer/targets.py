"""Which of several targets the page holds against the input."""

from __future__ import annotations

from segnn.recipe import Cues, Recipe


def held_target(cues: Cues) -> str:
    """The first target that is a place, for places are drawn where the nodes go; else the recipe's
    main one. The others stand beside it as numbers or arrows.
    """
    return next(filter(cues.is_point, cues.recipe.targets), cues.recipe.main)


def has_baseline(recipe: Recipe) -> bool:
    """Whether `segnn.viewer.baseline` can be trained for it: it predicts for nodes alone."""
    return all(spec.level == "node" for spec in recipe.targets.values())
