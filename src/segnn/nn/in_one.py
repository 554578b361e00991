"""All layers of a SEGNN as one operation, for forces: `segnn.o3.backends.chain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from segnn.nn.fresh import Given
from segnn.o3.backends.chain import SCALED, Step, run_chain
from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.layer_function import Operation
from segnn.o3.backends.plain.layers import MESSAGES, ROWS
from segnn.o3.plan.layer import MessagesOn, RowsLayer, Weights

if TYPE_CHECKING:
    from segnn.nn.segnn import SteerableNetwork

X, EDGE, NODE, MESSAGE = range(4)
"""The places of what enters; weights follow."""


def in_one(net: SteerableNetwork, x: Tensor, given: Given) -> Tensor | None:
    """Embedding, layers and readout of ``net``; None where they have to be taken one by one: with a
    norm, and where a backend has not all their derivatives.
    """
    layers: Any = net.layers
    if any(layer.norm is not None for layer in layers):
        return None
    steps = _Steps(x, given.edge_attr, given.node_attr, given.message)
    message = None if given.message is None else MESSAGE
    first = net.embedding.weights
    h = steps.add(ROWS, RowsLayer(first.plan, None, None, False), (X, None, NODE), first, None)
    for layer in layers:
        messages, update = layer.operations
        both = layer.message_1.weights, layer.message_2.weights
        m = steps.add(MESSAGES, MessagesOn(messages, given.edges), (h, message, EDGE), *both)
        if layer.sums.scales:
            m = steps.add(SCALED, layer.sums.factor, (m,))
        both = layer.update_1.weights, layer.update_2.weights
        h = steps.add(ROWS, update, (h, m, NODE), *both)
    steps.add(ROWS, net.readout, (h, None, NODE), net.readout_1.weights, net.readout_2.weights)
    return run_chain(steps.steps, backend_for(x), tuple(steps.inputs), len(steps.features))


class _Steps:
    """Steps and inputs of a chain, as they are put together."""

    def __init__(self, *features: Tensor | None):
        self.features = features
        self.inputs: list[Tensor | None] = [*features]
        self.steps: list[Step] = []

    def add(
        self,
        operation: Operation,
        plan: Any,
        features: tuple[int | None, ...],
        *layers: Weights | None,
    ) -> int:
        """A step on these values and on the weights of layers (None: no such layer); the number of
        its result.
        """
        reads = [*features]
        for tensor in (t for layer in layers for t in (layer or (None, None))[:2]):
            reads.append(None if tensor is None else len(self.inputs))
            if tensor is not None:
                self.inputs.append(tensor)
        self.steps.append(Step(operation, plan, tuple(reads)))
        return -len(self.steps)
