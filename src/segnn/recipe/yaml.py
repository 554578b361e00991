"""YAML read safely, with the line of every key; duplicate keys, anchors and tags are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from segnn.errors import UserError

Path = tuple[str | int, ...]

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 30
OPENING = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with the values of YAML 1.2, where a word is what it looks like: 1e-4 is
    a number and 010 is ten; ``No`` (nobelium), ``0x0e`` (irreps), 1:30 and 2024-01-01 are text,
    which older YAML takes for false, 14, 90 and a date.
    """


class _Dumper(yaml.SafeDumper):
    """The dumper that quotes what `_Loader` would read as a number."""


_VALUES = (  # in this order: a whole number is no fraction
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+(?:_[0-9]+)*", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:[0-9]+(?:_[0-9]+)*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
)
_REPLACED = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "timestamp")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _REPLACED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _name, _pattern, _first in _VALUES:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(
            f"tag:yaml.org,2002:{_name}", re.compile(rf"^(?:{_pattern})$"), list(_first)
        )
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))


@dataclass(frozen=True)
class Document:
    """The data of a YAML text and the line (from 1) of every key path, ``("training", "
    ""epochs")``."""

    data: Any
    lines: dict[Path, int]


def read(text: str, origin: str) -> Document:
    """Parse ``text``; UserError with ``origin`` and line for bad syntax, characters that are no
    text, duplicate keys, anchors and tags, and for nesting deeper than any recipe's.
    """
    text = text.removeprefix("\ufeff")
    _check_characters(text, origin)
    lines: dict[Path, int] = {}
    try:
        _check_tokens(text, origin)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            data = None if node is None else _build(loader, node, (), lines, origin)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise UserError(f"{origin}{where}: not valid YAML: {problem}{_hint(text, mark)}") from None
    return Document(data, lines)


def _check_characters(text: str, origin: str) -> None:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if found is not None or len(text) > MAX_CHARACTERS:
        start = len(text) if found is None else found.start()
        line = text[:start].count("\n") + 1
        problem = (
            f"{len(text)} characters, a recipe has at most {MAX_CHARACTERS}"
            if found is None
            else f"the control character {found[0]!a}; remove it, or save the file as plain text"
        )
        raise UserError(f"{origin}, line {line}: not valid YAML: {problem}")


def _check_tokens(text: str, origin: str) -> None:
    depth = 0
    for token in yaml.scan(text, Loader=_Loader):
        line = token.start_mark.line + 1
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            raise UserError(
                f"{origin}, line {line}: YAML anchors, aliases and tags are not read; write it out"
            )
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if depth > MAX_DEPTH:
            raise UserError(
                f"{origin}, line {line}: not valid YAML: lists and sections inside each other to "
                f"more than {MAX_DEPTH} levels"
            )


def _build(
    loader: _Loader, node: yaml.Node, path: Path, lines: dict[Path, int], origin: str
) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = (
                _scalar(loader, key_node, origin) if isinstance(key_node, yaml.ScalarNode) else None
            )
            if not isinstance(key, str):
                got = (
                    key_node.value if isinstance(key_node, yaml.ScalarNode) else "a list or section"
                )
                raise UserError(
                    f"{origin}, line {line}: the key {got!r} is not a name; expected text"
                )
            inner = (*path, key)
            if key in mapping:
                name = ".".join(map(str, inner))
                raise UserError(
                    f"{origin}, line {line}: the key {name} is written twice, first on line "
                    f"{lines[inner]}"
                )
            if ":" in key and isinstance(value_node, yaml.ScalarNode) and not value_node.value:
                raise UserError(
                    f"{origin}, line {line}: {key!r} is one word to YAML; write a space after the "
                    f"colon: {key.replace(':', ': ', 1)}"
                )
            lines[inner] = line
            mapping[key] = _build(loader, value_node, inner, lines, origin)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items: list[Any] = []
        for i, item in enumerate(node.value):
            place = (*path, i)
            lines[place] = item.start_mark.line + 1
            items.append(_build(loader, item, place, lines, origin))
        return items
    return _scalar(loader, node, origin)


def _scalar(loader: _Loader, node: yaml.Node, origin: str) -> Any:
    """The value of a number, a word, a date …; UserError for what looks like one and is none."""
    try:
        value = loader.construct_object(node)
    except (ValueError, OverflowError) as error:
        text = node.value if len(node.value) <= 40 else f"{node.value[:37]}..."
        raise UserError(
            f"{origin}, line {node.start_mark.line + 1}: {text} cannot be read as a value "
            f"({error}); put it in quotes if it is text"
        ) from None
    found = yaml.reader.Reader.NON_PRINTABLE.search(value) if isinstance(value, str) else None
    if found is not None:  # written as an escape, "\\0" or "\\ud800"
        raise UserError(
            f"{origin}, line {node.start_mark.line + 1}: the text holds the control character "
            f"{found[0]!a}; remove it"
        )
    return value


def _hint(text: str, mark: Any) -> str:
    """Say what is usually wrong on that line."""
    if mark is None:
        return ""
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    return (
        "; indent with spaces, not tabs"
        if "\t" in line
        else f"\n    {line.strip()}"
        if line.strip()
        else ""
    )


def write(data: dict[str, Any]) -> str:
    """Readable YAML: one block per section, one line per key, lists of text one item per line."""
    parts = []
    for key, value in data.items():
        if isinstance(value, dict) and value:
            parts += [f"{key}:", *(f"  {name}: {flow(item)}" for name, item in value.items())]
        elif isinstance(value, list | tuple) and value:
            parts += [f"{key}:", *(f"  - {flow(item)}" for item in value)]
        else:
            parts.append(f"{key}: {flow(value)}")
    return "\n".join(parts) + "\n"


def flow(value: Any) -> str:
    """One value as YAML on one line, quoted where it has to be."""
    text = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=True,
        sort_keys=False,
        width=10**6,
        allow_unicode=True,
    )
    return text.removesuffix("\n").removesuffix("\n...")
