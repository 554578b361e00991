"""Functions of a distance, by single operations of torch: envelope, Bessel functions, Gaussians."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def envelope(d: Tensor, cutoff: Tensor | float, power: int) -> Tensor:
    """1 − (p+1)(p+2)/2 u^p + p(p+2) u^(p+1) − p(p+1)/2 u^(p+2), u = d/cutoff; 0 beyond the cutoff.

    With two continuous derivatives at the cutoff. Source: Gasteiger et al., DimeNet, ICLR 2020,
    arXiv 2003.03123, Eq. 8.
    """
    u = (d / cutoff).clamp(max=1.0)
    a, b, c = (power + 1) * (power + 2) / 2, power * (power + 2), power * (power + 1) / 2
    return 1 - u**power * (a - u * (b - u * c))


def bessel(d: Tensor, count: int, cutoff: Tensor | float) -> Tensor:
    """√2 sin(kπu)/u for k = 1 … count, √2 kπ at u = d/cutoff = 0: d (rows, 1) → (rows, count).

    Orthonormal on the ball of radius 1 (with weight u²), zero beyond it. Source: as ``envelope``,
    Eq. 7, in units of the cutoff.
    """
    u = d / cutoff
    k = torch.arange(1, count + 1, dtype=d.dtype, device=d.device)
    wave = math.pi * k
    zero = u == 0  # second derivatives of torch.sinc are NaN there
    u_there = torch.where(zero, 1.0, u)
    value = torch.where(zero, wave, torch.sin(wave * u_there) / u_there)
    return torch.where(u >= 1, 0.0, math.sqrt(2) * value)


def gaussian(d: Tensor, count: int, cutoff: Tensor | float) -> Tensor:
    """exp(−(d − μ_k)²/(2σ²)), μ_k = k σ for k = 0 … count − 1, σ = cutoff/(count − 1): d (rows, 1)
    → (rows, count).

    Source: Schütt et al., SchNet, NeurIPS 2017, arXiv 1706.08566, Eq. 4, with this σ.
    """
    k = torch.arange(count, dtype=d.dtype, device=d.device)
    return torch.exp(-0.5 * (d / cutoff * (count - 1) - k) ** 2)
