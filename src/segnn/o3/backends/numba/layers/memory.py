"""What the operations keep for their derivatives and need for their temporaries, in bytes."""

from __future__ import annotations

from segnn.o3.backends.numba.layers.room import kept_bytes
from segnn.o3.backends.numba.threads import backward_chunks, block_nodes
from segnn.o3.backends.protocol import Bytes, Size
from segnn.o3.plan.layer import Messages, RowsLayer


def rows_bytes(plan: RowsLayer, size: Size, width: int, threads: int) -> Bytes:
    """Of a layer of rows: the inputs of its gate are kept; temporaries are tiles."""
    wide = 0 if plan.second is None else plan.first.output.dim
    return Bytes(kept_bytes(size.nodes, wide, width), 0, 0)


def messages_bytes(plan: Messages, size: Size, width: int, threads: int) -> Bytes:
    """Of messages: the inputs of the gates, and the mixed ends of one large graph, are kept.

    A forward pass holds the mixed ends of all nodes, or of a block of graphs for every thread. The
    derivative holds as much again, for one large graph and several threads also the derivative of
    the first layer at every edge, and sums of the weights' derivatives for every chunk.
    """
    second = plan.second
    wide = plan.first.output.dim + (0 if second is None else second.output.dim)
    ends = 2 * plan.mixed * width
    block = block_nodes(size.graphs, size.largest, ends)
    kept = kept_bytes(size.edges, wide, width) + (0 if block else size.nodes * ends)
    forward = ends * (threads * block if block else size.nodes)
    backward = size.nodes * ends
    if threads > 1:
        backward += size.edges * plan.first.output.dim * width
    if block:
        backward = threads * 2 * ends * block
    weights = plan.first.numel + (0 if second is None else second.numel)
    return Bytes(kept, forward, backward + backward_chunks(size.edges) * weights * width)
