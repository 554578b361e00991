"""Fixed factors, and for scalars fixed means, that bring what enters a network to order one.

Adam moves every weight by about the learning rate, whatever the gradient. A weight that multiplies
numbers of a thousand then changes its output a thousand times as fast as one that multiplies
numbers of one. So inputs, attributes and sums over neighbours are divided by their root mean
square, measured once on training data, before any weight sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from e3nn.o3 import Irreps
from torch import Tensor, nn

from segnn.nn.gate import is_even_scalar
from segnn.o3.layout import layout

NEAR_ONE = 1e-3
"""A factor as near to one as this is one: harmonics, whose mean square is one, are not copied."""
ROUND_OFF = 1e-4
"""Of numbers that belong together, those by so much smaller than the others are zero but for
round-off, such as the pseudoscalars of a planar system."""
CONSTANT = 1e-6
"""A scalar that varies by less than this part of its mean is a constant, its variation round-off.
"""


class Standardise(nn.Module):
    """y = (x − shift) · factor, one factor for each of ``groups``; ones and zeros until
    ``measure``.

    ``groups`` are ranges of columns. A group must not split the components of an irrep, and must
    be even scalars where it is ``shifted``: then the map is equivariant. ``factor`` and, if any
    group is shifted, ``shift`` (columns,) are stored with the weights; a file without them, from
    before there were any, loads as ones and zeros.
    """

    factor: Tensor
    shift: Tensor | None

    def __init__(self, columns: int, groups: Sequence[slice], shifted: Sequence[bool] = ()):
        super().__init__()
        self.groups = tuple(groups)
        self.shifted = tuple(shifted) or (False,) * len(self.groups)
        self.register_buffer("factor", torch.ones(columns))
        self.register_buffer("shift", torch.zeros(columns) if any(self.shifted) else None)
        self._refresh()

    def forward(self, x: Tensor) -> Tensor:
        """x (rows, columns) → (rows, columns)."""
        if self.shifts and self.shift is not None:
            x = x - self.shift
        return x * self.factor if self.scales else x

    @torch.no_grad()
    def measure(self, x: Tensor, to: float = 1.0, floor: float = 0.0, leave: float = 1.0) -> None:
        """Let what looks like ``x`` (rows, columns) have root mean square ``to``, each shifted
        column mean zero as well. A group that is zero or not finite keeps its factor of one, a
        constant its mean; so does a group smaller than ``floor``, which is round-off, and one whose
        root mean square and deviation both are within a factor ``leave`` of ``to``.
        """
        x = x.double()
        for group, shifted in zip(self.groups, self.shifted, strict=True):
            part = x[:, group]
            size = root_mean_square(part)
            shift = part.mean(0) if shifted and len(part) else part.new_zeros(())
            deviation = root_mean_square(part - shift)
            if deviation <= CONSTANT * size:
                shift, deviation = part.new_zeros(()), size
            near = deviation > to / leave and size < to * leave
            if self.shift is not None:
                self.shift[group] = 0.0 if near else shift.to(self.shift)
            self.factor[group] = 1.0 if near or deviation <= floor else to / deviation
        self._refresh()

    def _refresh(self) -> None:
        """Python's own knowledge of the buffers: what changes nothing is not computed."""
        real = not self.factor.is_meta
        self.scales = real and bool(((self.factor - 1).abs() > NEAR_ONE).any())
        self.shifts = real and self.shift is not None and bool(self.shift.any())

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        for name, buffer in self.named_buffers():
            state_dict.setdefault(prefix + name, buffer)
        super()._load_from_state_dict(state_dict, prefix, *rest)
        self._refresh()


def entries(irreps: Irreps, shifted: bool = False) -> Standardise:
    """For columns in ``mul_ir``: one group for every entry of the irreps as written.

    The channels of an entry share their factor, so that a rare species is not blown up beside a
    common one. ``shifted`` takes the mean out of even scalars.
    """
    scalar = [shifted and is_even_scalar(ir) for _, ir in irreps]
    return Standardise(irreps.dim, irreps.slices(), scalar)


def blocks(irreps: Irreps) -> Standardise:
    """For columns channels last: one group for every irrep."""
    lay = layout(str(irreps))
    return Standardise(lay.dim, [slice(b.start, b.stop) for b in lay.blocks])


def root_mean_square(x: Tensor) -> float:
    """Over all entries, in float64; 0 for none, and where it is not finite."""
    if x.numel() == 0:
        return 0.0
    largest = float(x.detach().abs().max())  # squares of 1e200 would overflow
    if not 0 < largest < float("inf"):
        return 0.0
    return largest * float((x.detach().double() / largest).square().mean().sqrt())
