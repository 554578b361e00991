"""Words of physics: pair_force."""

from __future__ import annotations

import torch
from e3nn.o3 import Irrep
from torch import Tensor

from segnn.recipe.quantity import ExpressionError, Site, Term, Type
from segnn.recipe.vocabulary import Scope, word


@word(
    "pair_force(charge) or pair_force(charge, softening)",
    "inverse-square force of the source on the target, q_i q_j (x_i - x_j) / |x_i - x_j|^3: like charges repel; "
    "minus pair_force(mass) is gravity",
)
def pair_force(scope: Scope, charge: Term, softening: Term | None = None) -> Term:
    """q_i q_j (x_i − x_j) / (|x_i − x_j|² + ε²)^{3/2}, on edges; zero, with zero gradient, between coincident nodes."""
    if not charge.is_scalar or charge.irreps[0].ir.l != 0 or charge.site is not Site.NODE:
        raise ExpressionError(f"pair_force got {charge}", "pair_force takes one scalar per node, such as charge or mass")
    vector = scope.names["relative_position"]
    children: tuple[Term, ...] = (vector, charge)
    text = charge.text
    if softening is not None:
        is_length = softening.number is not None or softening.unit == vector.unit
        if softening.site is not Site.CONSTANT or softening.irreps[0].ir != Irrep("0e") or not is_length:
            raise ExpressionError(
                f"pair_force got the softening {softening}",
                f"the softening is a number, or a constant of unit {vector.unit}",
            )
        children, text = (*children, softening), f"{charge.text}, {softening.text}"

    def compute(tensors, r: Tensor, q: Tensor, epsilon: Tensor | float = 0.0) -> Tensor:
        source, target = tensors.edge_index
        square = r.square().sum(1, keepdim=True) + epsilon**2
        apart = square > 0
        inverse_cube = torch.where(apart, torch.where(apart, square, 1.0) ** -1.5, 0.0)
        return -q.index_select(0, source) * q.index_select(0, target) * inverse_cube * r

    kind = Type(vector.irreps, charge.unit**2 / vector.unit**2, Site.EDGE)
    return Term(f"pair_force({text})", kind, compute, children)
