"""Blockwise matrix products on channels-last rows: every irrep's channels are mixed, its components
are not.

    z[r, out + i·w + c'] = Σ_c x[r, in + i·u + c] · W[c, c']        for every component i of a block

This is where the floating-point work is, and all of it is plain GEMMs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Term:
    """One matrix (rows_in, rows_out) at ``weight`` in the flat weights, acting on the ``dim``
    components of a block.
    """

    dim: int
    start_in: int
    channels_in: int
    start_out: int
    channels_out: int
    weight: int

    @property
    def numel(self) -> int:
        """How many weights it has."""
        return self.channels_in * self.channels_out


@dataclass(frozen=True, eq=False)
class Mix:
    """Terms between rows of width ``dim_in`` and ``dim_out``; their blocks do not overlap.
    ``numel`` flat weights.
    """

    terms: tuple[Term, ...]
    dim_in: int
    dim_out: int

    @property
    def numel(self) -> int:
        """How many weights all terms have."""
        return sum(t.numel for t in self.terms)

    @property
    def flops(self) -> int:
        """Floating-point operations for one row."""
        return sum(2 * t.dim * t.numel for t in self.terms)

    @cached_property
    def table(self) -> np.ndarray:
        """The terms as the kernels read them: their number, the position of the first, and six
        numbers each.
        """
        terms = [
            (t.dim, t.start_in, t.channels_in, t.start_out, t.channels_out, t.weight)
            for t in self.terms
        ]
        return np.array([len(terms), 2, *(n for term in terms for n in term)], np.int64)
