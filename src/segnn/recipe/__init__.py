"""The recipe: physical quantities declared, how they enter the network, typed and checked when it
is loaded.
"""

from segnn.recipe.cues import Cues
from segnn.recipe.features import Features
from segnn.recipe.load import load_recipe, parse_recipe
from segnn.recipe.packaged import packaged_recipes
from segnn.recipe.schema import Recipe
from segnn.recipe.tensors import Tensors

__all__ = [
    "Cues",
    "Features",
    "Recipe",
    "Tensors",
    "load_recipe",
    "packaged_recipes",
    "parse_recipe",
]
