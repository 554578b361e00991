"""Particles and molecules to measure on, drawn from a seed, and the paper's cues computed from
them.

Speed does not depend on the values; the numbers of nodes, edges and graphs are those of the tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from segnn.bench.device import CPU
from segnn.data import edges
from segnn.o3 import norm, spherical_harmonics
from segnn.o3.plan.vector import BESSEL, HARMONICS, Block, VectorPlan
from segnn.o3.rows import count_of
from segnn.o3.vectors import of_vectors

SPECIES = 5  # H, C, N, O, F
CUTOFF = 5.0  # Å, of potentials
INTEGRAL = (4 * np.pi) ** -0.5  # from "component" to "integral" normalised harmonics


class Basis(NamedTuple):
    """Bessel functions of the distance as message, an envelope on attributes, to a cutoff."""

    functions: int
    cutoff: float


@dataclass(frozen=True)
class Particles:
    """Graphs of particles, edges sorted by target, then source.

    - ``position`` (N, 3); ``velocity`` (N, 3), or None for atoms at rest.
    - ``scalars`` (N, k): the charge or mass of a moving particle (k = 1), the species of an atom
      one-hot (k = 5).
    - ``edge_index`` (2, E), source j above target i; ``shift`` (E, 3), zero but across a periodic
      boundary.
    - ``batch`` (N,): the graph of each node, of ``graphs``.
    - ``search()``: makes the edges from the positions once more.
    - ``basis``: of atoms, what the message has instead of the distance, and the attributes' cutoff.
    """

    position: Tensor
    velocity: Tensor | None
    scalars: Tensor
    edge_index: Tensor
    shift: Tensor
    batch: Tensor
    graphs: int
    search: Callable[[], edges.Edges]
    basis: Basis | None = None

    @property
    def nodes(self) -> int:
        """Nodes of all systems together."""
        return len(self.position)

    @property
    def edges(self) -> int:
        """Directed edges of all systems together."""
        return self.edge_index.shape[1]

    def to(self, dtype: torch.dtype, device: torch.device = CPU) -> Particles:
        """On a device, with floating-point tensors of another type."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        cast: dict[str, Any] = {
            k: v.to(device, dtype if v.is_floating_point() else v.dtype)
            for k, v in values.items()
            if isinstance(v, Tensor)
        }
        return replace(self, **cast)


@dataclass(frozen=True)
class Features:
    """What a steerable network is called with: x (N, ·), edge_attr (E, ·), node_attr (N, ·),
    message (E, ·).
    """

    x: Tensor
    edge_attr: Tensor
    node_attr: Tensor
    message: Tensor


def features(p: Particles, degree: int) -> Features:
    """The paper's cues up to ``degree``: ã_ij = Y(x_j − x_i), ã_i = mean_j ã_ij + Y(v_i); the
    message has the distance; or as ``p.basis`` says.

    Moving particles: x = (position − centre, velocity, speed), and the message has the product of
    charges or masses too. Atoms: x = species. Differentiable in the positions. Y is "integral"
    normalised, as in the paper's code: it keeps the values of an untrained network near one, also
    with many neighbours, so that float32 can be compared.
    """
    source, target = p.edge_index
    relative = p.position[source] - p.position[target] + p.shift
    if p.basis is not None:
        functions, cutoff = p.basis
        smooth = Block(HARMONICS, degree, envelope=(cutoff, 6), scale=INTEGRAL)
        edge_attr = of_vectors(relative, VectorPlan((smooth,)))
    else:
        edge_attr = INTEGRAL * spherical_harmonics(degree, relative)
    neighbours = count_of(target, p.nodes).clamp(min=1).to(edge_attr.dtype)
    node_attr = (
        edge_attr.new_zeros(p.nodes, edge_attr.shape[1]).index_add(0, target, edge_attr)
        / neighbours[:, None]
    )
    if p.basis is not None:
        waves = of_vectors(relative, VectorPlan((Block(BESSEL, functions, cutoff),)))
        return Features(p.scalars, edge_attr, node_attr, waves)
    distance = norm(relative)
    if p.velocity is None:
        return Features(p.scalars, edge_attr, node_attr, distance)
    size = count_of(p.batch, p.graphs).clamp(min=1).to(edge_attr.dtype)
    centre = p.position.new_zeros(p.graphs, 3).index_add(0, p.batch, p.position) / size[:, None]
    x = torch.cat([p.position - centre[p.batch], p.velocity, norm(p.velocity)], 1)
    message = torch.cat([distance, p.scalars[source] * p.scalars[target]], 1)
    return Features(
        x, edge_attr, node_attr + INTEGRAL * spherical_harmonics(degree, p.velocity), message
    )


def charged(systems: int, bodies: int = 5) -> Particles:
    """Systems of charges ±1 on complete graphs."""
    rng = np.random.default_rng(0)
    offsets = np.arange(systems + 1) * bodies
    position, velocity = rng.normal(size=(2, systems * bodies, 3))
    charge = rng.choice([-1.0, 1.0], size=(systems * bodies, 1))
    return _particles(position, velocity, charge, partial(edges.complete, offsets), offsets)


def gravity(systems: int, neighbours: int, bodies: int = 100) -> Particles:
    """Systems of unit masses, each joined to its nearest neighbours."""
    rng = np.random.default_rng(0)
    offsets = np.arange(systems + 1) * bodies
    position, velocity = rng.normal(size=(2, systems * bodies, 3))
    search = partial(edges.nearest, position, offsets, neighbours)
    return _particles(position, velocity, np.ones((len(position), 1)), search, offsets)


def box(bodies: int, neighbours: float = 20.0) -> Particles:
    """One periodic box of unit masses, evenly spread, with so many neighbours on average within the
    distance 1.
    """
    rng = np.random.default_rng(0)
    side = (bodies * 4 / 3 * np.pi / neighbours) ** (1 / 3)
    offsets = np.array([0, bodies])
    position, velocity = rng.uniform(0, side, (bodies, 3)), rng.normal(size=(bodies, 3))
    search = partial(edges.radius, position, offsets, 1.0, cell=side * np.eye(3))
    return _particles(position, velocity, np.ones((bodies, 1)), search, offsets)


def molecules(count: int, atoms: float = 17.9, cutoff: float = 2.0) -> Particles:
    """Random trees of atoms of the size of QM9's molecules (``atoms`` on average), joined within
    ``cutoff`` Å.

    Bonds are 1.1-1.5 Å long, an atom has at most four, and others are at least ``CLOSEST`` Å away,
    chosen so that there are about as many edges within 2 Å as in QM9: 128 molecules have 2291 nodes
    and some 6000 edges. Geometry, not chemistry.
    """
    rng = np.random.default_rng(0)
    sizes = np.round(rng.normal(atoms, 3.0 if count > 1 else 0.0, count)).astype(int)
    missing = round(count * atoms) - sizes.sum()
    sizes[: abs(missing)] += np.sign(missing)
    sizes = np.maximum(sizes, 2)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    position = np.concatenate([_tree(rng, size) for size in sizes])
    species = np.eye(SPECIES)[rng.choice(SPECIES, len(position), p=[0.51, 0.35, 0.06, 0.07, 0.01])]
    return _particles(
        position, None, species, partial(edges.radius, position, offsets, cutoff), offsets
    )


CLOSEST = 1.78


def _tree(rng: np.random.Generator, atoms: int) -> np.ndarray:
    """(atoms, 3) Å: every atom bonded to an earlier one, in a random direction, not too near to the
    others.
    """
    position, bonds = np.zeros((atoms, 3)), np.zeros(atoms, int)
    placed = 1
    while placed < atoms:
        parent = rng.choice(np.flatnonzero(bonds[:placed] < 4))
        direction = rng.normal(size=3)
        place = position[parent] + rng.uniform(1.1, 1.5) * direction / np.linalg.norm(direction)
        others = np.delete(position[:placed], parent, axis=0)
        if len(others) == 0 or np.linalg.norm(others - place, axis=1).min() >= CLOSEST:
            position[placed] = place
            bonds[[parent, placed]] += 1
            placed += 1
    return position


def potential(particles: Particles, basis: Basis) -> Particles:
    """The same atoms with a basis of distances."""
    return replace(particles, basis=basis)


def acac(count: int, cutoff: float = CUTOFF) -> Particles:
    """Configurations of one random tree of 15 atoms, C5H8O2, joined within ``cutoff`` Å: jittered
    by some hundredths of an Å, as at room temperature. Geometry, not chemistry.
    """
    rng = np.random.default_rng(1)
    tree, columns = _tree(rng, 15), np.repeat([1, 3, 0], [5, 2, 8])  # C, O, H of H, C, N, O, F
    position = np.concatenate([tree + 0.05 * rng.normal(size=tree.shape) for _ in range(count)])
    offsets = 15 * np.arange(count + 1)
    search = partial(edges.radius, position, offsets, cutoff)
    species = np.tile(np.eye(SPECIES)[columns], (count, 1))
    return potential(_particles(position, None, species, search, offsets), Basis(8, cutoff))


def water(molecules_a_side: int, cutoff: float = CUTOFF) -> Particles:
    """A periodic box of n³ water molecules turned at random, on a cubic lattice of the density of
    water (29.9 Å³ each), oxygens jittered; joined within ``cutoff`` Å.
    """
    rng = np.random.default_rng(2)
    n, spacing = molecules_a_side, 29.9 ** (1 / 3)
    lattice = spacing * np.stack(np.meshgrid(*[np.arange(n)] * 3), -1).reshape(-1, 3)
    oxygen = lattice + 0.1 * rng.normal(size=lattice.shape)
    turns, _ = np.linalg.qr(rng.normal(size=(n**3, 3, 3)))
    arms = np.array([[0.0, 0.0, 0.0], [0.757, 0.586, 0.0], [-0.757, 0.586, 0.0]])
    position = (oxygen[:, None] + arms @ turns).reshape(-1, 3)
    offsets, side = np.array([0, 3 * n**3]), n * spacing
    search = partial(edges.radius, position, offsets, cutoff, cell=side * np.eye(3))
    species = np.tile(np.eye(SPECIES)[[3, 0, 0]], (n**3, 1))
    return potential(_particles(position, None, species, search, offsets), Basis(8, cutoff))


def _particles(
    position: np.ndarray,
    velocity: np.ndarray | None,
    scalars: np.ndarray,
    search: Callable[[], edges.Edges],
    offsets: np.ndarray,
) -> Particles:
    edge_index, shift = search()
    return Particles(
        torch.from_numpy(position),
        None if velocity is None else torch.from_numpy(velocity),
        torch.from_numpy(scalars),
        torch.from_numpy(edge_index),
        torch.from_numpy(shift),
        torch.repeat_interleave(torch.arange(len(offsets) - 1), torch.from_numpy(np.diff(offsets))),
        len(offsets) - 1,
        search,
    )
