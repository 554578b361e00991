"""Messages in the frames of their edges by the kernels:
``segnn.o3.backends.plain.frames.frame_messages``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from segnn.o3.backends.numba import frames as kernel
from segnn.o3.backends.numba.fixed import Fixed
from segnn.o3.backends.numba.layers.frame_programs import frame_gate, layer_table, layout_table
from segnn.o3.backends.numba.layers.room import room_like, room_to_keep, type_name
from segnn.o3.backends.numba.threads import backward_chunks, forward_chunks, threads_for, tile_rows
from segnn.o3.backends.numba.turn import frame_weights, frame_weights_back
from segnn.o3.backends.protocol import Inputs, Kernels, Need
from segnn.o3.frames.find import Frames
from segnn.o3.frames.plan import FramePlan, MessagesInFrames, frame_plan, output_layout
from segnn.o3.pages import blank
from segnn.o3.plan.layer import Messages
from segnn.o3.rows import Edges


def _forward(plan: MessagesInFrames, inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """The result, what stood before the gates (None where it is large, or not to be kept), and the
    matrices of the frames.
    """
    (layer, edges, frames), x = plan, inputs[0]
    rows = _Rows(edges, frames)
    plans = _plans(layer, rows)
    width = sum(0 if made is None else made.after.dim for made in plans)
    kept = room_to_keep(x, len(rows.edge), width, keep)
    mixes = [_weights(made, w, frames) for made, w in zip(plans, inputs[3::2], strict=True)]
    y = blank(x, x.shape[0], output_layout(layer).dim)
    threads = threads_for(len(edges) * len(mixes[0]))
    kernel.forward(
        *_arguments(plan, inputs, mixes, rows),
        threads,
        rows.chunks(forward_chunks(len(edges), threads)),
        tile_rows(_work(plans)),
        kept,
        y,
    )
    return y, (kept, *mixes)


def _first(plan: MessagesInFrames, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    (layer, edges, frames), (x, message, _, *weights) = plan, inputs
    before, *matrices = kept
    mixes = [w for w in matrices if w is not None]
    rows = _Rows(edges, frames)
    plans = _plans(layer, rows)
    gx, gm = room_like(x, need[0]), room_like(message, need[1])
    grads, turned = [room_like(t) for t in weights], [torch.empty_like(w) for w in mixes]
    leaving = edges.source
    order = leaving.all_rows if leaving.order is None else leaving.order
    kernel.backward(
        g,
        *_arguments(plan, inputs, mixes, rows, order, leaving.offsets),
        threads_for(),
        rows.chunks(backward_chunks(len(edges))),
        tile_rows(2 * _work(plans)),
        before,
        gx is not None,
        gm is not None,
        gx,
        gm,
        turned[0],
        grads[1],
        turned[1],
        grads[3],
    )
    for made, gw, g_mix in zip(plans, grads[::2], turned, strict=True):
        if made is not None and gw is not None:
            frame_weights_back(gw, _shares(made), _factors(made, frames, g_mix), g_mix)
    return gx, gm, None, *grads


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


def _plans(layer: Messages, rows: _Rows) -> tuple[FramePlan, FramePlan | None]:
    second = None if layer.second is None else frame_plan(layer.second)
    return frame_plan(layer.first, rows.paired), second


def _arguments(
    plan: MessagesInFrames, inputs: Inputs, mixes: list[Tensor], rows: _Rows, *more: Any
) -> tuple[Any, ...]:
    (spec, edges, frames), (x, message, _, _, b_1, _, b_2) = plan, inputs
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


@lru_cache(maxsize=256)
def _shares(plan: FramePlan) -> Fixed:
    """The shares of the weights as the kernels read them: source, rows, columns, sink, stride."""
    numbers = [(s.source, s.rows, s.columns, s.sink, s.stride) for s in plan.shares]
    return Fixed(np.array(numbers, np.int64))


def _factors(plan: FramePlan, frames: Frames, like: Tensor) -> Tensor:
    return torch.from_numpy(plan.factors(frames.factors)).to(like.dtype)


def _weights(plan: FramePlan | None, weight: Tensor | None, frames: Frames) -> Tensor:
    """The matrices of the frames; none for no layer."""
    if plan is None or weight is None:
        return frames.turn.new_empty(0)
    out = weight.new_empty(plan.mix.numel)
    frame_weights(out, _shares(plan), _factors(plan, frames, weight), weight)
    return out


def _work(plans: tuple[FramePlan, FramePlan | None]) -> int:
    """Numbers that an edge or a pair needs, about."""
    copies = (1, plans[0].copies)
    return sum(
        n * (plan.mix.dim_in + plan.mix.dim_out)
        for n, plan in zip(copies, plans, strict=True)
        if plan is not None
    )


FRAME_MESSAGES = Kernels(_forward, _first)
