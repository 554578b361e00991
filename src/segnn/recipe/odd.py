"""Time reversal: what changes its sign where time runs backwards, such as spins, and whether what
the network sees changes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.errors import UserError
from segnn.recipe.derivative import Written
from segnn.recipe.quantity import Term
from segnn.recipe.schema import Recipe
from segnn.recipe.tensors import Tensors

NODES = 24
SHORTEST, LONGEST = -6.0, 4.0  # powers of ten of lengths, so that no cutoff hides a term


def reversed_in_time(tensors: Tensors, odd: Iterable[str]) -> Tensors:
    """The same systems with every field of ``odd`` reversed; differentiable."""
    node, graph = (
        {name: -value if name in odd else value for name, value in held.items()}
        for held in (tensors.node, tensors.graph)
    )
    return replace(tensors, node=node, graph=graph)


def signs(recipe: Recipe, derivatives: Mapping[str, Written]) -> dict[str, int]:
    """By the target's name, what a prediction is multiplied by when all odd fields are reversed: 1
    or −1.
    """
    found = {name: -1 if spec.time == "odd" else 1 for name, spec in recipe.targets.items()}
    fields = recipe.fields
    for name, written in derivatives.items():
        odd = [by for by in written.by if by in fields and fields[by].time == "odd"]
        found[name] = found[written.of] * (-1) ** len(odd)
    return found


def is_even(terms: Sequence[Term | None], recipe: Recipe, odd: Sequence[str]) -> bool:
    """Whether the terms are the same to the last bit after the reversal of ``odd``: tried on random
    numbers, since a product of two numbers does not change with both signs.

    False also where random numbers are refused, of what may only be 1, 6 or 8: whoever takes both
    signs where one is enough is right, and slower.
    """
    if not odd:
        return True
    tensors = _random(recipe)
    with torch.no_grad():
        try:
            return all(
                torch.equal(term.evaluate(tensors), term.evaluate(reversed_in_time(tensors, odd)))
                for term in terms
                if term is not None
            )
        except UserError:
            return False


def _random(recipe: Recipe) -> Tensors:
    """One system of particles at distances of all orders of magnitude, every field drawn."""
    generator = torch.Generator().manual_seed(0)

    def draw(rows: int, columns: int) -> Tensor:
        return torch.randn(rows, columns, generator=generator, dtype=torch.float64)

    lengths = torch.logspace(SHORTEST, LONGEST, NODES, dtype=torch.float64)[:, None]
    pairs = ~torch.eye(NODES, dtype=torch.bool)
    source, target = pairs.nonzero().T.flip(0)
    node, graph = dict[str, Tensor](), dict[str, Tensor]()
    for name, spec in recipe.fields.items():
        if name == "species" and recipe.species:
            chosen = torch.arange(NODES) % len(recipe.species)
            node[name] = torch.tensor(recipe.species, dtype=torch.float64)[chosen][:, None]
        elif name != "position":
            held, rows = (node, NODES) if spec.level == "node" else (graph, 1)
            held[name] = draw(rows, Irreps(spec.irreps).dim)
    return Tensors(
        position=lengths * draw(NODES, 3),
        edge_index=torch.stack([source, target]),
        shift=torch.zeros(len(source), 3, dtype=torch.float64),
        offsets=torch.tensor([0, NODES]),
        edge_offsets=torch.tensor([0, len(source)]),
        node=node,
        graph=graph,
        origin="random numbers",
    )
