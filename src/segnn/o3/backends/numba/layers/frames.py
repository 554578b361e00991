"""Message layers in the frames of their edges on the numba kernels, with first derivatives written
by hand.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.asked import asked
from segnn.o3.backends.gradients import differentiable, room_like, room_to_keep, type_name
from segnn.o3.backends.numba import frames as kernel
from segnn.o3.backends.numba.layers.frame_programs import frame_gate, layer_table, layout_table
from segnn.o3.backends.numba.layers.fused import FusedMessages
from segnn.o3.backends.numba.threads import backward_chunks, forward_chunks, threads_for, tile_rows
from segnn.o3.backends.numba.turn import frame_weights, frame_weights_back
from segnn.o3.frames.find import Frames
from segnn.o3.frames.plan import FramePlan, frame_plan, output_layout
from segnn.o3.pages import blank
from segnn.o3.plan.layer import Messages
from segnn.o3.rows import Edges


class FrameMessages(Function):
    """``frame_messages``. The attribute serves derivatives that are differentiated again; it gets
    none here.
    """

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
        rows = _Rows(edges, frames)
        plans = _plans(spec, rows)
        width = sum(0 if plan is None else plan.after.dim for plan in plans)
        kept = room_to_keep(x, len(rows.edge), width, keep)
        mixes = [_frame_weights(plan, w, frames) for plan, w in zip(plans, (w_1, w_2), strict=True)]
        y = blank(x, x.shape[0], output_layout(spec).dim)
        threads = threads_for(len(edges) * len(mixes[0]))
        kernel.forward(
            *_arguments(x, message, mixes, b_1, b_2, spec, edges, frames, rows),
            threads,
            rows.chunks(forward_chunks(len(edges), threads)),
            tile_rows(_work(plans)),
            kept,
            y,
        )
        ctx.save_for_backward(x, message, attribute, w_1, b_1, w_2, b_2, kept)
        ctx.spec, ctx.graph, ctx.frames, ctx.rows, ctx.mixes = spec, edges, frames, rows, mixes
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        *inputs, kept = ctx.saved_tensors
        x, message, _, w_1, b_1, w_2, b_2 = inputs
        spec, edges, frames = ctx.spec, ctx.graph, ctx.frames
        if torch.is_grad_enabled():
            composed = FusedMessages.composed(spec, edges)
            return (
                *differentiable(asked(ctx, inputs), g, composed, inputs),
                None,
                None,
                None,
                None,
            )
        rows, mixes = ctx.rows, ctx.mixes
        plans = _plans(spec, rows)
        gx, gm = room_like(x, ctx.needs_input_grad[0]), room_like(message, ctx.needs_input_grad[1])
        grads, turned = (
            [room_like(t) for t in (w_1, b_1, w_2, b_2)],
            [torch.empty_like(w) for w in mixes],
        )
        leaving = edges.source
        order = leaving.all_rows if leaving.order is None else leaving.order
        kernel.backward(
            g,
            *_arguments(
                x, message, mixes, b_1, b_2, spec, edges, frames, rows, order, leaving.offsets
            ),
            threads_for(),
            rows.chunks(backward_chunks(len(edges))),
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


class _Rows:
    """Which rows the kernels make: one of each edge, or those of the pairs of edges."""

    def __init__(self, edges: Edges, frames: Frames):
        pairs = frames.pairs
        self.paired = pairs is not None
        self.edge = edges.target.all_rows if pairs is None else pairs.edges.view(-1)
        self.offsets = (edges.target if pairs is None else pairs).offsets
        self.cuts = None if pairs is None else edges.cuts

    def chunks(self, wanted: int) -> int:
        """So many chunks, or one for each graph."""
        return wanted if self.cuts is None else min(wanted, len(self.cuts) - 1)


def _plans(spec: Messages, rows: _Rows) -> tuple[FramePlan, FramePlan | None]:
    return frame_plan(spec.first, rows.paired), None if spec.second is None else frame_plan(
        spec.second
    )


def _arguments(
    x: Tensor,
    message: Tensor | None,
    mixes: list[Tensor],
    b_1: Any,
    b_2: Any,
    spec: Messages,
    edges: Edges,
    frames: Frames,
    rows: _Rows,
    *more: Any,
) -> tuple[Any, ...]:
    first, second = _plans(spec, rows)
    lmax = frames.lmax
    return (
        x,
        message,
        frames.turn,
        frames.turn.shape[1],
        frames.scale,
        edges.source.index,
        edges.target.index,
        rows.edge,
        first.copies,
        rows.offsets,
        rows.cuts,
        *more,
        mixes[0],
        b_1,
        layer_table(first, lmax),
        frame_gate(spec.gated, spec.first.output, type_name(x)),
        mixes[1],
        b_2,
        layer_table(second, lmax),
        layout_table(output_layout(spec), lmax),
        second is not None,
        spec.last,
    )


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
    """Numbers that an edge or a pair needs, about."""
    copies = (1, plans[0].copies)
    return sum(
        n * (plan.mix.dim_in + plan.mix.dim_out)
        for n, plan in zip(copies, plans, strict=True)
        if plan is not None
    )
