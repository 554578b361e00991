"""Real spherical harmonics of a vector, with right values and gradients at zero."""

from __future__ import annotations

from functools import lru_cache

import torch
from e3nn.o3 import spherical_harmonics as e3nn_spherical_harmonics
from torch import Tensor

from segnn.o3.constant import constant
from segnn.o3.plan.coupling import coupling
from segnn.o3.safe import normalized


@lru_cache(maxsize=64)
@constant
def _step(degree: int) -> Tensor:
    """(2l−1, 3, 2l+1) float64: Y_l = Y_{l−1} ⊗ Y_1 up to a constant, fixed here by e3nn's sign and
    length.
    """
    raw = coupling(degree - 1, 1, degree)
    u = torch.tensor([0.36, -0.48, 0.80], dtype=torch.float64)
    lower = e3nn_spherical_harmonics(degree - 1, u, normalize=True, normalization="component")
    wanted = e3nn_spherical_harmonics(degree, u, normalize=True, normalization="component")
    got = torch.einsum("i,j,ijk->k", lower, u, raw)
    factor: Tensor = wanted @ got / (got @ got)
    return raw * factor


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
    u = normalized(x)
    degrees = [torch.ones_like(x[..., :1])]
    for degree in range(1, lmax + 1):
        step = _step(degree).to(x)
        matrix = torch.einsum("...j,ijk->...ik", u, step)
        degrees.append((degrees[-1].unsqueeze(-2) @ matrix).squeeze(-2))
    return torch.cat(degrees, dim=-1)
