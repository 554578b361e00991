"""The cues of a recipe, one by one: switched off, and the vectors that can be drawn as arrows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import torch
from e3nn.o3 import Irreps
from torch import Tensor

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
COLUMNS = ("inputs", "message_scalars")  # lists whose entries stand side by side
SUMS = ("edge_attributes", "node_attributes")  # lists whose entries are added


class WeightedCues(Cues):
    """The cues of a recipe, some of them, such as ``inputs.2``, times a number: 0 is off.

    ``weights``: of cues by their names, numbers or tensors of one number; 1 for all others. An
    input or a message scalar has its columns multiplied; of an attribute (1 − weight) times the
    entry is taken from the sum. Also where a derivative, or a network that moves its nodes,
    evaluates the cues anew.
    """

    def __init__(self, recipe: Recipe, weights: Mapping[str, float | Tensor]):
        super().__init__(recipe)
        self.weights = [(*_find(self, name), weight) for name, weight in weights.items()]

    def seen_at(self, features: Features, tensors: Tensors) -> Features:
        """As of all cues, each times its weight."""
        found = super().seen_at(features, tensors)
        columns = {"inputs": found.x, "message_scalars": found.message}
        sums = {"edge_attributes": found.edge_attr, "node_attributes": found.node_attr}
        x, message, edge, node = self._weighted(columns | sums, tensors)
        assert x is not None
        assert edge is not None
        assert node is not None
        return replace(found, x=x, message=message, edge_attr=edge, node_attr=node)

    def steering(self, tensors: Tensors) -> tuple[Tensor, Tensor, Tensor | None]:
        """As of all cues, each times its weight."""
        edge, node, message = super().steering(tensors)
        held = {"message_scalars": message, "edge_attributes": edge, "node_attributes": node}
        _, message, edge_there, node_there = self._weighted(held, tensors)
        assert edge_there is not None
        assert node_there is not None
        return edge_there, node_there, message

    def _weighted(
        self, held: Mapping[str, Tensor | None], tensors: Tensors
    ) -> tuple[Tensor | None, ...]:
        """Inputs, message scalars, edge and node attributes; None for those that are not held."""
        found = dict(held)
        for key, number, weight in self.weights:
            value, term = found.get(key), self.entries[key][number]
            if value is None:
                continue
            if key in COLUMNS:
                start = sum(entry.irreps.dim for entry in self.entries[key][:number])
                sizes = [start, term.irreps.dim, value.shape[1] - start - term.irreps.dim]
                before, own, after = value.split(sizes, dim=1)
                found[key] = torch.cat([before, own * weight, after], dim=1)
            else:
                part = moved(term, SITES[key]).evaluate(tensors).to(value.dtype)
                found[key] = value - part * (1 - weight)
        return tuple(found.get(key) for key in (*COLUMNS, *SUMS))


def without(recipe: Recipe, off: Iterable[str]) -> WeightedCues:
    """The cues of a recipe, those in ``off`` switched off. UserError for names of none."""
    return WeightedCues(recipe, dict.fromkeys(off, 0.0))


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
