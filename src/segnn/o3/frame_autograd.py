"""Message layers in the frames of their edges on the numba kernels, with first derivatives written by hand."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.asked import asked
from segnn.o3.frame_plan import FramePlan, frame_plan, output_layout
from segnn.o3.frame_programs import frame_gate, layer_table, layout_table
from segnn.o3.frames import Frames
from segnn.o3.fused import FusedMessages, _differentiable, _kept, _like, _name
from segnn.o3.kernel import frames as kernel
from segnn.o3.kernel.threads import backward_chunks, forward_chunks, threads_for, tile_rows
from segnn.o3.kernel.turn import frame_weights, frame_weights_back
from segnn.o3.layer import Messages
from segnn.o3.pages import blank
from segnn.o3.rows import Edges


class FrameMessages(Function):
    """``frame_messages``. The attribute serves derivatives that are differentiated again; it gets none here."""

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
        frames: Frames,
        keep: bool,
    ) -> Tensor:
        plans = FrameMessages._plans(spec)
        width = sum(0 if plan is None else plan.after.dim for plan in plans)
        kept = _kept(x, len(edges), width, keep)
        mixes = [_frame_weights(plan, w, frames) for plan, w in zip(plans, (w_1, w_2), strict=True)]
        y = blank(x, x.shape[0], output_layout(spec).dim)
        threads = threads_for(len(edges) * len(mixes[0]))
        kernel.forward(
            *FrameMessages._arguments(x, message, mixes, b_1, b_2, spec, edges, frames),
            threads,
            forward_chunks(len(edges), threads),
            tile_rows(_work(plans)),
            kept,
            y,
        )
        ctx.save_for_backward(x, message, attribute, w_1, b_1, w_2, b_2, kept)
        ctx.spec, ctx.graph, ctx.frames = spec, edges, frames
        return y

    @staticmethod
    def _plans(spec: Messages) -> tuple[FramePlan, FramePlan | None]:
        return frame_plan(spec.first), None if spec.second is None else frame_plan(spec.second)

    @staticmethod
    def _arguments(
        x: Tensor,
        message: Tensor | None,
        mixes: list[Tensor],
        b_1: Any,
        b_2: Any,
        spec: Messages,
        edges: Edges,
        frames: Frames,
        *more: Any,
    ) -> tuple[Any, ...]:
        first, second = FrameMessages._plans(spec)
        lmax = frames.lmax
        return (
            x,
            message,
            frames.turn,
            frames.turn.shape[1],
            frames.scale,
            edges.source.index,
            edges.target.index,
            edges.target.offsets,
            *more,
            mixes[0],
            b_1,
            layer_table(first, lmax),
            frame_gate(spec.gated, spec.first.output, _name(x)),
            mixes[1],
            b_2,
            layer_table(second, lmax),
            layout_table(output_layout(spec), lmax),
            second is not None,
            spec.last,
        )

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        *inputs, kept = ctx.saved_tensors
        x, message, _, w_1, b_1, w_2, b_2 = inputs
        spec, edges, frames = ctx.spec, ctx.graph, ctx.frames
        if torch.is_grad_enabled():
            composed = FusedMessages.composed(spec, edges)
            return (*_differentiable(asked(ctx, inputs), g, composed, inputs), None, None, None, None)
        plans = FrameMessages._plans(spec)
        mixes = [_frame_weights(plan, w, frames) for plan, w in zip(plans, (w_1, w_2), strict=True)]
        gx, gm = _like(x, ctx.needs_input_grad[0]), _like(message, ctx.needs_input_grad[1])
        grads, turned = [_like(t) for t in (w_1, b_1, w_2, b_2)], [torch.empty_like(w) for w in mixes]
        leaving = edges.source
        order = leaving.all_rows if leaving.order is None else leaving.order
        kernel.backward(
            g,
            *FrameMessages._arguments(x, message, mixes, b_1, b_2, spec, edges, frames, order, leaving.offsets),
            threads_for(),
            backward_chunks(len(edges)),
            tile_rows(2 * _work(plans)),
            kept,
            gx is not None,
            gm is not None,
            gx,
            gm,
            turned[0],
            grads[1],
            turned[1],
            grads[3],
        )
        for plan, gw, g_mix in zip(plans, grads[::2], turned, strict=True):
            if plan is not None and gw is not None:
                frame_weights_back(gw, plan.share_table, _factors(plan, frames, g_mix), g_mix)
        return gx, gm, None, *grads, None, None, None, None


def _factors(plan: FramePlan, frames: Frames, like: Tensor) -> Tensor:
    return torch.from_numpy(plan.factors(frames.factors)).to(like.dtype)


def _frame_weights(plan: FramePlan | None, weight: Tensor | None, frames: Frames) -> Tensor:
    """The matrices of the frames; none for no layer."""
    if plan is None or weight is None:
        return frames.turn.new_empty(0)
    out = weight.new_empty(plan.mix.numel)
    frame_weights(out, plan.share_table, _factors(plan, frames, weight), weight)
    return out


def _work(plans: tuple[FramePlan, FramePlan | None]) -> int:
    """Numbers that a row needs, about."""
    return sum(plan.before.dim + plan.after.dim for plan in plans if plan is not None)
