"""The memory of a training step and of a prediction, told beforehand: what ``segnn bench`` would
measure as growth.

A step grows by what autograd keeps, by what the kernels keep for their derivatives, and by the
temporaries of the widest derivative. What autograd keeps of other operations is counted on a sample
of systems and scaled; what the kernels keep and need changes its form with size
and is told by each operation of the backend for the size asked for. Weights, gradients, the
optimiser's state and the batch itself are there before, and counted apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from segnn.nn.linear import SteerableWeights
from segnn.nn.segnn import SteerableNetwork
from segnn.nn.topology import Topology
from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.protocol import Backend, Bytes
from segnn.o3.backends.protocol import Size as Extent
from segnn.o3.frames.choice import frame_numbers, frames_choice, pays
from segnn.o3.frames.find import find_frames, has_frames
from segnn.o3.layout import layout
from segnn.o3.plan.layer import Messages, RowsLayer

OVERHEAD = 1 << 19  # bytes: the kernels' tiles, the allocator's rounding
INDEX_BYTES = 40  # of an edge, while edges are sorted and counted
# of an edge of a renumbered graph: both ends, the order, and what it took to find them
RENUMBERED_BYTES = 80


@dataclass(frozen=True)
class Size:
    """Nodes and edges of a batch, its graphs that no edge joins, and the nodes of the largest one.

    ``renumbered``: whether nodes get new numbers (`segnn.nn.numbering`); ``harmonic``: whether
    edges have frames.
    """

    nodes: int
    edges: int
    graphs: int
    largest: int
    renumbered: bool = False
    harmonic: bool = False

    @property
    def extent(self) -> Extent:
        """What the operations ask for."""
        return Extent(self.nodes, self.edges, self.graphs, self.largest)


def harmonic(attribute: Tensor, irreps: str, edges: Topology) -> bool:
    """Whether these edges have frames: their attribute is harmonics of one vector, and nothing
    forbids them.
    """
    laid = layout(irreps)
    if frames_choice() == "never" or not has_frames(laid) or not len(edges):
        return False
    return find_frames(edges.sort(attribute), laid, edges, 1, False) is not None


def network_of(module: nn.Module) -> SteerableNetwork | None:
    """The steerable network within, if a backend runs it that tells its memory."""
    found = next((m for m in module.modules() if isinstance(m, SteerableNetwork)), None)
    if found is None:
        return None
    messages = _backend(found).messages
    return found if messages is not None and messages.bytes is not None else None


def _backend(net: nn.Module) -> Backend:
    return backend_for(next(net.parameters()).detach())


def _bytes(net: nn.Module, plan: Messages | RowsLayer, size: Size, threads: int) -> Bytes:
    """What the network's backend says of one operation."""
    backend = _backend(net)
    kernels = backend.rows if isinstance(plan, RowsLayer) else backend.messages
    if kernels is None or kernels.bytes is None:
        return Bytes(0, 0, 0)
    return kernels.bytes(plan, size.extent, _width(net), threads)


def _messages(layer: Any) -> Messages:
    found: Messages = layer.operations[0]
    return found


def kept_by_kernels(net: SteerableNetwork, size: Size) -> int:
    """Bytes that the operations keep for their derivatives."""
    layers: Any = net.layers
    plans = [net.readout, *(plan for layer in layers for plan in layer.operations)]
    return sum(_bytes(net, plan, size, 1).kept for plan in plans)


def _width(net: nn.Module) -> int:
    return next(net.parameters()).element_size()


def forward_temporaries(net: SteerableNetwork, size: Size, threads: int) -> int:
    """Bytes of a pass without gradients: features entering, messages and leaving of a layer, its
    mixed ends or its frames.
    """
    width = _width(net)
    features = size.nodes * net.irreps_hidden.dim * width
    widest = 0
    layer: Any
    for layer in net.layers:
        norm = getattr(layer, "norm", None)
        copies = 3 + (0 if norm is None else norm.held)
        plan = _messages(layer)
        # Pairs are not seen in a sample.
        if not (size.harmonic and pays(plan, size.nodes, size.edges, pairs=False)):
            ends = _bytes(net, plan, size, threads).forward
            widest = max(widest, ends + copies * features)
            continue
        matrix, held = (numbers * size.edges * width for numbers in frame_numbers(plan))
        # Two such matrices while frames are found. What they leave in the heap holds the features
        # only if these are smaller.
        after = held if matrix >= features else 2 * matrix + held
        widest = max(widest, 2 * matrix + features, after + copies * features)
    return widest + size.edges * INDEX_BYTES + _renumbered(net, size) + OVERHEAD


def _renumbered(net: SteerableNetwork, size: Size) -> int:
    """Bytes of the edges in their new order, and of what they carry."""
    carried = _width(net) * (net.irreps_edge_attr.dim + net.irreps_message.dim)
    return size.edges * (RENUMBERED_BYTES + carried) if size.renumbered else 0


def backward_temporaries(net: SteerableNetwork, size: Size, threads: int) -> int:
    """Bytes that the derivative of the widest layer takes beside what was kept."""
    features = size.nodes * net.irreps_hidden.dim * _width(net)
    widest = 0
    layer: Any
    for layer in net.layers:
        norm = getattr(layer, "norm", None)
        copies = 3 + (0 if norm is None else norm.held_back)
        messages = _bytes(net, _messages(layer), size, threads).backward
        widest = max(widest, messages + copies * features)
    return widest + OVERHEAD


def kept_by_autograd(module: nn.Module, call: Callable[[], Tensor]) -> int:
    """Bytes of all tensors that autograd keeps for the derivative of ``call()``, but for parameters
    and buffers.
    """
    owned = {t.data_ptr() for t in (*module.parameters(), *module.buffers())}
    kept: dict[int, int] = {}

    def keep(t: Tensor) -> Tensor:
        storage = t.untyped_storage()
        if t.data_ptr() not in owned:
            kept[storage.data_ptr()] = storage.nbytes()
        return t

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t):
        alive = call()  # until here, so that no storage is counted twice or reused
    del alive
    return sum(kept.values())


def step_growth(
    module: nn.Module,
    call: Callable[[], Tensor],
    sample: Size,
    size: Size,
    given: int,
    threads: int | None = None,
) -> tuple[int, int]:
    """Bytes by which (a training step, a prediction) grows for a batch of ``size``.

    ``call()`` runs ``module`` on a batch of size ``sample``, whose own tensors of ``given`` bytes
    do not count as growth.
    """
    threads = torch.get_num_threads() if threads is None else threads
    scale = size.nodes / max(sample.nodes, 1)
    net = network_of(module)
    steerable = next((m for m in module.modules() if isinstance(m, SteerableNetwork)), None)
    checkpoints = steerable is not None and steerable.checkpoint_layers
    if steerable is not None:
        steerable.checkpoint_layers = False
    kept = max(kept_by_autograd(module, call) - given, 0)
    if net is None:
        return int(scale * kept * 1.3) + OVERHEAD, int(scale * _widest(module, sample)) + OVERHEAD
    other = max(kept - kept_by_kernels(net, sample), 0)
    kernels = kept_by_kernels(net, size)
    whole = scale * other + kernels
    if checkpoints:  # the layers' inputs, and one layer at a time
        whole = whole / max(len(net.layers), 1) + len(
            net.layers
        ) * size.nodes * net.irreps_hidden.dim * _width(net)
        net.checkpoint_layers = True
    whole += (
        size.edges * RENUMBERED_BYTES if size.renumbered else 0
    )  # what they carry is kept by autograd, and counted
    return int(whole) + backward_temporaries(net, size, threads), forward_temporaries(
        net, size, threads
    )


def _widest(module: nn.Module, sample: Size) -> int:
    """Inputs and outputs of the widest layer, at the edges."""
    columns = [m.in_features + m.out_features for m in module.modules() if isinstance(m, nn.Linear)]
    columns += [
        sum(p.dim for p in m.irreps_parts) + m.irreps_out.dim
        for m in module.modules()
        if isinstance(m, SteerableWeights)
    ]
    return sample.edges * max(columns, default=0) * _width(module)
