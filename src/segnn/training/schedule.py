"""The learning rate as a pure function of the optimiser step: nothing to store, so it is exact
after a resume.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from segnn.recipe.schema import TrainingSpec

STEP_MILESTONES, STEP_FACTOR = (0.8, 0.9), 0.1
CYCLE_RISE, CYCLE_START, CYCLE_END = 0.3, 1 / 25, 1 / 250_000


def learning_rate_factor(training: TrainingSpec, steps: int) -> Callable[[int], float]:
    """What multiplies ``learning_rate`` in step 0, 1, …, ``steps`` − 1.

    - ``constant``: 1.
    - ``cosine``: half a cosine from 1 to 0.
    - ``one_cycle``: from 1/25 up to 1, then down to 1/250000, both along half a cosine; the rise
      takes ``warmup`` of
      all steps, three tenths where ``warmup`` is 0.
    - ``step``: a tenth from 80 % of the steps on, a hundredth from 90 % on.

    Except for ``one_cycle``, ``warmup`` is a linear rise over that fraction of the steps, and the
    schedule's own progress begins after it.
    """
    if training.schedule == "one_cycle":
        rise = max(1, round((training.warmup or CYCLE_RISE) * steps))
        return lambda step: _one_cycle(step, rise, steps)
    warmup = round(training.warmup * steps)
    shape = {"constant": lambda t: 1.0, "cosine": _cosine, "step": _step}[training.schedule]

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return shape(min(1.0, (step - warmup) / max(1, steps - warmup)))

    return factor


def _cosine(t: float) -> float:
    return 0.5 * (1.0 + math.cos(math.pi * t))


def _step(t: float) -> float:
    return STEP_FACTOR ** sum(t >= milestone for milestone in STEP_MILESTONES)


def _one_cycle(step: int, rise: int, steps: int) -> float:
    if step < rise:
        low, t = CYCLE_START, 1 - step / rise
    else:
        low, t = CYCLE_END, min(1.0, (step - rise) / max(1, steps - 1 - rise))
    return low + (1.0 - low) * _cosine(t)
