"""Derivatives are those of the energy, forces and torques balance, energies are smooth and add."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.data import Systems
from segnn.model.check.symmetry import added, size
from segnn.model.derivatives import derivatives, variables
from segnn.model.device import on_device
from segnn.model.physical import PhysicalModel
from segnn.recipe import Features, Tensors
from segnn.recipe.derivative import STRAIN, Written

STEPS = (1e-3, 1e-4, 1e-5)
NEAR = 1e-7  # of the cutoff: so far on either side of it, where forces are 168 times its square
CUTOFFS = 5.0  # so many cutoffs away, beside the size of the system, is out of reach
AGREES = 1e-8
VECTORS = ("1o", "1e", "1x1o", "1x1e")
_BOX = ("cell", "pbc")


def derivative_errors(model: PhysicalModel, systems: Systems, seed: int) -> dict[str, float]:
    """Of every target that is a derivative, along a random direction of what it is a derivative by:
    autograd against central differences, relative; ``model`` in float64.
    """
    features = on_device(model.features(systems), model.device)
    generator = torch.Generator().manual_seed(seed)
    return {
        f"{name} against finite differences": _error(model, features, written, generator)
        for name, written in model.cues.targets.derivatives.items()
    }


def _error(
    model: PhysicalModel, features: Features, written: Written, generator: torch.Generator
) -> float:
    tensors = features.tensors
    assert tensors is not None, "kept where there are derivatives"
    *before, last = written.by
    value, leaf = _value(model, features, tensors, written, written.by)
    direction = torch.randn(leaf.shape, generator=generator, dtype=leaf.dtype).to(leaf.device)
    if last == STRAIN:
        direction = (direction + direction.transpose(1, 2)) / 2
    product = (value * direction.unsqueeze(1) if before else value * direction).reshape(
        len(leaf), -1, leaf[0].numel()
    )
    exact = _per_system(product.sum(-1), tensors)
    best = float("inf")
    for step in STEPS:

        def at(h: float) -> Tensor:
            moved = _moved(tensors, last, h * direction)
            found, _ = _value(model, features, moved, written, tuple(before))
            return found.reshape(len(found), -1)

        near, far = at(step) - at(-step), at(2 * step) - at(-2 * step)
        numeric = written.sign * (8 * near - far) / (12 * step)
        largest = max(float(exact.abs().max()), float(numeric.abs().max()), 1e-12)
        best = min(best, float((exact - numeric).abs().max()) / largest)
        if best < AGREES:
            break
    return best


def _value(
    model: PhysicalModel,
    features: Features,
    tensors: Tensors,
    written: Written,
    by: tuple[str, ...],
) -> tuple[Tensor, Tensor]:
    """The derivative of the output by ``by`` (by nothing: the output itself), and the last
    variable.
    """
    with torch.enable_grad():
        given = variables(tensors, set(written.by))
        outputs = model.outputs_at(features, given.tensors)
        leaf = given.leaves[written.by[-1]]
        if not by:
            return outputs[written.of].detach(), leaf.detach()
        asked = Written(written.of, by, written.sign if by == written.by else 1)
        found = derivatives(outputs, {"": asked}, given, create_graph=False)[""]
        return found.detach(), leaf.detach()


def _moved(tensors: Tensors, name: str, change: Tensor) -> Tensors:
    """The same systems with a variable changed."""
    if name == "position":
        return replace(tensors, position=tensors.position + change)
    if name == STRAIN:
        matrix = torch.eye(3, dtype=change.dtype) + change
        position = (matrix[tensors.node_graph] @ tensors.position[:, :, None])[:, :, 0]
        shift = (matrix[tensors.edge_graph] @ tensors.shift[:, :, None])[:, :, 0]
        return replace(tensors, position=position, shift=shift)
    node, graph = dict(tensors.node), dict(tensors.graph)
    held = node if name in node else graph
    held[name] = held[name] + change
    return replace(tensors, node=node, graph=graph)


def _per_system(rows: Tensor, tensors: Tensors) -> Tensor:
    """Rows of nodes summed over each system; rows of systems as they are."""
    if len(rows) != tensors.nodes:
        return rows
    return rows.new_zeros(tensors.systems, rows.shape[1]).index_add(0, tensors.node_graph, rows)


def balance_errors(model: PhysicalModel, systems: Systems) -> dict[str, float]:
    """The sum of forces and, of open systems, of torques on positions and all vectors that enter,
    over the sum of their sizes; the worst system. Empty where no target is a force.
    """
    asked = model.cues.targets.derivatives.values()
    of = next((written.of for written in asked if written.by == ("position",)), None)
    if of is None:
        return {}
    features = on_device(model.features(systems), model.device)
    tensors = features.tensors
    assert tensors is not None
    vectors = [name for name in model.cues.fields if name != "position"]
    specs = model.recipe.fields
    plain = [name for name in vectors if _turns(specs[name].irreps)]
    with torch.enable_grad():
        given = variables(tensors, {"position", *plain})
        outputs = model.outputs_at(features, given.tensors)
        wanted = {name: Written(of, (name,), 1) for name in given.leaves}
        slopes = derivatives(outputs, wanted, given, create_graph=False)
    force = slopes["position"]
    found = {"forces sum to zero": _balance(force, force.abs(), tensors)}
    only_vectors = all(specs[name].irreps in VECTORS for name in plain)
    if tensors.periodic or not only_vectors:
        return found
    center = _per_system(tensors.position, tensors) / tensors.offsets.diff()[:, None]
    leaves = {name: leaf.detach() for name, leaf in given.leaves.items()}
    leaves["position"] = tensors.position - center[tensors.node_graph]
    torque = sum(
        _per_system(torch.linalg.cross(leaf, slopes[name]), tensors)
        for name, leaf in leaves.items()
    )
    sizes = sum(
        _per_system((leaf.norm(dim=1) * slopes[name].norm(dim=1))[:, None], tensors)
        for name, leaf in leaves.items()
    )
    assert isinstance(torque, Tensor)
    assert isinstance(sizes, Tensor)
    floor = max(float(sizes.max()), 1e-12)
    found["torque balance"] = float((torque.norm(dim=1) / floor).max())
    return found


def _turns(irreps: str) -> bool:
    return any(ir.l > 0 for _, ir in Irreps(irreps))


def _balance(rows: Tensor, sizes: Tensor, tensors: Tensors) -> float:
    whole = _per_system(sizes.sum(1, keepdim=True), tensors)
    return float(_per_system(rows, tensors).abs().max()) / max(float(whole.max()), 1e-12)


def cutoff_error(model: PhysicalModel, systems: Systems) -> dict[str, float]:
    """How far predictions jump where a neighbour comes within the cutoff, over their size; of the
    first two particles of a system alone. Empty without a cutoff or without derivatives.
    """
    cutoff = model.recipe.graph.cutoff
    several = np.flatnonzero(systems.sizes > 1)
    targets = model.cues.targets
    if cutoff is None or not targets.derivatives or targets.by_volume or not len(several):
        return {}
    rows = (systems.offsets[:-1][several][:, None] + np.arange(2)).reshape(-1)
    pairs = Systems(
        systems.position[rows],
        2 * np.arange(len(several) + 1),
        {name: array[rows] for name, array in systems.node.items()},
        {name: array[several] for name, array in systems.graph.items() if name not in _BOX},
    )

    def at(distance: float) -> dict[str, np.ndarray]:
        position = np.zeros_like(pairs.position)
        position[1::2, 0] = distance
        return model.predict_systems(replace(pairs, position=position))

    inside, outside, well = at(cutoff * (1 - NEAR)), at(cutoff * (1 + NEAR)), at(0.5 * cutoff)
    jumps = [
        float(np.abs(inside[name] - outside[name]).max())
        / (float(np.abs(well[name] - outside[name]).max()) or 1.0)
        for name in inside
    ]
    return {"smooth at the cutoff": max(jumps)}


def extensivity_errors(model: PhysicalModel, systems: Systems) -> dict[str, float]:
    """Two copies of a system out of each other's reach against twice the one, relative to what the
    network adds; of sums over the nodes within a cutoff, in open systems.
    """
    cutoff = model.recipe.graph.cutoff
    sums = [name for name, spec in model.recipe.targets.items() if spec.pool == "sum"]
    if cutoff is None or not sums or systems.periodic:
        return {}
    away = np.array([10.0, 0.0, 0.0]) * size(systems) + np.array([CUTOFFS * cutoff, 0.0, 0.0])
    rows = np.concatenate(list(_twice(systems)))
    second = np.concatenate([np.repeat([0.0, 1.0], count) for count in systems.sizes])
    copies = Systems(
        systems.position[rows] + second[: len(rows), None] * away,
        2 * systems.offsets,
        {name: array[rows] for name, array in systems.node.items()},
        dict(systems.graph),
    )
    one, two = model.predict_systems(systems), model.predict_systems(copies)
    scale = added(model, systems, one, "the systems")
    worst = max(float((np.abs(two[n] - 2 * one[n]).max(1) / scale[n]).max()) for n in sums)
    return {"two distant copies": worst}


def _twice(systems: Systems) -> Iterator[np.ndarray]:
    for first, last in zip(systems.offsets[:-1], systems.offsets[1:], strict=True):
        yield np.tile(np.arange(first, last), 2)
