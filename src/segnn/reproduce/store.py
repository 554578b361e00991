"""The stored results: one small JSON a run, under results/<table>/; a run that any table has stored
is not repeated, unless an older revision of the training mechanism made it.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from segnn.errors import UserError
from segnn.files import write_atomically
from segnn.recipe import Recipe
from segnn.reproduce.sweep import Run, identity
from segnn.training.revision import REVISION, revision_of

Result = dict[str, Any]
MISSING: Any = None  # a default for keys that may be missing, but not null


class Store:
    """The results folder.

    A stored result is what ``segnn train`` writes as results.json and the resolved ``recipe`` it
    was trained with; or, for a training that diverged, ``diverged`` (the message) and ``recipe``.
    Results are found by their recipe, not by their name: the same training in two tables is one,
    and a result of another recipe is not taken for this one's. A result of an older revision of the
    training mechanism is shown until the run is repeated, and never counts as done.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, run: Run) -> Path:
        """Where the result of ``run`` is written."""
        return self.folder / run.table.name / f"{run.id}.json"

    @cached_property
    def _files(self) -> dict[Path, Result]:
        return {path: read_result(path) for path in sorted(self.folder.glob("*/*-seed*.json"))}

    @cached_property
    def _by_recipe(self) -> dict[str, list[Result]]:
        """By the identity of their recipe, newest revision first."""
        found: dict[str, list[Result]] = {}
        for result in sorted(self._files.values(), key=revision_of, reverse=True):
            key = stored_identity(result)
            if key is not None:
                found.setdefault(key, []).append(result)
        return found

    def find(self, recipe: Recipe) -> Result | None:
        """The result of a training with this recipe by today's mechanism, or None."""
        stored = self._by_recipe.get(identity(recipe), [])
        return stored[0] if stored and revision_of(stored[0]) == REVISION else None

    def named(self, run: Run) -> Result | None:
        """What lies under the name of this run, whatever made it, or None."""
        return self._files.get(self.path(run))

    def earlier(self, run: Run, recipe: Recipe) -> Result | None:
        """What an older revision of the training mechanism made of this run, or None.

        A result of the same recipe is preferred to one under the same name: with the mechanism, the
        recipe of a run may have changed too.
        """
        stored = [*self._by_recipe.get(identity(recipe), [])]
        if self.path(run) in self._files:
            stored.append(self._files[self.path(run)])
        return next((result for result in stored if revision_of(result) < REVISION), None)

    @property
    def seeds(self) -> list[int]:
        """The seeds of all stored results."""
        return sorted({json.loads(key)["training"]["seed"] for key in self._by_recipe})

    def is_outdated(self, run: Run, recipe: Recipe) -> bool:
        """Whether a result lies under the name of ``run`` that was trained with another recipe or
        by an older mechanism.
        """
        return self.path(run).is_file() and self.find(recipe) is None

    def write(self, run: Run, recipe: Recipe, result: Result) -> Path:
        """Store the result of ``run``, whole or not at all."""
        stored = {**result, "recipe": recipe.model_dump(mode="json")}
        write_atomically(self.path(run), (json.dumps(stored, indent=1) + "\n").encode())
        self._files[self.path(run)] = stored
        self.__dict__.pop("_by_recipe", None)
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
    valid_error: list[float]

    @model_validator(mode="after")
    def _of_one_length(self) -> _Curve:
        if len(self.epoch) != len(self.valid_error):
            raise ValueError("epoch and valid_error are of different length")
        return self


class _Diverged(_Part):
    """What is read of a stored result; keys with a default may be missing, others may stand beside
    them.
    """

    recipe: dict[str, Any]
    diverged: str
    seconds: float = 0
    curve: _Curve | None = None
    revision: int = 1


class _Finished(_Part):
    recipe: dict[str, Any]
    test: _Test
    baselines: _Baselines = MISSING
    equivariance: _Views = MISSING
    seconds: float = 0
    epochs: float = 0
    parameters: int = 0
    curve: _Curve | None = None
    revision: int = 1


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
