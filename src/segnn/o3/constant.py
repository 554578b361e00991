"""Tensors that are computed once and kept: ordinary ones on the CPU, in whatever mode or for
whatever device they are asked; and their copies on other devices.

Lookup tables of a layer are such constants, not buffers of a module: a module that is built without
numbers (``torch.device("meta")``), copied, pickled or moved has nothing to lose in them.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

P = ParamSpec("P")
T = TypeVar("T")
_copies: MutableMapping[Tensor, dict[torch.device, Tensor]] = WeakTensorKeyDictionary()


def constant(make: Callable[P, T]) -> Callable[P, T]:
    """``make``, to be put below a cache: what it gives is no inference tensor and lies on no
    default device.
    """

    @wraps(make)
    def made(*arguments: P.args, **named: P.kwargs) -> T:
        with torch.inference_mode(False), torch.device("cpu"):
            return make(*arguments, **named)

    return made


def on_device(table: Tensor, device: torch.device) -> Tensor:
    """A constant on that device: itself, or a copy that is made once.

    A tracer gets a copy of its own, which it records.
    """
    if table.device == device:
        return table
    if torch.compiler.is_compiling():
        return table.to(device)
    copies = _copies.setdefault(table, {})
    if device in copies:
        return copies[device]
    with torch.inference_mode(False):
        copy = table.to(device)
    if type(copy) is Tensor and device.type != "meta":  # not what stands for a copy while tracing
        copies[device] = copy
    return copy


class Columns:
    """Some columns of a tensor. Their numbers have one copy on every device, where a list would be
    copied at every call.
    """

    def __init__(self, columns: Sequence[int]):
        with torch.inference_mode(False), torch.device("cpu"):
            self.index = torch.tensor(list(columns), dtype=torch.int64)

    def __call__(self, x: Tensor) -> Tensor:
        return x.index_select(1, on_device(self.index, x.device))
