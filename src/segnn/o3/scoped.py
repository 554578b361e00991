"""Settings that hold within a ``with`` block, in the thread or the task that entered it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TypeVar

from segnn.errors import UserError

T = TypeVar("T")


@contextmanager
def within(setting: ContextVar[T], value: T) -> Iterator[None]:
    """Within the block the setting has that value, for whoever entered it and nobody else."""
    before = setting.set(value)
    try:
        yield
    finally:
        setting.reset(before)


class Choice:
    """A setting that is chosen by a ``with`` block (in the thread that entered it), else by an
    environment variable, else "auto".

    options: what may be chosen now. UserError for anything else, wherever it was said.
    """

    def __init__(self, call: str, variable: str, options: Callable[[], tuple[str, ...]]):
        self._call, self._variable, self._options = call, variable, options
        self._inside: ContextVar[str | None] = ContextVar(call, default=None)

    def within(self, choice: str) -> AbstractContextManager[None]:
        """The choice for a block."""
        return within(self._inside, self._checked(choice, f"{self._call}(…)"))

    def get(self) -> str:
        """What was chosen."""
        inside = self._inside.get()
        if inside is not None:
            return inside
        given = os.environ.get(self._variable)
        if not given:
            return "auto"
        return self._checked(given, f"the environment variable {self._variable}")

    def _checked(self, choice: str, where: str) -> str:
        options = self._options()
        if choice not in options:
            raise UserError(f"{where} is {choice!r}, expected one of {', '.join(options)}")
        return choice
