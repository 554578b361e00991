"""The recipe: physical quantities declared, how they enter the network, typed and checked when it
is loaded. The names are imported on first use: finding a recipe needs no torch.
"""

from typing import TYPE_CHECKING

from segnn.light_imports import lazily

if TYPE_CHECKING:
    from segnn.recipe.cues import Cues
    from segnn.recipe.features import Features
    from segnn.recipe.load import load_recipe, parse_recipe
    from segnn.recipe.packaged import packaged_recipes
    from segnn.recipe.schema import Recipe
    from segnn.recipe.tensors import Tensors
else:
    __getattr__ = lazily(
        __name__,
        {
            "Cues": "segnn.recipe.cues",
            "Features": "segnn.recipe.features",
            "Recipe": "segnn.recipe.schema",
            "Tensors": "segnn.recipe.tensors",
            "load_recipe": "segnn.recipe.load",
            "packaged_recipes": "segnn.recipe.packaged",
            "parse_recipe": "segnn.recipe.load",
        },
    )

__all__ = [
    "Cues",
    "Features",
    "Recipe",
    "Tensors",
    "load_recipe",
    "packaged_recipes",
    "parse_recipe",
]
