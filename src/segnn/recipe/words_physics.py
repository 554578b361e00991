"""Words of physics: pair_force on edges, net_force of all other particles."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from e3nn.o3 import Irrep
from torch import Tensor

from segnn.errors import UserError
from segnn.recipe.quantity import ExpressionError, Site, Term, Type
from segnn.recipe.tensors import Tensors
from segnn.recipe.vocabulary import Scope, word
from segnn.recipe.words_graph import at_sources

BLOCK = 1 << 20  # pairs held at a time


@word(
    "pair_force(charge) or pair_force(charge, softening)",
    "inverse-square force of the source on the target, q_i q_j (x_i - x_j) / |x_i - x_j|^3: like"
    " charges repel; minus pair_force(mass) is gravity",
)
def pair_force(scope: Scope, charge: Term, softening: Term | None = None) -> Term:
    """q_i q_j (x_i − x_j) / (|x_i − x_j|² + ε²)^{3/2}, on edges; zero, with zero gradient, between
    coincident nodes.
    """
    vector = scope.names["relative_position"]
    text, (_, *constants) = _operands("pair_force", vector, charge, softening)

    def compute(tensors: Tensors, r: Tensor, q: Tensor, epsilon: Tensor | float = 0.0) -> Tensor:
        source, target = tensors.edge_index
        return (
            -q.index_select(0, source) * q.index_select(0, target) * _inverse_cube(r, epsilon) * r
        )

    return Term(
        text,
        Type(vector.irreps, charge.unit**2 / vector.unit**2, Site.EDGE),
        compute,
        (vector, at_sources(charge), *constants),
    )


@word(
    "net_force(charge) or net_force(charge, softening)",
    "the pair_force of all other particles of the system on each, whatever the graph; minus"
    " net_force(mass) is gravity",
)
def net_force(scope: Scope, charge: Term, softening: Term | None = None) -> Term:
    """Σ_j q_i q_j (x_i − x_j) / (|x_i − x_j|² + ε²)^{3/2} over all j of the system; O(N²). No
    periodic images.
    """
    position = scope.names["position"]
    text, operands = _operands("net_force", position, charge, softening)

    def compute(tensors: Tensors, x: Tensor, q: Tensor, epsilon: Tensor | float = 0.0) -> Tensor:
        if tensors.periodic:
            raise UserError(
                f"{text} has no meaning in periodic systems, and {tensors.origin} has pbc: write"
                " sum(pair_force(...)) over a radius graph"
            )
        force = torch.zeros_like(x)
        for targets, sources in _all_pairs(tensors.offsets):
            r = x[sources][:, None] - x[targets][:, :, None]  # (systems, targets, sources, 3)
            pulls = -q[targets][:, :, None] * q[sources][:, None] * _inverse_cube(r, epsilon) * r
            force = force.index_add(0, targets.reshape(-1), pulls.sum(2).reshape(-1, 3))
        return force

    return Term(
        text,
        Type(position.irreps, charge.unit**2 / position.unit**2, Site.NODE),
        compute,
        (position, *operands),
    )


def _operands(
    name: str, length: Term, charge: Term, softening: Term | None
) -> tuple[str, tuple[Term, ...]]:
    """The call as text, and its checked operands."""
    if not charge.is_scalar or charge.irreps[0].ir.l != 0 or charge.site is not Site.NODE:
        raise ExpressionError(
            f"{name} got {charge}", f"{name} takes one scalar per node, such as charge or mass"
        )
    if softening is None:
        return f"{name}({charge.text})", (charge,)
    is_length = softening.number is not None or softening.unit == length.unit
    if (
        softening.site is not Site.CONSTANT
        or softening.irreps[0].ir != Irrep("0e")
        or not is_length
    ):
        raise ExpressionError(
            f"{name} got the softening {softening}",
            f"the softening is a number, or a constant of unit {length.unit}",
        )
    return f"{name}({charge.text}, {softening.text})", (charge, softening)


def _inverse_cube(r: Tensor, epsilon: Tensor | float) -> Tensor:
    """(|r|² + ε²)^{−3/2} (…, 1) of r (…, 3); 0, with zero gradient, where that is infinite."""
    square = r.square().sum(-1, keepdim=True) + epsilon**2
    apart = square > 0
    return torch.where(apart, torch.where(apart, square, 1.0) ** -1.5, 0.0)


def _all_pairs(offsets: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows of targets (S', n) and of all nodes of the same systems (S', N), block by block, systems
    of one size together.
    """
    sizes = offsets.diff()
    for size in sizes.unique().tolist():
        if size < 2:
            continue
        first = offsets[:-1][sizes == size]
        local = torch.arange(size, device=offsets.device)
        some = max(1, BLOCK // size if size**2 > BLOCK else size)
        for systems in first.split(max(1, BLOCK // size**2)):
            for targets in local.split(some):
                yield systems[:, None] + targets, systems[:, None] + local
