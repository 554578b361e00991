"""Blockwise matrix products on channels-last rows: every irrep's channels are mixed, its components are not.

    z[r, out + i·w + c'] = Σ_c x[r, in + i·u + c] · W[c, c']        for every component i of a block

This is where the floating-point work is, and all of it is plain GEMMs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backend import use_numba


@dataclass(frozen=True)
class Term:
    """One matrix (rows_in, rows_out) at ``weight`` in the flat weights, acting on the ``dim`` components of a block."""

    dim: int
    start_in: int
    channels_in: int
    start_out: int
    channels_out: int
    weight: int

    @property
    def numel(self) -> int:
        return self.channels_in * self.channels_out


@dataclass(frozen=True)
class Mix:
    """Terms between rows of width ``dim_in`` and ``dim_out``; their blocks do not overlap. ``numel`` flat weights."""

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

    def covers_output(self) -> bool:
        """Whether every output column belongs to a term (the others are zero)."""
        return sum(t.dim * t.channels_out for t in self.terms) == self.dim_out

    def covers_input(self) -> bool:
        """Whether every input column belongs to a term."""
        return sum(t.dim * t.channels_in for t in self.terms) == self.dim_in


def mix(x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
    if use_numba(x):
        return _Mix.apply(x, weight, plan)
    return mix_plain(x, weight, plan)


def mix_plain(x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """The plain path of ``mix``."""
    filled, parts = 0, list[Tensor]()
    for t in sorted(plan.terms, key=lambda t: t.start_out):
        if t.start_out > filled:
            parts.append(x.new_zeros(x.shape[0], t.start_out - filled))
        block = x.narrow(1, t.start_in, t.dim * t.channels_in).reshape(x.shape[0], t.dim, t.channels_in)
        matrix = weight.narrow(0, t.weight, t.numel).view(t.channels_in, t.channels_out)
        parts.append((block @ matrix).flatten(1))
        filled = t.start_out + t.dim * t.channels_out
    if filled < plan.dim_out:
        parts.append(x.new_zeros(x.shape[0], plan.dim_out - filled))
    return torch.cat(parts, dim=1) if parts else x.new_zeros(x.shape[0], plan.dim_out)


def _block(x: Tensor, dim: int, start: int, channels: int) -> Tensor:
    """A block of x (rows, ·) as (dim, rows, channels), or as a matrix where it has one component; a view."""
    if dim == 1:
        return x.as_strided((x.shape[0], channels), (x.stride(0), 1), x.storage_offset() + start)
    return x.as_strided((dim, x.shape[0], channels), (channels, x.stride(0), 1), x.storage_offset() + start)


def _matrix(weight: Tensor, t: Term) -> Tensor:
    """The term's matrix (channels_in, channels_out), or the same one for each of its components; a view."""
    start = weight.storage_offset() + t.weight
    if t.dim == 1:
        return weight.as_strided((t.channels_in, t.channels_out), (t.channels_out, 1), start)
    return weight.as_strided((t.dim, t.channels_in, t.channels_out), (0, t.channels_out, 1), start)


def _product(a: Tensor, b: Tensor, out: Tensor) -> None:
    """out = a @ b for matrices or batches of them, in place."""
    if a.ndim == 2:
        out.addmm_(a, b, beta=0)
    else:
        out.baddbmm_(a, b, beta=0)


class _Mix(Function):
    """The kernels' ``mix``: each term's product written where it belongs."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.plan = plan
        x = x.contiguous()
        z = x.new_empty(x.shape[0], plan.dim_out) if plan.covers_output() else x.new_zeros(x.shape[0], plan.dim_out)
        for t in plan.terms:
            a, out = _block(x, t.dim, t.start_in, t.channels_in), _block(z, t.dim, t.start_out, t.channels_out)
            _product(a, _matrix(weight, t), out)
        return z

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
        ctx.save_for_backward(g, weight)
        ctx.plan = plan
        g = g.contiguous()
        x = g.new_empty(g.shape[0], plan.dim_in) if plan.covers_input() else g.new_zeros(g.shape[0], plan.dim_in)
        for t in plan.terms:
            a, out = _block(g, t.dim, t.start_out, t.channels_out), _block(x, t.dim, t.start_in, t.channels_in)
            _product(a, _matrix(weight, t).mT, out)
        return x

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
        ctx.save_for_backward(x, g)
        ctx.plan = plan
        x, g = x.contiguous(), g.contiguous()
        weight = x.new_empty(plan.numel)
        for t in plan.terms:
            matrix = weight.as_strided((t.channels_in, t.channels_out), (t.channels_out, 1), t.weight)
            for i in range(t.dim):
                xi = _block(x, 1, t.start_in + i * t.channels_in, t.channels_in)
                gi = _block(g, 1, t.start_out + i * t.channels_out, t.channels_out)
                matrix.addmm_(xi.t(), gi, beta=0 if i == 0 else 1)
        return weight

    @staticmethod
    def backward(ctx: Any, v: Tensor) -> tuple:
        x, g = ctx.saved_tensors
        gx = _MixInput.apply(g, v, ctx.plan) if ctx.needs_input_grad[0] else None
        gg = _Mix.apply(x, v, ctx.plan) if ctx.needs_input_grad[1] else None
        return gx, gg, None
