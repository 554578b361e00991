"""Systems read for a recipe: its arrays must be whole, labels are where ``data.labels`` says."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import Any

from segnn.data import Given, Systems, given
from segnn.data.names import closest
from segnn.data.schema import is_label
from segnn.errors import UserError
from segnn.recipe.schema import Recipe


def read(recipe: Recipe, x: Any, source: str | None = None, *, labels: bool = True) -> Given:
    """What a public call was given as systems, in any of the forms of `segnn.data.given`.

    In a file, the labels have the names that ``data.labels`` gives them there; arrays handed over
    in Python have the target's own. Without ``labels``, arrays that only hold labels are left
    aside, whatever they hold. ``source`` names ``x`` in errors.
    """
    fields, renamed = recipe.field_arrays, recipe.data.labels
    if not labels:
        return given(x, source, declared=fields, aside=partial(only_label, recipe))
    held = set(renamed.values()) if _names_files(x) else set()
    masked = {target.array for target in recipe.targets.values() if target.missing}
    masked = {renamed.get(name, name) if held else name for name in masked} - fields
    read = given(x, source, declared=fields | recipe.label_arrays | held, missing=masked)
    if not held:
        return read
    return replace(read, systems=_with_labels(read.systems, renamed, read.source))


def only_label(recipe: Recipe, name: str) -> bool:
    """Whether an array of this name holds labels and nothing that enters the network."""
    labels = recipe.label_arrays | set(recipe.data.labels.values())
    return (is_label(name) or name in labels) and name not in recipe.field_arrays


def _names_files(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return bool(x) and all(map(_names_files, x))
    return isinstance(x, str | os.PathLike)


def _with_labels(systems: Systems, labels: dict[str, str], source: str) -> Systems:
    """The arrays that ``labels`` names, under the names that the recipe has for them."""
    node, graph = dict(systems.node), dict(systems.graph)
    for held in labels.values():
        if held not in systems.names:
            raise UserError(
                f"{source}: missing array {held!r}, which the recipe's data.labels names; present: "
                f"{', '.join(systems.names)}.{closest(held, systems.names)} Correct data.labels, "
                "or add the labels to the file."
            )
    for held in labels.values():
        node.pop(held, None)
        graph.pop(held, None)
    for name, held in labels.items():
        arrays, other = (node, graph) if held in systems.node else (graph, node)
        arrays[name] = systems.node[held] if held in systems.node else systems.graph[held]
        other.pop(name, None)
    return Systems(systems.position, systems.offsets, node, graph)
