"""The cues of a recipe, one by one: switched off, and the vectors that can be drawn as arrows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from e3nn.o3 import Irreps

from segnn.errors import UserError
from segnn.recipe import Cues, Features, Recipe
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


class CuesWithout(Cues):
    """The cues of a recipe of which some, such as ``inputs.2``, are switched off.

    An input or a message scalar has its columns set to zero; an attribute is left out of the sum it
    is an entry of. Also where a derivative evaluates the cues anew.
    """

    def __init__(self, recipe: Recipe, off: Iterable[str]):
        super().__init__(recipe)
        self.off = [_find(self, name) for name in dict.fromkeys(off)]

    def seen_at(self, features: Features, tensors: Tensors) -> Features:
        """As of all cues, without those that are off."""
        return self._without(super().seen_at(features, tensors), tensors)

    def _without(self, features: Features, tensors: Tensors) -> Features:
        for key, number in self.off:
            term = self.entries[key][number]
            if key in COLUMNS:
                start = sum(entry.irreps.dim for entry in self.entries[key][:number])
                value = getattr(features, COLUMNS[key]).clone()
                value[:, start : start + term.irreps.dim] = 0
                features = replace(features, **{COLUMNS[key]: value})
            else:
                value = getattr(features, SUMS[key])
                part = moved(term, SITES[key]).evaluate(tensors).to(value.dtype)
                features = replace(features, **{SUMS[key]: value - part})
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
