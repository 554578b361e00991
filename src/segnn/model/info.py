"""What a model is made of and what it costs: irreps, layers, parameters, operations and memory of a
step.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from segnn.data import Systems, SystemsLike
from segnn.model.memory import Size, harmonic, step_growth
from segnn.model.network import SteerableOnFeatures
from segnn.model.physical import PhysicalModel
from segnn.nn import Topology
from segnn.nn.linear import EdgeLinear, SteerableWeights
from segnn.o3.backends.choice import paths
from segnn.recipe import Features

SAMPLE_SYSTEMS, SAMPLE_EDGES = 16, 20_000
ASSUMPTIONS = (
    (
        "operations: the matrix products and couplings of the linear layers, a multiply-add counted"
        " as two; gates, norms and sums over neighbours (a few per cent) are left out"
    ),
    (
        "a training step is three forward passes: one forward, one backward to the inputs, one to"
        " the weights"
    ),
    "state: weights, gradients and optimiser state; batch: the features of one batch",
    (
        "memory of a step or of a prediction: the growth at its peak beside state and batch, within"
        " some 25 %: what autograd keeps (counted on a sample and scaled), what the kernels keep,"
        " and the temporaries of the widest layer; Python and PyTorch themselves come on top"
    ),
)


@dataclass(frozen=True)
class LayerInfo:
    """A linear layer: its name, irreps, weights, the rows it is applied to in a batch, and their
    operations.
    """

    name: str
    irreps: str
    parameters: int
    rows: int
    flops: int


@dataclass(frozen=True)
class ModelInfo:
    """See `model_info`; ``to_dict`` for JSON."""

    name: str
    kind: str
    irreps: dict[str, str]
    cues: dict[str, list[dict[str, str]]]
    layers: list[LayerInfo]
    parameters: int
    batch: dict[str, float]
    forward_flops: int
    step_flops: int
    state_bytes: int
    batch_bytes: int
    forward_bytes: int
    step_bytes: int
    kernels: dict[str, str]
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def model_info(model: PhysicalModel, systems: SystemsLike, source: str | None = None) -> ModelInfo:
    """Irreps, layers and costs of ``model`` for a batch of its recipe's ``training.batch_size``
    systems like ``systems``.

    Rows are measured by a forward pass on some of the systems and scaled to the batch.
    """
    recipe, cues = model.recipe, model.cues
    read = model.read(systems, source)
    features = _sample(model, read.systems, read.source)
    scale = recipe.training.batch_size / len(features)
    layers = _measure(model, features, scale)
    step_bytes, forward_bytes = _growth(model, features, scale)
    parameters = sum(p.numel() for p in model.parameters())
    forward = sum(layer.flops for layer in layers)
    width = 4 if model.dtype == torch.float32 else 8
    states = 4 + (
        recipe.training.ema is not None
    )  # weights, gradients, two moments of Adam, their moving average
    return ModelInfo(
        name=recipe.name,
        kind=recipe.model.kind,
        irreps={
            "inputs": str(cues.irreps_in),
            "edge attributes": str(cues.irreps_edge_attr),
            "node attributes": str(cues.irreps_node_attr),
            "message scalars": str(cues.irreps_message) or "none",
            "hidden": str(cues.irreps_hidden),
            "output": str(cues.irreps_out),
        },
        cues={
            key: [
                {"expression": term.text, "irreps": str(term.irreps), "unit": str(term.unit)}
                for term in terms
            ]
            for key, terms in cues.entries.items()
        },
        layers=layers,
        parameters=parameters,
        batch={
            "systems": recipe.training.batch_size,
            "particles": round(scale * features.x.shape[0], 1),
            "edges": round(scale * features.edge_index.shape[1], 1),
        },
        forward_flops=forward,
        step_flops=3 * forward,
        state_bytes=parameters * width * states,
        batch_bytes=round(scale * _own_bytes(features)),
        forward_bytes=forward_bytes,
        step_bytes=step_bytes,
        kernels=paths(),
        assumptions=ASSUMPTIONS,
    )


def _sample(model: PhysicalModel, systems: Systems, source: str) -> Features:
    """The features of a few systems: at most 16, fewer if they have many edges; at least one."""
    features = model.features(systems[:SAMPLE_SYSTEMS], source)
    fitting = int(torch.searchsorted(features.edge_offsets[1:], SAMPLE_EDGES, right=True))
    return features.batch(slice(0, max(1, fitting)))


def _growth(model: PhysicalModel, features: Features, scale: float) -> tuple[int, int]:
    """Bytes by which a training step and a prediction grow, of a batch of the recipe's size."""
    network = copy.deepcopy(model.network).train()
    if isinstance(network, SteerableOnFeatures):
        network.net.checkpoint_layers = model.recipe.training.checkpoint_layers
    edges = Topology(features.edge_index, features.x.shape[0])
    graphs = len(edges.cuts) - 1 if features.x.is_cpu else len(features)
    known = (
        edges.largest,
        edges.numbering is not None,
        harmonic(features.edge_attr, str(model.cues.irreps_edge_attr), edges),
    )
    sample = Size(edges.nodes, len(edges), graphs, *known)
    size = Size(
        round(scale * edges.nodes), round(scale * len(edges)), round(scale * graphs), *known
    )
    seen = (features.x, features.edge_attr, features.node_attr, features.message)
    given = sum(value.untyped_storage().nbytes() for value in seen if value is not None)
    given = 0 if sample.renumbered else given  # then it is copies of them that autograd keeps
    return step_growth(network, lambda: network(features), sample, size, given)


def _own_bytes(features: Features) -> int:
    """Bytes of the tensors of a batch."""
    held = (value for value in vars(features).values() if isinstance(value, Tensor))
    return sum(value.untyped_storage().nbytes() for value in held)


def _measure(model: PhysicalModel, features: Features, scale: float) -> list[LayerInfo]:
    """The layers, seen by one forward pass."""
    network = copy.deepcopy(model.network).train()
    layers: list[LayerInfo] = []

    def after(name: str, module: nn.Linear, inputs: tuple[Any, ...], output: Tensor) -> None:
        layers.append(_plain_layer(name, module, inputs[0].shape[0], scale))

    for name, module in network.named_modules():
        if isinstance(
            module, SteerableWeights
        ):  # fused with their neighbours: known by their irreps, not by being called
            rows = _rows(name, features)
            layers.append(_steerable_layer(name, module, rows, features.x.shape[0], scale))
        elif isinstance(module, nn.Linear):
            module.register_forward_hook(lambda m, x, y, name=name: after(name, m, x, y))
    with torch.no_grad():
        network(features)
    return layers


def _rows(name: str, features: Features) -> int:
    """The rows of a steerable layer: edges for messages, systems for the head of a graph task, else
    nodes.
    """
    last = name.rsplit(".", 1)[-1]
    if last.startswith("message"):
        return features.edge_index.shape[1]
    return len(features) if last.startswith("head") else features.x.shape[0]


def _plain_layer(name: str, layer: nn.Linear, rows: int, scale: float) -> LayerInfo:
    flops = 2 * layer.in_features * layer.out_features * rows
    return _layer(
        name, layer, f"{layer.in_features} → {layer.out_features} numbers", rows, flops, scale
    )


def _steerable_layer(
    name: str, layer: SteerableWeights, rows: int, nodes: int, scale: float
) -> LayerInfo:
    parts = " ⊕ ".join(str(part) for part in layer.irreps_parts if part.dim)
    irreps = f"{parts} ⊗ {layer.irreps_attr} → {layer.irreps_out}"
    flops = (
        edge_flops(layer, nodes, rows)
        if isinstance(layer, EdgeLinear)
        else rows * sum(map(sum, part_flops(layer)))
    )
    return _layer(name, layer, irreps, rows, flops, scale)


def _layer(
    name: str, layer: nn.Module, irreps: str, rows: int, flops: int, scale: float
) -> LayerInfo:
    parameters = sum(p.numel() for p in layer.parameters())
    return LayerInfo(
        name.removeprefix("net."), irreps, parameters, round(scale * rows), round(scale * flops)
    )


def part_flops(layer: SteerableWeights) -> list[tuple[int, int]]:
    """For each concatenated input, the operations of one row: (channel mixes, couplings)."""
    return [
        (
            sum(plan.flops for plan in (part.before, part.after) if plan is not None),
            sum(plan.flops for plan in (part.contraction, part.gather) if plan is not None),
        )
        for part in layer.plan.plans
    ]


def edge_flops(layer: EdgeLinear, nodes: int, edges: int) -> int:
    """Both ends are mixed at the nodes and coupled once, together, at the edges; the edges' own
    invariants there.
    """
    (target, coupling), (source, _), (own, own_coupling) = part_flops(layer)
    return nodes * (target + source) + edges * (coupling + own + own_coupling)
