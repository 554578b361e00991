"""Blockwise matrix products on channels-last rows: every irrep's channels are mixed, its components
are not.

    z[r, out + i·w + c'] = Σ_c x[r, in + i·u + c] · W[c, c']        for every component i of a block

This is where the floating-point work is, and all of it is plain GEMMs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.choice import use_numba


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


def mix(x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
    if use_numba(x):
        return _Mix.apply(x, weight, plan)
    return mix_plain(x, weight, plan)


def mix_plain(x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """The plain path of ``mix``."""
    filled = 0
    parts: list[Tensor] = []
    for t in sorted(plan.terms, key=lambda t: t.start_out):
        if t.start_out > filled:
            parts.append(x.new_zeros(x.shape[0], t.start_out - filled))
        block = x.narrow(1, t.start_in, t.dim * t.channels_in).reshape(
            x.shape[0], t.dim, t.channels_in
        )
        matrix = weight.narrow(0, t.weight, t.numel).view(t.channels_in, t.channels_out)
        parts.append((block @ matrix).flatten(1))
        filled = t.start_out + t.dim * t.channels_out
    if filled < plan.dim_out:
        parts.append(x.new_zeros(x.shape[0], plan.dim_out - filled))
    return torch.cat(parts, dim=1) if parts else x.new_zeros(x.shape[0], plan.dim_out)


class _Mix(Function):
    """The kernels' ``mix``: each term's product written where it belongs."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
        from segnn.o3.backends.numba.layers.calls import mix_rows

        ctx.save_for_backward(x, weight)
        ctx.plan = plan
        return mix_rows(x, weight, plan)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:
        x, weight = ctx.saved_tensors
        gx = _MixInput.apply(g, weight, ctx.plan) if ctx.needs_input_grad[0] else None
        gw = _MixWeight.apply(x, g, ctx.plan) if ctx.needs_input_grad[1] else None
        return gx, gw, None


class _MixInput(Function):
    """The derivative of ``mix`` with respect to its input."""

    @staticmethod
    def forward(ctx: Any, g: Tensor, weight: Tensor, plan: Mix) -> Tensor:
        from segnn.o3.backends.numba.layers.calls import mix_by_input

        ctx.save_for_backward(g, weight)
        ctx.plan = plan
        return mix_by_input(g, weight, plan)

    @staticmethod
    def backward(ctx: Any, h: Tensor) -> tuple:
        g, weight = ctx.saved_tensors
        gg = _Mix.apply(h, weight, ctx.plan) if ctx.needs_input_grad[0] else None
        gw = _MixWeight.apply(h, g, ctx.plan) if ctx.needs_input_grad[1] else None
        return gg, gw, None


class _MixWeight(Function):
    """The derivative of ``mix`` with respect to its weights."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, g: Tensor, plan: Mix) -> Tensor:
        from segnn.o3.backends.numba.layers.calls import mix_by_weight

        ctx.save_for_backward(x, g)
        ctx.plan = plan
        return mix_by_weight(x, g, plan)

    @staticmethod
    def backward(ctx: Any, v: Tensor) -> tuple:
        x, g = ctx.saved_tensors
        gx = _MixInput.apply(g, v, ctx.plan) if ctx.needs_input_grad[0] else None
        gg = _Mix.apply(x, v, ctx.plan) if ctx.needs_input_grad[1] else None
        return gx, gg, None
