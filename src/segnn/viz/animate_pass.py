"""A forward pass as an animation: the system with its edges, layer after layer one channel of every
irrep as glyphs, and at the end the prediction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from e3nn.o3 import Irreps

from segnn.data import Systems, SystemsLike
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.check.transform import predicts_points
from segnn.report.canvas import FONT, PALETTE, new_figure
from segnn.viz.cell import box_lines, periodic_box
from segnn.viz.draw import Camera, balls, glyphs, lines, prepare
from segnn.viz.elements import are_numbers
from segnn.viz.glyph import Glyph, channel, glyph
from segnn.viz.particles import CORNER, Look, bonds_of, draw_box, draw_key
from segnn.viz.record import record
from segnn.viz.recording import Recording
from segnn.viz.sphere import sphere

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NODES, MOST_EDGES = 200, 2000
WIDE = 1.35  # systems wider than this stand above each other
NARROWEST = 3.4  # inches, in which a key of five elements and a title have room


@dataclass(frozen=True)
class PassScene:
    """What every frame is drawn from: one system, its recorded pass, and for each irrep the glyphs
    of each layer.
    """

    system: Systems
    recording: Recording
    look: Look
    bonds: tuple[np.ndarray, np.ndarray] | None  # of atoms, as `segnn.viz.elements.bonds` has them
    shift: np.ndarray  # (E, 3), from a source to its periodic image beside the target
    box: tuple[np.ndarray, np.ndarray] | None  # lattice vectors (axes, 3) and corner
    shown: list[
        tuple[str, list[np.ndarray], list[float], Irreps]
    ]  # title, coefficients and size by layer, irreps
    end: np.ndarray | None
    target: np.ndarray | None
    spacing: float
    camera: Camera
    aspect: float


def pass_animation(
    model: PhysicalModel,
    systems: SystemsLike,
    number: int = 0,
    channels: int = 0,
    frames: int = 100,
    source: str = "the systems",
) -> tuple[Figure, Callable[[int], None]]:
    """A figure and the function that draws its n-th frame, of ``frames``; for
    `segnn.viz.movie.write_movie`.

    ``number``: which system. ``channels``: which channel of every irrep. Raises UserError for a
    model without steerable features, a system or channel that does not exist, or more nodes than
    can be told apart.
    """
    systems = model.read(systems, source).systems
    if not 0 <= number < len(systems):
        raise UserError(
            f"--system {number}: there are {len(systems)} systems in {source}, counted from 0"
        )
    if frames < 2:
        raise UserError(f"--frames {frames}: expected at least 2")
    scene = pass_scene(model, systems[number], channels, source)
    figure, grid, bar = _layout(len(scene.shown), scene.aspect)
    draw_key(figure, scene.look)

    def draw(n: int) -> None:
        """The n-th frame."""
        layer, time = moment(n, frames, scene.recording.layers, scene.end is not None)
        for axes, (title, coefficients, sizes, irreps) in zip(grid, scene.shown, strict=True):
            axes.clear()
            prepare(axes, scene.aspect)
            _system(axes, scene, layer, time)
            _glyphs(axes, scene, coefficients, sizes, irreps, layer, time)
            axes.text(
                0.02,
                0.97,
                title,
                transform=axes.transAxes,
                va="top",
                fontsize=FONT,
                color=PALETTE["muted"],
            )
        figure.suptitle(  # the key stands at the left
            _title(scene, layer, time),
            fontsize=FONT + 2,
            color=PALETTE["ink"],
            x=0.985,
            y=0.985,
            ha="right",
            va="top",
        )
        _progress(bar, n / (frames - 1))

    return figure, draw


def moment(n: int, frames: int, layers: int, moves: bool) -> tuple[float, float]:
    """Layer (0 … layers) and time (0 … 1) of frame ``n``: each layer rests, then goes smoothly into
    the next.
    """
    share = n / (frames - 1)
    passing = 0.8 if moves else 1.0
    if layers == 0 or share > passing:
        return float(layers), smooth(
            (share - passing) / (1 - passing)
        ) if moves and share > passing else 0.0
    whole, part = divmod(share / passing * layers, 1.0)
    return min(float(layers), whole + smooth((part - 0.25) / 0.75)), 0.0


def smooth(t: float) -> float:
    """0 to 1 with zero slope at both ends."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def pass_scene(model: PhysicalModel, system: Systems, number: int, source: str) -> PassScene:
    """Record the pass of one system and choose what is shown of it."""
    nodes = len(system.position)
    if nodes > MOST_NODES:
        raise UserError(
            f"{source}: a system of {nodes} nodes; glyphs can be told apart up to {MOST_NODES}. "
            "Animate a part of it."
        )
    recording = record(model, system, messages=True, source=source)
    on = sphere(3 if nodes <= 12 else 2)
    shown = []
    for ir in dict.fromkeys(ir for _, ir in recording.irreps):
        try:
            layers = [
                channel(recording.features(k), recording.irreps, number, ir)
                for k in range(recording.layers + 1)
            ]
        except ValueError:
            continue
        irreps = layers[0][1]
        coefficients = [values for values, _ in layers]
        sizes = [
            float(np.abs(glyph(values, irreps, on=on).values).max(initial=0.0)) or 1.0
            for values in coefficients
        ]
        pseudo = " (pseudo)" if ir.p != (-1) ** ir.l else ""
        shown.append((f"{ir}{pseudo}, channel {number}", coefficients, sizes, irreps))
    if not shown:
        raise UserError(f"--channel {number}: no irrep of {recording.irreps} has so many channels")
    main = model.recipe.main
    points = main in predicts_points(model.recipe)
    target = system.node.get(model.recipe.targets[main].array) if points else None
    end = recording.prediction if points else None
    position = system.position
    box = periodic_box(system)
    apart = np.linalg.norm(position[:, None] - position[None], axis=-1) + np.where(
        np.eye(nodes), np.inf, 0.0
    )
    spacing = float(np.median(apart.min(1))) if nodes > 1 else 1.0
    seen = position if end is None else np.concatenate([position, end])
    toward = None
    if box is not None:
        seen, toward = np.concatenate([seen, *box_lines(*box)]), CORNER
    aspect = Camera.facing(seen, toward=toward).shape(0.6 * spacing, seen)
    camera = Camera.facing(seen, margin=0.6 * spacing, aspect=aspect, toward=toward)
    shift = model.cues.tensors(system, source).shift.numpy()
    look, bonds = look_of(system), None
    if look.radius is not None:
        numbers = system.node["atomic_number"].reshape(nodes)
        bonds = bonds_of(position, numbers, None if box is None else box[0])
    return PassScene(
        system, recording, look, bonds, shift, box, shown[:4], end, target, spacing, camera, aspect
    )


def look_of(system: Systems) -> Look:
    """Atoms by element, particles by the sign of their charge."""
    nodes = len(system.position)
    number = system.node.get("atomic_number")
    charge = system.node.get("charge", np.zeros(nodes))
    if number is not None and are_numbers(number):
        return Look.of(np.zeros(nodes), number.reshape(nodes))
    return Look.of(charge.reshape(nodes, -1)[:, 0])


def _layout(panels: int, aspect: float) -> tuple[Figure, list[Axes], Axes]:
    """A figure for so many pictures of a width to height, side by side or one above the other, and
    a bar below.
    """
    rows, columns = (panels, 1) if aspect > WIDE else (1, panels)
    height = 3.2 if panels < 3 else 2.6
    wide, tall = columns * height * aspect, rows * (height if rows == 1 else 0.75 * height)
    wide = max(wide if rows == 1 else 0.75 * wide, NARROWEST)
    head, foot = 0.62 if rows == 1 else 0.35, 0.22
    figure = new_figure(wide, tall + head + foot)
    figure.set_layout_engine(None)
    grid = figure.subplots(rows, columns, squeeze=False)
    total = tall + head + foot
    figure.subplots_adjust(
        left=0.005, right=0.995, top=1 - head / total, bottom=foot / total, wspace=0.01, hspace=0.02
    )
    return figure, list(grid.flat), figure.add_axes((0.05, 0.07 / total, 0.9, 0.05 / total))


def _places(scene: PassScene, time: float) -> np.ndarray:
    position = scene.system.position
    return position if scene.end is None else position + time * (scene.end - position)


def _system(axes: Axes, scene: PassScene, layer: float, time: float) -> None:
    at, ball, camera = _places(scene, time), 0.06 * scene.spacing, scene.camera
    edges = scene.recording.edge_index
    if scene.box is not None:
        draw_box(axes, camera, *scene.box)
    if 0 < edges.shape[1] <= MOST_EDGES:
        k = min(int(np.ceil(layer)), scene.recording.layers)
        size = np.linalg.norm(scene.recording.messages(k), axis=1) if k else np.ones(edges.shape[1])
        moving = np.sin(np.pi * (layer % 1.0)) if layer < scene.recording.layers else 0.0
        strength = (0.12 + 0.75 * moving * size / (size.max() or 1.0)) * min(
            1.0, 60 / edges.shape[1] ** 0.5 / 3
        )
        lines(
            axes,
            camera,
            at[edges[0]] + scene.shift,
            at[edges[1]],
            colors=PALETTE["muted"],
            alpha=strength,
            linewidths=1.1,
        )
    if scene.bonds is not None:
        pairs, shift = scene.bonds
        middle = (at[pairs[1]] + at[pairs[0]] + shift) / 2
        halves: dict[str, Any] = {"colors": [scene.look.colours[n] for n in pairs[1]]}
        lines(axes, camera, at[pairs[1]], middle, zorder=2, linewidths=2.6, **halves)
    atoms = scene.look.radius is not None  # hydrogen is pale: its ball needs a line around it
    edge: dict[str, Any] = {"edgecolors": PALETTE["muted" if atoms else "surface"]}
    balls(axes, camera, at, ball, scene.look.colours, zorder=4, linewidths=0.6, **edge)
    if time > 0 and scene.end is not None:
        start = scene.system.position
        lines(
            axes,
            camera,
            start,
            at,
            colors=PALETTE["ours"],
            linewidths=1.6,
            linestyles=[(0, (3, 1.6))],
            zorder=2,
        )
        balls(
            axes,
            camera,
            at,
            1.5 * ball,
            "none",
            zorder=6,
            edgecolors=PALETTE["ours"],
            linewidths=1.6,
        )
        if scene.target is not None:
            ring: dict[str, Any] = {
                "edgecolors": PALETTE["ink"],
                "linewidths": 1.2,
                "alpha": smooth(3 * time),
            }
            balls(axes, camera, scene.target, 2.4 * ball, "none", zorder=5, **ring)


def _glyphs(
    axes: Axes,
    scene: PassScene,
    coefficients: list[np.ndarray],
    sizes: list[float],
    irreps: Irreps,
    layer: float,
    time: float,
) -> None:
    low = min(int(layer), scene.recording.layers)
    high, part = min(low + 1, scene.recording.layers), layer - low
    values = (1 - part) * coefficients[low] + part * coefficients[high]
    most = (1 - part) * sizes[low] + part * sizes[high]
    on = sphere(3 if len(values) <= 12 else 2)
    fading = 1.0 - 0.75 * time
    made: Glyph = glyph(values, irreps, scale=0.42 * scene.spacing / most * fading, on=on)
    glyphs(axes, scene.camera, made, _places(scene, time), limit=most, zorder=3)


def _title(scene: PassScene, layer: float, time: float) -> str:
    if time > 0:
        return (
            "predicted" if scene.target is None else "predicted; rings: true"
        )  # short: beside the key of charges
    near = round(layer)
    return "embedding" if near == 0 else f"layer {near} of {scene.recording.layers}"


def _progress(axes: Axes, share: float) -> None:
    axes.clear()
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.barh(0.5, 1, height=1, color=PALETTE["grid"])
    axes.barh(0.5, share, height=1, color=PALETTE["ours"])
