"""Messages in the frames of their edges, from torch's own operations.

The derivative by the attribute is not taken here: attributes that ask for one go the direct way,
where their rows are whatever they are. A derivative that is itself differentiated goes that way as
well: both ways are one function.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from segnn.o3.backends.plain.forms import mix, segment_sum
from segnn.o3.backends.protocol import Inputs
from segnn.o3.constant import on_device
from segnn.o3.frames.find import Frames
from segnn.o3.frames.plan import (
    FrameLayout,
    FramePlan,
    MessagesInFrames,
    frame_plan,
    is_mirrored,
    output_layout,
)
from segnn.o3.layout import Layout
from segnn.o3.plan.gate import gate
from segnn.o3.plan.layer import Weights


def frame_messages(plan: MessagesInFrames, inputs: Inputs) -> Tensor:
    """Messages along edges of which every one has its frame, summed at their targets."""
    x, message, _, w_1, b_1, w_2, b_2 = inputs
    (layer, edges, frames), made = plan, frame_plan(plan.layer.first)
    ends = [x.index_select(0, edges.target.index), x.index_select(0, edges.source.index)]
    rows = [*ends, message] if message is not None else ends
    turned = [
        y
        for part, row in zip(made.before.parts, rows, strict=False)
        for y in _turned(row, part, frames, False)
    ]
    y = _product(turned, made, Weights(w_1, b_1, layer.first), frames)
    if layer.second is not None and w_2 is not None:
        second = Weights(w_2, b_2, layer.second)
        y = _product([gate(y, layer.gated)], frame_plan(layer.second), second, frames)
    if layer.last:
        y = gate(y, layer.gated)
    out = _turned(y, output_layout(layer), frames, True)
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
    y = mix(_sorted(x, plan.before), weight, plan.mix)
    y = y.index_select(1, on_device(plan.after.inverse, x.device))
    return y if layer.bias is None else y + pad(layer.bias, (0, y.shape[1] - len(layer.bias)))


def _sorted(x: Tensor, layout: FrameLayout) -> Tensor:
    return x.index_select(1, on_device(layout.order, x.device))
