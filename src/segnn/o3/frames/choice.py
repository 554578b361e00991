"""When messages are taken in the frames of their edges: where the attribute allows it and it costs
less.

The rule: vector operations of an edge in its frame against those of the direct way, whose first
layer mixes at the nodes,

    frame    products + 1.5 turns + 4 numbers of a frame, and 300 000 for all edges together
    direct   products + 2 terms + 3 coefficients + (nodes / edges) products at the nodes

each for vectors of 16 channels. Where edges are taken in pairs (``segnn.o3.frames.pairs``), half of
the first layer's products and of the turns in is saved. A product, a turn and a term of a
contraction are one multiply-add of a vector; a coefficient is one coupling times one component of
the attribute. Finding frames is counted as if four layers shared it. The weights are times over
that of a product, as measured (Zen 4); the estimate errs in favour of the direct way
(``docs/measurements.md`` has figures). Frames pay from degree 3 on, and in degree 2 for pairs, or
where channels or neighbours are few.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
import torch
from torch import Tensor

from segnn.o3.frames.find import Frames, find_frames, has_frames
from segnn.o3.frames.pairs import may_pair
from segnn.o3.frames.plan import frame_plan, is_mirrored, output_layout
from segnn.o3.plan.layer import Messages
from segnn.o3.rows import Edges
from segnn.o3.scoped import Choice
from segnn.o3.tracing import is_recorded
from segnn.o3.trusted import trusted

_FINDING = 300_000
"""What finding frames costs a layer, however few the edges: a tenth of a millisecond and more."""
_found: WeakKeyDictionary[Edges, tuple[Any, ...]] = WeakKeyDictionary()


HIGHEST = 11
"""The highest degree that is turned, that of the harmonics."""
_choice = Choice("edge_frames", "SEGNN_FRAMES", lambda: ("auto", "never", "always"))


def edge_frames(choice: str) -> AbstractContextManager[None]:
    """Within the block, messages are taken in the frames of their edges ``"never"``, ``"always"``
    where the attribute allows it, or where that is faster (``"auto"``). The choice holds in the
    thread that entered the block. UserError for another word.
    """
    return _choice.within(choice)


def frames_choice() -> str:
    """The choice of ``edge_frames`` or of ``SEGNN_FRAMES`` in the environment; "auto" if neither
    was made.
    """
    return _choice.get()


def frames_for(
    inputs: tuple[Tensor, Tensor | None, Tensor], spec: Messages, edges: Edges, estimated: bool
) -> Frames | None:
    """The frames in which messages are computed, or None for the direct way. inputs: features of
    the nodes, invariants of the edges or None, attribute. estimated: whether frames may be taken
    because the estimate says so.

    None where the direct way costs less, where the attribute asks for a derivative or is not
    harmonics of one vector, where the estimate is not to be followed, as on the plain path on a
    CPU, which is the oracle (``SEGNN_FRAMES`` or ``segnn.o3.edge_frames(…)`` overrides it), and
    while something traces, which cannot look at values; ``"auto"`` looks at none that are trusted
    (``segnn.o3.trusted``).
    """
    x, message, attribute = inputs
    if is_recorded(x, attribute):
        return None
    choice = frames_choice()
    if choice == "auto" and trusted():
        return None
    if choice == "never" or attribute.requires_grad or not _known(spec):
        return None
    if choice == "auto" and not (_pays(spec, edges) and estimated):
        return None
    return _frames(attribute, spec, edges) if _can(x, message, attribute, spec, edges) else None


@lru_cache(maxsize=256)
def _known(spec: Messages) -> bool:
    """Whether there are frames for such a layer."""
    first = spec.first
    known = has_frames(first.attribute) and first.parts[0].dim > 0 and needed(spec)[0] <= HIGHEST
    return known and output_layout(spec).dim > 0


def pays(spec: Messages, nodes: int, edges: int, pairs: bool) -> bool:
    """Whether the estimate finds frames cheaper for so many nodes and edges, which may be taken in
    ``pairs``.
    """
    direct, at_nodes, frame, paired = costs(spec)
    return _FINDING + edges * (paired if pairs else frame) < edges * direct + nodes * at_nodes


def _pays(spec: Messages, edges: Edges) -> bool:
    """The same for these edges; their pairs are looked for only where the answer hangs on them."""
    alone, both = (pays(spec, edges.nodes, len(edges), pairs) for pairs in (False, True))
    return alone or (both and may_pair(edges))


def _can(
    x: Tensor, message: Tensor | None, attribute: Tensor, spec: Messages, edges: Edges
) -> bool:
    """Whether the operation can take frames of these edges, whatever the attribute holds."""
    return (
        x.dtype in (torch.float32, torch.float64)
        and attribute.dtype == x.dtype
        and x.device.type != "meta"
        and len(edges) > 0
        and edges.target.order is None
        and (message is None) == (spec.first.parts[2].dim == 0)
    )


def _frames(attribute: Tensor, spec: Messages, edges: Edges) -> Frames | None:
    """``find_frames`` once for an attribute: kept with the edges while that tensor lives and holds
    the same numbers.

    They are compared with a copy: nobody counts what is written through numpy or in inference mode.
    """
    key = (spec.first.attribute, *needed(spec))
    found = _found.get(edges)
    if (
        found is None
        or found[0]() is not attribute
        or found[1] != key
        or not torch.equal(found[2], attribute)
    ):
        with torch.inference_mode(False):  # frames found while predicting may be trained with later
            copy = attribute.detach().clone()
            found = (
                _dropped_with(attribute, edges),
                key,
                copy,
                find_frames(copy, spec.first.attribute, edges, *needed(spec)),
            )
        _found[edges] = found
    frames: Frames | None = found[3]
    return frames


def _dropped_with(attribute: Tensor, edges: Edges) -> ref[Tensor]:
    """A reference to the attribute; what was found for it goes when it does."""
    own = ref(edges)

    def drop(_: ref[Tensor]) -> None:
        if (kept := own()) is not None:
            _found.pop(kept, None)

    return ref(attribute, drop)


@lru_cache(maxsize=256)
def needed(spec: Messages) -> tuple[int, bool]:
    """Largest degree to be turned, and whether some irrep has the parity that harmonics do not
    have.
    """
    layouts = [
        *spec.first.parts,
        spec.first.output,
        *(() if spec.second is None else (spec.second.output,)),
    ]
    blocks = [block for found in layouts for block in found.blocks]
    return max((block.irrep.l for block in blocks), default=0), any(
        is_mirrored(block) for block in blocks
    )


def frame_numbers(spec: Messages) -> tuple[int, int]:
    """Numbers of an edge's rotation while it is found, and later."""
    lmax, mirrored = needed(spec)
    most = max(lmax, *(piece.irrep.l for piece in spec.first.attribute.pieces))
    return Frames.start(most + 1), (2 if mirrored else 1) * Frames.start(lmax + 1)


@lru_cache(maxsize=256)
def costs(spec: Messages) -> tuple[float, float, float, float]:
    """Costs in vector products: an edge and a node the direct way, an edge in its frame, one of a
    pair of edges there.
    """
    direct, at_nodes, frame = 0.0, 0.0, 0.0
    saved = _products(frame_plan(spec.first).mix) / 2
    for n, plan in enumerate((spec.first, spec.second)):
        if plan is None:
            continue
        frame += _products(frame_plan(plan).mix)
        for part in plan.plans if n else (plan.plans[0], plan.plans[2]):
            for contraction in (part.contraction, part.gather):
                if contraction is not None:
                    direct += 2 * _vectors(
                        contraction.table[:, 3].astype(np.int64)
                    ).sum() + 3 * len(contraction.table)
        if n == 0:
            direct += _products(plan.plans[2].before)
            at_nodes += 2 * _products(plan.plans[0].before)
        else:
            direct += _products(plan.plans[0].before) + _products(plan.plans[0].after)
    frame += 4 * Frames.start(needed(spec)[0] + 1)
    for turned in (*spec.first.parts, output_layout(spec)):
        frame += 1.5 * sum(block.dim**2 * _vectors(block.mul) for block in turned.blocks)
    saved += 0.75 * sum(
        block.dim**2 * _vectors(block.mul) for part in spec.first.parts for block in part.blocks
    )
    return float(direct), float(at_nodes), float(frame), float(frame - saved)


def _products(mix: Any) -> float:
    return (
        0.0
        if mix is None
        else sum(t.dim * t.channels_in * _vectors(t.channels_out) for t in mix.terms)
    )


def _vectors(channels: Any) -> Any:
    return -(-channels // 16)
