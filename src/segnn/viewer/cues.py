"""The cues of a recipe, one by one: switched off, and the vectors that can be drawn as arrows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch
from e3nn.o3 import Irreps

from segnn.errors import UserError
from segnn.recipe import Cues, Features
from segnn.recipe.expression import parse
from segnn.recipe.names import declared_scope
from segnn.recipe.quantity import Site, Term, moved
from segnn.recipe.tensors import Tensors

SITES = {
    "inputs": Site.NODE,
    "node_attributes": Site.NODE,
    "edge_attributes": Site.EDGE,
    "message_scalars": Site.EDGE,
}
COLUMNS = {
    "inputs": "x",
    "message_scalars": "message",
}  # lists whose entries stand side by side; the others are sums
SUMS = {"edge_attributes": "edge_attr", "node_attributes": "node_attr"}


@torch.no_grad()
def features_without(cues: Cues, tensors: Tensors, off: Iterable[str]) -> Features:
    """The features in float64 of systems, given as ``cues.tensors``, where the cues ``off``
    (``inputs.2``) are zero.

    An input or a message scalar has its columns set to zero; an attribute is left out of the sum it
    is an entry of.
    """
    features = cues.evaluate(tensors)
    for name in dict.fromkeys(off):
        key, number = _find(cues, name)
        term = cues.entries[key][number]
        if key in COLUMNS:
            start = sum(entry.irreps.dim for entry in cues.entries[key][:number])
            value = getattr(features, COLUMNS[key]).clone()
            value[:, start : start + term.irreps.dim] = 0
            features = replace(features, **{COLUMNS[key]: value})
        else:
            value = getattr(features, SUMS[key]) - moved(term, SITES[key]).evaluate(tensors)
            features = replace(features, **{SUMS[key]: value})
    return features


def listed(cues: Cues) -> list[dict[str, str]]:
    """Every cue of the recipe: its name here, its list, and the term with irreps and unit."""
    return [
        {
            "name": f"{key}.{n}",
            "list": key,
            "text": term.text,
            "irreps": str(term.irreps),
            "unit": str(term.unit),
        }
        for key in SITES
        for n, term in enumerate(cues.entries.get(key, ()))
    ]


def derived_vectors(cues: Cues) -> dict[str, Term]:
    """The vectors of nodes that the recipe defines from its fields, by name: ``force`` and the
    like.
    """
    scope, _ = declared_scope(cues.recipe)
    found = {}
    for name, text in cues.recipe.define.items():
        term = parse(text, scope)
        scope = scope.with_name(name, term)
        if term.site is Site.NODE and not term.type.point and is_vector(term.irreps):
            found[name] = term
    return found


def is_vector(irreps: Irreps | str) -> bool:
    """Whether three numbers that are drawn as an arrow: 1o, or 1e (a pseudovector)."""
    return str(Irreps(irreps).simplify()) in ("1x1o", "1x1e")


def _find(cues: Cues, name: str) -> tuple[str, int]:
    key, _, number = name.partition(".")
    if key not in SITES or not number.isdecimal() or int(number) >= len(cues.entries.get(key, ())):
        raise UserError(
            f"off: there is no cue {name!r}; cues are "
            f"{', '.join(cue['name'] for cue in listed(cues))}"
        )
    return key, int(number)
