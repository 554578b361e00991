"""How many systems fit into a given memory, and what is left of it for the temporaries of the
network.

Counted are the features of a batch, the neighbour search, the network's node features and the
temporaries of its widest operation; not the systems themselves, the weights, and Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch

from segnn.data import Systems
from segnn.errors import UserError
from segnn.nn.convolution import ConvolutionLayer
from segnn.nn.segnn import SEGNNLayer
from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.plain.layers import MESSAGES
from segnn.recipe import Features
from segnn.recipe.blocks import BLOCK

if TYPE_CHECKING:
    from segnn.model.physical import PhysicalModel

SEARCH_BYTES = (
    160  # of an edge while neighbours are searched and sorted, most of them for a radius graph
)
# of an edge of a large graph, whose nodes get new numbers: its ends and their order; and what it
# carries
RENUMBERED_BYTES = 24
LEAST_SHARE = (
    0.05  # of the memory, left for temporaries; with less, pieces would be too small to be of use
)
GROWTH = 8  # a batch is at most so many times the largest one whose edges have been counted


class Budget:
    """Bytes of a prediction by ``model``: ``per_node``, ``per_edge``, ``fixed``, and of its
    operations, which pieces bound.
    """

    def __init__(self, model: PhysicalModel):
        cues, width = model.cues, torch.finfo(model.dtype).bits // 8
        hidden, seen = cues.irreps_hidden.dim, cues.irreps_in.dim + cues.irreps_node_attr.dim
        normed = model.recipe.model.norm is not None
        self.per_node = (
            (8 + width) * seen
            + 8 * (3 + 3 * cues.irreps_out.dim)
            + width * hidden * (7 if normed else 4)
        )
        carried = width * (cues.irreps_edge_attr.dim + cues.irreps_message.dim)
        self.per_edge = max(16 + 24 + carried + RENUMBERED_BYTES + carried, SEARCH_BYTES)
        terms = [
            term for key in ("edge_attributes", "message_scalars") for term in cues.entries[key]
        ]
        self.fixed = BLOCK * 8 * (12 + 3 * sum(term.irreps.dim for term in terms))
        self.node_temporaries, self.edge_temporaries = 0, 6 * width * hidden
        self.pieces = False
        backend = backend_for(torch.empty(0, dtype=model.dtype))
        for layer in model.modules():
            if isinstance(layer, SEGNNLayer | ConvolutionLayer):
                held = MESSAGES.held_by(backend.messages, layer.operations[0])
                self.node_temporaries = width * held.node
                self.edge_temporaries = width * held.row
                self.pieces = True

    def kept(self, nodes: int, edges: float) -> int:
        """Bytes that are there from beginning to end of a batch."""
        return int(self.fixed + nodes * self.per_node + edges * self.per_edge)

    def whole(self, nodes: int, edges: float) -> int:
        """Bytes of a batch whose operations run at once."""
        return self.kept(nodes, edges) + int(
            nodes * self.node_temporaries + edges * self.edge_temporaries
        )


def batches(
    model: PhysicalModel, systems: Systems, source: str, batch_size: int, memory: int | None
) -> Iterator[tuple[Features, int | None]]:
    """Features of at most ``batch_size`` systems a time, and the bytes left for the temporaries of
    an operation.

    Without ``memory`` there is no bound. With it a batch has as many systems as fit, judged by the
    most edges a node has had so far. Raises UserError for a system that does not fit even in
    pieces.
    """
    if memory is None:
        for first in range(0, len(systems), batch_size):
            yield model.to_run(systems[first : first + batch_size], source), None
        return
    budget = Budget(model)
    first, joined, largest = 0, 0.0, 0
    while first < len(systems):
        stop = first + 1
        if first:
            nodes = systems.offsets[first + 1 : first + 1 + batch_size] - systems.offsets[first]
            fits = np.array(
                [
                    budget.whole(int(n), joined * n) <= memory and n <= GROWTH * largest
                    for n in nodes
                ]
            )
            stop = first + max(int(fits.argmin()) if not fits.all() else len(fits), 1)
        while True:
            features = model.to_run(systems[first:stop], source)
            nodes, edges = features.x.shape[0], features.edge_index.shape[1]
            joined, largest = max(joined, edges / max(nodes, 1)), max(largest, nodes)
            if stop == first + 1 or budget.whole(nodes, edges) <= memory:
                break
            stop = first + (stop - first) // 2  # they have more edges than those before
        yield features, _left(budget, nodes, edges, memory, first, source)
        first = stop


def _left(budget: Budget, nodes: int, edges: int, memory: int, system: int, source: str) -> int:
    """The bytes left for temporaries."""
    left = memory - budget.kept(nodes, edges)
    if budget.whole(nodes, edges) <= memory or (budget.pieces and left >= LEAST_SHARE * memory):
        return left
    least = (
        budget.kept(nodes, edges) / (1 - LEAST_SHARE)
        if budget.pieces
        else budget.whole(nodes, edges)
    )
    raise UserError(
        f"memory {size_text(memory)} is too little for system {system} of {source}: its {nodes} "
        f"particles and {edges} edges need {np.ceil(least / 2**20):.0f} MiB. Give more, or a graph "
        "with fewer edges (graph.cutoff, graph.neighbours)"
    )


def size_text(size: float) -> str:
    """A number of bytes in the largest unit that leaves it 1 or more: "500 MiB", "1.5 KiB"."""
    unit = max((n for n in range(4) if size >= 2 ** (10 * n)), default=0)
    value = size / 2 ** (10 * unit)
    digits = f"{value:.3g}" if value < 999.5 else f"{value:.0f}"  # not 1.02e+03
    return f"{digits} {('B', 'KiB', 'MiB', 'GiB')[unit]}"
