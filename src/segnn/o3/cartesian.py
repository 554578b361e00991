"""Between Cartesian tensors (vectors, symmetric matrices, …) and irreps."""

from __future__ import annotations

from functools import lru_cache

import torch
from e3nn.math import germinate_formulas
from e3nn.o3 import Irrep, Irreps
from torch import Tensor

from segnn.o3.constant import constant
from segnn.o3.plan.coupling import coupling


def _couple(rank: int) -> dict[Irrep, Tensor]:
    """Orthonormal bases of all tensors of a rank, irrep by irrep: (multiplicity, 2l+1, 3^rank)."""
    bases = {Irrep(0, 1): torch.ones(1, 1, 1, dtype=torch.float64)}
    for _ in range(rank):
        grown: dict[Irrep, list[Tensor]] = {}
        for ir, basis in bases.items():
            for out in ir * Irrep("1o"):
                step = torch.einsum("uia,ijk->ukaj", basis, coupling(ir.l, 1, out.l)).flatten(2)
                grown.setdefault(out, []).append(step)
        bases = {ir: torch.cat(steps) for ir, steps in sorted(grown.items())}
    return bases


@lru_cache(maxsize=64)
@constant
def _tables(formula: str) -> tuple[Irreps, int, Tensor]:
    """Irreps, rank, and the orthonormal change of basis (irreps.dim, 3^rank) in float64."""
    wrong = (
        f"{formula!r} is not a Cartesian tensor formula; examples: 'i' (vector), "
        "'ij=ji' (symmetric matrix), 'ij=-ji' (antisymmetric), 'ij' (any matrix)"
    )
    try:
        indices, permutations = germinate_formulas(formula)
    except Exception as error:
        raise ValueError(wrong) from error
    rank = len(indices)
    if rank == 0:
        raise ValueError(wrong)
    irreps, rows = list[tuple[int, Irrep]](), list[Tensor]()
    for ir, basis in _couple(rank).items():
        tensors = basis.reshape(*basis.shape[:2], *(3,) * rank)
        symmetric = sum(
            sign * tensors.permute(0, 1, *(2 + p for p in perm)) for sign, perm in permutations
        ) / len(permutations)
        projector = (
            torch.einsum("uma,vma->uv", basis, torch.as_tensor(symmetric).flatten(2)) / ir.dim
        )
        values, vectors = torch.linalg.eigh((projector + projector.T) / 2)
        kept = vectors[:, values > 0.5].T
        if len(kept):
            first = kept.gather(1, kept.abs().argmax(1, keepdim=True))
            irreps.append((len(kept), ir))
            rows.append(torch.einsum("wu,uma->wma", kept * first.sign(), basis).flatten(0, 1))
    if not rows:  # symmetries that leave nothing, such as ij=-ij
        raise ValueError(wrong)
    change = torch.cat(rows)
    return Irreps(irreps), rank, change / change.norm(dim=1, keepdim=True)


class CartesianTensor:
    """A Cartesian tensor with index symmetries, as irreps and back.

    formula: ``"i"`` a vector (1x1o), ``"ij=ji"`` a symmetric matrix such as a polarizability or a
    stress (1x0e+1x2e), ``"ij=-ji"`` an antisymmetric one (1x1e), ``"ijk=jik"`` and so on, as in
    e3nn. Indices are polar vectors in x, y, z order. The change of basis is orthonormal: norms are
    kept.
    """

    def __init__(self, formula: str):
        self.formula = formula
        self.irreps, self.rank, self._change = _tables(formula)

    def to_irreps(self, tensor: Tensor) -> Tensor:
        """(…, 3, …, 3) with ``rank`` trailing axes → (…, irreps.dim). What breaks the formula's
        symmetries is dropped.
        """
        if (
            tensor.ndim < self.rank
            or tuple(tensor.shape[tensor.ndim - self.rank :]) != (3,) * self.rank
        ):
            raise ValueError(
                f"tensor {self.formula!r} has shape {tuple(tensor.shape)}, expected {self.rank} "
                "trailing axes of 3"
            )
        return tensor.flatten(tensor.ndim - self.rank) @ self._change.to(tensor).T

    def from_irreps(self, x: Tensor) -> Tensor:
        """(…, irreps.dim) → (…, 3, …, 3)."""
        if x.shape[-1] != self.irreps.dim:
            raise ValueError(
                f"x has {x.shape[-1]} columns, expected {self.irreps.dim} for irreps {self.irreps}"
            )
        tensors: Tensor = x @ self._change.to(x)
        return tensors.reshape(*x.shape[:-1], *(3,) * self.rank)
