"""Operations of torch as they pass: what a graphics card would have to be waited for."""

from collections import Counter

import torch
from torch.utils._python_dispatch import TorchDispatchMode

ASKS = ("_local_scalar_dense", "nonzero", "equal", "masked_select", "is_nonzero", "_unique2")
ASKS += ("bincount", "lift_fresh")  # the latter: Python's numbers, which would be copied to it


class Waits(TorchDispatchMode):
    """Counts operations whose result, or its shape, depends on numbers in tensors, and copies of
    Python's numbers; and lists all operations with the shapes of what they give.
    """

    def __init__(self):
        super().__init__()
        self.found, self.shapes = Counter(), []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func._schema.name.removeprefix("aten::")
        masks = name.startswith("index") and any(
            isinstance(t, torch.Tensor) and t.dtype == torch.bool
            for entry in args
            if isinstance(entry, list | tuple)
            for t in entry
        )
        lengths = name == "repeat_interleave" and "output_size" not in (kwargs or {})
        if name in ASKS or masks or lengths:
            self.found[name] += 1
        given = func(*args, **(kwargs or {}))
        several = given if isinstance(given, list | tuple) else [given]
        self.shapes.append((name, [y.shape for y in several if isinstance(y, torch.Tensor)]))
        return given
