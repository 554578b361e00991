"""Settings that hold within a ``with`` block, in the thread or the task that entered it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def within(setting: ContextVar[T], value: T) -> Iterator[None]:
    """Within the block the setting has that value, for whoever entered the block and nobody else."""
    before = setting.set(value)
    try:
        yield
    finally:
        setting.reset(before)
