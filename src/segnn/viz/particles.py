"""How the particles of a picture look: charges by sign, atoms by element, with bonds; and the key
that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.report.canvas import FONT, PALETTE
from segnn.viz.cell import box_lines
from segnn.viz.draw import Camera, balls, lines
from segnn.viz.elements import bonds, elements

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STICK = 0.11  # Å, half the width of a bond
SLICES = 16  # of depth: within one, balls lie over sticks
CORNER = (0.5, 0.43, 0.75)  # a box is seen from a corner, along no axis
SIGNS = ((1, "plus", "+"), (-1, "minus", "−"))


@dataclass(frozen=True)
class Look:
    """``colours``: of each particle. ``radius`` (N,): of atoms, in Å, or None. ``key``: colours and
    what they mean.
    """

    colours: list[str]
    radius: np.ndarray | None
    key: list[tuple[str, str]]

    @classmethod
    def of(cls, charge: np.ndarray, number: np.ndarray | None = None) -> Look:
        """Of particles with charges (N,), or of atoms with atomic numbers (N,)."""
        if number is None:
            tone = {sign: PALETTE[name] for sign, name, _ in SIGNS} | {0: PALETTE["muted"]}
            signs = np.sign(charge).astype(int)
            key = [(tone[sign], text) for sign, _, text in SIGNS if (signs == sign).any()]
            return cls([tone[int(sign)] for sign in signs], None, key)
        known = elements(number)
        drawn = [known[int(n)] for n in number]
        radius = np.array([ball_radius(one.radius) for one in drawn])
        return cls(
            [one.colour for one in drawn],
            radius,
            [(one.colour, one.symbol) for one in known.values()],
        )


def ball_radius(covalent: float | np.ndarray) -> Any:
    """The radius in Å of the ball that stands for an atom of this covalent radius."""
    return 0.15 + 0.25 * covalent


def draw_key(figure: Figure, look: Look) -> None:
    """What the colours mean, in the upper left corner."""
    x, y = 0.1, figure.get_figheight() - 0.14
    place: dict[str, Any] = {
        "transform": figure.dpi_scale_trans,
        "va": "center",
        "fontsize": FONT,
    }
    for colour, text in look.key:
        figure.text(x, y, "●", color=colour, **place)
        figure.text(x + 0.13, y, text, color=PALETTE["ink"], **place)
        x += 0.26 + 0.08 * len(text)


def draw_atoms(
    axes: Axes,
    camera: Camera,
    at: np.ndarray,
    look: Look,
    pairs: np.ndarray,
    shift: np.ndarray,
    zorder: float = 4,
) -> None:
    """Balls and sticks at places (N, 3): each atom draws its half of every bond, see
    `segnn.viz.elements.bonds`. What is nearer lies over what is farther.
    """
    assert look.radius is not None
    middle = (at[pairs[1]] + at[pairs[0]] + shift) / 2
    halfway = camera.project((at[pairs[1]] + middle) / 2)[1]
    depth = camera.project(at)[1]
    walls = np.linspace(depth.min(), depth.max(), SLICES + 1)[1:-1]
    slice_of, slice_of_stick = np.searchsorted(walls, depth), np.searchsorted(walls, halfway)
    width = 2 * STICK / camera.reach * _points(axes)
    colours = np.array(look.colours)
    for n in range(SLICES):
        sticks, atoms = slice_of_stick == n, slice_of == n
        if sticks.any():
            lines(
                axes,
                camera,
                at[pairs[1]][sticks],
                middle[sticks],
                zorder=zorder + n / SLICES,
                colors=list(colours[pairs[1][sticks]]),
                linewidths=width,
                capstyle="butt",
            )
        balls(
            axes,
            camera,
            at[atoms],
            look.radius[atoms],
            list(colours[atoms]),
            zorder=zorder + (n + 0.5) / SLICES,
            edgecolors=PALETTE["muted"],
            linewidths=0.5,
        )


def draw_box(axes: Axes, camera: Camera, lattice: np.ndarray, origin: np.ndarray) -> None:
    """The edges of a periodic box."""
    starts, ends = box_lines(lattice, origin)
    lines(axes, camera, starts, ends, colors=PALETTE["muted"], linewidths=0.9, alpha=0.8, zorder=1)


def bonds_of(
    at: np.ndarray, number: np.ndarray, lattice: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Bonds between atoms at places (N, 3), through the walls of a box with ``lattice`` vectors
    (axes, 3), if there is one.
    """
    if lattice is None:
        return bonds(at, number)
    cell, pbc = np.zeros((3, 3)), np.arange(3) < len(lattice)
    cell[: len(lattice)] = lattice
    return bonds(at, number, cell, pbc)


def _points(axes: Axes) -> float:
    """Points of print for a length of 1 on the axes, which are 2 high."""
    return float(72 / axes.figure.dpi * axes.bbox.height / 2)
