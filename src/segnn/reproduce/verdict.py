"""How a row stands to the published figure: what may be said of so many seeds."""

from __future__ import annotations

import math

from segnn.report.published import Published
from segnn.report.words import significant
from segnn.reproduce.rows import Row

ENOUGH = 3  # seeds from which on a verdict is given
SAME = "the same within the spread"
COUNTED = {1: "one seed", 2: "two seeds"}


def quoted(row: Row) -> str:
    """The published figure with the digits it was published with."""
    if row.published is None:
        return ""
    mse, spread = row.published.mse, row.published.spread
    text = f"{mse:.{_decimals(row.published)}f}"
    return text if spread is None else f"{text} ± {spread:.5f}"


def _decimals(figure: Published) -> int:
    """How many the figure was published with: four of the charged particles, three of gravity."""
    return 4 if figure.mse < 0.1 else 3


def verdict(row: Row) -> str:
    """The mean against the published figure, without flattery: beaten and missed only of enough
    seeds, none of which diverged, and beyond the joint spread.
    """
    if row.mean is None or row.published is None:
        return ""
    difference = _difference(row.mean, row.published)
    if row.diverged:
        others = "others" if len(row.errors) > 1 else "other"
        tried = len(row.errors) + row.diverged
        return f"{row.diverged} of {tried} seeds diverged; the {others} {difference}"
    if row.spread is None or len(row.errors) < ENOUGH:
        return f"{COUNTED[len(row.errors)]}: {difference}"
    if abs(row.mean - row.published.mse) <= joint_spread(row.spread, row.published):
        return SAME
    return f"{'beaten' if row.mean < row.published.mse else 'missed'}: {difference}"


def joint_spread(spread: float, figure: Published) -> float:
    """The root of the sum of both variances, and no less than the rounding of the published figure.

    A figure that was published without a spread is taken to vary as ours does.
    """
    rounding: float = 0.5 * 10 ** -_decimals(figure)
    return max(math.hypot(spread, spread if figure.spread is None else figure.spread), rounding)


def _difference(mean: float, figure: Published) -> str:
    ratio = mean / figure.mse
    if ratio > 3:
        return f"{significant(ratio)} times as much"
    return f"{100 * (ratio - 1):+.{0 if abs(ratio - 1) >= 0.01 else 1}f} %"
