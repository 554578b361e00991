"""Nodes in blocks of space: recursive coordinate bisection (Berger & Bokhari 1987).

A set of points is cut across its longest side into two of equal number, and these again. Blocks of
equal work have short borders then, and nodes of one block lie near each other in memory too.
"""

from __future__ import annotations

import numpy as np

LEAF = 256
"""Nodes within which their order in memory no longer matters: they lie in the caches together."""


def blocks(position: np.ndarray, count: int) -> list[np.ndarray]:
    """The rows of ``position`` (N, 3) in ``count`` blocks, whose sizes differ by one at most;
    some are empty where there are fewer rows. Points that coincide are told apart by their number.
    """
    return _cut(position, np.arange(len(position)), count)


def near_order(position: np.ndarray) -> np.ndarray:
    """(N,) the rows of ``position`` (N, 3) in an order in which neighbours in space are near."""
    found = blocks(position, max(1, len(position) // LEAF))
    return np.concatenate(found)


def _cut(position: np.ndarray, rows: np.ndarray, count: int) -> list[np.ndarray]:
    if count == 1:
        return [rows]
    left = count // 2
    size = len(rows) * left // count
    here = position[rows]
    axis = int(np.argmax(np.ptp(here, axis=0))) if len(rows) else 0
    order = np.argsort(here[:, axis], kind="stable")
    first, second = np.sort(rows[order[:size]]), np.sort(rows[order[size:]])
    return _cut(position, first, left) + _cut(position, second, count - left)
