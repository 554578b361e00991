"""What ``segnn bench`` measured over time: one line a step, beside the floor of the same run.

Times move with the machine and with what else it does; the floor (the same network's matrix
products alone, timed in turns with it) moves with them. So a version is compared with the one
before by how many floors it takes, and only where processor, threads and precision are the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from segnn.bench.contenders import OURS
from segnn.errors import UserError
from segnn.files import write_atomically

FILE = "history.jsonl"
SLOWER = 1.15  # a step that takes so many times the floors of the last run is named


@dataclass(frozen=True)
class Entry:
    """One step on one graph, as one run measured it."""

    date: str
    version: str
    cpu: str
    threads: int
    dtype: str
    busy: bool
    workload: str
    step: str
    edges: int
    median_ms: float
    floors: float

    @property
    def what(self) -> tuple[str, str, int]:
        """Of which step on which graph."""
        return self.workload, self.step, self.edges

    @property
    def setting(self) -> tuple[Any, ...]:
        """What must be equal if two entries are compared."""
        return (*self.what, self.cpu, self.threads, self.dtype)


@dataclass(frozen=True)
class Slowdown:
    """A step that takes more floors than it did."""

    before: Entry
    now: Entry

    @property
    def factor(self) -> float:
        """Floors now over floors then: 1.2 is a fifth slower."""
        return self.now.floors / self.before.floors


def entries(result: Mapping[str, Any]) -> list[Entry]:
    """Our own steps of what ``measure`` returned, where the floor was measured too."""
    return [
        Entry(
            date=result["date"],
            version=result["versions"]["segnn"],
            cpu=result["cpu"],
            threads=result["threads"],
            dtype=result["dtype"],
            busy=result["busy"],
            workload=result["workload"],
            step=row["step"],
            edges=row["edges"],
            median_ms=round(row["median_ms"], 3),
            floors=round(row["times_the_floor"], 4),
        )
        for row in result["rows"]
        if row["contender"] == OURS and row["times_the_floor"] is not None
    ]


def read(file: Path) -> list[Entry]:
    """All entries, oldest first; none if there is no file. UserError if a line is not one."""
    if not file.exists():
        return []
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(Entry(**json.loads(line)))
        except (TypeError, ValueError) as error:
            raise UserError(
                f"{file}, line {number}: is no entry of a history of segnn bench ({error}); an "
                f"entry has {', '.join(field.name for field in fields(Entry))}. Take the line out"
            ) from error
    return found


def append(file: Path, new: Iterable[Entry]) -> None:
    """Add entries; those that are there already (the same date and step) are not repeated."""
    old = read(file)
    known = {(entry.date, entry.what) for entry in old}
    added = [entry for entry in new if (entry.date, entry.what) not in known]
    if added:
        lines = [json.dumps(asdict(entry)) for entry in (*old, *added)]
        write_atomically(file, ("\n".join(lines) + "\n").encode())


def slowdowns(history: Iterable[Entry], limit: float = SLOWER) -> list[Slowdown]:
    """The steps whose last entry takes more than ``limit`` times the floors of the one before, of
    the same processor, threads and precision. Runs on a busy machine are left out.
    """
    last: dict[tuple[Any, ...], list[Entry]] = {}
    for entry in sorted(history, key=lambda entry: entry.date):
        if not entry.busy:
            last[entry.setting] = [*last.get(entry.setting, []), entry][-2:]
    return [
        slower
        for pair in last.values()
        if len(pair) == 2 and (slower := Slowdown(*pair)).factor > limit
    ]
