"""The targets of a recipe compiled: columns of the output, bases, derivatives, all checked."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from e3nn.o3 import Irrep, Irreps

from segnn.data.elements import symbol
from segnn.recipe.composed import values
from segnn.recipe.derivative import (
    STRAIN,
    USAGE,
    Derived,
    Written,
    flattened,
    follows,
    is_scalar,
)
from segnn.recipe.expression import parse
from segnn.recipe.origin import Mistake, Path
from segnn.recipe.quantity import Site, Term, moved
from segnn.recipe.schema import Recipe
from segnn.recipe.target import TargetSpec
from segnn.recipe.typed import typed
from segnn.recipe.units import Unit
from segnn.recipe.vocabulary import Scope

REFERENCE = "reference"


@dataclass(frozen=True)
class Reference:
    """A base that is a sum over the nodes of one number for each species.

    ``composition``: how many nodes of each species a row of the target has, (rows, species).
    ``values``: the numbers, if the recipe gives them.
    """

    composition: Term
    species: tuple[int, ...]
    values: tuple[float, ...] | None


@dataclass
class Targets:
    """What is predicted, by the targets' names.

    ``columns``: which columns of the network's output make a target; a derivative has none.
    ``of_nodes``: whether the network's output is per node; else it is per system.
    ``by_volume``: the derivatives by strain that are divided by the system's volume.
    ``values``: the targets that are expressions of others.
    """

    irreps: Irreps = field(default_factory=lambda: Irreps(""))
    columns: dict[str, slice] = field(default_factory=dict)
    of_nodes: bool = True
    bases: dict[str, Term] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    weights: dict[str, Term] = field(default_factory=dict)
    derivatives: dict[str, Written] = field(default_factory=dict)
    by_volume: frozenset[str] = frozenset()
    values: dict[str, Term] = field(default_factory=dict)

    @property
    def terms(self) -> list[Term]:
        """All that is evaluated with the cues."""
        compositions = [reference.composition for reference in self.references.values()]
        bases, weights = self.bases.values(), self.weights.values()
        return [*bases, *weights, *compositions, *self.values.values()]


def compile_targets(recipe: Recipe, scope: Scope, mistakes: list[Mistake]) -> Targets:
    """The targets of ``recipe``; what is wrong with them is added to ``mistakes``."""
    out, parts = Targets(), list[Irreps]()
    for name, spec in recipe.targets.items():
        if spec.derivative is not None:
            _derivative(out, recipe, name, spec, mistakes)
            continue
        if spec.value is not None:
            continue
        start = sum(part.dim for part in parts)
        parts.append(Irreps(spec.irreps))
        out.columns[name] = slice(start, start + parts[-1].dim)
        _base(out, scope, recipe, name, mistakes)
        weight = None if spec.centered is None else _weight(scope, name, spec, mistakes)
        if weight is not None:
            out.weights[name] = weight
    out.irreps = Irreps([entry for part in parts for entry in part])
    out.of_nodes = _of_nodes(recipe, out, mistakes)
    out.values = values(recipe, scope, out.columns, mistakes)
    return out


def _of_nodes(recipe: Recipe, out: Targets, mistakes: list[Mistake]) -> bool:
    """Whether the outputs are per node; a mistake where some are and others cannot be."""
    specs = {name: recipe.targets[name] for name in out.columns}
    joined = [name for name, spec in specs.items() if spec.level == "graph" and spec.pool is None]
    if joined and len(joined) < len(specs):
        other = next(name for name in specs if name not in joined)
        problem = f"{joined[0]} is made of pooled features, and {other} of an output of every node"
        cure = f"pool: sum (extensive) or mean for {joined[0]}: then both are outputs of every node"
        mistakes.append(Mistake(("targets", joined[0], "pool"), problem, (("cure", cure),)))
    return not joined


def _derivative(
    out: Targets, recipe: Recipe, name: str, spec: TargetSpec, mistakes: list[Mistake]
) -> None:
    texts = {other: target.derivative for other, target in recipe.targets.items()}
    written, path = flattened(spec.derivative, texts), ("targets", name, "derivative")
    if written is None:
        details = (("got", str(spec.derivative)), ("expected", USAGE))
        mistakes.append(Mistake(path, "no derivative of a target", details))
        return
    root = recipe.targets.get(written.of)
    if root is not None and root.value is not None:
        cure = "a derivative is of an output of the network"
        problem = f"{written.of} is the value of an expression"
        mistakes.append(Mistake(path, problem, (("cure", cure),)))
        return
    of = None if root is None else Derived(root.irreps, root.unit, root.level, root.cartesian)
    found = follows(written, of, recipe.fields)
    if isinstance(found, str):
        known = ", ".join(other for other, text in texts.items() if text is None)
        mistakes.append(
            Mistake(
                path,
                found,
                (("in", str(spec.derivative)), ("targets", known or "none but derivatives")),
            )
        )
        return
    out.derivatives[name] = written
    if STRAIN in written.by:
        length = recipe.fields["position"].unit if "position" in recipe.fields else "length"
        stress = Unit.parse(found.unit) / Unit.parse(length) ** 3
        if Unit.parse(spec.unit) == stress:
            out.by_volume |= {name}
            found = Derived(found.irreps, str(stress), found.level, found.cartesian)
    _compare(name, spec, found, mistakes)


def _compare(name: str, spec: TargetSpec, found: Derived, mistakes: list[Mistake]) -> None:
    """A mistake for each of irreps, unit, level and form that is not what follows."""
    equal = {
        "irreps": Irreps(spec.irreps).simplify() == Irreps(found.irreps).simplify(),
        "unit": Unit.parse(spec.unit) == Unit.parse(found.unit),
        "level": spec.level == found.level,
        "cartesian": spec.cartesian == found.cartesian,
    }
    for key, same in equal.items():
        if not same:
            got, wanted = str(getattr(spec, key)), str(getattr(found, key))
            problem = f"{spec.derivative} has the {key} {wanted}"
            details = (("got", got), ("cure", f"{key}: {wanted}, or leave {key} out: it follows"))
            mistakes.append(Mistake(("targets", name, key), problem, details))


def _base(out: Targets, scope: Scope, recipe: Recipe, name: str, mistakes: list[Mistake]) -> None:
    """``base``, of the target's irreps, unit and level; or the references of its species."""
    target, path = recipe.targets[name], ("targets", name, "base")
    if target.base is None:
        return
    if target.base.lstrip().startswith(f"{REFERENCE}("):
        reference = _reference(scope, recipe, target, path, mistakes)
        if reference is not None:
            out.references[name] = reference
        return
    site = Site.NODE if target.level == "node" else Site.GRAPH
    term = typed(mistakes, scope, path, target.base, site, points=True)
    if term is None:
        return
    if term.irreps.simplify() != Irreps(target.irreps).simplify():
        problem = f"{term} is not of the target's irreps {target.irreps}"
        cure = "the base is added to the output: equal irreps"
        mistakes.append(Mistake(path, problem, (("cure", cure),)))
    elif term.unit != Unit.parse(target.unit):
        problem = f"{term} is not of the target's unit {target.unit}"
        key = "target.unit" if len(recipe.targets) == 1 else f"targets.{name}.unit"
        cure = f"set {key}: {term.unit}, or correct the base"
        mistakes.append(Mistake(path, problem, (("cure", cure),)))
    else:
        out.bases[name] = moved(term, site)


def _reference(
    scope: Scope, recipe: Recipe, target: TargetSpec, path: Path, mistakes: list[Mistake]
) -> Reference | None:
    """``reference(species)``, fitted on the training systems, or with one number a species."""
    assert target.base is not None
    species = recipe.species
    names = ", ".join(symbol(number) for number in species)
    try:
        call = ast.parse(target.base.strip(), mode="eval").body
        assert isinstance(call, ast.Call)
        of, *given = call.args
        values = tuple(float(ast.literal_eval(value)) for value in given) or None
        known = isinstance(of, ast.Name) and of.id == "species" and not call.keywords
    except (SyntaxError, ValueError, TypeError, AssertionError):
        known, values = False, None
    if not known or not species or (values is not None and len(values) != len(species)):
        expected = (
            f"reference(species), or one number for each of {names}: reference(species, …)"
            if species
            else "the elements declared, species: [H, C, O], and base: reference(species)"
        )
        details = (("got", target.base), ("expected", expected))
        mistakes.append(Mistake(path, "no references of species", details))
        return None
    if not is_scalar(target.irreps) or (target.level == "graph" and target.pool == "mean"):
        problem = "references are sums of scalars over the nodes"
        details = (("got", f"irreps {target.irreps}, pool {target.pool}"), ("expected", "0e, sum"))
        mistakes.append(Mistake(path, problem, details))
        return None
    text = "one_hot(species)"
    whole = parse(f"total({text})" if target.level == "graph" else text, scope)
    return Reference(whole, species, values)


def _weight(scope: Scope, name: str, target: TargetSpec, mistakes: list[Mistake]) -> Term | None:
    """``centered``: one scalar per node, for targets of nodes."""
    path = ("targets", name, "centered")
    term = typed(mistakes, scope, path, target.centered or "", Site.NODE)
    if term is None:
        return None
    if target.level != "node":
        problem = "a target of graphs has one row per system, no mean over its nodes"
        mistakes.append(Mistake(path, problem, (("cure", "leave centered out"),)))
        return None
    if term.irreps.dim != 1 or term.irreps[0].ir != Irrep("0e"):
        cure = "one scalar 0e per node: one, or mass"
        mistakes.append(Mistake(path, f"{term} is no weight", (("cure", cure),)))
        return None
    return moved(term, Site.NODE)
