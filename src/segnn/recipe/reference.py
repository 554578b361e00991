"""The page of all recipe keys, from the schema: ``python -m segnn.recipe.reference``.

Types, defaults and limits are read from the annotations, meanings from the docstrings of the keys,
so that the page says what `load_recipe` accepts; docs/recipe.md holds its output.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from segnn.recipe.data_section import Files, FilesOrPart
from segnn.recipe.elements import Species
from segnn.recipe.schema import Recipe
from segnn.recipe.section import (
    Expression,
    Expressions,
    IrrepsText,
    Section,
    SomeExpressions,
    UnitText,
)

NAMED = (
    (Files, "path, pattern, or list of these"),
    (FilesOrPart, "path, pattern, list of these, or `{fraction: NUMBER}`"),
    (IrrepsText, "irreps"),
    (UnitText, "unit"),
    (SomeExpressions, "list of expressions, not empty"),
    (Expressions, "list of expressions"),
    (Expression, "expression"),
    (Species, "list of symbols or atomic numbers"),
)
PLAIN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    type(None): "`null`",
}
LIMITS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
HEAD = """# Recipe keys

Every key that a recipe may hold, with what it takes, its default and its meaning. This page is made
from the schema (`make docs`). Keys without a default have to be given; unknown keys are errors that
name the line and the nearest key. `segnn init` writes a recipe for an NPZ of yours, `--set
training.epochs=5` replaces a value for one command. [The words of expressions](vocabulary.md).
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD.rstrip()]
    for path, section in Recipe.sections().items():
        parts += list(_section(path, section))
    return "\n\n".join(parts) + "\n"


def _section(path: tuple[str, ...], section: type[Section]) -> Iterator[str]:
    title = ".".join("NAME" if word == "*" else word for word in path)
    yield f"## {f'`{title}`' if title else 'The recipe'}"
    yield _sentence(section.__doc__)
    hints = get_type_hints(section, include_extras=True)
    lines = ["| key | takes | default | meaning |", "|---|---|---|---|"]
    for key, field in section.model_fields.items():
        cells = (f"`{key}`", _takes(hints[key]), _default(field), _sentence(field.description))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    yield "\n".join(lines)


def _takes(hint: Any) -> str:
    """An annotation in words."""
    for named, words in NAMED:
        if hint == named:
            return words
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _takes(arguments[0]) + _limits(arguments[1:])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(_takes(argument) for argument in arguments)
    if origin in (tuple, list):
        return f"list of {_takes(arguments[0])}"
    if origin is dict:
        return f"names, each with {_takes(arguments[1])}"
    if isinstance(hint, type) and issubclass(hint, Section):
        return "a section, below"
    return PLAIN.get(hint, str(hint))


def _limits(metadata: tuple[Any, ...]) -> str:
    found = [
        f"{sign} {bound:g}" if abs(bound) < 1e6 else f"{sign} 2^{bound.bit_length() - 1}"
        for item in metadata
        for part in (item.metadata if isinstance(item, FieldInfo) else [item])
        for name, sign in LIMITS.items()
        if (bound := getattr(part, name, None)) is not None
    ]
    return f" {', '.join(found)}" if found else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=True)
    if isinstance(value, Section):
        return "its own defaults"
    if isinstance(value, dict):
        return ", ".join(f"`{name}`" for name in value) or "none"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return (
        "`null`"
        if value is None
        else f"`{str(value).lower() if value in (True, False) else value}`"
    )


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split()).replace("``", "`")


if __name__ == "__main__":
    print(page(), end="")
