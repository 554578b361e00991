"""Files of trajectories: an NPZ of states in time, true beside predicted where it holds both, or
the configurations of a file of atoms, one after the other.

position (T, N, 3)         the states; of several systems at once (T, S, N, 3), or (T, M, 3) with
                           offsets (S + 1,), as ``segnn rollout`` writes them
true_position              the simulator's; position is then what a model predicted. Or instead:
predicted_position         what a model predicted; position is then true
velocity, true_velocity …  optional, shaped like the positions: paths between states become curves
time (T,), charge (N,)     optional, for title and colours; charge also (T, N), (S, N) or (M,)
atomic_number (N,)         optional, for colours, sizes and bonds; positions are then in Å
cell (3, 3), pbc (3,)      optional: the periodic box; also one for each time, or for each system
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from shlex import quote

import numpy as np

from segnn.data import given
from segnn.data.atom_files import holds_atoms
from segnn.data.npz import read_arrays
from segnn.data.numbers import numbers
from segnn.errors import UserError
from segnn.viz.cell import corner, unfolded
from segnn.viz.elements import are_numbers
from segnn.viz.trajectory import Box, Course, Trajectory


def load_trajectory(path: str | os.PathLike[str], number: int = 0) -> Trajectory:
    """Read and check a file; ``number`` says which of several systems of an NPZ.

    Raises UserError for a file without a time axis, arrays that do not fit each other, or a system
    that does not exist.
    """
    path = Path(path)
    arrays = _states_of_atoms(path) if holds_atoms(path) else _states(path)
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
    courses = _courses(arrays, times, number, path)
    count = courses[""].position.shape[1]
    species = _per_particle(arrays, "atomic_number", number, count, path)
    if species is not None and not are_numbers(species):
        species = None
    charge = _per_particle(arrays, "charge", number, count, path)
    lattice = _lattice(arrays, number, path)
    box = None
    if lattice is not None:
        box = Box(lattice, corner(courses[""].position[0], lattice[0]))
        courses = {
            prefix: replace(course, position=unfolded(course.position, lattice))
            for prefix, course in courses.items()
        }
    return Trajectory(
        true=courses.get("true_", courses[""]),
        predicted=courses[""] if "true_" in courses else courses.get("predicted_"),
        charge=np.zeros(count) if charge is None else np.sign(charge),
        number=species,
        box=box,
        timed="time" in arrays,
    )


def _states(path: Path) -> dict[str, np.ndarray]:
    return {name: numbers(array, name, str(path)) for name, array in read_arrays(path).items()}


def _states_of_atoms(path: Path) -> dict[str, np.ndarray]:
    """The configurations of a file of atoms as states in time; UserError where they are not of the
    same atoms.
    """
    systems = given(path).systems
    species, sizes = systems.node["atomic_number"], systems.sizes
    same = (sizes == sizes[0]).all()
    if not same or (species.reshape(-1, sizes[0]) != species[: sizes[0]]).any():
        raise UserError(
            f"{path}: its {len(systems)} configurations are not of the same atoms in one order, so "
            "they are no trajectory. Look at them one by one with 'segnn view', or animate a model "
            f"on one of them: segnn animate MODEL {quote(str(path))} --system 0"
        )
    states = {"position": systems.position.reshape(len(systems), -1, 3)}
    states["atomic_number"] = species[: sizes[0]]
    if systems.cell is not None and systems.pbc is not None:
        states |= {"cell": systems.cell, "pbc": systems.pbc[0].astype(float)}
    if systems.graph.get("time", np.zeros(0)).shape == (len(systems),):
        states["time"] = systems.graph["time"]
    return states


def holds_systems(arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether a file holds systems (S, N, 3), not one trajectory (T, N, 3): it has labels or
    velocities, and no time.
    """
    return "time" not in arrays and any(
        name.startswith("target_") or name == "velocity" for name in arrays
    )


def _courses(
    arrays: Mapping[str, np.ndarray], times: np.ndarray, number: int, path: Path
) -> dict[str, Course]:
    """What the file holds of one system: position, true_position, predicted_position, by prefix."""
    position = arrays["position"]
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
    return courses


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


def _per_particle(
    arrays: Mapping[str, np.ndarray], name: str, number: int, count: int, path: Path
) -> np.ndarray | None:
    """One number for each particle of a system, (N,), from an array that may hold them for every
    time, or for every system; None without the array.
    """
    if name not in arrays:
        return None
    values, position = arrays[name], arrays["position"]
    if position.ndim == 4 and values.size == position.shape[1] * count:
        values = values.reshape(-1, count)[number]
    elif "offsets" in arrays and values.size == position.shape[1]:
        values = values.reshape(-1)[int(arrays["offsets"][number]) :]
    elif position.ndim == 4 or values.shape not in (
        (count,),
        (count, 1),
        (len(position), count),
        (len(position), count, 1),
    ):
        raise UserError(
            f"{path}: {name!r} has shape {values.shape}; expected one for each particle of "
            f"{position.shape}"
        )
    return np.asarray(values.reshape(-1)[:count])


def _lattice(arrays: Mapping[str, np.ndarray], number: int, path: Path) -> np.ndarray | None:
    """The lattice vectors of the periodic axes in time, (T, axes, 3); None without a box."""
    if "cell" not in arrays:
        return None
    cell, position = arrays["cell"], arrays["position"]
    times, several = len(position), position.ndim == 4 or "offsets" in arrays
    if cell.ndim == 4 and cell.shape[:1] == (times,) and several:
        cell = cell[:, number : number + 1].reshape(-1, *cell.shape[2:])
    elif several and cell.ndim == 3:
        cell = cell[number : number + 1]
    if cell.shape not in ((3, 3), (1, 3, 3), (times, 3, 3)):
        raise UserError(
            f"{path}: 'cell' has shape {arrays['cell'].shape}; expected (3, 3), or one for each of "
            f"the {times} times or for each system, for a position {position.shape}"
        )
    cell = np.broadcast_to(cell, (times, 3, 3))
    pbc = arrays.get("pbc", np.ones(3))
    if pbc.shape[-1:] != (3,):
        raise UserError(f"{path}: 'pbc' has shape {pbc.shape}; expected (3,), one for each axis")
    pbc = pbc.reshape(-1, 3)
    periodic = pbc[number if several and len(pbc) > number else 0] != 0
    if not periodic.any():
        return None
    lattice = cell[:, periodic]
    values = np.linalg.svd(lattice, compute_uv=False)
    if (values[:, -1] <= 1e-10 * values[:, 0]).any():
        raise UserError(
            f"{path}: the periodic lattice vectors of 'cell' are linearly dependent: "
            f"{lattice[0].tolist()}. Correct 'cell', or set 'pbc' to 0 along an axis without a "
            "period."
        )
    return np.asarray(lattice)
