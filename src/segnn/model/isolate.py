"""One bad system does not spoil the others: which of many systems a model cannot be used on, and
why.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from e3nn.o3 import Irreps

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model.physical import PhysicalModel
from segnn.recipe.target import TargetSpec


def predict_each(
    model: PhysicalModel, systems: Systems, source: str = "arrays"
) -> tuple[dict[str, np.ndarray], dict[int, str]]:
    """The predictions (M, k) or (S, k) by the targets' names, NaN for the systems that have none,
    and for each of these the reason, by its number.

    Raises the `UserError` that every system gives, such as that of a missing array.
    """
    rooms = {name: _Room.of(spec, systems) for name, spec in model.recipe.targets.items()}

    def predict(chosen: np.ndarray) -> None:
        for name, found in model.predict_systems(systems[chosen], source).items():
            rooms[name].enter(chosen, found)

    with np.errstate(over="ignore", invalid="ignore"):
        failed = failing(predict, len(systems))
    for room in rooms.values():
        for number in room.unfinished():
            failed.setdefault(number, not_finite(systems, number))
    return {name: room.rows for name, room in rooms.items()}, dict(sorted(failed.items()))


class _Room:
    """Rows (first[-1], k) of a target, system by system, NaN where nothing was entered."""

    def __init__(self, first: np.ndarray, columns: int):
        self.first, self.rows = first, np.full((first[-1], columns), np.nan)

    @classmethod
    def of(cls, spec: TargetSpec, systems: Systems) -> _Room:
        count = len(systems)
        first = systems.offsets if spec.level == "node" else np.arange(count + 1)
        return cls(first, int(Irreps(spec.irreps).dim))

    def enter(self, chosen: np.ndarray, found: np.ndarray) -> None:
        """The rows of the systems ``chosen``, one after the other."""
        sizes = np.diff(self.first)[chosen]
        taken = np.repeat(self.first[chosen] - np.cumsum(sizes) + sizes, sizes)
        self.rows[taken + np.arange(len(taken))] = found

    def unfinished(self) -> list[int]:
        """The numbers of the systems whose rows are not all finite."""
        owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        bad: list[int] = np.unique(owner[~np.isfinite(self.rows).all(1)]).tolist()
        return bad


def usable(
    model: PhysicalModel, systems: Systems, source: str = "arrays"
) -> tuple[Systems, dict[int, str]]:
    """The systems with a finite prediction, and why the others have none, by their numbers;
    `UserError` where none is left.
    """
    _, failed = predict_each(model, systems, source)
    if not failed:
        return systems, {}
    kept = np.setdiff1d(np.arange(len(systems)), list(failed))
    if not len(kept):
        number, reason = next(iter(failed.items()))
        raise UserError(
            f"{source}: none of its {len(systems)} systems has a prediction; system {number}: "
            f"{reason}"
        )
    return systems[kept], failed


def failing(call: Callable[[np.ndarray], object], count: int) -> dict[int, str]:
    """The numbers of the systems for which ``call(numbers)`` raises a `UserError`, with its text.

    It is called with all of them first and, where that fails, with halves of halves; so all others
    have been called once without an error. An error that the first and the last system share is
    that of all: it is raised.
    """
    everything = np.arange(count)
    try:
        call(everything)
    except UserError as error:
        ends = [_error_of(call, everything[:1]), _error_of(call, everything[-1:])]
        if count == 1 or (None not in ends and ends[0] == ends[1]):
            raise error from None
    else:
        return {}
    failed: dict[int, str] = {}
    parts = [half for half in np.array_split(everything, 2) if len(half)]
    while parts:
        part = parts.pop()
        told = _error_of(call, part)
        if told is not None and len(part) == 1:
            failed[int(part[0])] = told
        elif told is not None:
            parts += np.array_split(part, 2)
    return dict(sorted(failed.items()))


def not_finite(systems: Systems, number: int, what: str = "what is predicted") -> str:
    """Why ``what`` of system ``number`` may not be finite: its largest number."""
    rows = slice(systems.offsets[number], systems.offsets[number + 1])
    held = {"position": systems.position[rows]}
    held |= {name: array[rows] for name, array in systems.node.items()}
    held |= {name: array[number : number + 1] for name, array in systems.graph.items()}
    sizes = {name: float(np.abs(array).max()) for name, array in held.items() if array.size}
    sizes = {name: size for name, size in sizes.items() if not name.startswith("target_")}
    if not sizes:
        return f"{what} is not finite"
    largest = max(sizes, key=sizes.__getitem__)
    return f"{what} is not finite ({largest} is as large as {sizes[largest]:.3g})"


def _error_of(call: Callable[[np.ndarray], object], part: np.ndarray) -> str | None:
    try:
        call(part)
    except UserError as error:
        return str(error)
    return None
