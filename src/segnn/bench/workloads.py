"""What is measured: a network, graphs for it, and the steps of interest. ``WORKLOADS`` lists them
by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from e3nn.o3 import Irreps

from segnn.bench.particles import (
    SPECIES,
    Particles,
    acac,
    box,
    charged,
    gravity,
    molecules,
    water,
)
from segnn.errors import UserError
from segnn.nn import weight_balanced_irreps
from segnn.words import nearest

STEPS = {
    "forward": "prediction without gradients",
    "energy_forces": "energy, and forces by autograd through the attributes",
    "training": "zero_grad, prediction, mean squared error, backward, AdamW step",
    "forces": (
        "energy, forces by autograd through the attributes, mean squared error on both, backward,"
        " AdamW step"
    ),
}


@dataclass(frozen=True)
class Workload:
    """One benchmark.

    - ``sizes``: graphs to measure on, each made by a call; most workloads have one.
    - ``tiny``: a small graph of the same kind, to start everything up before memory is measured.
    - ``degrees``: (l_f, l_a) of the features and of the attributes; ``width``: weight-balanced to
      so many channels.
    - ``atoms``: one scalar for each molecule from species, instead of one vector for each particle
      from its motion.
    - ``steps``: of ``STEPS``. ``prepared``: whether the edges are prepared before the step, as they
      are in training.
    - ``others_up_to``: edges up to which contenders other than our fast path are measured; None for
      no limit.
    - ``egnn``: whether EGNN takes part; ``frames``: whether our products in the frames of edges
      stand beside the direct ones.
    - ``hidden``: features as they are, instead of ``width``; ``basis``: a potential with so many
      functions of the distance, beside which MACE and NequIP can be measured (0: none).
    - ``goal``: the figures we want, by the keys of ``goals.MEANING``; ``goal_on_card``: those on
      one graphics card.
    """

    name: str
    text: str
    sizes: tuple[Callable[[], Particles], ...]
    tiny: Callable[[], Particles]
    degrees: tuple[int, int]
    width: int = 64
    layers: int = 4
    atoms: bool = False
    norm: str | None = None
    pool: str = "mean"
    steps: tuple[str, ...] = ("forward", "training")
    prepared: bool = True
    egnn: bool = False
    frames: bool = False
    others_up_to: int | None = None
    hidden: str | None = None
    basis: int = 0
    goal: Mapping[str, float] = field(default_factory=dict)
    goal_on_card: Mapping[str, float] = field(default_factory=dict)

    @property
    def network(self) -> dict[str, Any]:
        """The arguments of SEGNN, and of the same network from e3nn's modules."""
        attributes = Irreps.spherical_harmonics(self.degrees[1])
        return {
            "irreps_in": f"{SPECIES}x0e" if self.atoms else "2x1o+1x0e",
            "irreps_hidden": self.hidden
            or str(weight_balanced_irreps(self.width, self.degrees[0], attributes)),
            "irreps_out": "1x0e" if self.atoms else "1x1o",
            "irreps_edge_attr": str(attributes),
            "irreps_node_attr": str(attributes),
            "irreps_message": f"{self.basis or (1 if self.atoms else 2)}x0e",
            "num_layers": self.layers,
            "norm": self.norm,
            "task": "graph" if self.atoms else "node",
            "pool": self.pool,
        }


def _gravity(neighbours: int, **more: Any) -> Workload:
    return Workload(
        f"gravity{neighbours}",
        f"20 systems of 100 bodies, {neighbours} nearest neighbours; l_f = l_a = 1, 64, 4 layers",
        (partial(gravity, systems=20, neighbours=neighbours),),
        partial(gravity, systems=1, neighbours=neighbours, bodies=neighbours + 1),
        degrees=(1, 1),
        egnn=True,
        **more,
    )


_MOLECULES: dict[str, Any] = {
    "tiny": partial(molecules, 8),
    "width": 128,
    "layers": 7,
    "atoms": True,
}

_POTENTIAL: dict[str, Any] = {
    "degrees": (1, 2),
    "hidden": "32x0e+32x1o",
    "layers": 3,
    "atoms": True,
    "pool": "sum",
    "basis": 8,
    "steps": ("forces", "energy_forces"),
}

_ALL = (
    Workload(
        "charged",
        "100 systems of 5 charges, complete graphs; l_f = l_a = 1, 64, 4 layers",
        (partial(charged, systems=100),),
        partial(charged, systems=2),
        degrees=(1, 1),
        egnn=True,
        goal={"training": 7, "forward": 10, "memory": 1 / 3, "egnn": 1, "batch": 0.05},
        goal_on_card={"training_ms": 1.5},
    ),
    _gravity(5),
    _gravity(20, goal={"training": 8, "forward": 12, "memory": 1 / 4}),
    _gravity(50),
    Workload(
        "qm9",
        "128 molecules of QM9's size, 2 Å; l_f = 2, l_a = 3, 128, 7 layers, instance norm, mean"
        " over atoms",
        (partial(molecules, 128),),
        degrees=(2, 3),
        norm="instance",
        frames=True,
        goal={"training": 8, "forward": 8, "memory": 1 / 3, "neighbours": 0.1},
        goal_on_card={"training": 5, "compiled": 3, "floors": 2},
        **_MOLECULES,
    ),
    Workload(
        "high_degree",
        "5 systems of 100 bodies, 8 nearest neighbours; l_f = l_a = 4, 64, 4 layers",
        (partial(gravity, systems=5, neighbours=8),),
        partial(gravity, systems=1, neighbours=8, bodies=9),
        degrees=(4, 4),
        frames=True,
        goal={"training": 8, "forward": 10, "memory": 1 / 3},
    ),
    Workload(
        "forces",
        "128 molecules of QM9's size, 2 Å; l_f = l_a = 2, 128, 7 layers, energy as a sum over"
        " atoms; loss on energy and forces",
        (partial(molecules, 128),),
        degrees=(2, 2),
        pool="sum",
        steps=("forces",),
        goal={"forces": 7, "memory": 1 / 2},
        goal_on_card={"forces": 5},
        **_MOLECULES,
    ),
    Workload(
        "acac",
        "1 and 5 configurations of 15 atoms, 5 Å; 32x0e+32x1o, l_a = 2, 3 layers, 8 Bessel"
        " functions; loss on energy and forces",
        (partial(acac, 1), partial(acac, 5)),
        partial(acac, 1),
        goal={"mace_step": 10, "nequip_step": 10, "mace_forces": 10},
        **_POTENTIAL,
    ),
    Workload(
        "water",
        "a periodic box of 64 water molecules, 5 Å, some 10 000 edges; network and loss as acac",
        (partial(water, 4),),
        partial(acac, 1),
        goal={"mace_step": 12, "mace_forces": 12},
        **_POTENTIAL,
    ),
    Workload(
        "molecule",
        "one molecule of 18 atoms through the qm9 network, edges not prepared: the latency of a"
        " prediction",
        (partial(molecules, 1, atoms=18),),
        degrees=(2, 3),
        norm="instance",
        steps=("forward",),
        prepared=False,
        **_MOLECULES,
    ),
    Workload(
        "large",
        "one periodic box of up to 100 000 bodies, 2 million edges; l_f = l_a = 1, 64, 4 layers",
        tuple(partial(box, bodies=n) for n in (500, 5_000, 25_000, 100_000)),
        partial(box, bodies=100),
        degrees=(1, 1),
        steps=("forward",),
        prepared=False,
        others_up_to=120_000,
        goal={"exponent": 1.05, "peak_gib": 4},
    ),
)
WORKLOADS: dict[str, Workload] = {workload.name: workload for workload in _ALL}


def find_workloads(names: Sequence[str]) -> list[Workload]:
    """The workloads of these names, all of them for none. UserError names the nearest one."""
    return [WORKLOADS[one_of(name, list(WORKLOADS), "workload")] for name in names or WORKLOADS]


def one_of(name: str, known: Sequence[str], what: str) -> str:
    """``name`` if it is known; else a UserError that names the nearest."""
    if name in known:
        return name
    near = nearest(name, known)
    hint = f"; did you mean {near!r}?" if near else "."
    raise UserError(f"{what} {name!r} is not known{hint} Known: {', '.join(known)}")
