"""Three dimensions on a matplotlib axes: a camera, lit surfaces, balls, lines. No mplot3d: vectors
stay vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.report.colours import linear

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from segnn.viz.glyph import Glyph

LIGHT = np.array([-0.45, 0.75, 0.6]) / np.linalg.norm([-0.45, 0.75, 0.6])
DISTANCE = 5.0  # of the eye from the middle, in half heights of the picture


@dataclass(frozen=True)
class Camera:
    """Looks at ``centre`` (3,); ``axes`` (3, 3): rows right, up, toward the eye. ``reach``: half
    the height of the picture.
    """

    centre: np.ndarray
    axes: np.ndarray
    reach: float

    @classmethod
    def facing(
        cls, points: np.ndarray, margin: float = 0.0, aspect: float = 1.0, toward: Any = None
    ) -> Camera:
        """All ``points`` (n, 3) and ``margin`` around them, from the side where they are flattest,
        or from ``toward``.
        """
        centre = points.mean(0)
        if toward is None:
            _, _, v = np.linalg.svd(points - centre, full_matrices=True)
            eye, right = v[2], v[0]
        else:
            eye = np.asarray(toward, float) / np.linalg.norm(toward)
            helper = np.array([0.0, 1, 0]) if abs(eye[1]) < 0.95 else np.array([0.0, 0, 1])
            right = np.cross(helper, eye)
            right /= np.linalg.norm(right)
        up = np.cross(eye, right)
        axes = np.stack([right, up, eye])
        flat = (points - centre) @ axes.T
        middle = (flat.max(0) + flat.min(0)) / 2
        half = (flat.max(0) - flat.min(0)) / 2 + margin
        reach = float(max(half[1], half[0] / aspect, 1e-9)) * (
            1 + 0.5 * float(half[2]) / DISTANCE / float(max(half[:2].max(), 1e-9))
        )
        return cls(centre + middle @ axes, axes, reach)

    def shape(self, margin: float, points: np.ndarray) -> float:
        """Width over height of these points and a margin, as they are seen; between 0.9 and 2.4."""
        flat = (points - self.centre) @ self.axes.T
        half = (flat.max(0) - flat.min(0)) / 2 + margin
        return float(np.clip(half[0] / max(half[1], 1e-9), 0.9, 2.4))

    def turned(self, angle: float, about: np.ndarray | None = None) -> Camera:
        """Around its own vertical, or the direction ``about`` (3,), by ``angle`` in radians."""
        x, y, z = self.axes[1] if about is None else about
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        turn = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
        return Camera(self.centre, self.axes @ turn, self.reach)

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places on the picture (…, 2), its height from −1 to 1, and depth (…,), larger nearer to
        the eye.
        """
        seen = (points - self.centre) @ self.axes.T / self.reach
        depth = seen[..., 2]
        return seen[..., :2] * (DISTANCE / (DISTANCE - np.minimum(depth, 0.9 * DISTANCE)))[
            ..., None
        ], depth


def prepare(axes: Axes, aspect: float = 1.0) -> None:
    """An empty picture, from −aspect to aspect and −1 to 1."""
    axes.set_xlim(-aspect, aspect)
    axes.set_ylim(-1, 1)
    axes.set_aspect("equal")
    axes.set_axis_off()


def glyphs(
    axes: Axes,
    camera: Camera,
    shown: Glyph,
    at: np.ndarray,
    limit: float | None = None,
    zorder: float = 3,
) -> None:
    """Glyphs, one at each place ``at`` (rows, 3), lit from above left; hidden triangles are left
    out, far ones drawn first. In an SVG they are a bitmap: a thousand triangles each make it large.
    """
    from matplotlib.collections import PolyCollection

    vertices = shown.vertices + at[:, None]
    flat, depth = camera.project(vertices)
    corners = flat[:, shown.faces]  # (rows, F, 3, 2)
    one, two = corners[..., 1, :] - corners[..., 0, :], corners[..., 2, :] - corners[..., 0, :]
    front = (one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]) > 0
    normals = (shown.normals() @ camera.axes.T)[:, shown.faces].mean(2)
    light = 0.5 + 0.5 * np.clip(normals @ LIGHT, 0, 1) + 0.08 * normals[..., 1]
    own = linear(shown.colours(limit))[:, shown.faces].mean(2)
    shine = 0.16 * np.clip((2 * (normals @ LIGHT)[..., None] * normals - LIGHT)[..., 2], 0, 1) ** 20
    colour = np.clip(own * light[..., None] + shine[..., None], 0, 1)
    order = np.argsort(depth[:, shown.faces].mean(2)[front])
    rgb = (1.055 * colour[front][order] ** (1 / 2.4) - 0.055).clip(0, 1)
    axes.add_collection(
        PolyCollection(
            corners[front][order],
            facecolors=rgb,
            edgecolors=rgb,
            linewidths=0.35,
            zorder=zorder,
            rasterized=True,
        ),
        autolim=False,
    )


def balls(
    axes: Axes,
    camera: Camera,
    at: np.ndarray,
    radius: float | np.ndarray,
    colours: Any,
    zorder: float = 4,
    **look: Any,
) -> None:
    """Discs of ``radius`` in space at places (n, 3), nearer ones before; ``radius`` and
    ``colours``: one, or one for each.
    """
    from matplotlib.collections import EllipseCollection

    if not len(at):
        return
    flat, depth = camera.project(at)
    order = np.argsort(depth)
    nearer = DISTANCE / (DISTANCE - np.minimum(depth, 0.9 * DISTANCE))
    size = 2 * np.broadcast_to(radius, depth.shape) / camera.reach * nearer
    chosen = colours if isinstance(colours, str) else [colours[n] for n in order]
    axes.add_collection(
        EllipseCollection(
            size[order],
            size[order],
            np.zeros(len(at)),
            units="xy",
            offsets=flat[order],
            transOffset=axes.transData,
            zorder=zorder,
            **({"facecolors": chosen} | look),
        ),
        autolim=False,
    )


def lines(
    axes: Axes, camera: Camera, starts: np.ndarray, ends: np.ndarray, zorder: float = 1, **look: Any
) -> None:
    """Straight lines from (n, 3) to (n, 3)."""
    from matplotlib.collections import LineCollection

    segments = np.stack([camera.project(starts)[0], camera.project(ends)[0]], axis=1)
    axes.add_collection(LineCollection(list(segments), zorder=zorder, **look), autolim=False)


def arrow(
    axes: Axes, camera: Camera, start: np.ndarray, end: np.ndarray, colour: str, zorder: float = 5
) -> None:
    """One arrow in space."""
    (tail, tip), _ = camera.project(np.stack([start, end]))
    look = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.4, "mutation_scale": 9}
    axes.annotate(
        "",
        xy=tuple(tip),
        xytext=tuple(tail),
        zorder=zorder,
        arrowprops={**look, "shrinkA": 0, "shrinkB": 0},
    )
