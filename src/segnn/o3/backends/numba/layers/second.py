"""The first derivatives of the fused layers as differentiable operations, whose derivative is
written by hand as well.

This is the way of training on forces: the derivative of an energy by the positions is
differentiated by the weights. Third derivatives go through the single operations of
``segnn.o3.steer``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.asked import asked
from segnn.o3.backends.gradients import room_like, zeros_for
from segnn.o3.backends.numba import second_messages, second_rows
from segnn.o3.backends.numba.layers import fused
from segnn.o3.backends.numba.layers.fused import FusedMessages, FusedRows
from segnn.o3.backends.numba.threads import backward_chunks, block_nodes, threads_for, tile_rows
from segnn.o3.rows import Edges
from segnn.o3.steer import Messages


def _tangent(d: Tensor | None, x: Tensor | None) -> Tensor | None:
    """Zeros where nothing weighs the derivative by x."""
    return torch.zeros_like(x) if d is None and x is not None else d


def _work(*heads: Any) -> int:
    """Numbers that a row of a layer needs in both passes, about."""
    return 2 * fused._work(*heads)


def _third(
    need: Sequence[bool],
    weights: Sequence[Tensor | None],
    g: Tensor,
    inputs: Sequence[Tensor | None],
    composed: Callable[..., Tensor],
    wanted: Sequence[bool],
) -> tuple[Tensor | None, ...]:
    """Derivatives of Σ ⟨weights, gradients of ``composed(*inputs)`` for g⟩ by g and the inputs, to
    be differentiated again.

    need: of which inputs there are gradients; wanted: of what there shall be derivatives, g first.
    """
    given = [g, *inputs]
    found: list[Tensor | None] = [None] * len(given)
    with torch.enable_grad():
        aliases: list[Any] = [None if t is None else t.view_as(t) for t in given]
        y = composed(*aliases[1:])
        of = [n for n, needed in enumerate(need) if needed and weights[n] is not None]
        if not (of and y.requires_grad):
            return tuple(found)
        first = torch.autograd.grad(
            y, [aliases[1 + n] for n in of], aliases[0], create_graph=True, allow_unused=True
        )
        pairs = [
            (f, weights[n])
            for n, f in zip(of, first, strict=True)
            if f is not None and f.requires_grad
        ]
    by = [n for n, t in enumerate(given) if t is not None and wanted[n]]
    if pairs and by:
        outputs, weighted = zip(*pairs, strict=True)
        grads = torch.autograd.grad(
            outputs, [aliases[n] for n in by], weighted, create_graph=True, allow_unused=True
        )
        for n, value in zip(by, grads, strict=True):
            found[n] = value
    return tuple(found)


class RowsGradient(Function):
    """The derivatives of ``FusedRows`` by x, x_1 and the attribute, of which there are those that
    ``need`` says.
    """

    @staticmethod
    def forward(
        ctx: Any,
        g: Tensor,
        x: Tensor,
        x_1: Tensor | None,
        attribute: Tensor,
        w_1: Tensor,
        b_1: Tensor | None,
        w_2: Tensor | None,
        b_2: Tensor | None,
        kept: Tensor | None,
        spec: tuple,
        need: tuple[bool, ...],
    ) -> tuple[Tensor | None, ...]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(g, x, x_1, attribute, w_1, b_1, w_2, b_2, kept)
        ctx.spec, ctx.need = spec, need
        return FusedRows.first_derivative(
            g, (x, x_1, attribute, w_1, b_1, w_2, b_2), kept, spec, need
        )[:3]

    @staticmethod
    def backward(ctx: Any, dx: Tensor | None, dx_1: Tensor | None, da: Tensor | None) -> tuple:  # type: ignore[override]
        g, *inputs, kept = ctx.saved_tensors
        x, x_1, attribute, w_1, b_1, w_2, b_2 = inputs
        need = asked(ctx, (g, *inputs))
        if dx is None and dx_1 is None and da is None:
            return (None,) * 11
        first, _, second, _ = ctx.spec
        if torch.is_grad_enabled():
            composed = FusedRows.composed(ctx.spec)
            return *_third(ctx.need, (dx, dx_1, da), g, inputs, composed, need), None, None, None
        need_x, need_w = need[1] or need[2], any(need[4:])
        gg, gx, gx_1 = (
            torch.empty_like(g, memory_format=torch.contiguous_format),
            room_like(x, need_x),
            room_like(x_1, need_x),
        )
        ga = zeros_for(attribute) if need[3] else None
        # The last bias is only added: it has no second derivative, nor has the first one without a
        # gate behind it.
        gw_1, gb_1, gw_2 = room_like(w_1, need_w), room_like(b_1, need_w), room_like(w_2, need_w)
        rest = FusedRows._arguments(x, x_1, attribute, w_1, b_1, w_2, b_2, ctx.spec)
        second_rows.backward(
            g,
            rest[0],
            _tangent(dx, x),
            rest[1],
            _tangent(dx_1, x_1),
            *rest[2:4],
            da is not None,
            da,
            *rest[4:],
            threads_for(6 * x.shape[0] * (w_1.numel() + (0 if w_2 is None else w_2.numel()))),
            backward_chunks(x.shape[0]),
            tile_rows(2 * _work(first, second)),
            kept,
            need_x,
            ga is not None,
            need_w,
            *(gg, gx, gx_1, ga, gw_1, gb_1, gw_2),
        )
        return gg, gx, gx_1, ga, gw_1, gb_1, gw_2, None, None, None, None


class MessagesGradient(Function):
    """The derivatives of ``FusedMessages`` by x, message and attribute, of which there are those
    that ``need`` says.
    """

    @staticmethod
    def forward(
        ctx: Any,
        g: Tensor,
        x: Tensor,
        message: Tensor | None,
        attribute: Tensor,
        w_1: Tensor,
        b_1: Tensor | None,
        w_2: Tensor | None,
        b_2: Tensor | None,
        kept: Tensor | None,
        ends: Tensor | None,
        spec: Messages,
        edges: Edges,
        need: tuple[bool, ...],
    ) -> tuple[Tensor | None, ...]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(g, x, message, attribute, w_1, b_1, w_2, b_2, kept)
        ctx.spec, ctx.edges, ctx.need = spec, edges, need
        inputs = (x, message, attribute, w_1, b_1, w_2, b_2)
        return FusedMessages.first_derivative(g, inputs, kept, ends, spec, edges, need)[:3]

    @staticmethod
    def backward(ctx: Any, dx: Tensor | None, dm: Tensor | None, da: Tensor | None) -> tuple:  # type: ignore[override]
        g, *inputs, kept = ctx.saved_tensors
        x, message, attribute, w_1, b_1, w_2, b_2 = inputs
        spec, edges, need = ctx.spec, ctx.edges, asked(ctx, (g, *inputs))
        if dx is None and dm is None and da is None:
            return (None,) * 13
        if torch.is_grad_enabled():
            composed = FusedMessages.composed(spec, edges)
            return (
                *_third(ctx.need, (dx, dm, da), g, inputs, composed, need),
                None,
                None,
                None,
                None,
                None,
            )
        need_w = any(need[4:])
        gg, gx, gm = room_like(g), room_like(x, need[1]), room_like(message, need[2])
        ga = zeros_for(attribute) if need[3] else None
        grads = [room_like(t, need_w) for t in (w_1, b_1, w_2, b_2)]
        rest = FusedMessages._arguments(x, message, attribute, w_1, b_1, w_2, b_2, spec)
        node_bytes = 4 * spec.first.plans[0].before.dim_out * x.element_size()  # type: ignore[union-attr]
        most = block_nodes(len(edges.cuts) - 1, edges.largest, node_bytes)
        cuts = edges.cuts if most else None
        chunks = backward_chunks(len(edges))
        second_messages.backward(
            g,
            rest[0],
            _tangent(dx, x),
            rest[1],
            _tangent(dm, message),
            rest[2],
            da is not None,
            da,
            *FusedMessages._ends(edges),
            *FusedMessages._leaving(edges),
            cuts,
            most,
            *rest[3:],
            threads_for(),
            min(chunks, max(len(cuts) - 1, 1)) if cuts is not None else chunks,
            backward_chunks(x.shape[0]),
            tile_rows(2 * _work(spec.first, spec.second)),
            kept,
            gx is not None,
            gm is not None,
            ga is not None,
            need_w,
            *(gg, gx, gm, ga, *grads),
        )
        return gg, gx, gm, ga, *grads, None, None, None, None, None
