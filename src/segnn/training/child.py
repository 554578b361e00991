"""One of the processes that `segnn.training.launch` starts."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from segnn.training.launch import KINDS
from segnn.training.run import train


def main(file: str) -> int:
    """Train as the standard input says; the outcome goes into ``file``."""
    size = int.from_bytes(_exactly(8), "big")
    call = pickle.loads(_exactly(size))  # from our own parent
    threading.Thread(target=_end_with_parent, daemon=True).start()
    outcome: dict[str, Any]
    try:
        outcome = {"results": train(**call)}
    except tuple(KINDS.values()) as error:
        outcome = {"error": type(error).__name__, "message": str(error)}
    Path(file).write_text(json.dumps(outcome))
    return "error" in outcome


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
