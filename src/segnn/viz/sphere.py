"""A unit sphere of triangles: an icosahedron whose faces are cut in four, again and again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

FINEST = 7


@dataclass(frozen=True)
class Sphere:
    """Directions at which a function on the sphere is sampled, and the triangles between them.

    - ``directions``: (V, 3) unit vectors, float64.
    - ``faces``: (F, 3) int64, counter-clockwise seen from outside.
    """

    directions: np.ndarray
    faces: np.ndarray

    def turned(self, rotation: np.ndarray) -> Sphere:
        """The same triangles with every direction turned by an orthogonal matrix (3, 3)."""
        faces = self.faces if np.linalg.det(rotation) > 0 else self.faces[:, ::-1]
        return Sphere(self.directions @ np.asarray(rotation, float).T, faces)


@lru_cache(maxsize=FINEST + 1)
def sphere(level: int = 4) -> Sphere:
    """10 · 4^level + 2 directions and 20 · 4^level triangles: 12 and 20 at level 0, 2562 and 5120
    at level 4.

    The symmetry group of the icosahedron maps it to itself. ValueError for a level outside 0 … 7.
    """
    if not 0 <= level <= FINEST:
        raise ValueError(f"level of the sphere is {level}, expected 0 to {FINEST}")
    if level == 0:
        return Sphere(*_icosahedron())
    coarse = sphere(level - 1)
    faces = coarse.faces
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, which = np.unique(edges, axis=0, return_inverse=True)
    middle = coarse.directions[unique].sum(1)
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    ab, bc, ca = len(coarse.directions) + which.reshape(3, -1)
    a, b, c = faces.T
    finer = (
        np.stack([[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]])
        .transpose(2, 0, 1)
        .reshape(-1, 3)
    )
    return _frozen(np.concatenate([coarse.directions, middle]), finer)


def _icosahedron() -> tuple[np.ndarray, np.ndarray]:
    golden = (1 + 5**0.5) / 2
    corners = np.array([(0, s, t * golden) for s in (-1, 1) for t in (-1, 1)], float)
    corners = np.concatenate([np.roll(corners, shift, axis=1) for shift in range(3)])
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    near = corners @ corners.T > 0.4  # neighbours stand at an angle with cosine 1/√5
    faces = []
    for a in range(12):
        for b in range(a + 1, 12):
            for c in range(b + 1, 12):
                if near[a, b] and near[b, c] and near[a, c]:
                    outward = np.linalg.det(corners[[a, b, c]]) > 0
                    faces.append((a, b, c) if outward else (a, c, b))
    found = _frozen(corners, np.array(faces))
    return found.directions, found.faces


def _frozen(directions: np.ndarray, faces: np.ndarray) -> Sphere:
    directions.flags.writeable = faces.flags.writeable = (
        False  # shared by everyone who asks for this level
    )
    return Sphere(directions, faces)
