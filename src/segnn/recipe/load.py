"""Read a recipe from a YAML file, apply overrides, check everything, tell every mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from segnn.errors import UserError
from segnn.files import path_of
from segnn.recipe import yaml
from segnn.recipe.compiler import compile_recipe
from segnn.recipe.data_section import FILES, PART
from segnn.recipe.normal import target_name
from segnn.recipe.origin import Mistake, Origin, key_name, refuse, short
from segnn.recipe.packaged import read_recipe
from segnn.recipe.schema import Recipe
from segnn.recipe.section import Section
from segnn.splits import SPLITS
from segnn.words import nearest

EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "tuple_type": "a list: [a, b], or one entry per line after -",
    "too_short": "at least one entry",
    "string_too_short": "text that is not empty",
    "bool_type": "true or false",
    "model_type": "keys and values",
    "dict_type": "keys and values",
}

ALTERNATIVES: dict[tuple[str | int, ...], tuple[str, ...]] = {
    ("data", "folder"): SPLITS,
    ("data", "train"): ("folder",),
    ("targets",): ("target",),
}
"""What an override takes the place of: a file instead of a folder, a folder instead of files,
several targets instead of the short form of one."""

NAMED = ("fields", "constants", "define")
"""Sections that declare names for expressions."""
ALWAYS = {"fields": ("position",), "constants": (), "define": ()}
"""Names that are there without being written."""


def load_recipe(path: str | Path, overrides: Iterable[str] = ()) -> Recipe:
    """Read and check the recipe at ``path``, or the packaged recipe of that name (``"charged"``) if
    there is no such file; ``overrides`` such as "training.epochs=10" replace values (read as YAML).

    Raises `UserError` that lists every mistake: file, line, key, the value got, what was expected,
    the nearest name.
    """
    path_of(path, "the recipe")
    if isinstance(overrides, str | Mapping) or not all(isinstance(o, str) for o in overrides):
        raise UserError(
            f"overrides of {path}: got {_show(overrides)}, expected a list of texts, such as "
            '["training.epochs=10"]'
        )
    return parse_recipe(read_recipe(path), str(path), overrides)


def parse_recipe(text: str, name: str = "the recipe", overrides: Iterable[str] = ()) -> Recipe:
    """Like `load_recipe`, from YAML text; ``name`` stands for the file in messages."""
    if not isinstance(text, str):
        raise UserError(
            f"{name}: got {type(text).__name__}, expected YAML text; load_recipe reads a file"
        )
    document = yaml.read(text, name)
    if not isinstance(document.data, dict):
        raise UserError(
            f"{name}: got {_show(document.data)}, expected keys and values: name, data, inputs, "
            "targets, model"
        )
    replaced: dict[tuple[str | int, ...], str] = {}
    written = {section: _names(document.data, section) for section in NAMED}
    for override in overrides:
        replaced[_override(document.data, override)] = override
    origin = Origin(name, document.lines, replaced, _short_form(document.data))
    if "target" in document.data and "targets" in document.data:
        details = (("cure", f"move it into targets, as one more entry: {_entry(document.data)}"),)
        refuse([Mistake(("target",), "stands beside targets; one of the two", details)], origin)
    try:
        recipe = Recipe.model_validate(document.data)
    except ValidationError as error:
        refuse(
            [_mistake(details, document.data) for details in error.errors(include_url=False)],
            origin,
        )
        raise  # unreachable: there is at least one mistake
    refuse(_misspelt(replaced, written, document.data), origin)
    recipe.remember(origin)
    refuse(compile_recipe(recipe).mistakes, origin)
    return recipe


def _override(data: dict[str, Any], override: str) -> tuple[str | int, ...]:
    """Set one value in ``data``; returns its path. Unknown keys are left for the schema to
    refuse.
    """
    key, equals, value = override.partition("=")
    parts = [part.strip() for part in key.split(".")]
    parts = _one_of(data, parts) if parts[0] == "target" else parts
    if not equals or not all(parts):
        raise UserError(
            f"--set {override}: expected section.key=value, such as --set training.epochs=10"
        )
    path: list[str | int] = []
    inside: Any = data
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        if isinstance(inside, list):
            if not part.isdecimal() or int(part) >= len(inside):
                raise UserError(
                    f"--set {override}: {key_name(tuple(path))} is a list of {len(inside)} "
                    f"entries, got index {part!r}"
                )
            path.append(int(part))
        elif isinstance(inside, dict):
            path.append(part)
            if not last and inside.get(part) is None:
                inside[part] = {}
        else:
            raise UserError(
                f"--set {override}: {key_name(tuple(path))} is a value, it has no key {part!r}"
            )
        if not last:
            inside = inside[path[-1]]
    inside[path[-1]] = yaml.read(value, f"--set {override}").data
    for other in ALTERNATIVES.get(tuple(path), ()):
        inside.pop(other, None)
    return tuple(path)


def _names(data: dict[str, Any], section: str) -> list[str]:
    """The names that a section declares."""
    found = data.get(section)
    return list(found) if isinstance(found, dict) else []


def _misspelt(
    replaced: Iterable[tuple[str | int, ...]], written: dict[str, list[str]], data: dict[str, Any]
) -> list[Mistake]:
    """Overrides that declare a new name which nothing reads, near to one of the file: without a
    word they would change nothing.
    """
    mistakes = []
    for path in replaced:
        section, name = str(path[0]), str(path[1]) if len(path) > 1 else ""
        if section not in NAMED or name in ("", *written[section]):
            continue
        rest = [
            {key: spec for key, spec in value.items() if key != name} if where == section else value
            for where, value in data.items()
        ]
        near = nearest(name, [*written[section], *ALWAYS[section]])
        if near and re.search(rf"\b{re.escape(name)}\b", repr(rest)) is None:
            details = (("got", name), ("nearest", near))
            mistakes.append(Mistake(path, "a new name, and nothing reads it", details))
    return mistakes


def _entry(data: dict[str, Any]) -> str:
    return f"targets: {{{target_name(data['target'])}: …}}"


def _short_form(data: dict[str, Any]) -> str | None:
    """The name that the one target of the short form gets; None without a short form."""
    if "target" not in data or "targets" in data:
        return None
    return target_name(data["target"])


def _one_of(data: dict[str, Any], parts: list[str]) -> list[str]:
    """``target.KEY`` where the one target stands under its name, as in a stored recipe."""
    targets = data.get("targets")
    if "target" in data or not isinstance(targets, dict):
        return parts
    if len(targets) > 1 or len(parts) == 1:
        raise UserError(
            f"--set {'.'.join(parts)}: this recipe has the targets {', '.join(targets)}; name one: "
            f"--set targets.{next(iter(targets), 'NAME')}.KEY=VALUE"
        )
    return ["targets", *targets, *parts[1:]]


def _mistake(error: Any, data: Any) -> Mistake:
    loc = error["loc"]
    if "target" in data and loc[:1] == ("targets",) and "targets" not in data:
        loc = ("target", *loc[2:])
    path, kind, got = _written(loc, data), error["type"], error["input"]
    if kind == "extra_forbidden":
        return Mistake(path, "unknown key", _valid_keys(path))
    if kind == "missing":
        section = _section_of(path[:-1])
        meaning = section.model_fields[str(path[-1])].description if section else None
        return Mistake(path, "missing key", (("expected", meaning or f"{key_name(path)}: …"),))
    expected = EXPECTED.get(kind) or error["msg"].removeprefix("Value error, ").removeprefix(
        "Input should be "
    )
    section = _section_of(path)
    if kind in ("model_type", "dict_type") and section is not None:
        expected = f"a section with the keys {', '.join(section.model_fields)}"
    if kind == "tuple_type" and path[:1] == ("data",):
        part = "" if path[1:] == ("train",) else ", or {fraction: 0.1}"
        expected = f"a path, a pattern, or a list of these{part}"
    details = [("got", _show(got)), ("expected", expected)]
    if kind == "literal_error" and isinstance(got, str):
        choices = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        if near := nearest(got, choices, near=0.5):  # among few choices a guess is a help
            details.append(("nearest", near))
    return Mistake(path, "wrong value" if kind != "value_error" else "not accepted", tuple(details))


def _written(loc: tuple[str | int, ...], data: Any) -> tuple[str | int, ...]:
    """The part of pydantic's location that stands for keys of the file."""
    path: list[str | int] = []
    for part in loc:
        if part in (FILES, PART):
            continue
        if isinstance(data, dict):
            path.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            path.append(part)
            data = data[part] if part < len(data) else None
    return tuple(path)


def _valid_keys(path: tuple[str | int, ...]) -> tuple[tuple[str, str], ...]:
    sections = {above: list(section.model_fields) for above, section in Recipe.sections().items()}
    section_here, name = _section_of(path[:-1]), str(path[-1])
    valid = [] if section_here is None else list(section_here.model_fields)
    near = nearest(name, valid)
    if near is None:  # perhaps it belongs to another section
        everywhere = {
            key: ".".join((*section, key)) for section, keys in sections.items() for key in keys
        }
        elsewhere = nearest(name, everywhere)
        near = None if elsewhere is None else everywhere[elsewhere]
    found = () if near is None else (("nearest", near),)
    return (("got", name), ("expected", ", ".join(valid)), *found)


def _section_of(path: tuple[str | int, ...]) -> type[Section] | None:
    """The section that stands at ``path``; that of the short form target is that of a target."""
    long = ("targets", "*", *path[1:]) if path[:1] == ("target",) else path
    named = ("fields", "constants", "targets")
    starred = ("*" if n == 1 and long[0] in named else str(part) for n, part in enumerate(long))
    return Recipe.sections().get(tuple(starred))


def _show(value: Any) -> str:
    return short(repr(value))
