"""Messages and their sums by the kernels: ``segnn.o3.backends.plain.layers.messages_layer``."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from segnn.o3.backends.numba import messages, second_messages
from segnn.o3.backends.numba.layers.memory import messages_bytes
from segnn.o3.backends.numba.layers.programs import gate_of, layer_of, runs_of, weight_runs, work
from segnn.o3.backends.numba.layers.room import room_like, room_to_keep, type_name, zeros_for
from segnn.o3.backends.numba.layers.rows import tangent
from segnn.o3.backends.numba.threads import (
    backward_chunks,
    block_nodes,
    forward_chunks,
    threads_for,
    tile_rows,
)
from segnn.o3.backends.protocol import Held, Inputs, Kernels, Need
from segnn.o3.pages import blank
from segnn.o3.plan.layer import Messages, MessagesOn
from segnn.o3.rows import Edges


def _takes(plan: MessagesOn, inputs: Inputs) -> bool:
    first = plan.layer.first
    mixed = first.plans[0].before is not None and first.output.dim > 0
    return mixed and plan.edges.target.order is None


def _forward(plan: MessagesOn, inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """The result, what stood before the gates (None where it is large, or not to be kept), and the
    mixed ends of one large graph.
    """
    (layer, edges), x = plan, inputs[0]
    w_1: Any = inputs[3]
    y = blank(x, x.shape[0], layer.output_dim)
    cuts, most = _cuts(plan, 2 * layer.mixed * x.element_size())
    ends = None if most else blank(x, 2 * x.shape[0] * layer.mixed)
    width = layer.first.output.dim + (0 if layer.second is None else layer.second.output.dim)
    kept = room_to_keep(x, len(edges), width, keep)
    arguments = _arguments(layer, inputs)
    threads = threads_for(len(edges) * w_1.numel())
    messages.forward(
        *arguments[:3],
        *_ends(edges),
        cuts,
        most,
        *arguments[3:],
        threads,
        _chunks(forward_chunks(len(edges), threads), cuts),
        forward_chunks(x.shape[0], threads),
        tile_rows(work(layer.first, layer.second)),
        ends,
        kept,
        y,
    )
    return y, (kept, ends)


def _first(plan: MessagesOn, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    (layer, edges), (x, message, attribute, *weights) = plan, inputs
    before, ends = kept
    need_w = any(need[3:])
    gx, gm, ga = room_like(x, need[0]), room_like(message, need[1]), zeros_for(attribute, need[2])
    grads = [room_like(t, need_w) for t in weights]
    arguments = _arguments(layer, inputs)
    cuts, most = _cuts(plan, 2 * layer.mixed * g.element_size())
    messages.backward(
        g,
        *arguments[:3],
        *_ends(edges),
        *_leaving(edges),
        cuts,
        most,
        *arguments[3:],
        threads_for(),
        _chunks(backward_chunks(len(edges)), cuts),
        backward_chunks(g.shape[0]),
        tile_rows(2 * work(layer.first, layer.second)),
        ends,
        before,
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


def _second(
    plan: MessagesOn, inputs: Inputs, kept: Inputs, g: Tensor, tangents: Inputs, need: Need
) -> Inputs:
    (layer, edges), (x, message, attribute, *weights) = plan, inputs
    dx, dm, da = tangents
    need_w = any(need[4:])
    gg, gx, gm = room_like(g), room_like(x, need[1]), room_like(message, need[2])
    ga = zeros_for(attribute, need[3])
    grads = [room_like(t, need_w) for t in weights]
    rest = _arguments(layer, inputs)
    cuts, most = _cuts(plan, 4 * layer.mixed * g.element_size())
    second_messages.backward(
        g,
        rest[0],
        tangent(dx, x),
        rest[1],
        tangent(dm, message),
        rest[2],
        da is not None,
        da,
        *_ends(edges),
        *_leaving(edges),
        cuts,
        most,
        *rest[3:],
        threads_for(),
        _chunks(backward_chunks(len(edges)), cuts),
        backward_chunks(g.shape[0]),
        tile_rows(4 * work(layer.first, layer.second)),
        kept[0],
        gx is not None,
        gm is not None,
        ga is not None,
        need_w,
        *(gg, gx, gm, ga, *grads),
    )
    return gg, gx, gm, ga, *grads


def _cuts(plan: MessagesOn, node_bytes: int) -> tuple[Tensor | None, int]:
    """Where the graph may be cut into blocks, and the nodes of a block; None and 0 for one large
    graph.
    """
    most = block_nodes(len(plan.edges.cuts) - 1, plan.edges.largest, node_bytes)
    return (plan.edges.cuts, most) if most else (None, 0)


def _chunks(wanted: int, cuts: Tensor | None) -> int:
    """So many chunks, or one for each graph."""
    return wanted if cuts is None else min(wanted, max(len(cuts) - 1, 1))


def _ends(edges: Edges) -> tuple[Tensor, ...]:
    return edges.source.index, edges.target.index, edges.target.offsets


def _leaving(edges: Edges) -> tuple[Tensor, ...]:
    """The edges in the order of their sources, and where each node's edges begin."""
    leaving = edges.source
    order = leaving.all_rows if leaving.order is None else leaving.order
    return order, leaving.offsets


def _arguments(layer: Messages, inputs: Inputs) -> tuple[Any, ...]:
    x, message, attribute, w_1, b_1, w_2, b_2 = inputs
    dtype = type_name(x)
    first, second = layer.first, layer.second
    return (
        x,
        message,
        attribute,
        w_1,
        weight_runs(first, 0, 2),
        weight_runs(first, 2, 3),
        b_1,
        layer_of(first.plans[0], dtype),
        layer_of(first.plans[2] if message is not None else None, dtype),
        gate_of(layer.gated, dtype),
        w_2,
        runs_of(second),
        b_2,
        layer_of(None if second is None else second.plans[0], dtype),
        second is not None,
        layer.last,
    )


def _held(layer: Messages) -> Held:
    """The mixed ends of the nodes, and the tiles that are being worked on."""
    return Held(0, 2 * layer.mixed)


MESSAGES = Kernels(_forward, _first, _second, _takes, _held, messages_bytes)
