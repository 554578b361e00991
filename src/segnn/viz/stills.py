"""Figures of glyphs: a row of them, and a vector's embedding, degree by degree, while the vector
turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from e3nn.o3 import Irreps

from segnn.o3.harmonics import spherical_harmonics
from segnn.report.canvas import FONT, PALETTE, new_figure
from segnn.viz.draw import Camera, arrow, glyphs, prepare
from segnn.viz.glyph import Glyph, glyph
from segnn.viz.sphere import sphere

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EYE = (0.35, 0.3, 1.0)


def glyph_figure(shown: Glyph, titles: Sequence[str] = (), columns: int = 6) -> Figure:
    """Every glyph in a panel of its own, all of one size and one colour scale. Save it with
    `segnn.report.save_figure`.
    """
    rows = -(-len(shown) // columns)
    wide = min(columns, len(shown))
    figure = new_figure(1.5 * wide, 1.65 * rows)
    reach = float(np.linalg.norm(shown.vertices, axis=-1).max(initial=0.0)) or 1.0
    camera = Camera.facing(np.zeros((1, 3)), margin=1.05 * reach, toward=EYE)
    limit = float(np.abs(shown.values).max(initial=0.0))
    panels = figure.subplots(rows, wide, squeeze=False).flat
    for n, axes in enumerate(panels):
        prepare(axes)
        if n < len(shown):
            one = Glyph(shown.vertices[n : n + 1], shown.values[n : n + 1], shown.on, shown.mirror)
            glyphs(axes, camera, one, np.zeros((1, 3)), limit)
            if n < len(titles):
                axes.set_title(titles[n], fontsize=FONT, color=PALETTE["ink"], pad=2)
    return figure


def embedding_figure(
    lmax: int = 3, steps: int = 4, vector: Any = (1.0, -0.25, 0.35), level: int = 4
) -> Figure:
    """The spherical-harmonic embedding ã = Y(v) of a vector, degree by degree, while v turns about
    the z axis.

    Each row is one direction of v, drawn as an arrow. The columns are the degrees 0 … ``lmax``,
    f(n) = Σ_m Y_lm(v) Y_lm(n), and last their sum, the whole steerable vector, which with more
    degrees points ever more sharply along v. Every column turns as v does: that is what steerable
    means. ``level``: fineness of the spheres; 3 makes small SVG files.
    """
    figure = new_figure(1.45 * (lmax + 2), 1.5 * steps + 0.3)
    grid = figure.subplots(steps, lmax + 2, squeeze=False)
    on = sphere(level)
    camera = Camera.facing(np.zeros((1, 3)), margin=1.2, toward=EYE)
    for step in range(steps):
        angle = np.pi * step / steps
        turn = np.array(
            [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
        )
        v = turn @ (np.asarray(vector, float) / np.linalg.norm(vector))
        embedded = spherical_harmonics(lmax, torch.from_numpy(v)).numpy()
        for column in range(lmax + 2):
            axes = grid[step, column]
            prepare(axes)
            whole = column > lmax
            irreps = (
                Irreps.spherical_harmonics(lmax)
                if whole
                else Irreps([(1, (column, (-1) ** column))])
            )
            part = embedded if whole else embedded[column**2 : (column + 1) ** 2]
            size = float(part @ part)  # f(v), the largest value: 2l + 1, or (lmax + 1)² for the sum
            glyphs(axes, camera, glyph(part / size, irreps, on=on), np.zeros((1, 3)), limit=1.0)
            arrow(axes, camera, 1.02 * v, 1.38 * v, PALETTE["ink"])
            if step == 0:
                name = f"l = {column}" if not whole else f"l = 0 … {lmax}, summed"
                axes.set_title(name, fontsize=FONT, color=PALETTE["ink"], pad=3)
    return figure
