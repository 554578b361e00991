"""The memory of a training step and of a prediction, told beforehand: what ``segnn bench`` would
measure as growth.

A step grows by what autograd keeps, by what the kernels keep for their derivatives, and by the
temporaries of the widest derivative. What autograd keeps of other operations is counted on a sample
of systems and scaled; what the kernels keep and need changes its form with size
(``segnn.o3.backends.numba.layers.fused``), and is computed for the size asked for. Weights, gradients, the optimiser's
state and the batch itself are there before, and counted apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from segnn.nn.linear import SteerableWeights
from segnn.nn.norm import InstanceNorm
from segnn.nn.segnn import SteerableNetwork
from segnn.nn.topology import Topology
from segnn.o3.backends.choice import frames_choice, use_numba
from segnn.o3.backends.gradients import KEPT_BYTES
from segnn.o3.frames.choice import needed, pays
from segnn.o3.frames.find import Frames, find_frames, has_frames
from segnn.o3.layout import layout
from segnn.o3.plan.layer import Messages

OVERHEAD = 1 << 19  # bytes: the kernels' tiles, the allocator's rounding
INDEX_BYTES = 40  # of an edge, while edges are sorted and counted
RENUMBERED_BYTES = (
    80  # of an edge of a renumbered graph: both ends, the order, and what it took to find them
)
NORM = 9  # copies of the node features that the derivative of a norm holds at once
FUSED_NORM, COMPOSED_NORM = 2, 6  # and the norm itself, as one operation and from single ones


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


def harmonic(attribute: Tensor, irreps: str, edges: Topology) -> bool:
    """Whether these edges have frames: their attribute is harmonics of one vector, and nothing
    forbids them.
    """
    laid = layout(irreps)
    if frames_choice() == "never" or not has_frames(laid) or not len(edges):
        return False
    return find_frames(edges.sort(attribute), laid, edges, 1, False) is not None


def network_of(module: nn.Module) -> SteerableNetwork | None:
    """The steerable network within, if the kernels would run it."""
    found = next((m for m in module.modules() if isinstance(m, SteerableNetwork)), None)
    return found if found is not None and use_numba(next(found.parameters())) else None


def kept_by_kernels(net: SteerableNetwork, size: Size) -> int:
    """Bytes that layers keep for their derivatives: the inputs of their gates, and the mixed ends
    of a large graph.
    """
    width = _width(net)
    total = _kept(size.nodes, net.readout_1.plan.output.dim, width)
    layer: Any
    for layer in net.layers:
        total += _kept_by_layer(layer, size, width)
    return total


def _kept_by_layer(layer: Any, size: Size, width: int) -> int:
    second = layer.message_2
    wide = layer.message_1.plan.output.dim + (0 if second is None else second.plan.output.dim)
    total = _kept(size.edges, wide, width)
    if hasattr(layer, "update_1"):
        total += _kept(size.nodes, layer.update_1.plan.output.dim, width)
    return total + (0 if _block(layer, size, width) else 2 * size.nodes * _mixed(layer) * width)


def _kept(rows: int, numbers: int, width: int) -> int:
    return rows * numbers * width if rows * numbers * width <= KEPT_BYTES else 0


def _mixed(layer: Any) -> int:
    before = layer.message_1.plan.plans[0].before
    return 0 if before is None else before.dim_out


def _block(layer: Any, size: Size, width: int) -> int:
    """Nodes of a block of whole graphs, 0 for one large graph."""
    from segnn.o3.backends.numba.threads import block_nodes

    return block_nodes(size.graphs, size.largest, 2 * _mixed(layer) * width)


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
        copies = 3 + (
            0 if norm is None else FUSED_NORM if isinstance(norm, InstanceNorm) else COMPOSED_NORM
        )
        frames = _frames(layer, size)
        if frames is None:
            block = _block(layer, size, width)
            ends = 2 * _mixed(layer) * width * (threads * block if block else size.nodes)
            widest = max(widest, ends + copies * features)
            continue
        matrix, held = (numbers * size.edges * width for numbers in frames)
        # Two such matrices while frames are found. What they leave in the heap holds the features
        # only if these are smaller.
        after = held if matrix >= features else 2 * matrix + held
        widest = max(widest, 2 * matrix + features, after + copies * features)
    return widest + size.edges * INDEX_BYTES + _renumbered(net, size) + OVERHEAD


def _frames(layer: Any, size: Size) -> tuple[int, int] | None:
    """Numbers of an edge's rotation while it is found, and later; None if messages go the direct
    way.
    """
    second = None if layer.message_2 is None else layer.message_2.plan
    spec = Messages(layer.message_1.plan, layer.gate.plan, second, hasattr(layer, "update_1"))
    if not (
        size.harmonic and pays(spec, size.nodes, size.edges, pairs=False)
    ):  # pairs are not seen in a sample
        return None
    lmax, mirrored = needed(spec)
    most = max(lmax, *(piece.irrep.l for piece in spec.first.attribute.pieces))
    return Frames.start(most + 1), (2 if mirrored else 1) * Frames.start(lmax + 1)


def _renumbered(net: SteerableNetwork, size: Size) -> int:
    """Bytes of the edges in their new order, and of what they carry."""
    carried = _width(net) * (net.irreps_edge_attr.dim + net.irreps_message.dim)
    return size.edges * (RENUMBERED_BYTES + carried) if size.renumbered else 0


def backward_temporaries(net: SteerableNetwork, size: Size, threads: int) -> int:
    """Bytes that the derivative of the widest layer takes beside what was kept."""
    from segnn.o3.backends.numba.threads import backward_chunks

    width, hidden = _width(net), net.irreps_hidden.dim
    widest = 0
    layer: Any
    for layer in net.layers:
        block = _block(layer, size, width)
        if block:
            ends = threads * 4 * _mixed(layer) * block * width
        else:
            ends = (
                2 * size.nodes * _mixed(layer) * width
                + size.edges * layer.message_1.plan.output.dim * width
            )
        messages = [m for n, m in layer.named_children() if n.startswith("message")]
        weights = sum(m.weight.numel() for m in messages if isinstance(m, SteerableWeights))
        partial = backward_chunks(size.edges) * weights * width
        normed = NORM if getattr(layer, "norm", None) is not None else 0
        widest = max(widest, ends + partial + (3 + normed) * size.nodes * hidden * width)
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
