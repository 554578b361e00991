"""Ctrl-C and SIGTERM: finish the step, save, stop; a second one stops at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class TrainingInterrupted(KeyboardInterrupt):
    """The training was interrupted and can be resumed; the message says how."""


class Stop(Exception):  # noqa: N818 - not an error
    """Ends the loop of steps; what it has done is saved."""


class InterruptFlag:
    """While active, ``requested`` says whether the user wants to stop; elsewhere than in the main
    thread never.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> InterruptFlag:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            raise Stop
        self.requested = True
