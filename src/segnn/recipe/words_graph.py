"""Words that move quantities along the graph: source, target, mean, sum; average, total, center
over a system.
"""

from __future__ import annotations

import torch
from e3nn.o3 import Irrep
from torch import Tensor

from segnn.errors import UserError
from segnn.o3.rows import count_of
from segnn.o3.trusted import any_of
from segnn.recipe.quantity import ExpressionError, Site, Term, Type, moved, of_edges
from segnn.recipe.tensors import Tensors
from segnn.recipe.vocabulary import Scope, word
from segnn.recipe.words_vector import no_point


def relative_position(position: Term) -> Term:
    """x_j − x_i (+ periodic shift), from the target i to the source j of every edge."""

    def compute(tensors: Tensors) -> Tensor:
        source, target = tensors.edge_index
        return (
            tensors.position.index_select(0, source)
            - tensors.position.index_select(0, target)
            + tensors.shift
        )

    return Term("relative_position", Type(position.irreps, position.unit, Site.EDGE), compute)


def _at_end(name: str, row: int, x: Term) -> Term:
    no_point(name, x)
    if x.site not in (Site.NODE,):
        raise ExpressionError(
            f"{name} got {x}", f"{name} takes a quantity of nodes; write {x.text} alone"
        )

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return value.index_select(0, tensors.edge_index[row])

    value = at_sources(x) if row == 0 else x
    return Term(f"{name}({x.text})", Type(x.irreps, x.unit, Site.EDGE), compute, (value,))


def at_sources(x: Term) -> Term:
    """The quantity x of nodes, for those who read it at the sources of edges. Where it comes from
    edges, a process that has a part of a system knows it at its own nodes, and asks for others.
    """
    if not of_edges(x):
        return x
    return Term(
        f"{x.text} everywhere", x.type, lambda tensors, value: tensors.complete(value), (x,)
    )


@word("source(x)", "the value of x at the node j that an edge comes from")
def source(scope: Scope, x: Term) -> Term:
    """x_j on every edge."""
    return _at_end("source", 0, x)


@word("target(x)", "the value of x at the node i that an edge goes to")
def target(scope: Scope, x: Term) -> Term:
    """x_i on every edge."""
    return _at_end("target", 1, x)


def _edges(name: str, x: Term) -> Term:
    if x.site is Site.NODE:
        raise ExpressionError(
            f"{name} got {x}",
            f"{name} runs over the edges of a node's neighbours: write {name}(source({x.text})); "
            "over all nodes of a system: average(...) or total(...)",
        )
    no_point(name, x)
    return moved(x, Site.EDGE)


@word("sum(x)", "sum of the edge quantity x over the neighbours of a node; 0 where there are none")
def sum_(scope: Scope, x: Term) -> Term:
    """Σ_{j∈N(i)} x_ij."""

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return _gather(value, tensors.edge_index[1], tensors.nodes)

    return Term(f"sum({x.text})", Type(x.irreps, x.unit, Site.NODE), compute, (_edges("sum", x),))


@word(
    "mean(x)", "mean of the edge quantity x over the neighbours of a node; 0 where there are none"
)
def mean(scope: Scope, x: Term) -> Term:
    """Σ_{j∈N(i)} x_ij / |N(i)|."""

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        i = tensors.edge_index[1]
        count = count_of(i, tensors.nodes).clamp(min=1)
        return _gather(value, i, tensors.nodes) / count[:, None]

    return Term(f"mean({x.text})", Type(x.irreps, x.unit, Site.NODE), compute, (_edges("mean", x),))


def _nodes(name: str, x: Term) -> None:
    no_point(name, x)
    if x.site is not Site.NODE:
        raise ExpressionError(
            f"{name} got {x}", f"{name} runs over the nodes of a system and takes a node quantity"
        )


@word("total(x)", "sum of x over all nodes of the system, one value per graph")
def total(scope: Scope, x: Term) -> Term:
    """Σ_i x_i, per system."""
    _nodes("total", x)

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return tensors.total(value)

    return Term(f"total({x.text})", Type(x.irreps, x.unit, Site.GRAPH), compute, (x,))


@word("average(x)", "mean of x over all nodes of the system, one value per graph")
def average(scope: Scope, x: Term) -> Term:
    """Σ_i x_i / N, per system."""
    _nodes("average", x)

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        count = tensors.offsets.diff().clamp(min=1)
        return tensors.total(value) / count[:, None]

    return Term(f"average({x.text})", Type(x.irreps, x.unit, Site.GRAPH), compute, (x,))


@word(
    "center(position) or center(position, mass)",
    "centre of a system, a point; weighted by a scalar if one is given",
)
def center(scope: Scope, x: Term, weight: Term | None = None) -> Term:
    """Σ_i m_i x_i / Σ_i m_i, per system."""
    if not x.type.point or x.site is not Site.NODE:
        raise ExpressionError(
            f"center got {x}",
            f"center takes the position of nodes; for other quantities write average({x.text})",
        )
    kind = Type(x.irreps, x.unit, Site.GRAPH, point=True)
    if weight is None:

        def compute(tensors: Tensors, value: Tensor) -> Tensor:
            _no_images(tensors)
            count = tensors.offsets.diff().clamp(min=1)
            return tensors.total(value) / count[:, None]

        return Term(f"center({x.text})", kind, compute, (x,))

    if (
        not weight.is_scalar
        or weight.irreps[0].ir != Irrep("0e")
        or weight.site not in (Site.NODE,)
    ):
        raise ExpressionError(
            f"center got the weight {weight}", "weights are one scalar 0e per node, such as mass"
        )

    def compute_weighted(tensors: Tensors, value: Tensor, mass: Tensor) -> Tensor:
        _no_images(tensors)
        whole = tensors.total(mass)
        bad = (whole[:, 0] == 0) & (tensors.offsets.diff() > 0)
        if any_of(bad):
            raise UserError(
                f"center({x.text}, {weight.text}): {tensors.origin} has a total {weight.text} of 0"
                f" in system {int(bad.nonzero()[0])}; weight by a positive quantity or write"
                f" center({x.text})"
            )
        whole = torch.where(whole == 0, 1.0, whole)
        return tensors.total(mass * value) / whole

    return Term(f"center({x.text}, {weight.text})", kind, compute_weighted, (x, weight))


def _no_images(tensors: Tensors) -> None:
    if tensors.periodic:
        raise UserError(
            f"center(position) has no meaning in periodic systems, and {tensors.origin} has pbc:"
            " the centre jumps when a particle is wrapped into the cell; use relative_position and"
            " distance instead"
        )


def _gather(value: Tensor, owner: Tensor, rows: int) -> Tensor:
    """Sum the rows of ``value`` by owner: (n, k), (n,) → (rows, k)."""
    return value.new_zeros(rows, value.shape[1]).index_add(0, owner, value)
