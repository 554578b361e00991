"""Room for large tensors, mapped by themselves: on huge pages, where the system has such, and given
back when they go.

The C library maps blocks above 32 MB anew every time, but a page of 4 KiB then costs a fault and a
clearing at its first use: a sixth of a forward pass on a large graph. Smaller blocks it cuts from
one heap, where what goes leaves holes that the next block does not fit into; a bound of memory is
then passed by blocks of which no two live at a time.

What a training step takes from the heap and gives back, the C library returns to the system, to be
mapped anew in the next step: a tenth of a step on forces. So it is asked to keep some of it.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from contextlib import AbstractContextManager, suppress
from contextvars import ContextVar
from math import prod

import numpy as np
import torch
from torch import Tensor

from segnn.o3.scoped import within

MAPPED_BYTES = 32 << 20
RETURNED_BYTES = 1 << 20
KEPT_BYTES = 256 << 20
"""So much of what was freed stays with the process, for what comes next."""
_mapped: ContextVar[int] = ContextVar("mapped", default=MAPPED_BYTES)


def returned_at_once() -> AbstractContextManager[None]:
    """Within the block tensors above a megabyte are kept out of the heap: memory matters more than
    the time of mapping.
    """
    return within(_mapped, RETURNED_BYTES)


def keep_freed() -> None:
    """Let the C library keep up to `KEPT_BYTES` of freed memory at the end of its heap, and take
    blocks up to `MAPPED_BYTES` from there, as it does by itself once such a block was freed.

    That is for the whole process, and changes no result. Other C libraries than glibc are left as
    they are, and so is one that was told otherwise by its environment variables.
    """
    told = any(name in os.environ for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"))
    if told or not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        trim_threshold, mmap_threshold = -1, -3  # of malloc.h
        mallopt(trim_threshold, KEPT_BYTES)
        mallopt(mmap_threshold, MAPPED_BYTES)


def blank(like: Tensor, *shape: int) -> Tensor:
    """A tensor of this shape, of the type and device of ``like``, with any numbers in it."""
    size = prod(shape) * like.element_size()
    if size <= _mapped.get() or not like.is_cpu:
        return like.new_empty(shape)
    if sys.platform == "win32":
        room = mmap.mmap(-1, size)
    else:
        room = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # of a kernel that was built without them
            room.madvise(mmap.MADV_HUGEPAGE)
    return torch.from_numpy(np.frombuffer(room, np.uint8)).view(like.dtype).view(shape)
