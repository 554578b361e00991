"""Mixed rows coupled to their attribute, and gates, by a backend that brings them, as
differentiable operations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.asked import asked
from segnn.o3.backends.partials import Call
from segnn.o3.backends.protocol import Couple, Gates
from segnn.o3.plan.gate import GatePlan, gate
from segnn.o3.tracing import is_recorded


def coupled(
    calls: Sequence[Call], form: Couple, zs: Sequence[Tensor], m: Tensor, bias: Tensor | None
) -> Tensor:
    """What is mixed, coupled to the attribute of rows by their couplings, all of it added up, plus
    a bias: (rows, dim_out). ``calls``: the form for each of ``zs``.
    """
    return _couple(m, bias, form, calls, *(z.resolve_neg() for z in zs))


class _Couple(Function):
    """(M, bias or None, form, calls, z, …) → rows of a linear layer."""

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        m, bias, form, calls, *zs = arguments
        ctx.save_for_backward(m, *zs)
        ctx.set_materialize_grads(False)
        ctx.form, ctx.calls, ctx.bias = form, calls, 0 if bias is None else len(bias)
        y: Tensor | None = None
        for call, z in zip(calls, zs, strict=True):
            y = form.forward(call.plan, z, m, bias if y is None else None, y)
        assert y is not None, "there is something to couple"
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor | None) -> tuple[Tensor | None, ...]:
        m, *zs = ctx.saved_tensors
        if g is None:
            return (None,) * (4 + len(zs))
        by_m, by_bias, *by_z = asked(ctx, (m, m if ctx.bias else None, None, None, *zs))
        by_z, g = by_z[2:], g.resolve_neg()
        gm: Tensor | None = None
        gz = list[Tensor | None]()
        for call, z, needed in zip(ctx.calls, zs, by_z, strict=True):
            gz.append(call.partial(0, [z, m, g]) if needed else None)
            if by_m:
                own = call.partial(1, [z, m, g])
                gm = own if gm is None else gm + own
        gb: Tensor | None = None
        if by_bias:
            again = torch.is_grad_enabled() or is_recorded(g)
            gb = g[:, : ctx.bias].sum(0) if again else ctx.form.shift(g, ctx.bias)
        return gm, gb, None, None, *gz


def gated(gates: Gates, x: Tensor, plan: GatePlan) -> Tensor:
    """x (rows, scalars + gates + gated) → (rows, scalars + gated)."""
    return _gate(x, gates, plan)


class _Gate(Function):
    """(x, gates, plan) → y."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, gates: Gates, plan: GatePlan) -> Tensor:
        ctx.save_for_backward(x)
        ctx.gates, ctx.plan = gates, plan
        return gates.forward(plan, x)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, None, None]:
        (x,) = ctx.saved_tensors
        if is_recorded(g):
            return _slope(x, g, ctx.plan), None, None
        return _gate_slope(x, g.resolve_neg(), ctx.gates, ctx.plan), None, None


class _GateSlope(Function):
    """(x, g, gates, plan) → ⟨g, ∂y/∂x⟩."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, g: Tensor, gates: Gates, plan: GatePlan) -> Tensor:
        ctx.save_for_backward(x, g)
        ctx.gates, ctx.plan = gates, plan
        return gates.first(plan, x, g)

    @staticmethod
    def backward(ctx: Any, h: Tensor) -> tuple[Tensor | None, ...]:
        x, g = ctx.saved_tensors
        if not (torch.is_grad_enabled() or is_recorded(h)):
            by_g, by_x = ctx.gates.second(ctx.plan, x, g, h.resolve_neg())
            return by_x, by_g, None, None
        again = torch.is_grad_enabled()
        with torch.enable_grad():
            given = (x.view_as(x), g.view_as(g)) if again else (x.detach(), g.detach())
            x, g = (t if t.requires_grad else t.requires_grad_() for t in given)
            y = _slope(x, g, ctx.plan)
        found = torch.autograd.grad(y, (x, g), h, create_graph=again)
        return *found, None, None


def _slope(x: Tensor, g: Tensor, plan: GatePlan) -> Tensor:
    """The same by torch's own operations, which can be differentiated further."""
    with torch.enable_grad():
        given = x.view_as(x) if x.requires_grad else x.detach().requires_grad_()
        y = gate(given, plan)
    (found,) = torch.autograd.grad(y, given, g, create_graph=torch.is_grad_enabled())
    return found


# The same, with a type.
_couple = cast(Callable[..., Tensor], _Couple.apply)
_gate = cast(Callable[..., Tensor], _Gate.apply)
_gate_slope = cast(Callable[..., Tensor], _GateSlope.apply)
