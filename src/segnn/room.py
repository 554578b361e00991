"""The main memory that is left: what cannot fit is told before the system ends the process."""

from __future__ import annotations

import os
from pathlib import Path

from segnn.errors import UserError

ALWAYS_FITS = 100e6
"""Bytes for which nobody asks."""


def free_memory() -> int:
    """Bytes that a process could take now: of the machine, or of the container it is in; where the
    platform cannot tell, more than any has.
    """
    known = _numbers(Path("/proc/meminfo"))
    if "MemAvailable:" in known:
        free = known["MemAvailable:"] * 1024
    elif hasattr(os, "sysconf"):
        free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    else:
        free = 2**46
    group = Path("/sys/fs/cgroup")
    try:
        most = int((group / "memory.max").read_text())
    except (OSError, ValueError):
        return free
    return max(min(free, most - _numbers(group / "memory.stat").get("anon", 0)), 1)


def check_room(needed: float, what: str, cure: str) -> None:
    """`UserError` where ``what`` takes about ``needed`` bytes and fewer are left."""
    if needed > ALWAYS_FITS and needed > (free := free_memory()):
        raise UserError(
            f"{what} take about {needed / 2**30:.3g} GiB of memory, and {free / 2**30:.3g} GiB are "
            f"left. {cure}"
        )


def _numbers(path: Path) -> dict[str, int]:
    """The lines "name number" of a file of the system; nothing where there is none."""
    try:
        lines = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return {}
    return {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdigit()}
