"""Terms of very many edges, evaluated block by block: only what is asked for is ever held for all
edges.

Edges are sorted by target, so that a block of edges holds all edges to some nodes, and what is
reduced over the neighbours of a node (``sum``, ``mean``) is complete within its block. Values are
the same to the last bit, block or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from segnn.recipe.quantity import Site, Term, of_edges
from segnn.recipe.tensors import Tensors

BLOCK = 1 << 16  # edges, about


@dataclass(frozen=True)
class Block:
    """The edges ``edges`` (a slice), which are all edges to the nodes ``nodes``, as ``tensors``
    with all nodes.
    """

    edges: slice
    nodes: slice
    tensors: Tensors


def evaluate(
    terms: Sequence[Term | None], tensors: Tensors, dtype: torch.dtype = torch.float64
) -> list[Tensor | None]:
    """The values of the terms, those of edges in ``dtype``; all in one pass over the edges."""
    at_once = torch.is_grad_enabled() or tensors.edges <= BLOCK
    if at_once or not any(term is not None and of_edges(term) for term in terms):
        cache: dict[str, Tensor] = {}
        values = [None if term is None else term.evaluate(tensors, cache) for term in terms]
        return [
            v.to(dtype) if v is not None and t is not None and t.site is Site.EDGE else v
            for t, v in zip(terms, values, strict=True)
        ]
    blocks = _blocks(tensors)
    known: dict[str, Tensor] = {}
    for term in terms:
        if term is not None:
            _settle(term, tensors, blocks, known)
    found = [
        _room(term, tensors, dtype) if term is not None and term.site is Site.EDGE else None
        for term in terms
    ]
    for block in blocks:
        cache = dict(known)
        for term, room in zip(terms, found, strict=True):
            if term is not None and room is not None:
                room[block.edges] = term.evaluate(block.tensors, cache)
    return [
        room if term is None or term.site is Site.EDGE else known[term.text]
        for term, room in zip(terms, found, strict=True)
    ]


def _blocks(tensors: Tensors) -> list[Block]:
    target = tensors.edge_index[1].contiguous()
    found, start = [], 0
    while start < len(target):
        last = target[min(start + BLOCK, len(target)) - 1]
        stop = int(torch.searchsorted(target, last, right=True))
        cut = replace(
            tensors,
            edge_index=tensors.edge_index[:, start:stop],
            shift=tensors.shift[start:stop],
            edge_offsets=(tensors.edge_offsets - start).clamp(0, stop - start),
        )
        found.append(Block(slice(start, stop), slice(int(target[start]), int(last) + 1), cut))
        start = stop
    return found


def _settle(term: Term, tensors: Tensors, blocks: list[Block], known: dict[str, Tensor]) -> None:
    """Enter into ``known`` the values of all terms in this tree that do not lie on edges."""
    if term.text in known:
        return
    for child in term.children:
        _settle(child, tensors, blocks, known)
    if term.site is Site.EDGE:
        return
    if not any(child.site is Site.EDGE for child in term.children):
        term.evaluate(tensors, known)
        return
    value = _room(term, tensors, torch.float64).zero_()
    for block in blocks:
        cache = dict(known)
        operands = [child.evaluate(block.tensors, cache) for child in term.children]
        value[block.nodes] = term.compute(block.tensors, *operands)[block.nodes]
    known[term.text] = value


def _room(term: Term, tensors: Tensors, dtype: torch.dtype) -> Tensor:
    rows = tensors.edges if term.site is Site.EDGE else tensors.nodes
    return tensors.position.new_empty(rows, term.irreps.dim, dtype=dtype)
