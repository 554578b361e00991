"""Real spherical harmonics of a vector, with right values and gradients at zero."""

from __future__ import annotations

from torch import Tensor

from segnn.o3.plan.vector import HARMONICS, Block, VectorPlan
from segnn.o3.vectors import of_vectors


def spherical_harmonics(lmax: int, x: Tensor) -> Tensor:
    """Degrees 0 … lmax of the direction of x, ``component`` normalised: |Y_l|² = 2l+1, e3nn's order
    and signs.

    x: (…, 3) in x, y, z order. Returns (…, (lmax+1)²). The direction of the zero vector is
    undefined; there the result is (1, 0, 0, …), the mean over all directions, with zero gradient.
    Any degree: Y_l is built from Y_{l−1} ⊗ Y_1 (e3nn's own tables end at 11; degrees above 11 raise
    ValueError).
    """
    if lmax > 11 or lmax < 0:
        raise ValueError(f"degree of spherical harmonics is {lmax}, expected 0 to 11")
    plan = VectorPlan((Block(HARMONICS, lmax),))
    if x.ndim == 2:
        return of_vectors(x, plan)
    return of_vectors(x.reshape(-1, 3), plan).view(*x.shape[:-1], plan.columns)
