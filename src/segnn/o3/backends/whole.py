"""Whole linear layers, gates and rows of edges, by a backend that brings them, as differentiable
operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.asked import asked
from segnn.o3.backends.partials import Call
from segnn.o3.backends.plain import forms as plain
from segnn.o3.backends.protocol import Ends, Gates, Linear
from segnn.o3.plan.gate import GatePlan, gate
from segnn.o3.rows import Edges
from segnn.o3.tracing import is_recorded


def affine(
    call: Call, linear: Linear, x: Tensor, couplings: Tensor, weight: Tensor, bias: Tensor | None
) -> Tensor:
    """W_ã x + b: (rows, dim_out), of rows with their couplings. ``call``: the form of the layer."""
    return _affine(x.resolve_neg(), couplings, weight, bias, linear, call)


class _Affine(Function):
    """(x, M, weight, bias or None, linear, call) → rows of a linear layer."""

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        x, m, weight, bias, linear, call = arguments
        ctx.save_for_backward(x, m, weight)
        ctx.set_materialize_grads(False)
        ctx.linear, ctx.call, ctx.bias = linear, call, 0 if bias is None else len(bias)
        y: Tensor = linear.forward(call.plan, x, m, weight, bias)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor | None) -> tuple[Tensor | None, ...]:
        if g is None:
            return (None,) * 6
        (x, m, weight), linear, call = ctx.saved_tensors, ctx.linear, ctx.call
        by_x, by_m, by_weight, by_bias = asked(ctx, (x, m, weight, x if ctx.bias else None))
        arguments = [x, m, weight, g.resolve_neg()]
        gw: Tensor | None = None
        gb: Tensor | None = None
        if torch.is_grad_enabled() or is_recorded(g):
            gw = call.partial(2, arguments) if by_weight else None
            gb = g[:, : ctx.bias].sum(0) if by_bias else None
        elif by_weight or by_bias:
            gw, gb = linear.slopes(call.plan, x, m, g.resolve_neg(), ctx.bias)
            gb = gb if ctx.bias else None
        gx = call.partial(0, arguments) if by_x else None
        gm = call.partial(1, arguments) if by_m else None
        return gx, gm, gw, gb, None, None


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


def rows_of_edges(ends: Ends, x: Tensor, message: Tensor | None, edges: Edges) -> Tensor:
    """x_i ⊕ x_j ⊕ s_ij of every edge: (edges, ·)."""
    message = None if message is None else message.resolve_neg()
    return _ends(x.resolve_neg(), message, ends, edges)


class _Ends(Function):
    """(x, message or None, ends, edges) → rows of edges."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, message: Tensor | None, ends: Ends, edges: Edges) -> Tensor:
        ctx.ends, ctx.edges, ctx.dim = ends, edges, x.shape[1]
        return ends.forward(edges, x, message)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        dim, edges = ctx.dim, ctx.edges
        by_x = by_message = None
        if ctx.needs_input_grad[0]:
            by_x = _back(g, dim, ctx.ends, edges)
        if ctx.needs_input_grad[1]:
            by_message = g[:, 2 * dim :]
        return by_x, by_message, None, None


class _EndsBack(Function):
    """(g, columns of x, ends, edges) → sums at the nodes over both ends of their edges."""

    @staticmethod
    def forward(ctx: Any, g: Tensor, dim: int, ends: Ends, edges: Edges) -> Tensor:
        ctx.ends, ctx.edges, ctx.more = ends, edges, g.shape[1] - 2 * dim
        return ends.back(edges, g, dim)

    @staticmethod
    def backward(ctx: Any, h: Tensor) -> tuple[Tensor | None, ...]:
        edges = ctx.edges
        message = h.new_zeros(len(edges), ctx.more) if ctx.more else None
        if is_recorded(h):
            return plain.ends(h, message, edges), None, None, None
        return _ends(h.resolve_neg(), message, ctx.ends, edges), None, None, None


def _back(g: Tensor, dim: int, ends: Ends, edges: Edges) -> Tensor:
    if not is_recorded(g):
        return _ends_back(g.resolve_neg(), dim, ends, edges)
    to = plain.segment_sum(g[:, :dim], edges.target)
    return to + plain.segment_sum(g[:, dim : 2 * dim], edges.source)


# The same, with a type.
_affine = cast(Callable[..., Tensor], _Affine.apply)
_gate = cast(Callable[..., Tensor], _Gate.apply)
_gate_slope = cast(Callable[..., Tensor], _GateSlope.apply)
_ends = cast(Callable[..., Tensor], _Ends.apply)
_ends_back = cast(Callable[..., Tensor], _EndsBack.apply)
