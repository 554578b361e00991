"""The names and titles of the declared tables, read without anything that a command's first answer
need not wait for.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from segnn.errors import UserError
from segnn.words import nearest

TABLES = Path(__file__).parent / "tables"
_ENTRY = re.compile(r"^(?P<name>[\w-]+):\n(?:  #.*\n)*  title: (?P<title>.+)$", re.MULTILINE)


@cache
def titles() -> dict[str, str]:
    """What every table shows, by its name."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(TABLES.glob("*.yaml")))
    return {found["name"]: found["title"] for text in texts for found in _ENTRY.finditer(text)}


def check_table(name: str) -> None:
    """UserError that lists all tables if ``name`` is none."""
    if name not in titles():
        near = nearest(name, titles())
        hint = f"; did you mean {near!r}?" if near else ""
        raise UserError(
            f"there is no table {name!r} to reproduce{hint}; expected one of {', '.join(titles())}"
        )
