"""Derivatives of what a network predicts, by positions, strain and declared fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from segnn.o3.constant import on_device
from segnn.recipe import Tensors
from segnn.recipe.cartesian import change_of_basis
from segnn.recipe.derivative import STRAIN, Written


@dataclass(frozen=True)
class Variables:
    """``tensors`` made of ``leaves``, the variables that are differentiated by: position (M, 3),
    strain (S, 3, 3), fields; of a divided system those of owned nodes.
    """

    tensors: Tensors
    leaves: dict[str, Tensor]


def variables(tensors: Tensors, names: set[str]) -> Variables:
    """The same systems, made of the named variables, which ask for derivatives.

    A strain ε deforms positions and periodic images alike, x → x + ε x; its antisymmetric part, a
    rotation, is left out.
    """
    node, graph = dict(tensors.node), dict(tensors.graph)
    here = {name: node[name] for name in sorted(names & {*node})}
    if "position" in names:
        here["position"] = tensors.position
    leaves = {name: tensors.own(value).detach().requires_grad_() for name, value in here.items()}
    seen = _completed(leaves, tensors)
    position, shift = seen.pop("position", tensors.position), tensors.shift
    node |= seen
    for name in sorted(names - {"position", STRAIN, *node}):
        leaves[name] = graph[name] = graph[name].detach().requires_grad_()
    if STRAIN in names:
        leaves[STRAIN] = strain = position.new_zeros(tensors.systems, 3, 3).requires_grad_()
        even = (strain + strain.transpose(1, 2)) / 2
        position = position + _deformed(even, position, tensors.node_graph)
        shift = shift + _deformed(even, shift, tensors.edge_graph)
    return Variables(
        replace(tensors, position=position, shift=shift, node=node, graph=graph), leaves
    )


def derivatives(
    outputs: Mapping[str, Tensor],
    asked: Mapping[str, Written],
    given: Variables,
    create_graph: bool,
) -> dict[str, Tensor]:
    """The derivatives ``asked`` for by name, as irreps or columns of matrices, one row per node or
    system; differentiable themselves with ``create_graph``.

    All first derivatives of an output come from one backward pass, and second ones from one for
    each component of the first.
    """
    found: dict[tuple[str, tuple[str, ...]], Tensor] = {}
    for of in dict.fromkeys(written.of for written in asked.values()):
        own = [written.by for written in asked.values() if written.of == of]
        twice = [by for by in own if len(by) == 2]
        first = dict.fromkeys(by[0] for by in own)
        slopes = _gradients(outputs[of], given, list(first), create_graph or bool(twice))
        found |= {(of, (name,)): slope for name, slope in zip(first, slopes, strict=True)}
        for name in dict.fromkeys(by[0] for by in twice):
            by_second = list(dict.fromkeys(by[1] for by in twice if by[0] == name))
            rows = found[of, (name,)].flatten(1)
            columns = [
                _gradients(rows[:, k : k + 1], given, by_second, create_graph)
                for k in range(rows.shape[1])
            ]
            for n, second in enumerate(by_second):
                found[of, (name, second)] = torch.stack([column[n] for column in columns], 1)
    return {name: written.sign * found[written.of, written.by] for name, written in asked.items()}


def as_rows(value: Tensor, form: str | None, volume: Tensor | None) -> Tensor:
    """A derivative as rows (M, k) or (S, k): of matrices in the irreps of their ``form``, divided
    by the ``volume`` (S,) if there is one; differentiable.
    """
    if volume is not None:
        value = value / volume[:, None, None]
    rows = value.flatten(1)
    if form is None:
        return rows
    return rows @ on_device(change_of_basis(form), rows.device).to(rows.dtype)


def _gradients(
    output: Tensor, given: Variables, names: list[str], create_graph: bool
) -> list[Tensor]:
    """Of the sum of ``output`` by each of the variables, zero where it does not depend on one.

    Of a system divided among processes all of them hold the output, which is one per system, and
    the variables of the system; each process finds its part of the derivatives by these.
    """
    leaves, halo = [given.leaves[name] for name in names], given.tensors.halo
    if not output.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    whole = output.sum() if halo is None else output.sum() / halo.group.size
    found = torch.autograd.grad(
        whole, leaves, create_graph=create_graph, retain_graph=True, allow_unused=True
    )
    slopes = [
        torch.zeros_like(leaf) if value is None else value
        for leaf, value in zip(leaves, found, strict=True)
    ]
    if halo is None:
        return slopes
    of_system = [name == STRAIN or name in given.tensors.graph for name in names]
    return [
        halo.group.summed(slope) if shared else slope
        for slope, shared in zip(slopes, of_system, strict=True)
    ]


def _completed(owned: dict[str, Tensor], tensors: Tensors) -> dict[str, Tensor]:
    """Variables of owned nodes, with those of the halo: of all in one exchange."""
    if tensors.halo is None or not owned:
        return dict(owned)
    columns = [value.shape[1] for value in owned.values()]
    seen = tensors.halo.complete(torch.cat([*owned.values()], 1)).split(columns, 1)
    return dict(zip(owned, seen, strict=True))


def _deformed(strain: Tensor, x: Tensor, owner: Tensor) -> Tensor:
    return (strain.index_select(0, owner) @ x[:, :, None])[:, :, 0]
