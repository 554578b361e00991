"""One of the processes that `segnn.training.launch` starts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from segnn.parallel.start import told
from segnn.training.launch import KINDS
from segnn.training.run import train


def main(file: str) -> int:
    """Train as the parent says; the outcome goes into ``file``."""
    call = told()
    outcome: dict[str, Any]
    try:
        outcome = {"results": train(**call)}
    except tuple(KINDS.values()) as error:
        outcome = {"error": type(error).__name__, "message": str(error)}
    Path(file).write_text(json.dumps(outcome))
    return "error" in outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
