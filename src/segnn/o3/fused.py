"""Whole layers as one differentiable operation each, on the numba kernels.

First derivatives are written by hand. They keep the inputs and, while these are small, what stands
before the gates; the rest is computed again. Derivatives by the features and the attribute may be
differentiated once more (``segnn.o3.fused_second``). Where the derivative by weights is itself to
be differentiated, it is taken through the single operations of ``segnn.o3.steer``, which may be
differentiated any number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.asked import asked
from segnn.o3.backends.numba import messages, rows
from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.table import FIRST_PIECE, HEAD
from segnn.o3.backends.numba.threads import (
    backward_chunks,
    block_nodes,
    forward_chunks,
    threads_for,
    tile_rows,
)
from segnn.o3.gating import GatePlan
from segnn.o3.gradients import differentiable, room_like, room_to_keep, type_name, zeros_for
from segnn.o3.linear_plan import LinearPlan, PartPlan
from segnn.o3.pages import blank
from segnn.o3.programs import gate_program, linear_program, weight_runs
from segnn.o3.rows import Edges
from segnn.o3.steer import Messages, Weights, steer_messages_composed, steer_rows_composed


@lru_cache(maxsize=2)
def _no_layer(dtype: str) -> Fixed:
    return Fixed(np.zeros(HEAD, np.int64), np.empty(0, dtype))


@lru_cache(maxsize=2)
def _no_gate(dtype: str) -> Fixed:
    return Fixed(np.zeros(FIRST_PIECE, np.int64), np.ones(2, dtype))


def _layer(plan: PartPlan | None, dtype: str) -> Fixed:
    return _no_layer(dtype) if plan is None else linear_program(plan, dtype)


def _gate(plan: GatePlan | None, dtype: str) -> Fixed:
    return _no_gate(dtype) if plan is None else gate_program(plan, dtype)


def _runs(plan: LinearPlan | None) -> Fixed | None:
    return None if plan is None else weight_runs(plan, 0, len(plan.parts))


@lru_cache(maxsize=256)
def _work(*plans: LinearPlan | None) -> int:
    """Numbers that a row of a layer needs, about."""
    return sum(2 * p.output.dim + q.numbers for p in plans if p is not None for q in p.plans[:1])


def _weights(weight: Tensor, bias: Tensor | None, plan: LinearPlan) -> Weights:
    return Weights(weight, bias, plan, plan.order, plan.inverse)


class FusedRows(Function):
    """``steer_rows``. spec: (plan of the first layer, gate, plan of the second, residual)."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        x_1: Tensor | None,
        attribute: Tensor,
        w_1: Tensor,
        b_1: Tensor | None,
        w_2: Tensor | None,
        b_2: Tensor | None,
        spec: tuple[LinearPlan, GatePlan | None, LinearPlan | None, bool],
    ) -> Tensor:
        y, kept = FusedRows.run(x, x_1, attribute, w_1, b_1, w_2, b_2, spec, True)
        ctx.save_for_backward(x, x_1, attribute, w_1, b_1, w_2, b_2, kept)
        ctx.spec = spec
        return y

    @staticmethod
    def run(
        x: Tensor,
        x_1: Any,
        attribute: Tensor,
        w_1: Tensor,
        b_1: Any,
        w_2: Any,
        b_2: Any,
        spec: tuple,
        keep: bool,
    ) -> tuple[Tensor, Tensor | None]:
        """The result, and what stood before the gate (None unless ``keep`` and small)."""
        kept = room_to_keep(x, x.shape[0], spec[0].output.dim, keep and spec[2] is not None)
        y = blank(x, x.shape[0], (spec[2] or spec[0]).output.dim)
        threads = threads_for(x.shape[0] * (w_1.numel() + (0 if w_2 is None else w_2.numel())))
        rows.forward(
            *FusedRows._arguments(x, x_1, attribute, w_1, b_1, w_2, b_2, spec),
            threads,
            forward_chunks(x.shape[0], threads),
            tile_rows(_work(spec[0], spec[2])),
            kept,
            y,
        )
        return y, kept

    @staticmethod
    def _arguments(
        x: Tensor,
        x_1: Any,
        attribute: Tensor,
        w_1: Tensor,
        b_1: Any,
        w_2: Any,
        b_2: Any,
        spec: tuple,
    ) -> tuple[Any, ...]:
        first, gated, second, residual = spec
        dtype = type_name(x)
        return (
            x,
            x_1,
            1 if x_1 is None else 2,
            attribute,
            w_1,
            _runs(first),
            b_1,
            _layer(first.plans[0], dtype),
            _gate(gated, dtype),
            w_2,
            _runs(second),
            b_2,
            _layer(None if second is None else second.plans[0], dtype),
            second is not None,
            residual,
        )

    @staticmethod
    def composed(spec: tuple) -> Callable[..., Tensor]:
        """The same from single operations, as a function of the seven tensors."""
        first, gated, second, residual = spec

        def call(
            x: Tensor, x_1: Any, attribute: Tensor, w_1: Tensor, b_1: Any, w_2: Any, b_2: Any
        ) -> Tensor:
            later = None if second is None else _weights(w_2, b_2, second)
            return steer_rows_composed(
                x, x_1, attribute, _weights(w_1, b_1, first), gated, later, residual
            )

        return call

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        *inputs, kept = ctx.saved_tensors
        need = asked(ctx, inputs)
        if not torch.is_grad_enabled():
            return *FusedRows.first_derivative(g, inputs, kept, ctx.spec, need), None
        if any(need[3:]):
            return *differentiable(need, g, FusedRows.composed(ctx.spec), inputs), None
        from segnn.o3.fused_second import RowsGradient

        return *RowsGradient.apply(g, *inputs, kept, ctx.spec, need), *[None] * 5

    @staticmethod
    def first_derivative(
        g: Tensor, inputs: Sequence[Any], kept: Tensor | None, spec: tuple, need: Sequence[bool]
    ) -> tuple[Tensor | None, ...]:
        """The derivative by each of the inputs: x and x_1, the attribute, weights and biases, where
        ``need`` says so.
        """
        x, x_1, attribute, w_1, b_1, w_2, b_2 = inputs
        need_x, need_w = need[0] or need[1], any(need[3:])
        gx, gx_1 = room_like(x, need_x), room_like(x_1, need_x)
        ga = zeros_for(attribute) if need[2] else None
        grads = [room_like(t, need_w) for t in (w_1, b_1, w_2, b_2)]
        rows.backward(
            g,
            *FusedRows._arguments(x, x_1, attribute, w_1, b_1, w_2, b_2, spec),
            threads_for(3 * x.shape[0] * (w_1.numel() + (0 if w_2 is None else w_2.numel()))),
            backward_chunks(x.shape[0]),
            tile_rows(2 * _work(spec[0], spec[2])),
            kept,
            need_x,
            ga is not None,
            need_w,
            gx,
            gx_1,
            ga,
            *grads,
        )
        return gx, gx_1, ga, *grads


class FusedMessages(Function):
    """``steer_messages``."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        message: Tensor | None,
        attribute: Tensor,
        w_1: Tensor,
        b_1: Tensor | None,
        w_2: Tensor | None,
        b_2: Tensor | None,
        spec: Messages,
        edges: Edges,
    ) -> Tensor:
        y, kept, ends = FusedMessages.run(
            x, message, attribute, w_1, b_1, w_2, b_2, spec, edges, True
        )
        ctx.save_for_backward(x, message, attribute, w_1, b_1, w_2, b_2, kept, ends)
        ctx.spec, ctx.edges = spec, edges
        return y

    @staticmethod
    def run(
        x: Tensor,
        message: Any,
        attribute: Tensor,
        w_1: Tensor,
        b_1: Any,
        w_2: Any,
        b_2: Any,
        spec: Messages,
        edges: Edges,
        keep: bool,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """The result, what stood before the gates (None unless ``keep`` and small), and the mixed
        ends of one large graph.
        """
        second = spec.second or spec.first
        out = second.output.dim - (spec.gated.gates if spec.last else 0)
        y = blank(x, x.shape[0], out)
        cuts, most = FusedMessages._cuts(x, edges, spec)
        ends = None if most else blank(x, 2 * x.shape[0] * spec.first.plans[0].before.dim_out)  # type: ignore[union-attr]
        width = spec.first.output.dim + (0 if spec.second is None else spec.second.output.dim)
        kept = room_to_keep(x, len(edges), width, keep)
        arguments = FusedMessages._arguments(x, message, attribute, w_1, b_1, w_2, b_2, spec)
        threads = threads_for(len(edges) * w_1.numel())
        chunks = forward_chunks(len(edges), threads)
        messages.forward(
            *arguments[:3],
            *FusedMessages._ends(edges),
            cuts,
            most,
            *arguments[3:],
            threads,
            min(chunks, max(len(cuts) - 1, 1)) if cuts is not None else chunks,
            forward_chunks(x.shape[0], threads),
            tile_rows(_work(spec.first, spec.second)),
            ends,
            kept,
            y,
        )
        return y, kept, ends

    @staticmethod
    def _cuts(x: Tensor, edges: Edges, spec: Messages) -> tuple[Tensor | None, int]:
        """Where the graph may be cut into blocks, and the nodes of a block; None and 0 for one
        large graph.
        """
        node_bytes = 2 * spec.first.plans[0].before.dim_out * x.element_size()  # type: ignore[union-attr]
        most = block_nodes(len(edges.cuts) - 1, edges.largest, node_bytes)
        return (edges.cuts, most) if most else (None, 0)

    @staticmethod
    def _ends(edges: Edges) -> tuple[Tensor, ...]:
        return edges.source.index, edges.target.index, edges.target.offsets

    @staticmethod
    def _arguments(
        x: Tensor,
        message: Any,
        attribute: Tensor,
        w_1: Tensor,
        b_1: Any,
        w_2: Any,
        b_2: Any,
        spec: Messages,
    ) -> tuple[Any, ...]:
        dtype = type_name(x)
        first, second = spec.first, spec.second
        return (
            x,
            message,
            attribute,
            w_1,
            weight_runs(first, 0, 2),
            weight_runs(first, 2, 3),
            b_1,
            _layer(first.plans[0], dtype),
            _layer(first.plans[2] if message is not None else None, dtype),
            _gate(spec.gated, dtype),
            w_2,
            _runs(second),
            b_2,
            _layer(None if second is None else second.plans[0], dtype),
            second is not None,
            spec.last,
        )

    @staticmethod
    def _leaving(edges: Edges) -> tuple[Tensor, ...]:
        """The edges in the order of their sources, and where each node's edges begin."""
        leaving = edges.source
        order = leaving.all_rows if leaving.order is None else leaving.order
        return order, leaving.offsets

    @staticmethod
    def composed(spec: Messages, edges: Edges) -> Callable[..., Tensor]:
        """The same from single operations, as a function of the seven tensors."""

        def call(
            x: Tensor, message: Any, attribute: Tensor, w_1: Tensor, b_1: Any, w_2: Any, b_2: Any
        ) -> Tensor:
            later = None if spec.second is None else _weights(w_2, b_2, spec.second)
            first = _weights(w_1, b_1, spec.first)
            return steer_messages_composed(
                x, message, attribute, first, later, spec.gated, spec.last, edges
            )

        return call

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        *inputs, kept, ends = ctx.saved_tensors
        spec, edges, need = ctx.spec, ctx.edges, asked(ctx, inputs)
        if not torch.is_grad_enabled():
            return (
                *FusedMessages.first_derivative(g, inputs, kept, ends, spec, edges, need),
                None,
                None,
            )
        if any(need[3:]):
            return *differentiable(need, g, FusedMessages.composed(spec, edges), inputs), None, None
        from segnn.o3.fused_second import MessagesGradient

        return *MessagesGradient.apply(g, *inputs, kept, ends, spec, edges, need), *[None] * 6

    @staticmethod
    def first_derivative(
        g: Tensor,
        inputs: Sequence[Any],
        kept: Any,
        ends: Any,
        spec: Messages,
        edges: Edges,
        need: Sequence[bool],
    ) -> tuple[Tensor | None, ...]:
        """The derivative by each of the inputs: x, message, attribute, weights and biases, where
        ``need`` says so.
        """
        x, message, attribute, w_1, b_1, w_2, b_2 = inputs
        need_w = any(need[3:])
        gx, gm = room_like(x, need[0]), room_like(message, need[1])
        ga = zeros_for(attribute) if need[2] else None
        grads = [room_like(t, need_w) for t in (w_1, b_1, w_2, b_2)]
        arguments = FusedMessages._arguments(x, message, attribute, w_1, b_1, w_2, b_2, spec)
        cuts, most = FusedMessages._cuts(x, edges, spec)
        chunks = backward_chunks(len(edges))
        messages.backward(
            g,
            *arguments[:3],
            *FusedMessages._ends(edges),
            *FusedMessages._leaving(edges),
            cuts,
            most,
            *arguments[3:],
            threads_for(),
            min(chunks, max(len(cuts) - 1, 1)) if cuts is not None else chunks,
            backward_chunks(x.shape[0]),
            tile_rows(2 * _work(spec.first, spec.second)),
            ends,
            kept,
            gx is not None,
            gm is not None,
            ga is not None,
            need_w,
            gx,
            gm,
            ga,
            *grads,
        )
        return gx, gm, ga, *grads
