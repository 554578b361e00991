"""A trajectory as an animation: particles with fading trails, the true ones beside the predicted
ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from segnn.errors import UserError
from segnn.report.canvas import FONT, PALETTE, new_figure
from segnn.viz.draw import Camera, balls, charge_colours, charge_key, lines, prepare
from segnn.viz.trajectory import Course, Trajectory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEAD, FOOT = (
    3.6,
    0.5,
    0.08,
)  # of a picture, of the titles above and the margin below, in inches
TURN = 0.5  # radians that the camera turns from the first frame to the last
MANY = 40  # of more particles than this the camera leaves those out that fly away
TRAIL = {
    False: (0.35, 24, 1.8, 0.8),
    True: (0.12, 12, 0.9, 0.5),
}  # few or many: share of the time, pieces, width, opacity


def trajectory_animation(
    trajectory: Trajectory, frames: int = 100
) -> tuple[Figure, Callable[[int], None]]:
    """A figure and the function that draws its n-th frame, of ``frames``; for
    `segnn.viz.movie.write_movie`.

    The camera takes in the true trajectory, from the side where it is flattest, and turns slowly;
    of many particles it leaves those out that fly far away.
    """
    if frames < 2:
        raise UserError(f"--frames {frames}: expected at least 2")
    parts = trajectory.parts
    count = trajectory.true.position.shape[1]
    every = trajectory.true.position.reshape(-1, 3)
    every = central(every) if count > MANY else every
    every = with_paths(trajectory, every)
    # Half a turn of the camera and the size of a ball: neither a ball nor a trail meets the edge.
    margin = 0.06 * float(np.ptp(every, axis=0).max())
    aspect = min(1.8, Camera.facing(every).shape(margin, every))
    camera = holding(Camera.facing(every, margin=margin, aspect=aspect), every, aspect)
    tall = WIDTH / aspect + HEAD + FOOT
    figure = new_figure(WIDTH * len(parts), tall)
    figure.set_layout_engine(None)
    grid = figure.subplots(1, len(parts), squeeze=False)[0]
    figure.subplots_adjust(left=0.0, right=1.0, top=1 - HEAD / tall, bottom=FOOT / tall, wspace=0.0)
    radius = camera.reach * (0.034 if count <= 20 else 0.014)
    colours = charge_colours(trajectory.charge)
    charge_key(figure, trajectory.charge)
    stored = trajectory.true.time

    def draw(n: int) -> None:
        share = n / (frames - 1)
        seen = camera.turned(TURN * (share - 0.5))
        for axes, (title, part) in zip(grid, parts.items(), strict=True):
            axes.clear()
            prepare(axes, aspect)
            _trails(axes, seen, part, share, colours)
            balls(
                axes,
                seen,
                part.at(share),
                radius,
                colours,
                edgecolors=PALETTE["surface"],
                linewidths=0.5,
            )
            if title == "predicted":
                balls(
                    axes,
                    seen,
                    trajectory.true.at(share),
                    1.45 * radius,
                    "none",
                    edgecolors=PALETTE["ink"],
                    linewidths=0.8,
                )
                title = "predicted, true ones as rings"
            axes.set_title(
                title if len(parts) > 1 else "", fontsize=FONT, color=PALETTE["ink"], pad=2
            )
        time = float(np.interp(share * (len(stored) - 1), np.arange(len(stored)), stored))
        figure.suptitle(
            f"time {time:.2f}", fontsize=FONT + 2, color=PALETTE["ink"], y=1 - 0.06 / tall, va="top"
        )

    return figure, draw


def with_paths(trajectory: Trajectory, places: np.ndarray) -> np.ndarray:
    """These true ``places`` (n, 3) and what is drawn between and beside them: the curved paths and
    the predicted ones, without those that leave the neighbourhood of the true ones.
    """
    shares = np.linspace(0.0, 1.0, min(400, 4 * len(trajectory.true.position)))
    drawn = [part.at(float(s)) for part in trajectory.parts.values() for s in shares]
    beside = np.concatenate(drawn).reshape(-1, 3)
    low, high = places.min(0), places.max(0)
    room = 0.25 * float((high - low).max())
    near = ((beside >= low - room) & (beside <= high + room)).all(1)
    return np.concatenate([places, beside[near]])


def holding(camera: Camera, places: np.ndarray, aspect: float) -> Camera:
    """The camera so far away that all ``places`` stay in the picture while it turns."""
    for _ in range(3):  # the perspective changes with the distance
        worst = 0.0
        for angle in np.linspace(-0.5, 0.5, 5) * TURN:
            flat, _ = camera.turned(float(angle)).project(places)
            worst = max(worst, float((np.abs(flat) / (aspect, 1.0)).max()))
        if worst <= 0.93:
            break
        camera = Camera(camera.centre, camera.axes, camera.reach * worst / 0.93)
    return camera


def central(places: np.ndarray) -> np.ndarray:
    """Of places (n, 3) those within three times the radius around their middle that holds half of
    them.
    """
    out = np.linalg.norm(places - np.median(places, axis=0), axis=1)
    return np.asarray(places[out <= 3 * np.median(out)])


def _trails(axes: Axes, camera: Camera, part: Course, share: float, colours: list[str]) -> None:
    """The last part of each path, fading."""
    from matplotlib.colors import to_rgba

    length, pieces, width, opacity = TRAIL[part.position.shape[1] > MANY]
    shares = np.clip(np.linspace(share - length, share, pieces + 1), 0.0, 1.0)
    places = np.stack([part.at(float(s)) for s in shares])
    faded = np.repeat(np.array([to_rgba(colour) for colour in colours])[None], pieces, axis=0)
    faded[..., 3] = (np.arange(1, pieces + 1) / pieces)[:, None] ** 1.5 * opacity
    start, end = places[:-1].reshape(-1, 3), places[1:].reshape(-1, 3)
    lines(
        axes,
        camera,
        start,
        end,
        colors=faded.reshape(-1, 4),
        linewidths=width,
        capstyle="butt",
        zorder=2,
    )
