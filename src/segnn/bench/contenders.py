"""Who is measured: networks of the same weights, each with the steps of a workload as functions to
call.
"""

from __future__ import annotations

import warnings
from bisect import bisect_left
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import e3nn
import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from segnn.bench import cuequivariance
from segnn.bench.device import CPU
from segnn.bench.e3nn_network import E3nnSEGNN
from segnn.bench.particles import Particles, features
from segnn.bench.peers import PEERS
from segnn.bench.workloads import Workload
from segnn.interop import from_reference_state_dict
from segnn.model.captured import Captured
from segnn.model.compiled import compile
from segnn.nn import SEGNN, Topology
from segnn.nn.egnn import EGNN
from segnn.o3 import edge_frames, kernels
from segnn.o3.rows import Rows

OURS, DIRECT, REFERENCE, FLOOR = "segnn", "segnn direct", "e3nn", "floor"
ONE_BY_ONE, REPLAYED = "segnn (no graph)", "e3nn (graph)"
COMPILED, PLAIN_COMPILED = "e3nn (compile)", "segnn plain (compile)"
CUEQUIVARIANCE = "cuEquivariance"
CONTENDERS = {
    OURS: "SEGNN as it comes",
    ONE_BY_ONE: "the same operation by operation, on a graphics card",
    DIRECT: "SEGNN without products in the frames of edges, where it takes such",
    "segnn plain": "SEGNN on its plain PyTorch path",
    PLAIN_COMPILED: "the same through torch.compile; only if asked for, or on a graphics card",
    REFERENCE: "the same network from e3nn's public modules, as e3nn comes",
    REPLAYED: "the same recorded as a CUDA graph, on a graphics card",
    "e3nn (script)": "the same with e3nn's jit_mode 'script'",
    COMPILED: "through torch.compile; only if asked for, as compiling takes long, or on a card",
    CUEQUIVARIANCE: "the same with NVIDIA's cuequivariance-torch; if asked for, or on a card",
    "EGNN": "an invariant network of at least as many parameters, for moving particles",
    FLOOR: "the matrix products of the network alone",
    **{name: f"{text}; only if asked for, beside potentials" for name, text in PEERS.items()},
}
ON_CARD = tuple(n for n in CONTENDERS if n not in (*PEERS, DIRECT, "e3nn (script)"))
"""Who is measured on a graphics card unless others are asked for; what is recorded takes no frames,
which have to be looked for."""
CARD_ONLY = (ONE_BY_ONE, REPLAYED)
"""Who differs from another one on a graphics card alone."""
RECORDED = (OURS, REPLAYED)
"""Whose steps a graphics card records, as ours are in training (`segnn.model.captured`)."""
_IF_ASKED = (COMPILED, PLAIN_COMPILED, CUEQUIVARIANCE, *CARD_ONLY, *PEERS)
DEFAULT = tuple(name for name in CONTENDERS if name not in _IF_ASKED)
"""Who is measured on a CPU unless others are asked for."""
CONTEXTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "segnn plain": lambda: kernels("plain"),
    PLAIN_COMPILED: lambda: kernels("plain"),
    DIRECT: lambda: edge_frames("never"),
}
Steps = dict[str, Callable[[], object]]


@dataclass(frozen=True)
class Contender:
    """A network on given graphs. ``predict(training)`` → (prediction,) or (energies, forces), to be
    fitted to ``targets``; ``training`` says whether forces will be differentiated. ``recorded``:
    whether a graphics card records its steps.
    """

    network: nn.Module
    predict: Callable[[bool], tuple[Tensor, ...]]
    targets: tuple[Tensor, ...]
    context: Callable[[], AbstractContextManager[None]]
    recorded: bool = False

    @property
    def parameters(self) -> int:
        """Number of trained numbers."""
        return _parameters(self.network)

    def loss(self, outputs: tuple[Tensor, ...]) -> Tensor:
        """Mean squared error, of energies plus of forces where both are predicted."""
        return torch.stack(
            [mse_loss(y, target) for y, target in zip(outputs, self.targets, strict=True)]
        ).sum()

    def steps(
        self, names: tuple[str, ...], optimizer: torch.optim.Optimizer | None = None
    ) -> Steps:
        """The functions to time, by the names of ``workloads.STEPS``; with a fresh optimiser if
        none is given.
        """
        optimizer = optimizer or make_optimizer(self.network)
        for group in optimizer.param_groups:
            group["capturable"] = self.recorded and self.targets[0].is_cuda
        parameters = list(self.network.parameters())

        def forward() -> None:
            with self.context(), torch.no_grad():
                self.predict(False)

        def energy_forces() -> None:
            with self.context():
                self.predict(False)

        def training() -> None:
            with self.context():
                optimizer.zero_grad()
                self.loss(self.predict(True)).backward(
                    inputs=parameters
                )  # of a loss on forces: not by the positions
                optimizer.step()

        known = {"forward": forward, "energy_forces": energy_forces}
        found: Steps = {name: known.get(name, training) for name in names}
        if not self.recorded:
            return found
        device = self.targets[0].device
        return {name: Captured(step, device, f"the step {name}") for name, step in found.items()}


def can_take_part(name: str, workload: Workload, edges: int) -> bool:
    """Whether a contender is measured on graphs of so many edges of a workload."""
    asked = {"EGNN": workload.egnn, DIRECT: workload.frames}
    asked |= dict.fromkeys(PEERS, workload.basis > 0)
    asked[CUEQUIVARIANCE] = cuequivariance.installed()
    # torch.compile differentiates once, not twice
    asked |= dict.fromkeys((COMPILED, PLAIN_COMPILED), "forces" not in workload.steps)
    if not asked.get(name, True):
        return False
    return name in (OURS, FLOOR) or workload.others_up_to is None or edges <= workload.others_up_to


def make_network(name: str, workload: Workload, dtype: torch.dtype) -> nn.Module:
    """A fresh network; the same seed for all."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        if name.startswith("segnn"):
            return SEGNN(**workload.network).to(dtype)
        if name.startswith("e3nn"):
            network = _e3nn_network(workload, "script" if "script" in name else "eager", dtype)
            return _compiled(network) if name == COMPILED else network
        if name == CUEQUIVARIANCE:
            return cuequivariance.exchange_products(_e3nn_network(workload, "eager", dtype))
        wanted = _parameters(SEGNN(**workload.network))
        channels = range(8, 1024)
        least = bisect_left(channels, wanted, key=lambda c: _parameters(EGNN(1, 2, channels=c)))
        return EGNN(1, 2, channels=channels[least]).to(dtype)


def _compiled(network: nn.Module) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from within torch's own compiler
        compiled: Any = torch.compile(network)
    assert isinstance(compiled, nn.Module)
    return compiled


def make_optimizer(network: nn.Module) -> torch.optim.Optimizer:
    """The same for every contender."""
    return torch.optim.AdamW(network.parameters(), lr=1e-4, fused=True)


def _parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def _e3nn_network(workload: Workload, jit_mode: str, dtype: torch.dtype) -> E3nnSEGNN:
    """e3nn makes its coupling constants in torch's default type and compiles as its own default
    says.
    """
    previous = torch.get_default_dtype(), e3nn.get_optimization_defaults()["jit_mode"]
    torch.set_default_dtype(dtype)
    e3nn.set_optimization_defaults(jit_mode=jit_mode)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch.jit.script is deprecated
            return E3nnSEGNN(**workload.network)
    finally:
        torch.set_default_dtype(previous[0])
        e3nn.set_optimization_defaults(jit_mode=previous[1])


def contender(
    name: str,
    network: nn.Module,
    workload: Workload,
    particles: Particles,
    dtype: torch.dtype,
    device: torch.device = CPU,
) -> Contender:
    """``network`` on ``particles``, its inputs and (where ``workload.prepared``) our edges made
    beforehand. All of it goes to ``device``.
    """
    p = particles.to(dtype, device)
    network.to(device)
    given = features(p, workload.degrees[1])
    edges: Tensor | Topology = p.edge_index
    graphs: Tensor | Rows = p.batch
    if workload.prepared and isinstance(network, SEGNN):
        edges = Topology(p.edge_index, p.nodes)
        graphs = Rows(p.batch, p.graphs, checked=True, in_order=True)

    def egnn(training: bool) -> tuple[Tensor, ...]:
        return (network(given.x[:, -1:], p.position, p.velocity, p.edge_index, given.message),)

    own: tuple[Any, ...] = (
        given.x,
        edges,
        given.edge_attr,
        given.node_attr,
        given.message,
        graphs,
        p.graphs,
    )
    if name == PLAIN_COMPILED:
        with kernels("plain"):
            compile(network, *own)

    def steerable(training: bool) -> tuple[Tensor, ...]:
        return (network(*own),)

    def with_forces(training: bool) -> tuple[Tensor, ...]:
        position = p.position.detach().requires_grad_()
        f = features(replace(p, position=position), workload.degrees[1])
        energy = network(f.x, edges, f.edge_attr, f.node_attr, f.message, *own[5:])
        (gradient,) = torch.autograd.grad(energy.sum(), position, create_graph=training)
        return energy, -gradient

    forces = "forces" in workload.steps
    predict = egnn if name == "EGNN" else with_forces if forces else steerable
    generator = torch.Generator().manual_seed(0)
    shapes = [
        (p.graphs, 1) if workload.atoms else (p.nodes, 3),
        *([(p.nodes, 3)] if forces else []),
    ]
    targets = tuple(
        torch.randn(*shape, generator=generator, dtype=torch.float64).to(device, dtype)
        for shape in shapes
    )
    # edges that are made within a step are as many as there are: no recording repeats that
    recorded = device.type != "cpu" and name in RECORDED and workload.prepared
    context = CONTEXTS.get(name, nullcontext)
    return Contender(network, predict, targets, context, recorded)


def share_weights(networks: dict[str, nn.Module], workload: Workload) -> None:
    """Give every SEGNN the weights of the e3nn network, if there is one."""
    if REFERENCE not in networks:
        return
    reference = networks[REFERENCE]
    weights = {name: value.detach() for name, value in reference.named_parameters()}
    own = from_reference_state_dict(weights, **workload.network).state_dict()
    for name, network in networks.items():
        if name.startswith("segnn"):
            network.load_state_dict(own)
        elif name.startswith("e3nn") or name == CUEQUIVARIANCE:
            with torch.no_grad():
                for mine, theirs in zip(network.parameters(), reference.parameters(), strict=True):
                    mine.copy_(theirs)
