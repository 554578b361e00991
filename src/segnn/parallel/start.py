"""Processes of this machine that work together, started by one that waits.

Each child is ``python -m MODULE FILE``; it finds the others as if torchrun had started it, hears
from its parent what to do (``told``), and leaves the outcome in its file. Whatever ends one of them
ends all.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

from segnn.parallel.launched import MEETING

GRACE = 20.0
"""Seconds in which the others notice by themselves that one has gone."""


def run(module: str, files: Sequence[Path], call: dict[str, Any]) -> tuple[int, int]:
    """Run one child for each of ``files``, and tell all of them ``call``; the rank of the first
    that failed, or 0, and its exit status, negative for a signal. Ctrl-C and SIGTERM are handed on.
    """
    with TemporaryDirectory(prefix="segnn-", ignore_cleanup_errors=True) as folder:
        environment = _environment(len(files), Path(folder) / "meeting")
        children = [
            subprocess.Popen(
                [sys.executable, "-m", module, str(file)],
                stdin=subprocess.PIPE,
                stdout=2,  # the standard output is for the result alone
                env={**environment, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                start_new_session=True,  # Ctrl-C reaches this process, which hands it on
            )
            for rank, file in enumerate(files)
        ]
        with _handed_on(children):
            for child in children:
                _tell(child, call)
            first = _wait(children)
    return first, children[first].returncode


def told() -> dict[str, Any]:
    """In a child: what its parent tells it; from now on it ends with the parent."""
    size = int.from_bytes(_exactly(8), "big")
    call: dict[str, Any] = pickle.loads(_exactly(size))  # from our own parent
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return call


def _environment(count: int, meeting: Path) -> dict[str, str]:
    """What a child is told by its environment. They meet in a file: a port that is free now could
    be another program's when the first of them opens it.
    """
    threads = str(max(1, (os.cpu_count() or 1) // count))
    return {
        "OMP_NUM_THREADS": threads,
        "NUMBA_NUM_THREADS": threads,
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path),
        MEETING: str(meeting),
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
    }


def _tell(child: subprocess.Popen[bytes], call: dict[str, Any]) -> None:
    """The arguments; the pipe stays open: its end tells the child that this process has gone."""
    told = pickle.dumps(call)
    assert child.stdin is not None
    with suppress(BrokenPipeError):
        child.stdin.write(len(told).to_bytes(8, "big") + told)
        child.stdin.flush()


@contextmanager
def _handed_on(children: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    """Within, a signal to stop goes to the children; at the end, none of them lives."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        for child in children:
            child.send_signal(number)

    main = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGINT, signal.SIGTERM) if main else ()
    before = {number: signal.signal(number, hand_on) for number in numbers}
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.wait()
            if child.stdin is not None:
                with suppress(BrokenPipeError):
                    child.stdin.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(children: list[subprocess.Popen[bytes]]) -> int:
    """Until all have ended; the rank of the first that failed, or 0."""
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()

    def watch(rank: int) -> None:
        children[rank].wait()
        ended.put(rank)

    for rank in range(len(children)):
        threading.Thread(target=watch, args=(rank,), daemon=True).start()
    failed = None
    for _ in children:
        try:
            rank = ended.get(timeout=None if failed is None else GRACE)
        except queue.Empty:
            break
        if children[rank].returncode and failed is None:
            failed = rank
    return failed or 0


def _exactly(count: int) -> bytes:
    """So many bytes of the standard input."""
    parts = []
    while count:
        parts.append(os.read(0, min(count, 2**20)))
        count -= len(parts[-1])
        if not parts[-1]:
            raise EOFError("the process that started this one has gone")
    return b"".join(parts)


def _end_with_parent() -> None:
    """Its end of the pipe is closed when it ends, however it ends."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
