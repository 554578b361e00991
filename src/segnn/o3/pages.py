"""Room for large tensors, mapped by themselves: on huge pages, where the system has such, and given
back when they go.

The C library maps blocks above 32 MB anew every time, but a page of 4 KiB then costs a fault and a
clearing at its first use: a sixth of a forward pass on a large graph. Smaller blocks it cuts from
one heap, where what goes leaves holes that the next block does not fit into; a bound of memory is
then passed by blocks of which no two live at a time.

Blocks of a megabyte and more come and go with every step of a training. Given back and mapped anew,
their pages were a tenth of a step on forces; so some of them wait for the next one.
"""

from __future__ import annotations

import mmap
import sys
import weakref
from contextlib import AbstractContextManager, suppress
from contextvars import ContextVar
from math import prod
from threading import Lock

import numpy as np
import torch
from torch import Tensor

from segnn.o3.scoped import within

MAPPED_BYTES = 32 << 20
RETURNED_BYTES = 1 << 20
WAITING_BYTES = 128 << 20
"""Blocks of more than a megabyte wait for their next use, up to so much in all."""
_mapped: ContextVar[int] = ContextVar("mapped", default=MAPPED_BYTES)


def returned_at_once() -> AbstractContextManager[None]:
    """Within the block tensors above a megabyte are kept out of the heap: memory matters more than
    the time of mapping.
    """
    return within(_mapped, RETURNED_BYTES)


class _Waiting:
    """Rooms that nobody uses, the oldest first. Nobody waits for the lock: who comes late, also a
    collection of garbage amidst this, makes room of its own or gives it back to the system.
    """

    def __init__(self) -> None:
        self.rooms: list[mmap.mmap] = []
        self._lock = Lock()

    def take(self, size: int) -> mmap.mmap | None:
        """A room of that size, if one waits."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            found = [n for n, room in enumerate(self.rooms) if len(room) == size]
            return self.rooms.pop(found[-1]) if found else None
        finally:
            self._lock.release()

    def give(self, room: mmap.mmap) -> None:
        """Let it wait; the oldest ones go where there are too many."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self.rooms.append(room)
            while sum(map(len, self.rooms)) > WAITING_BYTES:
                self.rooms.pop(0)
        finally:
            self._lock.release()


_waiting = _Waiting()


def blank(like: Tensor, *shape: int) -> Tensor:
    """A tensor of this shape, of the type and device of ``like``, with any numbers in it."""
    size = prod(shape) * like.element_size()
    if size <= RETURNED_BYTES or not like.is_cpu:
        return like.new_empty(shape)
    if size <= _mapped.get():
        rounded = _rounded(size)
        room = _waiting.take(rounded) or _map(rounded)
        numbers = np.frombuffer(room, np.uint8)
        weakref.finalize(numbers, _waiting.give, room).atexit = False
    else:
        numbers = np.frombuffer(_map(size), np.uint8)
    return torch.from_numpy(numbers)[:size].view(like.dtype).view(shape)


def _rounded(size: int) -> int:
    """Sizes of at most an eighth more, so that batches of unlike sizes find each other's rooms."""
    step = 1 << (size.bit_length() - 4)
    return -(-size // step) * step


def _map(size: int) -> mmap.mmap:
    if sys.platform == "win32":
        room = mmap.mmap(-1, size)
    else:
        room = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # of a kernel that was built without them
            room.madvise(mmap.MADV_HUGEPAGE)
    return room
