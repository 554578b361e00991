"""Work that is done again and again on the same tensors, as one launch of a graphics card.

A card gets its work operation by operation, some thousand in a training step, and where each takes
longer to hand over than to compute, it waits. A CUDA graph is recorded once and handed over whole.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import torch

from segnn.o3.frames.choice import edge_frames
from segnn.o3.scoped import Choice
from segnn.o3.trusted import trusting

WARM_UP = 2
"""Calls before it is recorded: libraries are loaded, kernels compiled, tables copied."""

_choice = Choice("graphs", "SEGNN_GRAPHS", lambda: ("auto", "off"))


def graphs(choice: str) -> AbstractContextManager[None]:
    """Within the block nothing is recorded on a graphics card (``"off"``), or what can be
    (``"auto"``); ``SEGNN_GRAPHS`` says so for a process. UserError for another word.
    """
    return _choice.within(choice)


def graphs_choice() -> str:
    """What was chosen."""
    return _choice.get()


class Captured:
    """``function``, called for what it does with tensors that live longer than it: what goes in is
    written into some of them before a call, what comes out read from others after it.

    On a graphics card the first calls are ordinary ones; then it is recorded, and from then on
    repeated. So all that depends on numbers must be in tensors: Python's own are those of the
    recording. Data are trusted within (`segnn.o3.trusted`). Where recording fails, one warning says
    why, and calls stay ordinary; on a CPU they always are.

    ``beside``: another one, whose memory it may use in its turn: nothing that one of them makes is
    read after the other was called. ``place``: the stream that is recorded, and that memory.
    """

    def __init__(
        self,
        function: Callable[[], object],
        device: torch.device,
        what: str = "a step",
        beside: Captured | None = None,
    ):
        self._function, self.device, self.what = function, device, what
        self._graph: Any = None
        self._left: int | None = None
        self.place: tuple[Any, Any] | None = None if beside is None else beside.place
        if device.type == "cuda" and graphs_choice() != "off":
            self._left = WARM_UP
            self.place = self.place or (torch.cuda.Stream(device), torch.cuda.graph_pool_handle())

    @property
    def recorded(self) -> bool:
        """Whether a call repeats a recording."""
        return self._graph is not None

    def __call__(self) -> None:
        if self._graph is None and self._left == 0 and self.place is not None:
            self._record(*self.place)
        if self._graph is not None:
            self._graph.replay()
        elif self._left is None or self.place is None:
            self._plainly()
        else:
            self._left -= 1
            self._aside(self.place[0])

    def _plainly(self) -> None:
        with trusting(), edge_frames("never"):
            self._function()

    def _aside(self, stream: Any) -> None:
        """An ordinary call on the stream that will be recorded, as torch's graphs ask for."""
        before = torch.cuda.current_stream(self.device)
        stream.wait_stream(before)
        with torch.cuda.stream(stream):
            self._plainly()
        before.wait_stream(stream)

    def _record(self, stream: Any, pool: Any) -> None:
        """Nothing is computed yet. What was begun is left behind where it fails."""
        self._left = None
        before = torch.cuda.current_stream(self.device)
        torch.cuda.synchronize(self.device)
        graph: Any = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, pool, stream, capture_error_mode="thread_local"):
                self._plainly()
        except Exception as error:  # whatever cannot be recorded can be computed
            torch.cuda.set_stream(before)
            torch.cuda.synchronize(self.device)
            warnings.warn(
                f"segnn: {self.what} could not be recorded as a CUDA graph ({_first(error)}); it "
                "is handed to the card operation by operation, which is slower where systems are "
                "small. Silence this with SEGNN_GRAPHS=off",
                RuntimeWarning,
                stacklevel=3,
            )
        else:
            self._graph = graph


def _first(error: BaseException) -> str:
    """The error that came first: what broke a recording is followed by its not being ended."""
    while error.__context__ is not None:
        error = error.__context__
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
