"""``training.devices: n`` without a launcher: this process starts the others, and waits.

Each child is ``python -m segnn.training.child``.
"""

from __future__ import annotations

import json
import signal
import tempfile
from pathlib import Path
from typing import Any

from segnn.errors import UserError
from segnn.model.device import check_count, find_device
from segnn.parallel import start
from segnn.parallel.launched import launched
from segnn.recipe.schema import TrainingSpec
from segnn.training.interrupt import TrainingInterrupted
from segnn.training.processes import LostProcessError
from segnn.training.trainer import DivergedError

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
            f"{settings.devices} … -m segnn train …, or srun"
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
        files = [Path(place) / str(rank) for rank in range(count)]
        first, code = start.run("segnn.training.child", files, call)
        outcomes = [_read(file) for file in files]
    return _result(outcomes, first, code, resume_command)


def _read(file: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return found


def _result(
    outcomes: list[dict[str, Any] | None], first: int, code: int, resume_command: str
) -> dict[str, Any]:
    """Rank 0's results; otherwise what went wrong first, not what it did to the others."""
    if outcomes[first] is None and code < 0:
        raise LostProcessError(
            f"process {first} of the {len(outcomes)} of this training was ended by "
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
