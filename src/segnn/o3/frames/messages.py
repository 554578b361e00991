"""Message layers in the frames of their edges, as one differentiable operation (kernels) and from
torch's own (plain path).

The derivative by the attribute is not taken here: attributes that ask for one go the direct way,
where their rows are whatever they are. A derivative that is itself differentiated goes that way as
well: both ways are one function.
"""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3.backends.choice import use_numba
from segnn.o3.contract import segment_sum
from segnn.o3.frames.find import Frames
from segnn.o3.frames.plan import FrameLayout, FramePlan, frame_plan, is_mirrored, output_layout
from segnn.o3.layout import Layout
from segnn.o3.plan.gate import gate
from segnn.o3.plan.layer import Messages, Weights
from segnn.o3.plan.mix import mix_plain
from segnn.o3.rows import Edges


def frame_messages(
    x: Tensor,
    message: Tensor | None,
    attribute: Tensor,
    first: Weights,
    second: Weights | None,
    spec: Messages,
    edges: Edges,
    frames: Frames,
) -> Tensor:
    """``steer_messages`` along edges, of which every one has its frame."""
    if use_numba(x):
        from segnn.o3.backends.numba.layers.frames import FrameMessages

        w_2, b_2 = (None, None) if second is None else (second.weight, second.bias)
        return FrameMessages.apply(
            x,
            message,
            attribute,
            first.weight,
            first.bias,
            w_2,
            b_2,
            spec,
            edges,
            frames,
            torch.is_grad_enabled(),
        )
    return frame_messages_plain(x, message, first, second, spec, edges, frames)


def frame_messages_plain(
    x: Tensor,
    message: Tensor | None,
    first: Weights,
    second: Weights | None,
    spec: Messages,
    edges: Edges,
    frames: Frames,
) -> Tensor:
    """The plain path of ``frame_messages``."""
    plan = frame_plan(first.plan)
    ends = [x.index_select(0, edges.target.index), x.index_select(0, edges.source.index)]
    rows = [*ends, message] if message is not None else ends
    turned = [
        y
        for part, row in zip(plan.before.parts, rows, strict=False)
        for y in _turned(row, part, frames, False)
    ]
    y = _product(turned, plan, first, frames)
    if second is not None:
        y = _product([gate(y, spec.gated)], frame_plan(second.plan), second, frames)
    if spec.last:
        y = gate(y, spec.gated)
    out = _turned(y, output_layout(spec), frames, True)
    return segment_sum(torch.cat(out, dim=1), edges.target)


def _turned(x: Tensor, layout: Layout, frames: Frames, back: bool) -> list[Tensor]:
    """The blocks of x (edges, layout.dim) turned into the frames, or back; components of a block
    stay in order.
    """
    found, half = [], frames.turn.shape[1] // (2 if frames.mirrored else 1)
    for block in layout.blocks:
        start = frames.start(block.irrep.l) + (half if is_mirrored(block) else 0)
        matrix = frames.turn[:, start : start + block.dim**2].view(-1, block.dim, block.dim)
        rows = x[:, block.start : block.stop].reshape(-1, block.dim, block.mul)
        found.append(((matrix.mT if back else matrix) @ rows).flatten(1))
    return found


def _product(xs: list[Tensor], plan: FramePlan, layer: Weights, frames: Frames) -> Tensor:
    """s W x + b in the frames, for blocks whose components lie in order."""
    x = torch.cat(xs, dim=1)
    if frames.scale is not None:
        x = x * frames.scale[:, None]
    weight = plan.weights_plain(layer.weight, frames.factors)
    y = mix_plain(_sorted(x, plan.before), weight, plan.mix).index_select(
        1, plan.after.inverse.to(x.device)
    )
    return (
        y
        if layer.bias is None
        else y + torch.nn.functional.pad(layer.bias, (0, y.shape[1] - len(layer.bias)))
    )


def _sorted(x: Tensor, layout: FrameLayout) -> Tensor:
    return x.index_select(1, layout.order.to(x.device))
