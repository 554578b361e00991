"""From `Systems` to tensors: the fields by the irreps they declare, the labels, the edges."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from segnn.data import Systems, edges
from segnn.errors import UserError
from segnn.recipe.rows import Declared, declared_rows
from segnn.recipe.schema import GraphSpec, Recipe, TargetSpec
from segnn.recipe.tensors import Tensors


def read_tensors(recipe: Recipe, fields: tuple[str, ...], systems: Systems, source: str) -> Tensors:
    """Positions, edges and the arrays of ``fields`` in float64; ``source`` names the file in
    errors.
    """
    specs = {name: recipe.fields[name] for name in fields if name != "position"}
    systems.require([spec.array or name for name, spec in specs.items()], source)
    node: dict[str, Tensor] = {}
    graph: dict[str, Tensor] = {}
    for name, spec in specs.items():
        held = node if spec.level == "node" else graph
        declared = Declared(spec.array or name, spec.irreps, spec.level, f"fields.{name}")
        held[name] = _tensor(declared_rows(systems, declared, source))
    edge_index, shift = _edges(recipe.graph, systems, source)
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
        periodic=_is_periodic(systems),
    )


def read_target(target: TargetSpec, systems: Systems, source: str) -> Tensor | None:
    """The labels (M, k) or (S, k) in the target's irreps, matrices too; None where the systems hold
    none.
    """
    if target.array not in systems.node and target.array not in systems.graph:
        return None
    declared = Declared(target.array, target.irreps, target.level, "target", target.cartesian)
    return _tensor(declared_rows(systems, declared, source))


def _edges(graph: GraphSpec, systems: Systems, source: str) -> tuple[Tensor, Tensor]:
    """edge_index (2, E) and shift (E, 3) of the declared graph; only a radius graph sees periodic
    images.
    """
    if graph.cutoff is None and _is_periodic(systems):
        raise UserError(
            f"{source} has periodic systems, and graph.kind {graph.kind} knows no periodic images; "
            "write graph: {kind: radius, cutoff: …}, or leave 'cell' out of the data"
        )
    position, offsets = systems.position, systems.offsets
    if graph.neighbours is not None:
        edge_index, shift = edges.nearest(position, offsets, graph.neighbours)
    elif graph.cutoff is not None:
        edge_index, shift = edges.radius(
            position, offsets, graph.cutoff, cell=systems.cell, pbc=systems.pbc
        )
    else:
        edge_index, shift = edges.complete(offsets)
    return torch.from_numpy(edge_index), torch.from_numpy(shift)


def _is_periodic(systems: Systems) -> bool:
    return systems.pbc is not None and bool(systems.pbc.any())


def _tensor(array: np.ndarray) -> Tensor:
    """A tensor with memory of its own: no later change of the systems reaches the features."""
    return torch.from_numpy(np.array(array))
