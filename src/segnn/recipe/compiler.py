"""A recipe compiled: every expression a typed tree, every rule between them checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from e3nn.o3 import Irreps

from segnn.recipe.algebra import add, concatenate
from segnn.recipe.expression import parse
from segnn.recipe.names import declared_scope
from segnn.recipe.origin import Mistake, Path
from segnn.recipe.quantity import ExpressionError, Site, Term, moved
from segnn.recipe.schema import Recipe
from segnn.recipe.targets import Targets, compile_targets
from segnn.recipe.typed import typed
from segnn.recipe.vocabulary import Scope
from segnn.recipe.widths import hidden_irreps


@dataclass
class Compiled:
    """The typed trees of a recipe, or the ``mistakes`` that keep some of them None."""

    inputs: Term | None = None
    edge_attributes: Term | None = None
    node_attributes: Term | None = None
    message: Term | None = None
    targets: Targets | None = None
    entries: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    hidden: Irreps | None = None
    mistakes: list[Mistake] = field(default_factory=list)


def compile_recipe(recipe: Recipe) -> Compiled:
    """Type every expression of ``recipe``; all mistakes are collected, none is raised."""
    out = Compiled()
    scope, out.mistakes = declared_scope(recipe)
    if out.mistakes:
        return out

    for name, text in recipe.define.items():
        try:
            scope = scope.with_name(name, parse(text, scope))
        except ExpressionError as error:
            out.mistakes.append(
                Mistake(("define", name), error.problem, (("in", text), ("cure", error.cure)))
            )
    if out.mistakes:
        return out

    inputs = _terms(out, scope, ("inputs",), recipe.inputs, Site.NODE)
    edge = _terms(out, scope, ("edge_attributes",), recipe.edge_attributes, Site.EDGE)
    out.edge_attributes = _summed(out, "edge_attributes", edge, Site.EDGE)
    messages = _terms(out, scope, ("message_scalars",), recipe.message_scalars, Site.EDGE)
    if out.edge_attributes is not None:
        scope = scope.with_name("edge_attributes", out.edge_attributes)
        node = _terms(out, scope, ("node_attributes",), recipe.node_attributes, Site.NODE)
        out.node_attributes = _summed(out, "node_attributes", node, Site.NODE)
    if inputs:
        out.inputs = concatenate(inputs, Site.NODE)
    if messages:
        out.message = concatenate(messages, Site.EDGE)
    out.targets = compile_targets(recipe, scope, out.mistakes)
    if out.edge_attributes is not None:
        try:
            out.hidden = hidden_irreps(recipe.model, out.edge_attributes.irreps)
        except ValueError as error:
            out.mistakes.append(
                Mistake(
                    ("model", "channels"), str(error), (("cure", "more channels, lower degree"),)
                )
            )
    return out


def _terms(
    out: Compiled, scope: Scope, path: Path, texts: tuple[str, ...], site: Site
) -> list[Term] | None:
    """The typed terms of a list, each fit for ``site``; None if any has a mistake."""
    found = [typed(out.mistakes, scope, (*path, i), text, site) for i, text in enumerate(texts)]
    terms = [term for term in found if term is not None]
    out.entries[str(path[0])] = tuple(terms)
    return terms if len(terms) == len(found) else None


def _summed(out: Compiled, key: str, terms: list[Term] | None, site: Site) -> Term | None:
    """The sum of the entries of an attribute list."""
    if not terms:
        return None
    whole = terms[0]
    for i, term in enumerate(terms[1:], start=1):
        try:
            whole = add(whole, term)
        except ExpressionError as error:
            text = f"the entries of {key} are summed, side by side they stand in concat(x, y)"
            out.mistakes.append(
                Mistake(
                    (key, i),
                    error.problem,
                    (("in", term.text), ("cure", error.cure), ("note", text)),
                )
            )
            return None
    return moved(whole, site)
