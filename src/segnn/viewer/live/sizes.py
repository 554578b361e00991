"""Sizes that grow with a system: 9E is nine times the number of edges, 3N−3 three times that of
nodes, less three.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from segnn.viewer.live.tape import NotLiveError

Grown = int | str


class Shape(NamedTuple):
    """Nodes and edges of a system."""

    nodes: int
    edges: int


def grown(values: Sequence[Grown], shapes: Sequence[Shape]) -> Grown:
    """What is ``values`` for systems of these shapes; `NotLiveError` where it is nothing simple."""
    numbers = [int(value) for value in values]
    if len(set(numbers)) == 1:
        return numbers[0]
    counts = {"N": [s.nodes for s in shapes], "E": [s.edges for s in shapes]}
    fits = [fit for letter, each in counts.items() if (fit := _line(numbers, each, letter))]
    if not fits:
        raise NotLiveError("its arrays do not simply grow with the numbers of nodes and edges")
    return min(fits, key=len)  # 9E rather than 36N-72 of complete graphs


def _line(numbers: Sequence[int], counts: Sequence[int], letter: str) -> str | None:
    low, high = counts.index(min(counts)), counts.index(max(counts))
    if counts[low] == counts[high]:
        return None
    slope, left = divmod(numbers[high] - numbers[low], counts[high] - counts[low])
    more = numbers[low] - slope * counts[low]
    if left or any(n != slope * c + more for n, c in zip(numbers, counts, strict=True)):
        return None
    return f"{slope}{letter}" + (f"{more:+d}" if more else "")


def number(size: Grown, shape: Shape) -> int:
    """A size in a system of this shape."""
    if isinstance(size, int):
        return size
    found = re.fullmatch(r"(-?\d+)([NE])([+-]\d+)?", size)
    assert found is not None, "written by `grown`"
    count = shape.nodes if found[2] == "N" else shape.edges
    return int(found[1]) * count + int(found[3] or 0)
