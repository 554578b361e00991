"""Between Cartesian tensors (vectors, symmetric matrices, …) and irreps."""

from __future__ import annotations

from functools import lru_cache

import torch
from e3nn.io import CartesianTensor as _E3nnCartesianTensor
from e3nn.o3 import Irreps
from torch import Tensor


@lru_cache(maxsize=64)
def _tables(formula: str) -> tuple[Irreps, int, Tensor]:
    try:
        tensor = _E3nnCartesianTensor(formula)
    except Exception as error:
        raise ValueError(
            f"{formula!r} is not a Cartesian tensor formula; examples: 'i' (vector), 'ij=ji' (symmetric matrix), "
            "'ij=-ji' (antisymmetric), 'ij' (any matrix)"
        ) from error
    change = tensor.reduced_tensor_products().change_of_basis.to(torch.float64)
    return Irreps(list(tensor)), change.ndim - 1, change


class CartesianTensor:
    """A Cartesian tensor with index symmetries, as irreps and back.

    formula: ``"i"`` a vector (1x1o), ``"ij=ji"`` a symmetric matrix such as a polarizability or a stress (1x0e+1x2e),
    ``"ij=-ji"`` an antisymmetric one (1x1e), ``"ijk=jik"`` and so on, as in e3nn. Indices are polar vectors in x, y, z order.
    The change of basis is orthonormal: norms are kept.
    """

    def __init__(self, formula: str):
        self.formula = formula
        self.irreps, self.rank, self._change = _tables(formula)

    def to_irreps(self, tensor: Tensor) -> Tensor:
        """(…, 3, …, 3) with ``rank`` trailing axes → (…, irreps.dim). What breaks the symmetries of the formula is dropped."""
        if tensor.ndim < self.rank or tuple(tensor.shape[tensor.ndim - self.rank :]) != (3,) * self.rank:
            raise ValueError(
                f"tensor {self.formula!r} has shape {tuple(tensor.shape)}, expected {self.rank} trailing axes of 3"
            )
        change = self._change.to(tensor).flatten(1)
        return tensor.flatten(tensor.ndim - self.rank) @ change.T

    def from_irreps(self, x: Tensor) -> Tensor:
        """(…, irreps.dim) → (…, 3, …, 3)."""
        if x.shape[-1] != self.irreps.dim:
            raise ValueError(f"x has {x.shape[-1]} columns, expected {self.irreps.dim} for irreps {self.irreps}")
        return (x @ self._change.to(x).flatten(1)).unflatten(-1, (3,) * self.rank)
