"""The learning rate of a training that was given more epochs than it began with.

A training of 80 epochs that is resumed with ``training.epochs: 120`` has two legs, of 80 and of 40
epochs. In each the recipe's schedule runs once from its beginning to its end, its warmup included:
the first leg stays what it was, whether it is complete when the epochs are added or not, and the
second is a warm restart. The ends of the legs are part of the checkpoint.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

from segnn.recipe.schema import TrainingSpec
from segnn.training.schedule import learning_rate_factor


def extended(ends: Sequence[int], epochs: int) -> tuple[int, ...]:
    """The last epochs of all legs when the training goes on to ``epochs``."""
    return (*ends, epochs) if epochs > ends[-1] else tuple(ends)


def factor_of_legs(
    training: TrainingSpec, ends: Sequence[int], steps_per_epoch: int
) -> Callable[[int], float]:
    """What multiplies the learning rate in step 0, 1, …; beyond the last leg, its last value."""
    starts = [0, *(end * steps_per_epoch for end in ends)]
    lengths = [after - before for before, after in pairwise(starts)]
    factors = [learning_rate_factor(training, length) for length in lengths]

    def factor(step: int) -> float:
        leg = min(bisect_right(starts, step) - 1, len(factors) - 1)
        return factors[leg](step - starts[leg])

    return factor
