"""Norms and directions with right values and gradients at the zero vector."""

from __future__ import annotations

import torch
from torch import Tensor


def norm(x: Tensor) -> Tensor:
    """Euclidean norm over the last axis, kept: (…, d) → (…, 1). At zero the value is 0 and the
    gradient 0.

    Below sqrt(tiny), |x| = 1e-19 in float32 and 1e-154 in float64, |x|² loses digits; below 1e-23
    and 1e-162 it is zero, and so are value and gradient.
    """
    square = x.square().sum(-1, keepdim=True)
    zero = square == 0
    return torch.where(zero, 0.0, torch.where(zero, 1.0, square).sqrt())


def normalized(x: Tensor) -> Tensor:
    """Direction x/|x| over the last axis: (…, d) → (…, d). The zero vector stays zero, with
    gradient 0.

    The vector is first scaled by its largest component, so that neither 1e-200 nor 1e200 under- or
    overflows.
    """
    largest = x.detach().abs().amax(-1, keepdim=True)
    scaled = x / torch.where(largest == 0, 1.0, largest)
    length = norm(scaled)
    zero = length == 0
    return torch.where(zero, 0.0, scaled / torch.where(zero, 1.0, length))
