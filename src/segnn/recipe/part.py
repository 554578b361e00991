"""The part of one system that a process owns, where several share it: its nodes, the edges to them,
and the nodes at the other ends of these.

Each process has read the whole system, which is small beside its edges; it cuts it as all others
do, and searches for neighbours of its own nodes alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from segnn.data import Systems, edges
from segnn.parallel.bisection import blocks, near_order
from segnn.parallel.group import Group
from segnn.parallel.halo import Halo
from segnn.parallel.space import Space
from segnn.recipe.arrays import check_images
from segnn.recipe.cues import Cues
from segnn.recipe.schema import GraphSpec
from segnn.recipe.tensors import Tensors


@dataclass(frozen=True)
class Part:
    """``tensors`` of a part, and its ``systems``, arrays of the same nodes; ``nodes`` (owned,): the
    rows of the owned ones in the whole system. ``sizes``: how many nodes each process owns.
    """

    tensors: Tensors
    systems: Systems
    nodes: np.ndarray
    sizes: tuple[int, ...]


def part_of(cues: Cues, system: Systems, group: Group, source: str) -> Part:
    """The part of one ``system`` that this process of the ``group`` owns; all of them make theirs
    together. Errors as of ``cues.tensors``.
    """
    check_images(cues.recipe.graph, system, source)
    space = Space.of(system)
    owned = blocks(space.place, group.size)
    own = owned[group.rank]
    own = own[near_order(space.place[own])]
    (ends, target), shift = edges_to(own, space, cues.recipe.graph, system)
    whole = len(space.place)

    owner = np.empty(whole, np.int64)
    for rank, nodes in enumerate(owned):
        owner[nodes] = rank
    needed = np.setdiff1d(ends, own)
    by_owner = [needed[owner[needed] == rank] for rank in range(group.size)]
    halo = Halo.of(group, own, by_owner, whole)
    rows = np.concatenate([own, *by_owner])
    number = np.empty(whole, np.int64)
    number[rows] = np.arange(len(rows))
    edge_index = np.stack([number[ends], number[target]])
    order = np.argsort(edge_index[1], kind="stable")

    some = Systems(
        position=system.position[rows],
        offsets=np.array([0, len(rows)]),
        node={name: array[rows] for name, array in system.node.items()},
        graph=system.graph,
    )
    tensors = cues.tensors(some, source, (edge_index[:, order], shift[order]))
    tensors = replace(tensors, offsets=torch.tensor([0, whole]), halo=halo)
    return Part(tensors, some, own, tuple(map(len, owned)))


def edges_to(own: np.ndarray, space: Space, graph: GraphSpec, system: Systems) -> edges.Edges:
    """The edges of the declared ``graph`` of one ``system`` whose targets are the nodes ``own``, as
    `segnn.data.edges` describes them.
    """
    if graph.cutoff is None:
        ends = edges.nearest_to(system.position, np.sort(own), graph.neighbours)
        return ends, np.zeros((ends.shape[1], 3))
    near = space.near(own, graph.cutoff)
    position = system.position[near]
    (source, target), shift = edges.radius(
        position, np.array([0, len(near)]), graph.cutoff, cell=system.cell, pbc=system.pbc
    )
    mine = np.isin(near, own)[target]
    ends, shift = np.stack([source[mine], target[mine]]), shift[mine]
    if graph.neighbours is not None:
        ends, shift = edges.thinned(position, (ends, shift), graph.neighbours)
    return near[ends], shift
