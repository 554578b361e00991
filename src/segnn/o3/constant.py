"""Tensors that are computed once and kept: ordinary ones on the CPU, in whatever mode or for
whatever device they are asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

P = ParamSpec("P")
T = TypeVar("T")


def constant(make: Callable[P, T]) -> Callable[P, T]:
    """``make``, to be put below a cache: what it gives is no inference tensor and lies on no
    default device.
    """

    @wraps(make)
    def made(*arguments: P.args, **named: P.kwargs) -> T:
        with torch.inference_mode(False), torch.device("cpu"):
            return make(*arguments, **named)

    return made
