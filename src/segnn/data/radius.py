"""The radius graph, with periodic boundaries per axis: by vesin, or by a plain O(N²) search that
needs only NumPy.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

import numpy as np

from segnn.data.schema import check_cuts
from segnn.errors import UserError
from segnn.room import check_room

Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]  # source, target, integer cell shifts (E, 3)
SMALL = 64  # below this many particles all pairs are cheaper than a call of vesin
BLOCK = 1 << 20  # candidate pairs held at a time
PAIR = 100  # bytes that finding a pair takes


def radius(
    position: np.ndarray,
    offsets: np.ndarray,
    r: float,
    cell: np.ndarray | None = None,
    pbc: np.ndarray | None = None,
    *,
    method: Literal["auto", "vesin", "numpy"] = "auto",
) -> tuple[np.ndarray, np.ndarray]:
    """All pairs with |x_j + shift - x_i| <= r, as `(edge_index (2, E), shift (E, 3))` described in
    `segnn.data.edges`.

    - `position`: (M, 3); `offsets`: (S + 1,); `r`: in the unit of `position`.
    - `cell`: (S, 3, 3) or (3, 3), lattice vectors as rows; a vector along an axis that is not
      periodic is ignored.
    - `pbc`: (S, 3) or (3,), which axes are periodic; by default all if there is a cell, else none.
    - `method`: `auto` takes the faster; `numpy` is the O(N²) search, which also serves where vesin
      is not installed.

    A periodic image of a particle is a neighbour like any other, also of the particle itself (j =
    i, shift ≠ 0), and the same pair may be joined several times with different shifts. Positions
    may lie outside the cell. Raises `UserError` if r is not positive or a periodic cell is flat.
    """
    if not (np.isfinite(r) and r > 0):
        raise UserError(f"radius: r is {r}; expected a positive, finite distance.")
    position, offsets = np.asarray(position, np.float64), np.asarray(offsets, np.int64)
    check_cuts(offsets, len(position), "radius")
    systems = len(offsets) - 1
    if method == "auto" and find_spec("vesin") is None:
        method = "numpy"
    if cell is None and pbc is not None and np.any(pbc):
        raise UserError(
            "radius: periodic axes (pbc) need a cell. Give 'cell' (S, 3, 3) or no 'pbc'."
        )
    if cell is None:
        cells, periodic = np.broadcast_to(np.eye(3), (systems, 3, 3)), np.zeros((systems, 3), bool)
    else:
        cells = np.broadcast_to(np.asarray(cell, np.float64), (systems, 3, 3))
        periodic = np.broadcast_to(True if pbc is None else np.asarray(pbc) != 0, (systems, 3))

    alone = (
        ~periodic.any(1) & ((np.diff(offsets) <= SMALL) | (method == "numpy")) & (method != "vesin")
    )
    parts = _open_systems(position, offsets, np.flatnonzero(alone), r)
    for s in np.flatnonzero(~alone):
        x = position[offsets[s] : offsets[s + 1]]
        box = completed(cells[s], periodic[s], int(s))
        _check_pairs(len(x), box, periodic[s], r, int(s), method == "numpy")
        few = method == "auto" and _reach(box, periodic[s], r).prod() * len(x) ** 2 <= SMALL**2
        source, target, images = (_numpy if few or method == "numpy" else _vesin)(
            x, box, periodic[s], r
        )
        shift = images[:, :1] * box[0] + images[:, 1:2] * box[1] + images[:, 2:] * box[2]
        keep = within(x[source] + shift - x[target], r)
        parts.append((offsets[s] + source[keep], offsets[s] + target[keep], shift[keep]))
    return _sorted(parts)


def within(vector: np.ndarray, r: float) -> np.ndarray:
    """Both methods decide by this one formula, so that they agree also at the distance r itself."""
    near: np.ndarray = vector[:, 0] ** 2 + vector[:, 1] ** 2 + vector[:, 2] ** 2 <= r * r
    return near


def _sorted(parts: list[Pairs]) -> tuple[np.ndarray, np.ndarray]:
    if not parts:
        return np.empty((2, 0), np.int64), np.empty((0, 3))
    source, target, shift = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.lexsort((shift[:, 2], shift[:, 1], shift[:, 0], source, target))
    return np.stack([source[order], target[order]]), shift[order]


def completed(cell: np.ndarray, periodic: np.ndarray, system: int = 0) -> np.ndarray:
    """The cell with unit vectors orthogonal to the periodic lattice vectors in place of those that
    are not periodic.
    """
    if not periodic.any():
        return np.eye(3)
    box: np.ndarray = cell.copy()
    _, values, right = np.linalg.svd(cell[periodic])
    if values[-1] <= 1e-10 * values[0]:
        raise UserError(
            f"radius: the periodic lattice vectors of system {system} are linearly dependent: "
            f"{cell[periodic].tolist()}. Correct 'cell' or set 'pbc' to 0 along the axis without a "
            "period."
        )
    box[~periodic] = right[len(values) :]
    return box


def _open_systems(
    position: np.ndarray, offsets: np.ndarray, chosen: np.ndarray, r: float
) -> list[Pairs]:
    """Systems without a boundary: all pairs of many systems at a time, those within r kept."""
    parts: list[Pairs] = []
    sizes = np.diff(offsets)[chosen]
    block = np.cumsum(sizes**2) // BLOCK
    for b in np.unique(block):
        first, size = offsets[:-1][chosen[block == b]], sizes[block == b]
        start, count = (
            np.repeat(first, size),
            np.repeat(size, size),
        )  # per target: first row and size of its system
        row = np.arange(len(count)) - np.repeat(np.cumsum(size) - size, size) + start
        target = np.repeat(row, count)
        source = np.arange(len(target)) - np.repeat(np.cumsum(count) - count - start, count)
        vector = position[source] - position[target]
        keep = within(vector, r) & (source != target)
        parts.append((source[keep], target[keep], np.zeros((int(keep.sum()), 3))))
    return parts


def _check_pairs(
    size: int, box: np.ndarray, periodic: np.ndarray, r: float, system: int, every: bool
) -> None:
    """UserError where a cutoff of many cells means more pairs than memory holds: of particles that
    are spread evenly, or of ``every`` pair, as `_numpy` looks at.
    """
    heights = 1 / np.linalg.norm(np.linalg.inv(box), axis=0)
    with np.errstate(over="ignore"):
        reach = 2 * r / heights
        pairs = size**2 * np.where(periodic, np.maximum(reach, 1) if every else reach, 1).prod()
    if periodic.any():
        check_room(
            PAIR * pairs / 2,  # a ball is half of the box around it
            f"radius: r is {r:g}, and periodic system {system} measures {heights[periodic].min():g}"
            f" between opposite faces: some {pairs / 2:.2g} pairs",
            "Take a smaller cutoff, or check the units of positions and cell.",
        )


def _vesin(x: np.ndarray, box: np.ndarray, periodic: np.ndarray, r: float) -> Pairs:
    """Candidates a little beyond r: `within` decides."""
    from vesin import NeighborList

    reach = r * (1 + 1e-9) + 1e-12 * float(np.abs(x).max(initial=0.0))
    search = NeighborList(cutoff=reach, full_list=True)
    target, source, images = search.compute(points=x, box=box, periodic=periodic, quantities="ijS")
    return source.astype(np.int64), target.astype(np.int64), images.astype(np.float64)


def _numpy(x: np.ndarray, box: np.ndarray, periodic: np.ndarray, r: float) -> Pairs:
    """Candidates: every pair with every image that can be near, for positions wrapped into the
    cell.
    """
    inverse = np.linalg.inv(box)
    wraps = np.floor(x @ inverse) * periodic  # (N, 3)
    steps = [np.arange(n) - n // 2 for n in _reach(box, periodic, r).astype(int)]
    grid = np.stack(np.meshgrid(*steps, indexing="ij"), -1).reshape(-1, 1, 1, 3)
    images = grid - wraps[None, None, :, :] + wraps[None, :, None, :]  # (image, target, source, 3)
    target, source = np.broadcast_arrays(np.arange(len(x))[:, None], np.arange(len(x)))
    itself = (target == source) & (grid == 0).all(-1)
    keep = ~np.broadcast_to(itself, images.shape[:3])
    source, target = (np.broadcast_to(index, keep.shape)[keep] for index in (source, target))
    return source.astype(np.int64), target.astype(np.int64), images[keep]


def _reach(box: np.ndarray, periodic: np.ndarray, r: float) -> np.ndarray:
    """(3,) how many images of the cell along each axis can be near, itself among them."""
    heights = 1 / np.linalg.norm(np.linalg.inv(box), axis=0)  # distances between opposite faces
    return np.where(periodic, 2 * np.floor(r / heights) + 3, 1)
