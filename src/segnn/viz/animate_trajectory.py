"""A trajectory as an animation: particles with fading trails, the true ones beside the predicted
ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.errors import UserError
from segnn.report.canvas import FONT, PALETTE, new_figure
from segnn.viz.cell import box_lines
from segnn.viz.draw import Camera, balls, lines, prepare
from segnn.viz.particles import CORNER, Look, bonds_of, draw_atoms, draw_box, draw_key
from segnn.viz.trajectory import Course, Trajectory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEAD, FOOT = 3.6, 0.5, 0.08  # a picture, the titles above, the margin below, in inches
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
    every, toward = in_picture(trajectory)
    # Half a turn of the camera and the size of a ball: neither a ball nor a trail meets the edge.
    margin = 0.06 * float(np.ptp(every, axis=0).max())
    look = Look.of(trajectory.charge, trajectory.number)
    if look.radius is not None:
        margin = max(margin, float(look.radius.max()))
    aspect = min(1.8, Camera.facing(every, toward=toward).shape(margin, every))
    facing = Camera.facing(every, margin=margin, aspect=aspect, toward=toward)
    about = None if toward is None else np.array([0.0, 1, 0])  # a box stands upright
    camera = holding(facing, every, aspect, about)
    tall = WIDTH / aspect + HEAD + FOOT
    figure = new_figure(WIDTH * len(parts), tall)
    figure.set_layout_engine(None)
    grid = figure.subplots(1, len(parts), squeeze=False)[0]
    figure.subplots_adjust(left=0.0, right=1.0, top=1 - HEAD / tall, bottom=FOOT / tall, wspace=0.0)
    radius = look.radius
    if radius is None:
        radius = np.full(count, camera.reach * (0.034 if count <= 20 else 0.014))
    draw_key(figure, look)

    def draw(n: int) -> None:
        share = n / (frames - 1)
        seen = camera.turned(TURN * (share - 0.5), about)
        for axes, (title, part) in zip(grid, parts.items(), strict=True):
            axes.clear()
            prepare(axes, aspect)
            _particles(axes, seen, trajectory, part, share, look, radius)
            if title == "predicted":
                true = _inside(trajectory, trajectory.true, share)
                ring: dict[str, Any] = {"edgecolors": PALETTE["ink"], "linewidths": 0.8}
                balls(axes, seen, true, 1.45 * radius, "none", zorder=6, **ring)
                title = "predicted, true ones as rings"
            axes.set_title(
                title if len(parts) > 1 else "", fontsize=FONT, color=PALETTE["ink"], pad=2
            )
        # A key of many elements takes the left: the title stands on the right then.
        aside = len(look.key) > 2 and len(parts) == 1
        figure.suptitle(
            moment(trajectory, share),
            fontsize=FONT + 2,
            color=PALETTE["ink"],
            x=1 - 0.1 / WIDTH if aside else 0.5,
            ha="right" if aside else "center",
            y=1 - 0.06 / tall,
            va="top",
        )

    return figure, draw


def moment(trajectory: Trajectory, share: float) -> str:
    """What stands above the picture: the time, or which of the states."""
    stored = trajectory.true.time
    time = float(np.interp(share * (len(stored) - 1), np.arange(len(stored)), stored))
    return f"time {time:.2f}" if trajectory.timed else f"frame {round(time)}"


def in_picture(trajectory: Trajectory) -> tuple[np.ndarray, tuple[float, float, float] | None]:
    """Places (n, 3) that the picture must hold, and from where it is seen: a box from a corner,
    anything else from the side where it is flattest (None).
    """
    box = trajectory.box
    if box is not None:
        shares = np.linspace(0.0, 1.0, 5)
        walls = np.concatenate([box_lines(*box.at(float(s)))[k] for s in shares for k in (0, 1)])
        inside = [_inside(trajectory, trajectory.true, float(s)) for s in shares]
        return np.concatenate([walls, *inside]), CORNER
    every = trajectory.true.position.reshape(-1, 3)
    every = central(every) if trajectory.true.position.shape[1] > MANY else every
    return with_paths(trajectory, every), None


def _inside(trajectory: Trajectory, part: Course, share: float) -> np.ndarray:
    """Where particles are drawn at a time: in a box their images inside it."""
    at = part.at(share)
    return at if trajectory.box is None else at + trajectory.box.fold(at, share)


def _particles(
    axes: Axes,
    seen: Camera,
    trajectory: Trajectory,
    part: Course,
    share: float,
    look: Look,
    radius: np.ndarray,
) -> None:
    """Box, and balls with trails, or atoms with bonds; atoms without bonds have trails too."""
    box, at = trajectory.box, _inside(trajectory, part, share)
    lattice = None
    if box is not None:
        lattice, origin = box.at(share)
        draw_box(axes, seen, lattice, origin)
    if trajectory.number is not None and look.radius is not None:
        pairs, shift = bonds_of(at, trajectory.number, lattice)
        if not pairs.size:
            _trails(axes, seen, trajectory, part, share, look.colours)
        draw_atoms(axes, seen, at, look, pairs, shift)
        return
    _trails(axes, seen, trajectory, part, share, look.colours)
    edge: dict[str, Any] = {"edgecolors": PALETTE["surface"], "linewidths": 0.5}
    balls(axes, seen, at, radius, look.colours, **edge)


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


def holding(
    camera: Camera, places: np.ndarray, aspect: float, about: np.ndarray | None = None
) -> Camera:
    """The camera so far away that all ``places`` stay in the picture while it turns ``about``."""
    for _ in range(3):  # the perspective changes with the distance
        worst = 0.0
        for angle in np.linspace(-0.5, 0.5, 5) * TURN:
            flat, _ = camera.turned(float(angle), about).project(places)
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


def _trails(
    axes: Axes,
    camera: Camera,
    trajectory: Trajectory,
    part: Course,
    share: float,
    colours: list[str],
) -> None:
    """The last part of each path, fading; in a box, piece by piece where its end is inside."""
    from matplotlib.colors import to_rgba

    length, pieces, width, opacity = TRAIL[part.position.shape[1] > MANY]
    shares = np.clip(np.linspace(share - length, share, pieces + 1), 0.0, 1.0)
    places = np.stack([part.at(float(s)) for s in shares])
    start, end = places[:-1], places[1:]
    if trajectory.box is not None:
        shifts = [trajectory.box.fold(x, float(s)) for x, s in zip(end, shares[1:], strict=True)]
        start, end = start + np.stack(shifts), end + np.stack(shifts)
    faded = np.repeat(np.array([to_rgba(colour) for colour in colours])[None], pieces, axis=0)
    faded[..., 3] = (np.arange(1, pieces + 1) / pieces)[:, None] ** 1.5 * opacity
    lines(
        axes,
        camera,
        start.reshape(-1, 3),
        end.reshape(-1, 3),
        colors=faded.reshape(-1, 4),
        linewidths=width,
        capstyle="butt",
        zorder=2,
    )
