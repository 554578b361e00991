"""Message layers in the frames of their edges, as one differentiable operation (kernels) and from torch's own (plain path).

The derivative by the attribute is not taken here: attributes that ask for one go the direct way, where their rows are whatever
they are. A derivative that is itself differentiated goes that way as well: both ways are one function.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
import torch
from torch import Tensor

from segnn.o3.backend import frames_choice, use_numba
from segnn.o3.contract import segment_sum
from segnn.o3.frame_plan import FrameLayout, FramePlan, frame_plan, gated_layout, is_mirrored
from segnn.o3.frames import Frames, find_frames, has_frames
from segnn.o3.gating import gate
from segnn.o3.layout import Layout
from segnn.o3.mix import mix_plain
from segnn.o3.rows import Edges
from segnn.o3.layer import Messages, Weights


def output_layout(spec: Messages) -> Layout:
    """The layout of a message: after the last gate, if there is one."""
    wide = (spec.second or spec.first).output
    return gated_layout(str(wide.irreps), spec.gated.gates) if spec.last else wide


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
        from segnn.o3.frame_autograd import FrameMessages

        w_2, b_2 = (None, None) if second is None else (second.weight, second.bias)
        return FrameMessages.apply(
            x, message, attribute, first.weight, first.bias, w_2, b_2, spec, edges, frames, torch.is_grad_enabled()
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
    turned = [y for part, row in zip(plan.before.parts, rows, strict=False) for y in _turned(row, part, frames, False)]
    y = _product(turned, plan, first, frames)
    if second is not None:
        y = _product([gate(y, spec.gated)], frame_plan(second.plan), second, frames)
    if spec.last:
        y = gate(y, spec.gated)
    out = _turned(y, output_layout(spec), frames, True)
    return segment_sum(torch.cat(out, dim=1), edges.target)


def _turned(x: Tensor, layout: Layout, frames: Frames, back: bool) -> list[Tensor]:
    """The blocks of x (edges, layout.dim) turned into the frames, or back; components of a block stay in order."""
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
    y = mix_plain(_sorted(x, plan.before), weight, plan.mix).index_select(1, plan.after.inverse.to(x.device))
    return y if layer.bias is None else y + torch.nn.functional.pad(layer.bias, (0, y.shape[1] - len(layer.bias)))


def _sorted(x: Tensor, layout: FrameLayout) -> Tensor:
    return x.index_select(1, layout.order.to(x.device))


_SAVED = 1.5
"""How many times fewer multiplications the frames must need before they are taken."""
_found: WeakKeyDictionary[Edges, tuple[Any, ...]] = WeakKeyDictionary()


def frames_for(x: Tensor, message: Tensor | None, attribute: Tensor, spec: Messages, edges: Edges) -> Frames | None:
    """The frames in which messages are computed, or None for the direct way.

    Looked for where they pay (``SEGNN_FRAMES`` or ``segnn.o3.edge_frames(…)`` overrides that), once for an attribute: found ones are
    kept with the edges as long as the attribute is the same tensor, unchanged.
    """
    choice = frames_choice()
    first = spec.first
    if choice == "never" or attribute.requires_grad or torch.compiler.is_compiling() or not has_frames(first.attribute):
        return None
    if x.dtype not in (torch.float32, torch.float64) or attribute.dtype != x.dtype or not len(edges):
        return None
    if edges.target.order is not None or not output_layout(spec).dim or (message is None and first.parts[2].dim):
        return None
    if choice == "auto" and saved(spec) < _SAVED:
        return None
    lmax, mirrored = _needed(spec)
    key = (str(first.attribute.irreps), lmax, mirrored)
    found = _found.get(edges)
    if found is None or found[0]() is not attribute or found[1:3] != (attribute._version, key):
        found = (ref(attribute), attribute._version, key, find_frames(attribute, first.attribute, edges, lmax, mirrored))
        _found[edges] = found
    return found[3]


@lru_cache(maxsize=256)
def _needed(spec: Messages) -> tuple[int, bool]:
    """Largest degree to be turned, and whether some irrep has the other parity."""
    layouts = [*spec.first.parts, spec.first.output, *(() if spec.second is None else (spec.second.output,))]
    blocks = [block for found in layouts for block in found.blocks]
    return max((block.irrep.l for block in blocks), default=0), any(is_mirrored(block) for block in blocks)


@lru_cache(maxsize=256)
def saved(spec: Messages) -> float:
    """Multiplications of an edge the direct way over those in its frame, with vectors of 16 channels."""
    direct, frame = 0.0, 0.0
    for n, plan in enumerate((spec.first, spec.second)):
        if plan is None:
            continue
        for part in plan.plans if n else (plan.plans[0], plan.plans[2]):
            for contraction in (part.contraction, part.gather):
                direct += 0 if contraction is None else _vectors(contraction.table[:, 3].astype(np.int64)).sum()
            for mixed in (part.after, part.before if n else None):
                direct += 0 if mixed is None else sum(t.dim * t.channels_in * _vectors(t.channels_out) for t in mixed.terms)
        frame += sum(t.dim * t.channels_in * _vectors(t.channels_out) for t in frame_plan(plan).mix.terms)
    for turned in (*spec.first.parts, output_layout(spec)):
        frame += sum(block.dim**2 * _vectors(block.mul) for block in turned.blocks)
    return float(direct / max(frame, 1))


def _vectors(channels: Any) -> Any:
    return -(-channels // 16) * 16
