"""Which figures of a stored result a table shows, and what they have to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segnn.training.verdict import baseline_errors, shown_split

if TYPE_CHECKING:
    from segnn.reproduce.store import Result

MEASURES = {
    "mse": "Mean squared error",
    "mae": "Mean absolute error",
    "rmse": "Root mean square error",
}


@dataclass(frozen=True)
class Bar:
    """What the mean error of a method has to reach: at most ``bar`` in the target's unit (its
    square for mse), or with ``against`` at least ``bar`` times lower than that of another method.

    With ``of_spread`` the error is a part of that of the mean label, the spread of the labels.
    ``method``, ``against`` and ``setting`` are ids; ``target`` is empty for the compared one.
    """

    method: str
    bar: float
    aim: float | None = None
    setting: str = ""
    target: str = ""
    against: str = ""
    of_spread: bool = False


def target_of(result: Result, target: str) -> dict[str, Any]:
    """What a result says of one target: its errors by split, ``unit``, ``baselines``; of the main
    target if ``target`` is empty, of that on a further test set by the name of this set. Nothing
    for a target that it does not have.
    """
    if not target or target == result.get("target"):
        return result
    known = {**result.get("beside", {}), **result.get("targets", {})}
    found: dict[str, Any] = known.get(target, {})
    return found


def error(result: Result, target: str = "", measure: str = "mse") -> float | None:
    """An error of the test systems, of the validation systems where there were no others."""
    value = target_of(result, target).get(shown_split(result), {}).get(measure)
    return None if value is None else float(value)


def trivial(result: Result, target: str = "", measure: str = "mse") -> float | None:
    """The error of the target's base alone, of the mean label where there is no base."""
    known = baseline_errors(target_of(result, target))
    for key in ("stand_still", "base_alone", "mean_label"):
        if measure in known.get(key, {}):
            return float(known[key][measure])
    return None


def unit(result: Result, target: str = "", measure: str = "mse") -> str:
    """Of an error; empty where the result does not say it."""
    found = str(target_of(result, target).get("unit", ""))
    if measure != "mse" or found in ("", "1"):
        return found
    return f"{found}^2" if found.isidentifier() else f"({found})^2"
