"""A trajectory on its way to a picture: from a file of states in time, true beside predicted where
it holds both.

position (T, N, 3)         the states; of several systems at once (T, S, N, 3), or (T, M, 3) with
                           offsets (S + 1,), as ``segnn rollout`` writes them
true_position              the simulator's; position is then what a model predicted. Or instead:
predicted_position         what a model predicted; position is then true
velocity, true_velocity …  optional, shaped like the positions: paths between states become curves
time (T,), charge (N,)     optional, for title and colours; charge also (T, N), (S, N) or (M,)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segnn.data.npz import read_arrays
from segnn.data.numbers import numbers
from segnn.errors import UserError

# tangents longer than three times the step make a cubic overshoot (Fritsch and Carlson, 1980)
MONOTONE = 3.0


@dataclass(frozen=True)
class Course:
    """Where particles are in time: ``position`` (T, N, 3) at ``time`` (T,), ``velocity`` the same
    shape or None.
    """

    position: np.ndarray
    time: np.ndarray
    velocity: np.ndarray | None = None

    def at(self, share: float) -> np.ndarray:
        """Places (N, 3) at a share (0 … 1) of the stored states: on straight lines, or on cubics
        that start and end with the velocities, cut to what does not overshoot.
        """
        where = share * (len(self.position) - 1)
        low = min(int(where), len(self.position) - 2)
        t, start, end = where - low, self.position[low], self.position[low + 1]
        step = end - start
        if self.velocity is None:
            return np.asarray(start + t * step)
        longest = MONOTONE * np.linalg.norm(step, axis=-1, keepdims=True)
        one, two = (
            _cut(v * (self.time[low + 1] - self.time[low]), longest)
            for v in self.velocity[low : low + 2]
        )
        blend = (3 - 2 * t) * t * t * step + t * (1 - t) ** 2 * one - t * t * (1 - t) * two
        return np.asarray(start + blend)


@dataclass(frozen=True)
class Trajectory:
    """``true`` and perhaps ``predicted``; ``charge`` (N,): signs, zeros if unknown."""

    true: Course
    predicted: Course | None
    charge: np.ndarray

    @property
    def parts(self) -> dict[str, Course]:
        """The courses there are, by title."""
        named = {"true": self.true, "predicted": self.predicted}
        return {name: part for name, part in named.items() if part is not None}


def load_trajectory(path: str | os.PathLike[str], number: int = 0) -> Trajectory:
    """Read and check an NPZ; ``number`` says which of several systems.

    Raises UserError for a file without a time axis, arrays that do not fit each other, or a system
    that does not exist.
    """
    path = Path(path)
    arrays = {name: numbers(array, name, str(path)) for name, array in read_arrays(path).items()}
    position = arrays.get("position", np.zeros(0))
    states = (
        position.ndim in (3, 4)
        and position.shape[-1] == 3
        and len(position) > 1
        and position.size > 0
    )
    if holds_systems(arrays) or not states:
        timeless = ", and there is no time" if holds_systems(arrays) else ""
        raise UserError(
            f"{path}: array 'position' has shape {position.shape}{timeless}; a trajectory is (T, "
            "N, 3), or "
            "(T, S, N, 3) of several systems, with at least two times. To animate a model on a "
            "system: "
            "segnn animate MODEL SYSTEMS.npz"
        )
    times = arrays.get("time", np.arange(len(position), dtype=float))
    if times.shape != (len(position),):
        raise UserError(
            f"{path}: 'time' has shape {times.shape}, expected ({len(position)},) for a position "
            f"{position.shape}"
        )
    cut = _cutter(arrays, number, path)
    courses = {}
    for prefix in ("", "true_", "predicted_"):
        places, speeds = arrays.get(f"{prefix}position"), arrays.get(f"{prefix}velocity")
        if places is None:
            continue
        if places.shape != position.shape:
            raise UserError(
                f"{path}: '{prefix}position' has shape {places.shape}, 'position' "
                f"{position.shape}; expected equal ones"
            )
        # `segnn rollout` writes NaN for a system that ended before the others.
        if not np.isfinite(cut(places)).all():
            raise UserError(
                f"{path}: '{prefix}position' holds numbers that are not finite. Cut the "
                "trajectory before they begin."
            )
        usable = (
            speeds is not None
            and speeds.shape == places.shape
            and bool(np.isfinite(cut(speeds)).all())
        )
        courses[prefix] = Course(
            cut(places), times, cut(speeds) if usable and speeds is not None else None
        )
    true = courses.get("true_", courses[""])
    predicted = courses[""] if "true_" in courses else courses.get("predicted_")
    return Trajectory(true, predicted, _charge(arrays, number, true.position.shape[1], path))


def holds_systems(arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether a file holds systems (S, N, 3), not one trajectory (T, N, 3): it has labels or
    velocities, and no time.
    """
    return "time" not in arrays and any(
        name.startswith("target_") or name == "velocity" for name in arrays
    )


def _cutter(
    arrays: Mapping[str, np.ndarray], number: int, path: Path
) -> Callable[[np.ndarray], np.ndarray]:
    """The function that takes one system out of an array with time in front."""
    position = arrays["position"]
    offsets = arrays.get("offsets")
    count = position.shape[1] if position.ndim == 4 else 1 if offsets is None else len(offsets) - 1
    if not 0 <= number < count:
        raise UserError(
            f"--system {number}: there "
            f"{'is one system' if count == 1 else f'are {count} systems'} in {path}"
        )
    if position.ndim == 4:
        return lambda array: array[:, number]
    first, last = (
        (0, position.shape[1])
        if offsets is None
        else (int(offsets[number]), int(offsets[number + 1]))
    )
    return lambda array: array[:, first:last]


def _charge(arrays: Mapping[str, np.ndarray], number: int, count: int, path: Path) -> np.ndarray:
    if "charge" not in arrays:
        return np.zeros(count)
    charge, position = arrays["charge"], arrays["position"]
    if position.ndim == 4 and charge.size == position.shape[1] * count:
        charge = charge.reshape(-1, count)[number]
    elif "offsets" in arrays and charge.size == position.shape[1]:
        charge = charge.reshape(-1)[int(arrays["offsets"][number]) :]
    elif position.ndim == 4 or charge.shape not in (
        (count,),
        (count, 1),
        (len(position), count),
        (len(position), count, 1),
    ):
        raise UserError(
            f"{path}: 'charge' has shape {charge.shape}; expected one for each particle of "
            f"{position.shape}"
        )
    return np.asarray(np.sign(charge.reshape(-1)[:count]))


def _cut(vectors: np.ndarray, longest: np.ndarray) -> np.ndarray:
    """Vectors (N, 3) made no longer than (N, 1)."""
    size = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors * np.minimum(1.0, longest / np.where(size > 0, size, 1.0)))
