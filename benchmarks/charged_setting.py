"""The charged 5-body setting of the paper as tensors, and the networks that are timed on it.

One batch is 100 systems of 5 particles on complete graphs: 500 nodes, 2000 edges. Speed does not depend on the values;
they are drawn at random with the magnitudes of the task.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import e3nn
import torch
from e3nn.o3 import spherical_harmonics
from e3nn_segnn import E3nnSEGNN
from torch import Tensor, nn

from segnn.nn.egnn import EGNN

CONFIGURATION = {
    "irreps_in": "2x1o+1x0e",
    "irreps_hidden": "32x0e+32x1o",
    "irreps_out": "1x1o",
    "irreps_edge_attr": "1x0e+1x1o",
    "irreps_node_attr": "1x0e+1x1o",
    "irreps_message": "2x0e",
    "num_layers": 4,
    "norm": None,
    "task": "node",
}


@dataclass(frozen=True)
class ChargedBatch:
    """position, velocity (N, 3); speed (N, 1); edge_index (2, E); attributes (·, 4); message (E, 2); batch (N,)."""

    position: Tensor
    velocity: Tensor
    speed: Tensor
    edge_index: Tensor
    edge_attr: Tensor
    node_attr: Tensor
    message: Tensor
    batch: Tensor

    @property
    def steerable(self) -> tuple[Tensor, ...]:
        """The arguments of a steerable network's `forward`, in order."""
        x = torch.cat([self.position, self.velocity, self.speed], dim=-1)
        return x, self.edge_index, self.edge_attr, self.node_attr, self.message, self.batch

    @property
    def invariant(self) -> tuple[Tensor, ...]:
        """The arguments of EGNN's `forward`, in order."""
        return self.speed, self.position, self.velocity, self.edge_index, self.message


def charged_batch(dtype: torch.dtype, systems: int = 100, particles: int = 5) -> ChargedBatch:
    """A batch of `systems` complete graphs of `particles` nodes; edges sorted by target, then source."""
    generator = torch.Generator().manual_seed(0)
    nodes = systems * particles
    position = torch.randn(nodes, 3, generator=generator, dtype=dtype)
    velocity = torch.randn(nodes, 3, generator=generator, dtype=dtype)
    charge = torch.randint(0, 2, (nodes, 1), generator=generator).to(dtype) * 2 - 1
    batch = torch.arange(systems).repeat_interleave(particles)
    target, source = torch.nonzero((batch[:, None] == batch) & ~torch.eye(nodes, dtype=torch.bool), as_tuple=True)
    relative = position[source] - position[target]
    edge_attr = spherical_harmonics([0, 1], relative, normalize=True, normalization="integral")
    geometry = torch.zeros(nodes, 4, dtype=dtype).index_add(0, target, edge_attr) / (particles - 1)
    return ChargedBatch(
        position=position,
        velocity=velocity,
        speed=velocity.norm(dim=-1, keepdim=True),
        edge_index=torch.stack([source, target]),
        edge_attr=edge_attr,
        node_attr=geometry + spherical_harmonics([0, 1], velocity, normalize=True, normalization="integral"),
        message=torch.cat([relative.norm(dim=-1, keepdim=True), charge[source] * charge[target]], dim=-1),
        batch=batch,
    )


def num_parameters(network: nn.Module) -> int:
    """Number of trained numbers."""
    return sum(p.numel() for p in network.parameters())


def e3nn_network(jit_mode: str) -> E3nnSEGNN:
    """The e3nn baseline; jit_mode is e3nn's "eager" (its default on torch >= 2.10) or "script" (before)."""
    previous = e3nn.get_optimization_defaults()["jit_mode"]
    e3nn.set_optimization_defaults(jit_mode=jit_mode)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch.jit.script is deprecated
            return E3nnSEGNN(**CONFIGURATION)
    finally:
        e3nn.set_optimization_defaults(jit_mode=previous)


def segnn_network() -> nn.Module:
    """The network of this package; imported here so that the baselines can be timed without it."""
    from segnn import SEGNN

    return SEGNN(**CONFIGURATION)


def egnn_network(parameters: int = 147_424) -> EGNN:
    """The EGNN of 4 layers with the number of parameters nearest to `parameters`, by default that of the SEGNN."""
    widths = {abs(num_parameters(EGNN(1, 2, channels=c)) - parameters): c for c in range(32, 160)}
    return EGNN(1, 2, channels=widths[min(widths)])


def contenders(batch: ChargedBatch, compiled: bool = False) -> dict[str, tuple[Callable[[], nn.Module], tuple[Tensor, ...]]]:
    """Name → (constructor, arguments of forward); `compiled` adds e3nn under torch.compile (needs a C++ compiler)."""
    extra = {"e3nn (torch.compile)": (lambda: torch.compile(e3nn_network("eager")), batch.steerable)}
    return {
        "e3nn": (lambda: e3nn_network("eager"), batch.steerable),
        "e3nn (script)": (lambda: e3nn_network("script"), batch.steerable),
        **(extra if compiled else {}),
        "segnn": (segnn_network, batch.steerable),
        "EGNN": (egnn_network, batch.invariant),
    }
