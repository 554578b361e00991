"""``training.devices: n`` without a launcher: this process starts the others, and waits.

Each child is ``python -m segnn.training.child``; it finds the others as if torchrun had started it.
Whatever ends one of them ends all.
"""

from __future__ import annotations

import json
import os
import pickle
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from segnn.errors import UserError
from segnn.model.device import check_count, find_device
from segnn.recipe.schema import TrainingSpec
from segnn.training.interrupt import TrainingInterrupted
from segnn.training.processes import LostProcessError, launched
from segnn.training.trainer import DivergedError

GRACE = 20.0
"""Seconds in which the others notice by themselves that one has gone."""
KINDS: dict[str, type[BaseException]] = {
    kind.__name__: kind
    for kind in (UserError, LostProcessError, DivergedError, TrainingInterrupted)
}
"""What a child tells of, by name."""


def to_start(settings: TrainingSpec) -> int:
    """How many processes this one has to start: 0 where it trains itself."""
    if launched() is not None or settings.devices * settings.nodes == 1:
        return 0
    if settings.nodes > 1:
        raise UserError(
            f"training.nodes: {settings.nodes}: on several machines a launcher starts the same "
            f"command everywhere: torchrun --nnodes {settings.nodes} --nproc-per-node "
            f"{settings.devices} … -m segnn.cli train …, or srun"
        )
    check_count(find_device(settings.device, "training.device"), settings.devices)
    return settings.devices


def train_in_processes(count: int, call: dict[str, Any], resume_command: str) -> dict[str, Any]:
    """What `segnn.training.train` with these arguments returns and raises, in ``count`` processes
    of this machine.

    Ctrl-C and SIGTERM are handed on. UserError names a process that was killed, and
    ``resume_command``.
    """
    with tempfile.TemporaryDirectory(prefix="segnn-") as place:
        environment = _environment(count)
        children = [
            subprocess.Popen(
                [sys.executable, "-m", "segnn.training.child", str(Path(place) / str(rank))],
                stdin=subprocess.PIPE,
                stdout=2,  # the standard output is for the result alone
                env={**environment, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                start_new_session=True,  # Ctrl-C reaches this process, which hands it on
            )
            for rank in range(count)
        ]
        with _handed_on(children):
            for child in children:
                _tell(child, call)
            first = _wait(children)
        outcomes = [_read(Path(place) / str(rank)) for rank in range(count)]
    return _result(children, outcomes, first, resume_command)


def _environment(count: int) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    threads = str(max(1, (os.cpu_count() or 1) // count))
    return {
        "OMP_NUM_THREADS": threads,
        "NUMBA_NUM_THREADS": threads,
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
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


def _read(file: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return found


def _result(
    children: list[subprocess.Popen[bytes]],
    outcomes: list[dict[str, Any] | None],
    first: int,
    resume_command: str,
) -> dict[str, Any]:
    """Rank 0's results; otherwise what went wrong first, not what it did to the others."""
    code = children[first].returncode
    if outcomes[first] is None and code < 0:
        raise LostProcessError(
            f"process {first} of the {len(children)} of this training was ended by "
            f"{signal.Signals(-code).name}, and so all were. (Too little memory? Then a smaller "
            "training.batch_size, or training.accumulate.) Go on from the last checkpoint: "
            f"{resume_command}"
        )
    told = [outcome for outcome in outcomes if outcome is not None and "error" in outcome]
    told.sort(key=lambda outcome: outcome["error"] == LostProcessError.__name__)
    if told:
        raise KINDS[told[0]["error"]](told[0]["message"])
    if outcomes[0] is None:
        raise RuntimeError(f"process {first} of the training failed (exit status {code})")
    results: dict[str, Any] = outcomes[0]["results"]
    return results
