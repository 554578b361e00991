"""The stored results: one small JSON a run, under results/<table>/; a run that any table has stored is not repeated."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from segnn.errors import UserError
from segnn.model.weights import write_atomically
from segnn.recipe import Recipe
from segnn.reproduce.sweep import Run, identity

Result = dict[str, Any]


class Store:
    """The results folder.

    A stored result is what ``segnn train`` writes as results.json and the resolved ``recipe`` it was trained with; or, for a
    training that diverged, ``diverged`` (the message) and ``recipe``. Results are found by their recipe, not by their name:
    the same training in two tables is one, and a result of another recipe is not taken for this one's.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, run: Run) -> Path:
        """Where the result of ``run`` is written."""
        return self.folder / run.table.name / f"{run.id}.json"

    @cached_property
    def _by_recipe(self) -> dict[str, Result]:
        found: dict[str, Result] = {}
        for path in sorted(self.folder.glob("*/*-seed*.json")):
            result = read_result(path)
            recipe = stored_recipe(result)
            if recipe is not None:
                found.setdefault(identity(recipe), result)
        return found

    def find(self, recipe: Recipe) -> Result | None:
        """The result of a training with this recipe, or None."""
        return self._by_recipe.get(identity(recipe))

    def is_outdated(self, run: Run, recipe: Recipe) -> bool:
        """Whether a result lies under the name of ``run`` that was trained with another recipe."""
        return self.path(run).is_file() and self.find(recipe) is None

    def write(self, run: Run, recipe: Recipe, result: Result) -> Path:
        """Store the result of ``run``, whole or not at all."""
        stored = {**result, "recipe": recipe.model_dump(mode="json")}
        write_atomically(self.path(run), (json.dumps(stored, indent=1) + "\n").encode())
        self._by_recipe[identity(recipe)] = stored
        return self.path(run)


def read_result(path: Path) -> Result:
    """A stored result; `UserError` for a file that is none."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as JSON ({error}). Remove the file to run this again.") from error
    if (
        not isinstance(result, dict)
        or not isinstance(result.get("recipe"), dict)
        or not ("test" in result or "diverged" in result)
    ):
        raise UserError(f"{path}: not a stored result, it lacks 'recipe' or 'test'. Remove the file to run this again.")
    return result


def stored_recipe(result: Result) -> Recipe | None:
    """The recipe of a stored result with today's defaults; None if it is not a recipe any more."""
    try:
        return Recipe.model_validate(result["recipe"])
    except ValidationError:
        return None
