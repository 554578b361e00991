"""The stored results: one small JSON a run, under results/<table>/; a run that any table has stored
is not repeated.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from segnn.errors import UserError
from segnn.model.weights import write_atomically
from segnn.recipe import Recipe
from segnn.reproduce.sweep import Run, identity

Result = dict[str, Any]
MISSING: Any = None  # a default for keys that may be missing, but not null


class Store:
    """The results folder.

    A stored result is what ``segnn train`` writes as results.json and the resolved ``recipe`` it
    was trained with; or, for a training that diverged, ``diverged`` (the message) and ``recipe``.
    Results are found by their recipe, not by their name: the same training in two tables is one,
    and a result of another recipe is not taken for this one's.
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
            key = stored_identity(result)
            if key is not None:
                found.setdefault(key, result)
        return found

    def find(self, recipe: Recipe) -> Result | None:
        """The result of a training with this recipe, or None."""
        return self._by_recipe.get(identity(recipe))

    @property
    def seeds(self) -> list[int]:
        """The seeds of all stored results."""
        return sorted({json.loads(key)["training"]["seed"] for key in self._by_recipe})

    def is_outdated(self, run: Run, recipe: Recipe) -> bool:
        """Whether a result lies under the name of ``run`` that was trained with another recipe."""
        return self.path(run).is_file() and self.find(recipe) is None

    def write(self, run: Run, recipe: Recipe, result: Result) -> Path:
        """Store the result of ``run``, whole or not at all."""
        stored = {**result, "recipe": recipe.model_dump(mode="json")}
        write_atomically(self.path(run), (json.dumps(stored, indent=1) + "\n").encode())
        self._by_recipe[identity(recipe)] = stored
        return self.path(run)


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class _Test(_Part):
    mse: float


class _Baseline(_Part):
    mse: float


class _Baselines(_Part):
    stand_still: float | _Baseline = 0


class _View(_Part):
    change: float
    deviation: float


class _Views(_Part):
    rotation: _View
    reflection: _View
    translation: _View


class _Curve(_Part):
    epoch: list[float]
    valid_mse: list[float]

    @model_validator(mode="after")
    def _of_one_length(self) -> _Curve:
        if len(self.epoch) != len(self.valid_mse):
            raise ValueError("epoch and valid_mse are of different length")
        return self


class _Diverged(_Part):
    """What is read of a stored result; keys with a default may be missing, others may stand beside
    them.
    """

    recipe: dict[str, Any]
    diverged: str
    seconds: float = 0
    curve: _Curve | None = None


class _Finished(_Part):
    recipe: dict[str, Any]
    test: _Test
    baselines: _Baselines = MISSING
    equivariance: _Views = MISSING
    seconds: float = 0
    epochs: float = 0
    parameters: int = 0
    curve: _Curve | None = None


def read_result(path: Path) -> Result:
    """A stored result; `UserError` that names the key for a file that is none."""
    again = "Remove the file, and the run is repeated."
    try:
        result: Result = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as JSON ({error}). {again}") from error
    if not isinstance(result, dict):
        raise UserError(f"{path}: holds a {type(result).__name__}, expected a JSON object. {again}")
    try:
        (_Diverged if "diverged" in result else _Finished).model_validate(result)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path}: not a stored result, key {key!r}: {first['msg']}. {again}"
        ) from error
    return result


def stored_identity(result: Result) -> str | None:
    """The identity of a stored result's recipe with today's defaults; None if it is not a recipe
    any more.
    """
    try:
        return identity(Recipe.model_validate(result["recipe"]))
    except (ValidationError, UserError):
        return None
