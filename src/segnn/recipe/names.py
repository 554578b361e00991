"""The names an expression may use: position, the declared fields and constants, relative_position,
distance, one.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from dataclasses import replace

from e3nn.o3 import Irreps
from torch import Tensor

from segnn.recipe.expression import VOCABULARY
from segnn.recipe.origin import Mistake
from segnn.recipe.quantity import Site, Term, Type
from segnn.recipe.schema import POSITION, FieldSpec, Recipe
from segnn.recipe.tensors import Tensors
from segnn.recipe.units import Unit
from segnn.recipe.vocabulary import Scope
from segnn.recipe.words_graph import relative_position

RESERVED = ("relative_position", "distance", "edge_attributes", "one")


def declared_scope(recipe: Recipe) -> tuple[Scope, list[Mistake]]:
    """What every name stands for in ``recipe``, and the mistakes in its declarations."""
    mistakes = [*_bad_names(recipe), *_not_odd(recipe), *_no_labels(recipe)]
    spec = recipe.fields.get("position", POSITION)
    for key in ("irreps", "level", "array"):
        got, expected = getattr(spec, key), getattr(POSITION, key)
        if got != expected and not (key == "irreps" and Irreps(got) == Irreps(expected)):
            details = (("got", str(got)), ("expected", str(expected)))
            mistakes.append(
                Mistake(
                    ("fields", "position", key), "position is the array of points x, y, z", details
                )
            )
    if mistakes:
        return Scope(), mistakes

    position = Term(
        "position",
        Type(Irreps("1o"), Unit.parse(spec.unit), Site.NODE, point=True),
        lambda t: t.position,
    )
    names = {"position": position, "relative_position": relative_position(position)}
    for name, field in recipe.fields.items():
        if name != "position":
            names[name] = _field(name, field)
    for name, constant in recipe.constants.items():
        names[name] = _constant(name, constant.value, Unit.parse(constant.unit))
    names["one"] = _constant("one", 1.0, Unit())
    scope = Scope(names, recipe.model.attribute_degree, recipe.species)
    names["distance"] = replace(
        VOCABULARY["norm"](scope, [names["relative_position"]]), text="distance"
    )
    return scope, []


def _field(name: str, spec: FieldSpec) -> Term:
    site = Site.NODE if spec.level == "node" else Site.GRAPH

    def compute(tensors: Tensors) -> Tensor:
        return tensors.node[name] if site is Site.NODE else tensors.graph[name]

    irreps = Irreps(spec.irreps).remove_zero_multiplicities()
    return Term(name, Type(irreps, Unit.parse(spec.unit), site), compute)


def _constant(name: str, value: float, unit: Unit) -> Term:
    def compute(tensors: Tensors) -> Tensor:
        return tensors.position.new_full((1, 1), value)

    return Term(name, Type(Irreps("0e"), unit, Site.CONSTANT), compute, value=value)


def _bad_names(recipe: Recipe) -> list[Mistake]:
    mistakes = []
    declared: tuple[tuple[str, Iterable[str]], ...] = (
        ("fields", recipe.fields),
        ("constants", recipe.constants),
        ("define", recipe.define),
    )
    for section, names in declared:
        for name in names:
            if not name.isidentifier() or keyword.iskeyword(name):
                expected = "letters, digits and _, so that expressions can use it"
                mistakes.append(Mistake((section, name), "not a name", (("expected", expected),)))
            elif (
                name in VOCABULARY
                or name in RESERVED
                or (section != "fields" and name == "position")
            ):
                mistakes.append(
                    Mistake(
                        (section, name),
                        f"{name} is a word of the vocabulary",
                        (("cure", "take another name"),),
                    )
                )
            elif (section != "fields" and name in recipe.fields) or (
                section == "define" and name in recipe.constants
            ):
                mistakes.append(
                    Mistake(
                        (section, name), "the name is declared twice", (("cure", "rename one"),)
                    )
                )
    return mistakes


def _no_labels(recipe: Recipe) -> list[Mistake]:
    """What data.labels names and is no target's array."""
    known = sorted(recipe.label_arrays)
    return [
        Mistake(
            ("data", "labels", name),
            f"{name} is no target's array",
            (("expected", f"the array of a target: {', '.join(known)}"),),
        )
        for name in recipe.data.labels
        if name not in known
    ]


def _not_odd(recipe: Recipe) -> list[Mistake]:
    """What data.time_reversal names and cannot mean."""
    fields = [name for name in recipe.fields if name != "position"]
    mistakes = []
    for n, name in enumerate(recipe.data.time_reversal or ()):
        if name not in fields:
            problem = (
                "position does not change its sign"
                if name == "position"
                else f"{name} is no declared field"
            )
            details = (
                (
                    "expected",
                    f"fields that are odd in time, among {', '.join(fields) or 'none declared'}",
                ),
            )
            mistakes.append(Mistake(("data", "time_reversal", n), problem, details))
    return mistakes
