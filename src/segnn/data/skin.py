"""The radius graph of systems in motion, found anew only when something has moved far enough."""

from __future__ import annotations

import numpy as np

from segnn.data.radius import radius, within
from segnn.errors import UserError

Edges = tuple[np.ndarray, np.ndarray]


class SkinnedRadius:
    """`segnn.data.radius` for positions that change little from one call to the next.

    All pairs within ``cutoff + skin`` are remembered, and those of them within the cutoff are
    returned. As long as no node has moved by more than half the skin since the pairs were found, no
    other pair can have come within the cutoff (Verlet 1967). The result is that of `radius`, in the
    same order, whatever the skin.

    ``cutoff`` and ``skin``: in the unit of position. ``searches``: how often pairs were searched.
    """

    def __init__(self, cutoff: float, skin: float):
        if not (np.isfinite(skin) and skin >= 0):
            raise UserError(f"skin: {skin}, expected a length of 0 or more")
        self.cutoff, self.skin = cutoff, skin
        self.searches = 0
        self._known: tuple[np.ndarray, ...] | None = None
        self._edges: Edges | None = None

    def __call__(
        self,
        position: np.ndarray,
        offsets: np.ndarray,
        cell: np.ndarray | None = None,
        pbc: np.ndarray | None = None,
    ) -> Edges:
        """``(edge_index (2, E), shift (E, 3))`` of positions (M, 3) float64, arguments as of
        `radius`.
        """
        given = (offsets, *(x for x in (cell, pbc) if x is not None))
        if self._edges is None or not self._holds(position, given):
            self._edges = radius(position, offsets, self.cutoff + self.skin, cell, pbc)
            self._known = tuple(np.array(x) for x in (position, *given))
            self.searches += 1
        (source, target), shift = self._edges
        keep = within(position[source] + shift - position[target], self.cutoff)
        return np.stack([source[keep], target[keep]]), shift[keep]

    def _holds(self, position: np.ndarray, given: tuple[np.ndarray, ...]) -> bool:
        """Whether the remembered pairs still hold all within the cutoff."""
        assert self._known is not None
        before, *rest = self._known
        if before.shape != position.shape or len(rest) != len(given):
            return False
        if not all(np.array_equal(old, new) for old, new in zip(rest, given, strict=True)):
            return False
        moved = ((position - before) ** 2).sum(1)
        # Not for positions that are no numbers: a comparison with them is false.
        return bool((moved <= (self.skin / 2) ** 2 * (1 - 1e-9)).all())
