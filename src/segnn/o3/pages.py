"""Room for tensors so large that the system maps them anew every time: on huge pages, where it has such.

The C library gives blocks above 32 MB back to the system as soon as they are freed. A page of 4 KiB then costs a fault and a
clearing at its first use, a fifth of the time of a forward pass on a large graph, and reads at random miss the translation of
their addresses. NumPy asks Linux for pages of 2 MiB; PyTorch does not.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

MAPPED_BYTES = 32 << 20
_LINE = 64  # bytes: vectors shall not cross lines of the cache


def blank(like: Tensor, *shape: int) -> Tensor:
    """A tensor of this shape, of the type and device of ``like``, with any numbers in it."""
    size = math.prod(shape) * like.element_size()
    if size <= MAPPED_BYTES or not like.is_cpu:
        return like.new_empty(shape)
    raw = np.empty(size + _LINE, np.uint8)
    start = -raw.ctypes.data % _LINE
    return torch.from_numpy(raw[start : start + size]).view(like.dtype).view(shape)
