"""Published test errors, with their sources: what a run is held against. The numbers stand in
published.yaml.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from segnn.recipe import yaml

CITATION = (
    "The paper: Brandstetter, Hesselink, van der Pol, Bekkers, Welling, “Geometric and Physical "
    "Quantities Improve E(3) "
    "Equivariant Message Passing”, ICLR 2022, arXiv 2110.02905."
)
# first words of a run's name → its table and, where the table has several, its setting; the longest
# that fits counts
TASKS = {
    "charged": ("charged", ""),
    "gravity": ("gravity", "position-5"),
    "gravity-force": ("gravity", "force-5"),
}


class Published(NamedTuple):
    """One published figure. `_X` in a method's name is a subscript; (l_f, l_a) are the degrees of
    features and attributes. ``mse``: the error, of QM9 the mean absolute one.
    """

    method: str
    mse: float
    spread: float | None
    source: str
    setting: str = ""


@cache
def _tables() -> dict[str, Any]:
    name = "published.yaml"
    text = files("segnn.report").joinpath(name).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.read(text, name).data
    return found


@cache
def published(table: str) -> tuple[Published, ...]:
    """The figures of a table of published.yaml: charged, orders, samples, gravity; none of another
    table.
    """
    found = _tables().get(table, {"rows": ()})
    return tuple(
        Published(
            row["method"],
            row["mse"] if "mse" in row else row["mae"],
            row.get("spread"),
            row.get("source", found["source"]),
            row.get("setting", ""),
        )
        for row in found["rows"]
    )


def figures_for(name: str) -> tuple[tuple[Published, ...], Published | None]:
    """The published figures of a run's task, and the one the run means to reproduce; empty for
    other tasks.

    The task is what the run's name begins with: "charged", "charged-cues", "gravity-force".
    """
    words = name.replace("_", "-").strip().lower().split("-")
    for length in range(len(words), 0, -1):
        if task := TASKS.get("-".join(words[:length])):
            figures = tuple(row for row in published(task[0]) if row.setting == task[1])
            return figures, next(
                row for row in figures if row.method == _tables()[task[0]]["reference"]
            )
    return (), None
