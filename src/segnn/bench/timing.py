"""Times measured in turns: a slower or busier moment of the machine meets every contender."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

Key = TypeVar("Key")
# seconds: steps below are done once untimed in every turn, since others have emptied the caches
SHORT = 0.2


@dataclass(frozen=True)
class Effort:
    """How long to measure: ``repeats`` turns, or as many as fit in ``seconds``, between
    ``at_least`` and ``at_most``.

    Before that every step is done ``warm_up`` times; those of more than a second no more than
    twice.
    """

    seconds: float = 60.0
    repeats: int | None = None
    at_least: int = 5
    at_most: int = 200
    warm_up: int = 3


def take_turns(
    steps: Mapping[Key, Callable[[], object]],
    effort: Effort,
    progress: Callable[[int, int], None] = lambda done, total: None,
    wait: Callable[[], None] = lambda: None,
) -> dict[Key, np.ndarray]:
    """Milliseconds of every step, each (turns,). In a turn every step is timed once.

    ``wait`` returns when the device has done all that it was given: before and after each step, so
    that a time is that of the work and not of its being handed over.
    """
    seconds = partial(_seconds, wait=wait)
    warm = {key: _warm(step, effort.warm_up, seconds) for key, step in steps.items()}
    turn = sum(s * (2 if s < SHORT else 1) for s in warm.values())
    turns = effort.repeats or int(
        np.clip(effort.seconds / max(turn, 1e-9), effort.at_least, effort.at_most)
    )
    times: dict[Key, list[float]] = {key: [] for key in steps}
    for n in range(turns):
        for key, step in steps.items():
            if warm[key] < SHORT:
                step()
            times[key].append(1e3 * seconds(step))
        progress(n + 1, turns)
    return {key: np.array(values) for key, values in times.items()}


def _warm(
    step: Callable[[], object], times: int, timed: Callable[[Callable[[], object]], float]
) -> float:
    """Seconds of the fastest of some first runs."""
    seconds = [timed(step) for _ in range(min(times, 2))]
    return min(seconds + [timed(step) for _ in range(times - 2) if seconds[-1] < 1])


def _seconds(step: Callable[[], object], wait: Callable[[], None]) -> float:
    wait()
    start = time.perf_counter()
    step()
    wait()
    return time.perf_counter() - start


def summary(milliseconds: np.ndarray) -> dict[str, Any]:
    """Median, quartiles, 95th percentile, minimum and number of the times."""
    first, median, third, late = (float(v) for v in np.percentile(milliseconds, [25, 50, 75, 95]))
    return {
        "median_ms": median,
        "quartiles_ms": [first, third],
        "p95_ms": late,
        "minimum_ms": float(milliseconds.min()),
        "repeats": len(milliseconds),
    }
