"""What an expression stands for: its type, and the tree of terms that computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from e3nn.o3 import Irreps
from torch import Tensor

from segnn.o3.plan.vector import VectorPlan
from segnn.o3.vectors import of_vectors
from segnn.recipe.tensors import Tensors
from segnn.recipe.units import DIMENSIONLESS, Unit


class ExpressionError(Exception):
    """An expression has no meaning: ``problem`` says why, ``cure`` what to write instead."""

    def __init__(self, problem: str, cure: str):
        super().__init__(f"{problem}\n{cure}")
        self.problem = problem
        self.cure = cure


class Site(Enum):
    """Where a quantity lives: a row per node, per edge, per graph (system), or one row for all."""

    NODE = "node"
    EDGE = "edge"
    GRAPH = "graph"
    CONSTANT = "constant"


@dataclass(frozen=True)
class Type:
    """The type of a quantity: how it turns (``irreps``), its ``unit``, its ``site``, and whether it
    is a ``point``.

    A point moves with the origin (a position); a vector, such as the difference of two points, does
    not.
    """

    irreps: Irreps
    unit: Unit = DIMENSIONLESS
    site: Site = Site.NODE
    point: bool = False

    def __str__(self) -> str:
        return (
            f"{_short(self.irreps)}{' point' if self.point else ''}, unit {self.unit}, per"
            f" {self.site.value}"
        )


def _short(irreps: Irreps) -> str:
    return "+".join(str(ir) if mul == 1 else f"{mul}x{ir}" for mul, ir in irreps) or "nothing"


@dataclass(frozen=True)
class VectorForm:
    """A term as functions of one vector: ``vector``, a term of a single vector, and functions of it
    (`segnn.o3.vectors`).
    """

    vector: Term
    plan: VectorPlan


@dataclass(frozen=True)
class Term:
    """A node of the typed tree: the text it was written as, its type, its operands and how their
    values combine.

    ``compute(tensors, *values of the children)`` returns (rows of the site, irreps.dim), e3nn's
    ``mul_ir`` layout; a constant has one row. ``number`` is set for literals only, ``value`` for
    the constants of a recipe. ``form``: where the term is a function of one vector, computed and
    differentiated at once; the same numbers as ``compute`` gives, to round-off.
    """

    text: str
    type: Type
    compute: Callable[..., Tensor]
    children: tuple[Term, ...] = ()
    number: float | int | None = None
    value: float | None = None
    form: VectorForm | None = None

    @property
    def irreps(self) -> Irreps:
        """How it turns."""
        return self.type.irreps

    @property
    def unit(self) -> Unit:
        """The unit it is in."""
        return self.type.unit

    @property
    def site(self) -> Site:
        """Where it lives: at nodes, edges or systems."""
        return self.type.site

    @property
    def is_scalar(self) -> bool:
        """One scalar or pseudoscalar per row."""
        result: bool = self.irreps.dim == 1
        return result

    def evaluate(self, tensors: Tensors, cache: dict[str, Tensor] | None = None) -> Tensor:
        """The value (rows, irreps.dim); terms written alike are computed once per ``cache``."""
        cache = {} if cache is None else cache
        if self.text not in cache and self.form is not None:
            vector = self.form.vector.evaluate(tensors, cache)
            cache[self.text] = of_vectors(vector, self.form.plan)
        elif self.text not in cache:
            values = [child.evaluate(tensors, cache) for child in self.children]
            cache[self.text] = self.compute(tensors, *values)
        return cache[self.text]

    def uses(self, text: str) -> bool:
        """Whether ``text`` occurs as a term in this tree."""
        return self.text == text or any(child.uses(text) for child in self.children)

    def __str__(self) -> str:
        return f"{self.text} ({self.type})"


def of_edges(term: Term) -> bool:
    """Whether something lies on edges in this tree."""
    return term.site is Site.EDGE or any(of_edges(child) for child in term.children)


def join_sites(a: Site, b: Site) -> Site | None:
    """The site of a combination: constant and graph quantities spread to nodes and edges; node with
    edge has none.
    """
    if a is b or b is Site.CONSTANT:
        return a
    if a is Site.CONSTANT:
        return b
    if {a, b} == {Site.NODE, Site.EDGE}:
        return None
    return a if b is Site.GRAPH else b


def spread(tensors: Tensors, value: Tensor, origin: Site, site: Site) -> Tensor:
    """Repeat the rows of a value of ``origin`` to the rows of ``site``."""
    if origin is site:
        return value
    if origin is Site.CONSTANT:
        rows = {Site.NODE: tensors.nodes, Site.EDGE: tensors.edges, Site.GRAPH: tensors.systems}[
            site
        ]
        return value.repeat(rows, 1)
    return value.index_select(0, tensors.node_graph if site is Site.NODE else tensors.edge_graph)


def moved(term: Term, site: Site) -> Term:
    """The same quantity with one row per ``site``; the term itself if it is already there."""
    if term.site is site:
        return term
    origin = term.site
    kind = Type(term.irreps, term.unit, site, term.type.point)
    text = f"{term.text} per {site.value}"
    return Term(text, kind, lambda tensors, value: spread(tensors, value, origin, site), (term,))
