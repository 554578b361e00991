"""Words of messages: how many there are of something, and the name that was perhaps meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

NEAR = 0.7
"""Part of the letters that two names share, in order: ``charge`` is no misspelt ``target``."""
NEAR_FILE = 0.8
"""Of names of files, which often share their ending."""


def counted(number: int, thing: str) -> str:
    """``1 system``, ``2 systems``."""
    return f"{number} {thing}{'s' * (number != 1)}"


def span(low: int, high: int) -> str:
    """``5``, ``3 to 29``."""
    return str(low) if low == high else f"{low} to {high}"


def have(number: int, thing: str) -> str:
    """``1 system has``, ``2 systems have``."""
    return f"{counted(number, thing)} {'has' if number == 1 else 'have'}"


def nearest(name: str, known: Iterable[str], near: float = NEAR) -> str | None:
    """The known name that ``name`` is nearly, whatever the case of its letters; None if it is none
    of them.
    """
    names = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), names, n=1, cutoff=near)
    return names[found[0]] if found else None
