"""On what a figure was measured."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

OTHERS = 0.1  # processors that others kept busy meanwhile, above which figures are not to be quoted
# load average before, where the former is not known; it counts our own workload before this one,
# too
BUSY = 0.5
STAT = Path("/proc/stat")


def cpu_name() -> str:
    """The processor's model name, as the operating system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )


def load_average() -> float | None:
    """Of the last minute; None where the system does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def busy(load: float | None, others: list[float | None]) -> bool:
    """Whether figures are not to be quoted: by the processors that others took, or else by the load
    average before.
    """
    return any((load or 0.0) > BUSY if share is None else share > OTHERS for share in others)


class Others:
    """How many processors other processes kept busy since this was made; a stolen processor of a
    virtual machine counts.
    """

    def __init__(self) -> None:
        self._start = self._clocks()

    def processors(self) -> float | None:
        """On average; None where the system does not tell."""
        if not STAT.exists():
            return None
        (total, own, wall), (total_0, own_0, wall_0) = self._clocks(), self._start
        return max(0.0, ((total - total_0) - (own - own_0)) / (wall - wall_0))

    @staticmethod
    def _clocks() -> tuple[float, float, float]:
        """Seconds of all processors at work, of this process and its children at work, and on the
        wall.
        """
        total = 0.0
        if STAT.exists():
            user, nice, system, _idle, _wait, *rest = (
                int(n) for n in STAT.read_text().splitlines()[0].split()[1:9]
            )
            total = (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")
        return total, sum(os.times()[:4]), time.perf_counter()
