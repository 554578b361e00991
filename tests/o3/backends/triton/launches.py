"""Launches that a card would get, counted without one: kernels are compiled for it as they are
called and not run, torch's operations run on the CPU. Numbers are any; shapes and tables are right.
"""

from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace

from torch.profiler import ProfilerActivity, profile
from triton.backends.compiler import GPUTarget
from triton.runtime import driver
from triton.runtime.jit import JITFunction

NO_LAUNCH = {
    "view", "_unsafe_view", "as_strided", "slice", "select", "narrow", "expand", "t", "transpose",
    "permute", "unsqueeze", "squeeze", "detach", "alias", "unfold", "split", "split_with_sizes",
    "empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided", "resize_", "unbind",
    "_reshape_alias", "lift_fresh", "result_type", "resolve_neg", "resolve_conj", "item",
    "_local_scalar_dense", "reshape", "flatten", "contiguous", "to", "is_nonzero", "numpy_T",
    "new_zeros", "zeros", "zeros_like", "ones", "ones_like", "pad", "_to_copy", "matmul", "linear",
    "view_as", "detach_", "_has_compatible_shallow_copy_type", "real", "unflatten", "chunk",
    "constant_pad_nd", "einsum", "silu_", "square", "mT", "clone", "stack", "new_ones", "full",
    "new_full", "tensor_split", "movedim", "swapaxes", "expand_as", "set_", "requires_grad_",
    "record_stream", "_unsafe_index", "type_as", "zero_", "ones_out", "meshgrid", "hsplit",
}  # fmt: skip
"""Of aten: what takes nothing of a card, or is seen once more as what it consists of."""


class Calls(Counter):
    """How often each kernel was called, and the code of its last call."""

    def __init__(self, *counts):
        super().__init__(*counts)
        self.code = {}


@contextmanager
def compiling(compiled=True):
    """Within the block kernels are compiled for an H100, if they are ``compiled``, and counted."""
    calls, run, kept = Calls(), JITFunction.run, driver._active

    def count(self, *args, grid, warmup, **kwargs):
        calls[self.fn.__name__] += 1
        if compiled:
            found = run(self, *args, grid=grid, warmup=True, **kwargs)
            calls.code[self.fn.__name__] = found.asm["ptx"]

    fake = SimpleNamespace(
        get_current_device=lambda: 0,
        get_current_stream=lambda device: 0,
        get_current_target=lambda: GPUTarget("cuda", 90, 32),
        get_device_capability=lambda device=0: (9, 0),
    )
    driver._active, JITFunction.run = fake, count
    try:
        yield calls
    finally:
        driver._active, JITFunction.run = kept, run


def counted(step):
    """Launches of a step, by the name of kernel or operation."""
    with compiling(compiled=False) as kernels:
        step()  # tables, caches
        kernels.clear()
        with profile(activities=[ProfilerActivity.CPU]) as seen:
            step()
    found = Counter(kernels)
    for event in seen.events():
        name = event.name.removeprefix("aten::")
        if event.name.startswith("aten::") and name not in NO_LAUNCH and not _of_many(event):
            found[name] += 1
    return found


def _of_many(event):
    """Whether it is part of an operation on many tensors, which a card does at once."""
    while (event := event.cpu_parent) is not None:
        if event.name.startswith("aten::_foreach"):
            return True
    return False
