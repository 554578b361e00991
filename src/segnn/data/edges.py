"""Edges of many systems at once: complete graphs, nearest neighbours; the radius graph is in
`segnn.data.radius`.

Every function returns `(edge_index, shift)`:

- `edge_index`: (2, E) int64, row 0 the source j, row 1 the target i, sorted by target, then source;
  indices count the
  rows of `position`, and no edge joins two systems.
- `shift`: (E, 3) float64, in the unit of `position`: the relative vector of an edge is x_j + shift
  - x_i. Zero except
  across a periodic boundary.

No particle is its own neighbour. One particle, coincident particles and no edges at all are
ordinary inputs.
"""

from __future__ import annotations

import numpy as np

from segnn.data.radius import radius
from segnn.data.schema import check_cuts
from segnn.errors import UserError
from segnn.room import check_room

Edges = tuple[np.ndarray, np.ndarray]
BLOCK = 1 << 20  # distances held at a time
EDGE = 80  # bytes that making an edge takes
SAME = 1e-9  # squared distances that differ by less, relatively, are one


def complete(offsets: np.ndarray) -> Edges:
    """All ordered pairs within each system. `offsets`: (S + 1,)."""
    offsets = np.asarray(offsets, np.int64)
    sizes = np.diff(offsets)
    pairs = float((sizes.astype(np.float64) * (sizes - 1)).sum())
    check_room(
        EDGE * pairs,
        f"the {pairs:.3g} pairs of complete graphs of up to {sizes.max(initial=0)} particles",
        "Take neighbours within a distance, graph: {kind: radius, cutoff: ...}, or the nearest, "
        "graph: {kind: nearest, neighbours: ...}; or smaller systems.",
    )
    first = np.repeat(offsets[:-1], sizes)  # (M,) first particle of the particle's system
    degree = np.repeat(sizes, sizes) - 1  # (M,)
    target = np.repeat(np.arange(len(first)), degree)
    nth = np.arange(len(target)) - np.repeat(
        np.cumsum(degree) - degree, degree
    )  # counts the sources of a target
    source = first[target] + nth
    source += source >= target  # skip the target itself
    return np.stack([source, target]), np.zeros((len(target), 3))


def nearest(position: np.ndarray, offsets: np.ndarray, k: int) -> Edges:
    """The k nearest others of every particle; all others where there are fewer. Equal distances:
    the lower index wins.

    `position`: (M, 3); `offsets`: (S + 1,). Takes O(N²) time per system. Raises `UserError` if k <
    1.
    """
    if k < 1:
        raise UserError(f"nearest: k is {k}; expected at least 1 neighbour.")
    position, offsets = np.asarray(position, np.float64), np.asarray(offsets, np.int64)
    check_cuts(offsets, len(position), "nearest")
    sizes = np.diff(offsets)
    parts = [np.empty((2, 0), np.int64)]
    for size in np.unique(sizes):  # systems of one size are done together
        if size > 1:
            parts += _nearest_equal(position, offsets[:-1][sizes == size], int(size), k)
    edge_index = np.concatenate(parts, axis=1)
    edge_index = edge_index[:, np.argsort(edge_index[1], kind="stable")]
    return edge_index, np.zeros((edge_index.shape[1], 3))


def nearest_to(position: np.ndarray, targets: np.ndarray, k: int | None) -> np.ndarray:
    """Edges (2, E) to the particles ``targets`` of one system alone, from the k nearest others or,
    for None, from all others: those that `nearest` and `complete` find, in their order.
    """
    size = len(position)
    k = size - 1 if k is None else min(k, size - 1)
    parts = [np.empty((2, 0), np.int64)]
    for some in np.array_split(targets, len(targets) * size // BLOCK + 1) if k > 0 else ():
        square = sum((position[some, None, a] - position[None, :, a]) ** 2 for a in range(3))
        square[np.arange(len(some)), some] = np.inf
        row, source = np.nonzero(_smallest(square, k))
        parts.append(np.stack([source, some[row]]))
    return np.concatenate(parts, axis=1)


def thinned(position: np.ndarray, found: Edges, most: int) -> Edges:
    """At most the ``most`` nearest neighbours of every particle, out of edges sorted by target.

    Neighbours at one distance, up to rounding, are kept or left out together, so that the graph
    turns with the system: of a crystal's shell that does not fit whole nothing is taken.
    ``position``: (M, 3). Raises `UserError` if ``most`` < 1.
    """
    if most < 1:
        raise UserError(f"thinned: most is {most}; expected at least 1 neighbour.")
    (source, target), shift = found
    square = ((position[source] + shift - position[target]) ** 2).sum(1)
    first = np.searchsorted(target, np.arange(len(position)))
    degree = np.diff(np.append(first, len(target)))
    rising = square[np.lexsort((square, target))]  # of every target, one after the other
    crowded = np.flatnonzero(degree > most)
    limit = np.full(len(position), np.inf)
    limit[crowded] = rising[first[crowded] + most] * (1 - SAME)  # the first that does not fit
    keep = square < limit[target]
    return np.stack([source[keep], target[keep]]), shift[keep]


def _nearest_equal(position: np.ndarray, firsts: np.ndarray, size: int, k: int) -> list[np.ndarray]:
    """Edges of the systems of `size` particles that start at the rows `firsts`, in blocks of
    bounded memory.
    """
    parts = []
    systems = max(1, BLOCK // size**2)
    rows = size if systems > 1 else max(1, BLOCK // size)
    for s in range(0, len(firsts), systems):
        first = firsts[s : s + systems]
        x = position[first[:, None] + np.arange(size)]  # (s, N, 3)
        for r in range(0, size, rows):
            square = sum(
                (x[:, r : r + rows, None, a] - x[:, None, :, a]) ** 2 for a in range(3)
            )  # (s, rows, N)
            local = np.arange(square.shape[1])
            square[:, local, r + local] = np.inf
            system, target, source = np.nonzero(_smallest(square, min(k, size - 1)))
            parts.append(np.stack([first[system] + source, first[system] + r + target]))
    return parts


def _smallest(values: np.ndarray, k: int) -> np.ndarray:
    """Mask of the k smallest values along the last axis, ties broken by the lower index."""
    kth = np.partition(values, k - 1, axis=-1)[..., k - 1 : k]
    below, ties = values < kth, values == kth
    first = np.cumsum(ties, axis=-1) <= k - below.sum(-1, keepdims=True)
    chosen: np.ndarray = below | (ties & first)
    return chosen


__all__ = ["Edges", "complete", "nearest", "nearest_to", "radius", "thinned"]
