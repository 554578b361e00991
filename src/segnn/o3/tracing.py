"""Whether something records torch's operations, or transforms them, and must therefore see them.

A compiled kernel works on memory and is invisible to torch: a tracer would record nothing, and a
transform would hand it tensors that stand for others. While either is at work, the plain path is
taken, in which every step is an operation of torch.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

_ORDINARY = (Tensor, torch.nn.Parameter)


def _never() -> Any:
    return None


# Names of torch that are not public; a version without them has nothing of the kind to be seen.
_interpreter = getattr(torch._C._functorch, "peek_interpreter_stack", _never)
_jit = getattr(torch._C, "_get_tracing_state", _never)
_modes = getattr(torch._C, "_len_torch_dispatch_stack", _never)
_legacy_batched = getattr(torch._C._functorch, "is_legacy_batchedtensor", lambda x: False)


def is_recorded(*tensors: Tensor | None) -> bool:
    """Whether operations on these tensors must be torch's own.

    That is so while ``torch.compile``, ``torch.export``, ``torch.jit.trace`` or a dispatch mode
    (``make_fx``, fake tensors) records, within a transform of ``torch.func``, while forward-mode
    derivatives are taken, and for tensors that are not plain ones: subclasses, and those that stand
    for a batch of gradients.
    """
    return (
        torch.compiler.is_compiling()
        or _jit() is not None
        or bool(_modes())
        or _interpreter() is not None
        or getattr(forward_ad, "_current_level", -1) >= 0
        or any(x is not None and _stands_for_others(x) for x in tensors)
    )


def _stands_for_others(x: Tensor) -> bool:
    return type(x) not in _ORDINARY or _legacy_batched(x)
