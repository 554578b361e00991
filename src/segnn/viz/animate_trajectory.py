"""A trajectory as an animation: particles with fading trails, the true ones beside the predicted ones.

position (T, N, 3)             the trajectory; predicted_position (T, N, 3), if there is one
time (T,)                      optional, for the title; charge (N,) or (T, N): optional, for the colours
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segnn.data.npz import read_arrays
from segnn.data.schema import numbers
from segnn.errors import UserError
from segnn.report.canvas import FONT, PALETTE, new_figure
from segnn.viz.draw import Camera, balls, lines, prepare

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAIL = 0.35  # of the whole time
ASPECT = 0.95


@dataclass(frozen=True)
class Trajectory:
    """``true`` and ``predicted`` (T, N, 3), the second perhaps None; ``time`` (T,); ``charge`` (N,), zeros if unknown."""

    true: np.ndarray
    predicted: np.ndarray | None
    time: np.ndarray
    charge: np.ndarray

    @property
    def parts(self) -> dict[str, np.ndarray]:
        """The trajectories there are, by title."""
        named = {"true": self.true, "predicted": self.predicted}
        return {name: part for name, part in named.items() if part is not None}


def load_trajectory(path: str | os.PathLike[str]) -> Trajectory:
    """Read and check an NPZ. Raises UserError for a file without a time axis or with arrays that do not fit each other."""
    path = Path(path)
    arrays = {name: numbers(array, name, str(path)) for name, array in read_arrays(path).items()}
    position = arrays.get("position", np.zeros(0))
    if "offsets" in arrays or position.ndim != 3 or position.shape[2] != 3 or len(position) < 2 or not position.size:
        raise UserError(
            f"{path}: array 'position' has shape {position.shape}; a trajectory is (T, N, 3) with at least two times. "
            "To animate a model on a system: segnn animate MODEL SYSTEMS.npz"
        )
    predicted = arrays.get("predicted_position")
    if predicted is not None and predicted.shape != position.shape:
        raise UserError(
            f"{path}: 'predicted_position' has shape {predicted.shape}, 'position' {position.shape}; expected equal ones"
        )
    steps, count = position.shape[:2]
    times = arrays.get("time", np.arange(steps, dtype=float))
    charge = arrays.get("charge", np.zeros(count))
    first = charge.reshape(-1)[:count]
    if times.shape != (steps,) or len(first) != count:
        raise UserError(
            f"{path}: 'time' has shape {times.shape} and 'charge' {charge.shape}; expected ({steps},) and ({count},) for a "
            f"position {position.shape}"
        )
    for name, array in (("position", position), ("predicted_position", predicted)):
        if array is not None and not np.isfinite(array).all():
            raise UserError(f"{path}: {name!r} holds numbers that are not finite. Cut the trajectory before they begin.")
    return Trajectory(position, predicted, times, np.sign(first))


def trajectory_animation(trajectory: Trajectory, frames: int = 100) -> tuple[Figure, Callable[[int], None]]:
    """A figure and the function that draws its n-th frame, of ``frames``; for `segnn.viz.movie.write_movie`.

    Between the stored times particles move on straight lines. The camera takes in the true trajectory, from the side where it
    is flattest, and turns slowly.
    """
    if frames < 2:
        raise UserError(f"--frames {frames}: expected at least 2")
    parts = trajectory.parts
    figure = new_figure(3.5 * len(parts), 3.75)
    figure.set_layout_engine(None)
    grid = figure.subplots(1, len(parts), squeeze=False)[0]
    figure.subplots_adjust(left=0.005, right=0.995, top=0.87, bottom=0.04, wspace=0.01)
    first = trajectory.true
    every = first.reshape(-1, 3)
    camera = Camera.facing(every, margin=0.04 * float(np.ptp(every, axis=0).max()), aspect=ASPECT)
    count = first.shape[1]
    radius = camera.reach * (0.028 if count <= 20 else 0.014)
    colours = [PALETTE["plus"] if q > 0 else PALETTE["minus"] if q < 0 else PALETTE["muted"] for q in trajectory.charge]

    def draw(n: int) -> None:
        share = n / (frames - 1)
        seen = camera.turned(0.5 * (share - 0.5))
        for axes, (title, part) in zip(grid, parts.items(), strict=True):
            axes.clear()
            prepare(axes, ASPECT)
            _trails(axes, seen, part, share, colours, 1.8 if count <= 20 else 1.0)
            balls(axes, seen, at(part, share), radius, colours, edgecolors=PALETTE["surface"], linewidths=0.5)
            if title == "predicted":
                balls(axes, seen, at(trajectory.true, share), 1.45 * radius, "none", edgecolors=PALETTE["ink"], linewidths=0.8)
                title = "predicted, true ones as rings"
            axes.set_title(title if len(parts) > 1 else "", fontsize=FONT, color=PALETTE["ink"], pad=1)
        time = float(np.interp(share * (len(trajectory.time) - 1), np.arange(len(trajectory.time)), trajectory.time))
        figure.suptitle(f"time {time:.3g}", fontsize=FONT + 2, color=PALETTE["ink"], y=0.985, va="top")

    return figure, draw


def at(part: np.ndarray, share: float) -> np.ndarray:
    """Places (N, 3) at a share (0 … 1) of the stored times, linear in between."""
    where = share * (len(part) - 1)
    low = min(int(where), len(part) - 2)
    return part[low] + (where - low) * (part[low + 1] - part[low])


def _trails(axes: Axes, camera: Camera, part: np.ndarray, share: float, colours: list[str], width: float) -> None:
    """The last third of each path, fading."""
    from matplotlib.colors import to_rgba

    pieces = 24 if part.shape[1] <= 20 else 12
    shares = np.clip(np.linspace(share - TRAIL, share, pieces + 1), 0.0, 1.0)
    places = np.stack([at(part, float(s)) for s in shares])
    rgba = np.array([to_rgba(colour) for colour in colours])
    faded = np.repeat(rgba[None], pieces, axis=0)
    faded[..., 3] = (np.arange(1, pieces + 1) / pieces)[:, None] ** 1.5 * 0.8
    start, end = places[:-1].reshape(-1, 3), places[1:].reshape(-1, 3)
    lines(axes, camera, start, end, colors=faded.reshape(-1, 4), linewidths=width, capstyle="butt", zorder=2)
