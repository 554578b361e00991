"""Steerable layers as operations: rows with their attribute, and messages along edges summed at the
nodes.

    steer_rows       W_1 (x ⊕ x_1), or W_2 σ(W_1 (x ⊕ x_1)), plus x if wanted       (Eqs. 6, 8)
    steer_messages   Σ_j σ(W_2 σ(W_1 (x_i ⊕ x_j ⊕ s_ij))), or fewer of its factors  (Eq. 7)

The equations are those of the paper (Brandstetter et al., arXiv 2110.02905).

Each is one operation of a backend (``segnn.o3.backends``), or the composition of single ones, which
is the plain path, the oracle, and the route of third derivatives. Features are channels last,
attributes ``mul_ir``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, NamedTuple

import torch
from torch import Tensor

from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.forms import Forms
from segnn.o3.backends.layer_function import run
from segnn.o3.backends.plain import layers
from segnn.o3.backends.plain.frames import frame_messages
from segnn.o3.backends.plain.layers import FRAME_MESSAGES, MESSAGES, ROWS, each_message
from segnn.o3.backends.protocol import Backend, Inputs
from segnn.o3.frames.choice import frames_for
from segnn.o3.frames.find import Frames
from segnn.o3.frames.plan import MessagesInFrames
from segnn.o3.memory import current_limit, edge_pieces, row_pieces
from segnn.o3.plan.gate import GatePlan, gate
from segnn.o3.plan.layer import Messages, MessagesOn, RowsLayer, Weights
from segnn.o3.rows import Edges
from segnn.o3.scoped import within

Watch = Callable[[Tensor], None]
_watch: ContextVar[Watch | None] = ContextVar("watching_messages", default=None)


def watching_messages(watch: Watch) -> AbstractContextManager[None]:
    """Within the block ``watch`` gets the messages (edges, dim_out) of every `steer_messages` that
    is computed without gradients, in the order of its edges; the sums are the same as without it.

    A backend that keeps them for the derivative hands them out; elsewhere they are computed once
    more, by the plain composition.
    """
    return within(_watch, watch)


def steer_rows(
    x: Tensor,
    x_1: Tensor | None,
    attribute: Tensor,
    first: Weights,
    gated: GatePlan | None,
    second: Weights | None,
    residual: bool,
) -> Tensor:
    """x, x_1 (rows, dim_in) of one layout, attribute (rows, dim_attr) → (rows, dim_out).

    ``gated`` and ``second`` come together or not at all; ``residual`` adds x (then dim_out =
    dim_in).
    """
    plan = RowsLayer(first.plan, gated, None if second is None else second.plan, residual)
    inputs = (x, x_1, attribute, *_weights(first, second))
    backend, limit = backend_for(x), current_limit()
    if limit is not None:
        held = ROWS.held_by(ROWS.kernels(backend, plan, inputs), plan).row * x.element_size()
        pieces = row_pieces(x.shape[0], held, limit)
        if len(pieces) > 1:
            y = x.new_empty(x.shape[0], plan.output_dim)
            for rows in pieces:
                own = None if x_1 is None else x_1[rows]
                some = (x[rows], own, attribute[rows], *inputs[3:])
                y[rows] = run(ROWS, backend, plan, some)
            return y
    return run(ROWS, backend, plan, inputs)


def steer_messages(
    x: Tensor,
    message: Tensor | None,
    attribute: Tensor,
    first: Weights,
    second: Weights | None,
    gated: GatePlan,
    last: bool,
    edges: Edges,
) -> Tensor:
    """x (nodes, dim_in), message (edges, dim_message) or None, attribute (edges, dim_attr) → sums
    (nodes, dim_out).

    Where the attribute is harmonics of one vector and this is cheaper, the product is taken in the
    frames of the edges.
    """
    plan = Messages(first.plan, gated, None if second is None else second.plan, last)
    given = _Given(
        x, message, attribute, _weights(first, second), MessagesOn(plan, edges), backend_for(x)
    )
    limit = current_limit()
    # torch.compile traces neither a context variable nor a network that is being watched.
    watch = None if torch.is_grad_enabled() or torch.compiler.is_compiling() else _watch.get()
    if watch is not None:
        return _watched(given, limit, watch)
    return _within_limit(given, limit)


def _within_limit(given: _Given, limit: int | None) -> Tensor:
    edges = given.plan.edges
    if limit is not None and edges.target.order is None and len(edges):
        return _in_pieces(given, limit)
    return _at_once(given)


def _weights(first: Weights, second: Weights | None) -> Inputs:
    later = (None, None) if second is None else (second.weight, second.bias)
    return (first.weight, first.bias, *later)


class _Given(NamedTuple):
    """The inputs of messages along some edges."""

    x: Tensor
    message: Tensor | None
    attribute: Tensor
    weights: Inputs
    plan: MessagesOn
    backend: Backend

    @property
    def inputs(self) -> Inputs:
        return (self.x, self.message, self.attribute, *self.weights)

    def along(self, edges: Edges, rows: Any) -> _Given:
        """The same along ``edges`` alone, which are these rows of the edges."""
        message = None if self.message is None else self.message[rows]
        plan = MessagesOn(self.plan.layer, edges)
        return self._replace(message=message, attribute=self.attribute[rows], plan=plan)


def _in_pieces(given: _Given, limit: int) -> Tensor:
    """Messages for some target nodes after others, so that the temporaries keep within ``limit``
    bytes.

    Pieces go the direct way: frames would have to be found anew for every one of them.
    """
    x, edges = given.x, given.plan.edges
    kernels = MESSAGES.kernels(given.backend, given.plan, given.inputs)
    held, size = MESSAGES.held_by(kernels, given.plan.layer), x.element_size()
    y: Tensor | None = None
    for piece in edge_pieces(edges, (x.shape[1] + held.node) * size, held.row * size, limit):
        if len(piece.edges) == len(edges):
            return _at_once(given)
        part = _directly(given.along(piece.edges, piece.edge_rows)._replace(x=x[piece.nodes]))
        y = x.new_empty(x.shape[0], part.shape[1]) if y is None else y
        y[piece.targets] = part[: piece.targets.stop - piece.targets.start]
    assert y is not None, "there are edges"
    return y


def _watched(given: _Given, limit: int | None, watch: Watch) -> Tensor:
    """The sums, and to ``watch`` the messages: of the same computation where they are kept."""
    plan, inputs = given.plan, tuple(None if t is None else t.resolve_neg() for t in given.inputs)
    kernels = MESSAGES.kernels(given.backend, plan, inputs)
    if kernels is not None and kernels.before_last_gate and limit is None and not _frames(given):
        y, kept = kernels.forward(plan, inputs, True)
        before = kernels.before_last_gate(plan, kept)
        if before is not None:
            watch(gate(before, plan.layer.gated) if plan.layer.last else before)
            return y
    else:
        y = _within_limit(given, limit)
    watch(each_message(plan, given.inputs, Forms(given.backend)))
    return y


def _frames(given: _Given) -> Frames | None:
    """The frames in which these messages are cheaper."""
    looked_at, plan = (given.x, given.message, given.attribute), given.plan
    return frames_for(looked_at, plan.layer, plan.edges, given.backend.takes_frames(given.x))


def _at_once(given: _Given) -> Tensor:
    """Messages along all edges at once, in their frames or directly."""
    frames = _frames(given)
    if frames is None:
        return _directly(given)
    if frames.some is None or frames.rest is None:
        return _in_frames(given, frames)
    some, rest = given.along(*frames.some), given.along(*frames.rest)
    return _in_frames(some, frames) + _directly(rest)


def _in_frames(given: _Given, frames: Frames) -> Tensor:
    """Messages along edges of which every one has its frame."""
    plan = MessagesInFrames(*given.plan, frames)
    if FRAME_MESSAGES.kernels(given.backend, plan, given.inputs) is None:
        return frame_messages(plan, given.inputs)
    return run(FRAME_MESSAGES, given.backend, plan, given.inputs)


def _directly(given: _Given) -> Tensor:
    """Messages for any attribute."""
    return run(MESSAGES, given.backend, given.plan, given.inputs)


def linear(xs: list[Tensor], attribute: Tensor, layer: Weights) -> Tensor:
    """W_ã (x_0 ⊕ x_1 ⊕ …) + b of inputs of any layouts: (rows, dim_out)."""
    return layers.linear(xs, attribute, layer, Forms(backend_for(attribute)))


def edge_linear(
    x: Tensor, message: Tensor | None, attribute: Tensor, layer: Weights, edges: Edges
) -> Tensor:
    """W_ã (x_i ⊕ x_j ⊕ s_ij) + b for every edge from j to i: (edges, dim_out)."""
    return layers.edge_linear((x, message), attribute, layer, edges, Forms(backend_for(x)))
