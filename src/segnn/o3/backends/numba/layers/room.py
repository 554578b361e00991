"""Room for the results of kernels, and for what they keep."""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3.pages import blank

KEPT_BYTES = 32 << 20
"""A layer keeps what stands before its gates for the derivative where this is at most so large;
else it is computed again.
"""


def kept_bytes(rows: int, width: int, size: int) -> int:
    """What a layer keeps of so many rows and columns of numbers of ``size`` bytes."""
    wanted = rows * width * size
    return wanted if wanted <= KEPT_BYTES else 0


def room_to_keep(like: Tensor, rows: int, width: int, keep: bool) -> Tensor | None:
    """Room for the inputs of the gates, or none."""
    count = rows * width
    return blank(like, count) if keep and count * like.element_size() <= KEPT_BYTES else None


def room_like(x: Tensor | None, needed: bool = True) -> Tensor | None:
    """Room for the derivative by x, if there is an x."""
    if x is None or not needed:
        return None
    return torch.empty_like(x, memory_format=torch.contiguous_format)


def zeros_for(x: Tensor | None, needed: bool) -> Tensor | None:
    """Zeros for a derivative that is added to, if there is an x."""
    if x is None or not needed:
        return None
    return torch.zeros_like(x, memory_format=torch.contiguous_format)


def type_name(x: Tensor | None) -> str:
    """The NumPy name of the kernels' type for this input."""
    return "float32" if x is not None and x.dtype == torch.float32 else "float64"
