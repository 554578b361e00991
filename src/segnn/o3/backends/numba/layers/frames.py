"""Messages in the frames of their edges by the kernels:
``segnn.o3.backends.plain.frames.frame_messages``.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.frames.backward import Backward, backward
from segnn.o3.backends.numba.frames.ends import FrameGraph, FrameLayer, FrameLayers
from segnn.o3.backends.numba.frames.ends import Frames as FrameArguments
from segnn.o3.backends.numba.frames.forward import Forward, forward
from segnn.o3.backends.numba.frames.rotate import (
    FrameWeights,
    frame_weights,
    frame_weights_back,
)
from segnn.o3.backends.numba.layers.frame_programs import frame_gate, layer_table, layout_table
from segnn.o3.backends.numba.layers.messages import leaving_edges
from segnn.o3.backends.numba.layers.room import room_like, room_to_keep, type_name
from segnn.o3.backends.numba.rows.forward import Sharing
from segnn.o3.backends.numba.threads import backward_chunks, forward_chunks, threads_for, tile_rows
from segnn.o3.backends.numba.weights import LayerOutputs
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
    chunks = rows.chunks(forward_chunks(len(edges), threads))
    forward(
        Forward(
            layers=_layers(plan, inputs, mixes, rows),
            frames=_frames(frames),
            graph=rows.graph(edges),
            sharing=Sharing(threads=threads, chunks=chunks, tile=tile_rows(_work(plans))),
            kept=kept,
            y=y,
        )
    )
    return y, (kept, *mixes)


def _first(plan: MessagesInFrames, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    (layer, edges, frames), (x, message, _, *weights) = plan, inputs
    before, *matrices = kept
    mixes = [w for w in matrices if w is not None]
    rows = _Rows(edges, frames)
    plans = _plans(layer, rows)
    gx, gm = room_like(x, need[0]), room_like(message, need[1])
    grads, by_mixes = [room_like(t) for t in weights], [torch.empty_like(w) for w in mixes]
    chunks = rows.chunks(backward_chunks(len(edges)))
    backward(
        Backward(
            g=g,
            layers=_layers(plan, inputs, mixes, rows),
            frames=_frames(frames),
            graph=rows.graph(edges),
            leaving=leaving_edges(edges),
            sharing=Sharing(threads=threads_for(), chunks=chunks, tile=tile_rows(2 * _work(plans))),
            kept=before,
            need_x=gx is not None,
            need_m=gm is not None,
            gx=gx,
            gm=gm,
            first=LayerOutputs(weight=by_mixes[0], bias=grads[1]),
            second=LayerOutputs(weight=by_mixes[1], bias=grads[3]),
        )
    )
    for made, gw, g_mix in zip(plans, grads[::2], by_mixes, strict=True):
        if made is not None and gw is not None:
            factors = _factors(made, frames, g_mix)
            frame_weights_back(
                FrameWeights(frame=g_mix, shares=_shares(made), factors=factors, weight=gw)
            )
    return gx, gm, None, *grads


class _Rows:
    """Which rows the kernels make: one of each edge, or those of the pairs of edges."""

    def __init__(self, edges: Edges, frames: Frames):
        pairs = frames.pairs
        self.paired = pairs is not None
        self.edge = edges.target.all_rows if pairs is None else pairs.edges.view(-1)
        self.offsets = (edges.target if pairs is None else pairs).offsets
        self.cuts = None if pairs is None else edges.cuts

    def graph(self, edges: Edges) -> FrameGraph:
        return FrameGraph(
            source=edges.source.index,
            target=edges.target.index,
            edge=self.edge,
            per=2 if self.paired else 1,
            offsets=self.offsets,
            cuts=self.cuts,
        )

    def chunks(self, wanted: int) -> int:
        """So many chunks, or one for each graph."""
        return wanted if self.cuts is None else min(wanted, len(self.cuts) - 1)


def _plans(layer: Messages, rows: _Rows) -> tuple[FramePlan, FramePlan | None]:
    second = None if layer.second is None else frame_plan(layer.second)
    return frame_plan(layer.first, rows.paired), second


def _frames(frames: Frames) -> FrameArguments:
    return FrameArguments(rotation=frames.turn, size=frames.turn.shape[1], scale=frames.scale)


def _layers(
    plan: MessagesInFrames, inputs: Inputs, mixes: list[Tensor], rows: _Rows
) -> FrameLayers:
    (spec, _, frames), (x, message, _, _, b_1, _, b_2) = plan, inputs
    first, second = _plans(spec, rows)
    lmax = frames.lmax
    return FrameLayers(
        x=x,
        message=message,
        first=FrameLayer(weight=mixes[0], bias=b_1, table=layer_table(first, lmax)),
        gate=frame_gate(spec.gated, spec.first.output, type_name(x)),
        second=FrameLayer(weight=mixes[1], bias=b_2, table=layer_table(second, lmax)),
        out=layout_table(output_layout(spec), lmax),
        two=second is not None,
        last=spec.last,
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
    factors = _factors(plan, frames, weight)
    frame_weights(FrameWeights(frame=out, shares=_shares(plan), factors=factors, weight=weight))
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
