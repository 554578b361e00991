"""On what a figure was measured."""

from __future__ import annotations

import os
import platform
from pathlib import Path

BUSY = 0.5  # load average above which figures are not to be quoted


def cpu_name() -> str:
    """The processor's model name, as the operating system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def load_average() -> float | None:
    """Of the last minute; None where the system does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
