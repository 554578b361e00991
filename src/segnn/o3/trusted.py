"""Whether anybody may look at the numbers in tensors. A graphics card would have to finish all that
it was given before it can say one, and what it records to be repeated cannot be asked at all.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar

import torch
from torch import Tensor

from segnn.o3.scoped import within

_trusted: ContextVar[bool] = ContextVar("trusting", default=False)


def trusting() -> AbstractContextManager[None]:
    """Within the block, in the thread that entered it, nothing is looked at: for data that were
    checked when they were prepared.
    """
    return within(_trusted, True)


def trusted() -> bool:
    """Whether numbers are known to be right, and must not be looked at."""
    return not torch.compiler.is_compiling() and _trusted.get()


def may_look(x: Tensor) -> bool:
    """Whether numbers may be looked at before they are computed with: on a CPU, unless trusted."""
    return x.is_cpu and not trusted()


def any_of(wrong: Tensor) -> bool:
    """Whether some entry is true: the question behind a check of data; never of trusted ones."""
    return not trusted() and bool(wrong.any())
