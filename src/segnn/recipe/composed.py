"""Targets that are expressions of other targets: a dipole moment of charges and atomic dipoles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from e3nn.o3 import Irreps
from torch import Tensor

from segnn.recipe.origin import Mistake
from segnn.recipe.quantity import Site, Term, Type, moved
from segnn.recipe.schema import Recipe
from segnn.recipe.target import TargetSpec
from segnn.recipe.tensors import Tensors
from segnn.recipe.typed import typed
from segnn.recipe.units import Unit
from segnn.recipe.vocabulary import Scope


def values(
    recipe: Recipe, scope: Scope, outputs: Iterable[str], mistakes: list[Mistake]
) -> dict[str, Term]:
    """The typed expressions of the targets that have some; in these, ``outputs`` of the network
    stand under their targets' names, unless a field or constant is called so.
    """
    for name in outputs:
        if name not in scope.names:
            scope = scope.with_name(name, _output(name, recipe.targets[name]))
    found = {}
    for name, spec in recipe.targets.items():
        if spec.value is None:
            continue
        path, site = ("targets", name, "value"), _site(spec)
        term = typed(mistakes, scope, path, spec.value, site)
        if term is None:
            continue
        if term.irreps.simplify() != Irreps(spec.irreps).simplify():
            problem = f"{term} is not of the target's irreps {spec.irreps}"
            cure = f"irreps: {term.irreps}"
            mistakes.append(Mistake(path, problem, (("cure", cure),)))
        elif term.unit != Unit.parse(spec.unit):
            problem = f"{term} is not of the target's unit {spec.unit}"
            cure = f"targets.{name}.unit: {term.unit}, or correct the value"
            mistakes.append(Mistake(path, problem, (("cure", cure),)))
        elif not any(term.uses(output) for output in outputs):
            problem = f"{term} holds no output of the network: nothing to learn"
            cure = f"name one of {', '.join(outputs) or 'the other targets'}"
            mistakes.append(Mistake(path, problem, (("cure", cure),)))
        else:
            found[name] = moved(term, site)
    return found


def evaluated(
    terms: Mapping[str, Term], recipe: Recipe, found: Mapping[str, Tensor], tensors: Tensors
) -> dict[str, Tensor]:
    """The values of ``terms`` where the targets are as ``found``, on the systems ``tensors``;
    differentiable in both.
    """
    node, graph = dict(tensors.node), dict(tensors.graph)
    for name, value in found.items():
        if _site(recipe.targets[name]) is Site.GRAPH:
            graph.setdefault(name, value)
        elif name not in node:
            node[name] = tensors.complete(value)
    given, cache = replace(tensors, node=node, graph=graph), dict[str, Tensor]()
    result = {name: term.evaluate(given, cache) for name, term in terms.items()}
    return {
        name: tensors.own(value) if _site(recipe.targets[name]) is Site.NODE else value
        for name, value in result.items()
    }


def _site(spec: TargetSpec) -> Site:
    return Site.NODE if spec.level == "node" else Site.GRAPH


def _output(name: str, spec: TargetSpec) -> Term:
    site = _site(spec)

    def compute(tensors: Tensors) -> Tensor:
        return tensors.node[name] if site is Site.NODE else tensors.graph[name]

    irreps = Irreps(spec.irreps).remove_zero_multiplicities()
    return Term(name, Type(irreps, Unit.parse(spec.unit), site), compute)
