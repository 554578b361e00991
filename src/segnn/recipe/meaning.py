"""What weights mean: the part of a recipe that says which number of the input goes where, and what
the output stands for.

Two recipes can have weights of equal shapes and mean different things: inputs exchanged, an
attribute left out, another order of irreps. The meaning is stored with the weights as text and
compared when they are loaded.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from segnn.errors import UserError
from segnn.recipe import yaml
from segnn.recipe.schema import Recipe

APART = {"name", "data", "training"}
"""What may differ: how a task is called, where its data lie, how the weights were found."""


def meaning(recipe: Recipe) -> str:
    """The keys of ``recipe`` that its weights depend on, as YAML with all defaults written out."""
    return yaml.write(recipe.model_dump(mode="json", exclude=APART))


def differences(stored: str, recipe: Recipe) -> list[str]:
    """What ``recipe`` says otherwise than a stored `meaning`: "inputs[0]: 'velocity', now 'x'".

    Keys that this version of the schema has and the stored one had not count by their defaults.
    UserError if the text is damaged.
    """
    data = yaml.read(stored, "the recipe stored with the weights").data
    if not isinstance(data, dict):
        raise UserError("the recipe stored with the weights is damaged: no keys and values")
    now = recipe.model_dump(mode="json", exclude=APART)
    try:
        whole = Recipe.model_validate({"name": "stored", "data": {"folder": "."}} | data)
        before: dict[str, Any] = whole.model_dump(mode="json", exclude=APART)
    except ValidationError:  # of a version that knew other keys: what both know is compared
        before = data
    return _differences(before, now, "")


def _differences(before: Any, now: Any, key: str) -> list[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        names = dict.fromkeys([*before, *now])
        parts = [(f"{key}.{name}" if key else str(name), name) for name in names]
        return [
            text
            for path, name in parts
            for text in _differences(before.get(name), now.get(name), path)
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [
            text
            for n, (one, other) in enumerate(zip(before, now, strict=True))
            for text in _differences(one, other, f"{key}[{n}]")
        ]
    return [] if before == now else [f"{key}: {_shown(before)} then, {_shown(now)} now"]


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value)
