"""Messages and their sums by the kernels: ``segnn.o3.backends.plain.layers.messages_layer``."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from segnn.o3.backends.numba.layers.memory import messages_bytes
from segnn.o3.backends.numba.layers.orders import orders
from segnn.o3.backends.numba.layers.programs import gate_of, layer_of, weight_runs, work
from segnn.o3.backends.numba.layers.room import room_like, room_to_keep, type_name, zeros_for
from segnn.o3.backends.numba.layers.rows import layer_arguments, tangent
from segnn.o3.backends.numba.messages.backward import backward
from segnn.o3.backends.numba.messages.edges_back import Backward
from segnn.o3.backends.numba.messages.forward import Forward, forward
from segnn.o3.backends.numba.messages.layers import (
    FirstLayer,
    Graph,
    Leaving,
    MessageLayers,
    Sharing,
)
from segnn.o3.backends.numba.messages.second import second
from segnn.o3.backends.numba.messages.second_edges import MessageTangents, Second
from segnn.o3.backends.numba.threads import (
    backward_chunks,
    block_nodes,
    forward_chunks,
    threads_for,
    tile_rows,
)
from segnn.o3.backends.numba.weights import LayerOutputs
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
    graph = _graph(plan, 2 * layer.mixed * x.element_size())
    ends = None if graph.most else blank(x, 2 * x.shape[0] * layer.mixed)
    kept = room_to_keep(x, len(edges), _width(layer), keep)
    threads = threads_for(len(edges) * w_1.numel())
    sharing = Sharing(
        threads=threads,
        chunks=_chunks(forward_chunks(len(edges), threads), graph.cuts),
        node_chunks=forward_chunks(x.shape[0], threads),
        tile=tile_rows(work(layer.first, layer.second)),
    )
    layers = _layers(layer, inputs)
    forward(Forward(layers=layers, graph=graph, sharing=sharing, ends=ends, kept=kept, y=y))
    return y, (kept, ends)


def _first(plan: MessagesOn, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    (layer, edges), (x, message, attribute, *weights) = plan, inputs
    before, ends = kept
    need_w = any(need[3:])
    gx, gm, ga = room_like(x, need[0]), room_like(message, need[1]), zeros_for(attribute, need[2])
    grads = [room_like(t, need_w) for t in weights]
    graph = _graph(plan, 2 * layer.mixed * g.element_size())
    backward(
        Backward(
            g=g,
            layers=_layers(layer, inputs),
            graph=graph,
            leaving=leaving_edges(edges),
            sharing=_sharing_back(plan, graph, g.shape[0], 1),
            ends=ends,
            kept=before,
            need_a=ga is not None,
            need_w=need_w,
            gx=gx,
            gm=gm,
            ga=ga,
            first=LayerOutputs(weight=grads[0], bias=grads[1]),
            second=LayerOutputs(weight=grads[2], bias=grads[3]),
        )
    )
    return gx, gm, ga, *grads


def _tangent(plan: MessagesOn, inputs: Inputs, kept: Inputs, tangents: Inputs) -> Inputs:
    """The tangent of the sums, and those of the inputs of the gates where these were kept."""
    (layer, edges), x = plan, inputs[0]
    gg: Tensor = x.new_empty(x.shape[0], layer.output_dim)
    made = room_to_keep(x, len(edges), _width(layer), kept[0] is not None)
    nothing = [False] * len(inputs)
    _back(plan, inputs, (*kept, made), gg, tangents, nothing, gg, only_tangent=True)
    return gg, made


def _width(layer: Messages) -> int:
    """Columns that stand before the gates of an edge."""
    return layer.first.output.dim + (0 if layer.second is None else layer.second.output.dim)


def _back(
    plan: MessagesOn,
    inputs: Inputs,
    kept: Inputs,
    g: Tensor,
    tangents: Inputs,
    need: Need,
    gg: Tensor | None,
    value: Tensor | None = None,
    *,
    only_tangent: bool = False,
) -> Inputs:
    """See `segnn.o3.backends.numba.layers.orders.Back`. Behind what ``_forward`` kept may stand
    what ``_tangent`` made.
    """
    (layer, edges), (x, message, attribute, *weights) = plan, inputs
    dx, dm, da = tangents
    need_w = any(need[3:])
    gx, gm = room_like(x, need[0]), room_like(message, need[1])
    ga = zeros_for(attribute, need[2])
    grads = [room_like(t, need_w) for t in weights]
    graph = _graph(plan, 4 * layer.mixed * g.element_size())
    tangents = MessageTangents(
        dx=tangent(dx, x), dm=tangent(dm, message), da=da, has_attribute=da is not None
    )
    second(
        Second(
            g=g,
            value=value,
            only_tangent=only_tangent,
            layers=_layers(layer, inputs),
            tangents=tangents,
            graph=graph,
            leaving=leaving_edges(edges),
            sharing=_sharing_back(plan, graph, g.shape[0], 2),
            kept=kept[0],
            made=kept[2] if len(kept) > 2 else None,
            need_a=ga is not None,
            need_w=need_w,
            gg=gg,
            gx=gx,
            gm=gm,
            ga=ga,
            first=LayerOutputs(weight=grads[0], bias=grads[1]),
            second=LayerOutputs(weight=grads[2], bias=grads[3]),
        )
    )
    return gx, gm, ga, *grads


def _graph(plan: MessagesOn, node_bytes: int) -> Graph:
    """The edges, cut into blocks of graphs that fit the cache, or one large graph."""
    edges = plan.edges
    most = block_nodes(len(edges.cuts) - 1, edges.largest, node_bytes)
    return Graph(
        source=edges.source.index,
        target=edges.target.index,
        offsets=edges.target.offsets,
        cuts=edges.cuts if most else None,
        most=most,
    )


def _sharing_back(plan: MessagesOn, graph: Graph, nodes: int, order: int) -> Sharing:
    """How a derivative of that order is shared out: it holds 2 or 4 times as much as a value."""
    (layer, edges), cuts = plan, graph.cuts
    return Sharing(
        threads=threads_for(),
        chunks=_chunks(backward_chunks(len(edges)), cuts),
        node_chunks=backward_chunks(nodes),
        tile=tile_rows(2 * order * work(layer.first, layer.second)),
    )


def _chunks(wanted: int, cuts: Any) -> int:
    """So many chunks, or one for each graph."""
    return wanted if cuts is None else min(wanted, max(len(cuts) - 1, 1))


def leaving_edges(edges: Edges) -> Leaving:
    """The edges in the order of their sources, and where each node's edges begin."""
    leaving = edges.source
    order = leaving.all_rows if leaving.order is None else leaving.order
    return Leaving(order=order, offsets=leaving.offsets)


def _layers(layer: Messages, inputs: Inputs) -> MessageLayers:
    x, message, attribute, w_1, b_1, w_2, b_2 = inputs
    dtype, first = type_name(x), layer.first
    return MessageLayers(
        x=x,
        message=message,
        attribute=attribute,
        first=FirstLayer(
            weight=w_1,
            runs_ends=weight_runs(first, 0, 2),
            runs_own=weight_runs(first, 2, 3),
            bias=b_1,
            ends=layer_of(first.plans[0], dtype),
            own=layer_of(first.plans[2] if message is not None else None, dtype),
        ),
        gate=gate_of(layer.gated, dtype),
        second=layer_arguments(layer.second, w_2, b_2, dtype),
        two=layer.second is not None,
        last=layer.last,
    )


def _held(layer: Messages) -> Held:
    """The mixed ends of the nodes, and the tiles that are being worked on."""
    return Held(0, 2 * layer.mixed)


def _before_last_gate(plan: MessagesOn, kept: Inputs) -> Tensor | None:
    """The input of the last gate, which ``forward`` keeps behind that of the first one."""
    (layer, edges), before = plan, kept[0]
    if before is None:
        return None
    width = (layer.second or layer.first).output.dim
    found: Tensor = before[before.numel() - len(edges) * width :].view(len(edges), width)
    return found


_ORDERS = orders(_back, lambda plan: plan.layer.output_dim)
MESSAGES = Kernels(
    _forward,
    _first,
    _ORDERS.second,
    _takes,
    _held,
    messages_bytes,
    _before_last_gate,
    tangent=_tangent,
    both=_ORDERS.both,
)
