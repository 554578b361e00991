"""From `Systems` to tensors: the fields by the irreps they declare, the labels, the edges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from segnn.data import Systems, edges
from segnn.errors import UserError
from segnn.recipe.rows import Declared, declared_rows
from segnn.recipe.schema import GraphSpec, Recipe
from segnn.recipe.target import TargetSpec
from segnn.recipe.tensors import Tensors


def read_tensors(
    recipe: Recipe,
    fields: tuple[str, ...],
    systems: Systems,
    source: str,
    volume: bool = False,
    given: edges.Edges | None = None,
) -> Tensors:
    """Positions, edges and the arrays of ``fields`` in float64, with the volumes of cells if asked
    for; ``source`` names the file in errors. Edges are searched for unless they are ``given``.
    """
    specs = {name: recipe.fields[name] for name in fields if name != "position"}
    systems.require([spec.array or name for name, spec in specs.items()], source)
    node: dict[str, Tensor] = {}
    graph: dict[str, Tensor] = {}
    for name, spec in specs.items():
        held = node if spec.level == "node" else graph
        declared = Declared(spec.array or name, spec.irreps, spec.level, f"fields.{name}")
        held[name] = _tensor(declared_rows(systems, declared, source))
    found = _edges(recipe.graph, systems, source) if given is None else given
    edge_index, shift = (torch.from_numpy(array) for array in found)
    offsets = _tensor(systems.offsets)
    return Tensors(
        position=_tensor(systems.position),
        edge_index=edge_index,
        shift=shift,
        offsets=offsets,
        edge_offsets=torch.searchsorted(edge_index[1].contiguous(), offsets),
        node=node,
        graph=graph,
        origin=source,
        periodic=systems.periodic,
        volume=volumes(systems, source) if volume else None,
    )


def read_labels(
    targets: Mapping[str, TargetSpec], systems: Systems, source: str
) -> dict[str, Tensor]:
    """The labels (M, k) or (S, k) in the irreps of each target, matrices too; of those that the
    systems hold. Where missing ones are masked, a system that lacks one has NaN throughout.
    """
    found = {}
    for name, target in targets.items():
        if target.array in systems.node or target.array in systems.graph:
            key = "target" if len(targets) == 1 else f"targets.{name}"
            declared = Declared(
                target.array, target.irreps, target.level, key, target.cartesian, label=True
            )
            rows = declared_rows(systems, declared, source)
            if target.missing == "masked":
                rows = _whole_systems(rows, systems, target.level)
            found[name] = _tensor(rows)
    return found


def _whole_systems(rows: np.ndarray, systems: Systems, level: str) -> np.ndarray:
    """Labels (M, k) or (S, k) where a system has all of its own or none: else all are NaN."""
    lacking = np.isnan(rows).any(1)
    if level == "node":
        owner = np.repeat(np.arange(len(systems)), systems.sizes)
        lacking = np.isin(owner, owner[lacking])
    return np.where(lacking[:, None], np.nan, rows)


def volumes(systems: Systems, source: str) -> Tensor:
    """The volume of every cell (S,); UserError for systems without one."""
    empty = np.zeros(len(systems)) if systems.cell is None else np.linalg.det(systems.cell)
    if (empty == 0).any():
        raise UserError(
            f"{source}: system {int(np.flatnonzero(empty == 0)[0])} has no cell, and a derivative "
            "by strain per volume (a stress) needs one. Give every system its cell, or leave the "
            "target out"
        )
    return _tensor(np.abs(empty))


def _edges(graph: GraphSpec, systems: Systems, source: str) -> edges.Edges:
    """edge_index (2, E) and shift (E, 3) of the declared graph; only a radius graph sees periodic
    images.
    """
    check_images(graph, systems, source)
    position, offsets = systems.position, systems.offsets
    if graph.cutoff is not None:
        found = edges.radius(position, offsets, graph.cutoff, cell=systems.cell, pbc=systems.pbc)
        few = graph.neighbours
        return found if few is None else edges.thinned(position, found, few)
    if graph.neighbours is not None:
        return edges.nearest(position, offsets, graph.neighbours)
    return edges.complete(offsets)


def check_images(graph: GraphSpec, systems: Systems, source: str) -> None:
    """UserError for periodic systems whose images the declared graph does not see."""
    if graph.cutoff is None and systems.periodic:
        raise UserError(
            f"{source} has periodic systems, and graph.kind {graph.kind} knows no periodic images; "
            "write graph: {kind: radius, cutoff: …}, or leave 'cell' out of the data"
        )


def _tensor(array: np.ndarray) -> Tensor:
    """A tensor with memory of its own: no later change of the systems reaches the features."""
    return torch.from_numpy(np.array(array))
