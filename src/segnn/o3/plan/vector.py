"""Functions of one vector: which functions stand in which columns, and their tables for kernels."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from e3nn.o3 import spherical_harmonics as e3nn_spherical_harmonics
from torch import Tensor

from segnn.o3.constant import constant
from segnn.o3.plan.coupling import coupling

HARMONICS, LENGTH, BESSEL, GAUSSIAN = range(4)
"""Kinds of blocks: the direction's spherical harmonics of degrees 0 … size; the length (size 1), or
``size`` functions of it.
"""


class Block(NamedTuple):
    """scale · envelope(|x|) · functions, side by side; see ``HARMONICS`` for the kinds.

    ``cutoff`` is that of Bessel functions and Gaussians; ``envelope`` is (cutoff, power), power 0
    means that there is none.
    """

    kind: int
    size: int
    cutoff: float = 1.0
    envelope: tuple[float, int] = (1.0, 0)
    scale: float = 1.0

    @property
    def columns(self) -> int:
        """How many functions."""
        return (self.size + 1) ** 2 if self.kind == HARMONICS else self.size


class VectorPlan(NamedTuple):
    """The blocks of functions that stand side by side."""

    blocks: tuple[Block, ...]

    @property
    def columns(self) -> int:
        """How many functions there are."""
        return sum(block.columns for block in self.blocks)

    @property
    def degree(self) -> int:
        """The highest degree of harmonics."""
        return max((b.size for b in self.blocks if b.kind == HARMONICS), default=0)


@lru_cache(maxsize=64)
@constant
def step(degree: int) -> Tensor:
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


@lru_cache(maxsize=64)
def products(degree: int) -> tuple[np.ndarray, np.ndarray]:
    """The terms y[k] += c · y[i] · u[j] that make the harmonics up to ``degree`` from y[0] = 1, in
    order: (terms, 3) int64 of i, j, k, and c (terms,).
    """
    table: list[tuple[int, int, int]] = []
    factors: list[float] = []
    for l in range(1, degree + 1):  # noqa: E741
        values = step(l).numpy()
        for i, j, k in np.argwhere(np.abs(values) > 1e-13):
            table.append(((l - 1) ** 2 + int(i), int(j), l**2 + int(k)))
            factors.append(float(values[i, j, k]))
    return np.array(table, np.int64).reshape(-1, 3), np.array(factors)
