"""The glyph of a steerable vector: the function f(n) = Σ h_lm Y_lm(n) as a surface, radius |f|,
colour by sign and value.

The harmonics are segnn's own (`segnn.o3.harmonics`: x, y, z order, component normalised), so the
glyph of a ``1o`` vector v is two balls along v: orange where n·v > 0, blue behind. Turning h by the
Wigner matrix D(R) turns the surface by R.

Parity. Y_l(−n) = (−1)^l Y_l(n), so an irrep whose parity is (−1)^l (``0e``, ``1o``, ``2e`` …) is an
ordinary function: a mirror maps its surface and its colours. For the others (``0o``, ``1e`` such as
a spin, ``2o`` …) f is a pseudofunction: a mirror maps the surface and exchanges the colours.
`Glyph.mirror` says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from e3nn.o3 import Irrep, Irreps

from segnn.o3.harmonics import spherical_harmonics
from segnn.report.colours import diverging
from segnn.viz.sphere import Sphere, sphere


@dataclass(frozen=True)
class Glyph:
    """Surfaces of several functions on one set of directions.

    - ``vertices``: (rows, V, 3) = |f(n)| n, times the scale; ``values``: (rows, V) = f(n).
    - ``on``: the directions n and the triangles between them, shared by all rows.
    - ``mirror``: 1 for functions, −1 for pseudofunctions, None for a sum of both, whose surface no
      mirror maps.
    """

    vertices: np.ndarray
    values: np.ndarray
    on: Sphere
    mirror: int | None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def faces(self) -> np.ndarray:
        """(F, 3), counter-clockwise from outside."""
        return self.on.faces

    def normals(self) -> np.ndarray:
        """Unit normals (rows, V, 3), outward: of the triangles at each vertex, by area; the
        direction where they vanish.
        """
        a, b, c = (self.vertices[:, corner] for corner in self.faces.T)
        area = np.cross(b - a, c - a)
        summed = np.zeros_like(self.vertices)
        for corner in self.faces.T:
            for row, part in zip(summed, area, strict=True):
                np.add.at(row, corner, part)
        length = np.linalg.norm(summed, axis=-1, keepdims=True)
        flat = length <= 1e-12 * length.max(initial=0.0)
        outward = np.broadcast_to(self.on.directions, summed.shape)
        return np.where(flat, outward, summed / np.where(flat, 1.0, length))

    def colours(self, limit: float | None = None) -> np.ndarray:
        """sRGB (rows, V, 3): orange for f > 0, blue for f < 0, full at ``limit`` (the largest |f|
        if None).
        """
        limit = float(np.abs(self.values).max(initial=0.0)) if limit is None else limit
        return diverging(self.values / (limit or 1.0))


def glyph(
    features: Any, irreps: Irreps | str, *, scale: float = 1.0, on: Sphere | None = None
) -> Glyph:
    """The glyphs of steerable vectors: of one irrep (``"2e"``), or of whole ones (``"0e+1o+2e"``)
    whose degrees add up.

    - ``features``: (irreps.dim,) or (rows, irreps.dim), array or tensor, e3nn's ``mul_ir`` layout.
    - ``irreps``: every irrep at most once; of a feature with several channels, such as
      ``32x0e+32x1o``, take one first
      (`channel`).
    - ``on``: the directions, a sphere of 2562 if None.

    For an orthogonal R: ``glyph(D(R) h, irreps, on=s.turned(R))`` has the vertices of ``glyph(h,
    irreps, on=s)`` turned by R and its values, times ``mirror`` if R is improper. Raises ValueError
    for irreps with several channels or a wrong shape.
    """
    irreps = Irreps(irreps)
    rows = np.atleast_2d(
        np.asarray(
            features.detach() if isinstance(features, torch.Tensor) else features, np.float64
        )
    )
    if rows.ndim != 2 or rows.shape[1] != irreps.dim:
        raise ValueError(
            f"features have shape {rows.shape}, expected (rows, {irreps.dim}) for irreps {irreps}"
        )
    crowded = [str(part) for part in irreps if irreps.count(part.ir) > 1]
    if crowded:
        raise ValueError(
            f"a glyph shows one channel of each irrep, got {crowded[0]}: take one with "
            "segnn.viz.channel"
        )
    on = sphere() if on is None else on
    values = rows @ _basis(irreps, on.directions).T
    vertices = scale * np.abs(values)[..., None] * on.directions
    return Glyph(vertices, values, on, mirror_sign(irreps))


def channel(
    features: Any, irreps: Irreps | str, number: int, irrep: Irrep | str | None = None
) -> tuple[np.ndarray, Irreps]:
    """Channel ``number`` of one irrep, or of every irrep that has so many: what `glyph` takes.

    features: (…, irreps.dim), ``mul_ir``. Returns (…, irreps_of_the_channel.dim) and those irreps.
    ValueError, with the numbers there are, if there is no such channel.
    """
    irreps = Irreps(irreps)
    rows = np.asarray(features.detach() if isinstance(features, torch.Tensor) else features)
    wanted = None if irrep is None else Irrep(irrep)
    columns: list[int] = []
    found: list[Irrep] = []
    passed: dict[Irrep, int] = {}
    for (mul, ir), part in zip(irreps, irreps.slices(), strict=True):
        n = number - passed.get(ir, 0)
        passed[ir] = passed.get(ir, 0) + mul
        if (wanted is None or ir == wanted) and 0 <= n < mul:
            columns += range(part.start + n * ir.dim, part.start + (n + 1) * ir.dim)
            found.append(ir)
    if not found:
        counts = ", ".join(f"{ir}: 0 to {irreps.count(ir) - 1}" for ir in passed)
        asked = "any irrep" if wanted is None else wanted
        raise ValueError(
            f"no channel {number} of {asked} in {irreps}; channels are {counts or 'none'}"
        )
    return rows[..., columns], Irreps([(1, ir) for ir in found])


def mirror_sign(irreps: Irreps) -> int | None:
    """1 if all irreps have the parity (−1)^l of Y_l, −1 if none has, None if some do."""
    signs = {ir.p * (-1) ** ir.l for mul, ir in irreps if mul}
    return signs.pop() if len(signs) == 1 else None


def _basis(irreps: Irreps, directions: np.ndarray) -> np.ndarray:
    """Y (V, irreps.dim) at the directions (V, 3)."""
    harmonics = spherical_harmonics(
        max(irreps.lmax, 0) if irreps.dim else 0, torch.from_numpy(np.array(directions))
    ).numpy()
    blocks = [harmonics[:, ir.l**2 : (ir.l + 1) ** 2] for mul, ir in irreps if mul]
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((len(directions), 0))
