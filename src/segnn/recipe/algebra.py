"""The typing rules and values of + - * between terms."""

from __future__ import annotations

import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.recipe.forms import multiplied, side_by_side
from segnn.recipe.quantity import ExpressionError, Site, Term, Type, join_sites, moved
from segnn.recipe.tensors import Tensors
from segnn.recipe.units import DIMENSIONLESS

BARE_POINT = (
    "use position - center(position), relative_position or distance; a bare position would break"
    " translation invariance"
)


def number(value: float) -> Term:
    """A literal: a dimensionless constant 0e."""

    def compute(tensors: Tensors) -> Tensor:
        return tensors.position.new_full((1, 1), float(value))

    return Term(f"{value!r}", Type(Irreps("0e"), site=Site.CONSTANT), compute, number=value)


def add(a: Term, b: Term, sign: int = 1) -> Term:
    """a + b or a − b: equal irreps and units; constant and per-graph terms spread to nodes or
    edges.

    point − point is a vector, point ± vector a point; every other sum with a point is refused.
    """
    verb, symbol = ("add", "+") if sign > 0 else ("subtract", "-")
    what = f"cannot {verb} {a} and {b}"
    site = common_site(a, b, what)
    if a.irreps.simplify() != b.irreps.simplify():
        raise ExpressionError(
            f"{what}: their irreps differ, {a.irreps} and {b.irreps}", _irreps_cure(a, b)
        )
    if a.unit != b.unit:
        raise ExpressionError(
            f"{what}: their units differ, {a.unit} and {b.unit}",
            "multiply one by a constant of the missing unit (constants: {horizon: {value: 1.0,"
            " unit: time}}), or drop both units with unitless(...)",
        )
    if sign > 0 and a.type.point and b.type.point:
        raise ExpressionError(f"{what}: the sum of two points depends on the origin", BARE_POINT)
    if sign < 0 and b.type.point and not a.type.point:
        raise ExpressionError(f"{what}: a vector minus a point depends on the origin", BARE_POINT)
    point = (a.type.point or b.type.point) and not (a.type.point and b.type.point)
    a_there, b_there = together(a, b, site)

    def compute(tensors: Tensors, x: Tensor, y: Tensor) -> Tensor:
        return x + y if sign > 0 else x - y

    text = f"({a.text} {symbol} {b.text})"
    return Term(text, Type(a.irreps, a.unit, site, point), compute, (a_there, b_there))


def multiply(a: Term, b: Term) -> Term:
    """a · b where one of them is a scalar 0e or a pseudoscalar 0o: parities and units multiply."""
    what = f"cannot multiply {a} and {b}"
    for term in (a, b):
        if term.type.point:
            raise ExpressionError(f"{what}: {term.text} is a point", BARE_POINT)
    if not (a.is_scalar or b.is_scalar):
        raise ExpressionError(
            f"{what}: neither is a single scalar", "use dot(x, y) or cross(x, y) for two vectors"
        )
    site = common_site(a, b, what)
    scalar, other = (a, b) if a.is_scalar else (b, a)
    parity = scalar.irreps[0].ir.p
    irreps = Irreps([(mul, (ir.l, ir.p * parity)) for mul, ir in other.irreps])

    def compute(tensors: Tensors, x: Tensor, y: Tensor) -> Tensor:
        return x * y

    kind, form = Type(irreps, a.unit * b.unit, site), multiplied(scalar, other)
    return Term(f"{a.text} * {b.text}", kind, compute, together(a, b, site), form=form)


def negate(a: Term) -> Term:
    """−a; points have no negative."""
    if a.type.point:
        raise ExpressionError(f"cannot negate {a}: it is a point", BARE_POINT)
    return Term(f"(-{a.text})", a.type, lambda tensors, x: -x, (a,))


def concatenate(terms: list[Term], site: Site) -> Term:
    """The terms one after another, spread to ``site``; units are left behind, the network sees bare
    numbers.
    """
    there = tuple(moved(term, site) for term in terms)
    irreps = Irreps([part for term in terms for part in term.irreps])
    unit = terms[0].unit if len({term.unit for term in terms}) == 1 else DIMENSIONLESS

    def compute(tensors: Tensors, *values: Tensor) -> Tensor:
        return torch.cat(values, dim=1)

    text = f"concat({', '.join(term.text for term in terms)})"
    kind, form = Type(irreps, unit, site), side_by_side(there)
    return Term(f"{text} per {site.value}", kind, compute, there, form=form)


def common_site(a: Term, b: Term, what: str) -> Site:
    """The site of a and b combined; ExpressionError, beginning with ``what``, if there is none."""
    site = join_sites(a.site, b.site)
    if site is None:
        node = a if a.site is Site.NODE else b
        raise ExpressionError(
            f"{what}: one lives on nodes, the other on edges",
            f"write source({node.text}) or target({node.text}) for the value at an edge's end, "
            "or mean(...) / sum(...) to bring the edges to the node",
        )
    return site


def together(a: Term, b: Term, site: Site) -> tuple[Term, Term]:
    """Both terms with rows that broadcast: a constant's single row may stay."""
    keep = Site.CONSTANT
    return (a if a.site is keep else moved(a, site)), (b if b.site is keep else moved(b, site))


def _irreps_cure(a: Term, b: Term) -> str:
    same_degrees = [(mul, ir.l) for mul, ir in a.irreps] == [(mul, ir.l) for mul, ir in b.irreps]
    if same_degrees and a.irreps.dim == 3:
        return (
            "1o changes sign under a reflection (velocity, force), 1e does not (spin, angular "
            "momentum): their sum would break reflection symmetry; put them side by side with "
            "concat(x, y), or make a 1o of the 1e with cross(x, y) and another 1o"
        )
    if same_degrees:
        return (
            "the sum would break reflection symmetry; put them side by side with concat(x, y) "
            "(entries of edge_attributes and node_attributes are summed, too)"
        )
    return "a sum needs equal irreps on both sides; put them side by side with concat(x, y)"
