"""Several `Systems` as one, whatever arrays each of them has."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError


def joined(
    parts: Sequence[Systems],
    source: str = "the list given",
    names: Sequence[str] | None = None,
    needed: Collection[str] = (),
) -> Systems:
    """All systems of ``parts``, one after the other; systems without a cell stay open.

    ``names``: what errors call the parts. With ``needed``, only these arrays must be in all parts,
    and others that are not are left out; without, all must. UserError where they are not, where
    shapes differ, or there are no parts.
    """
    if not parts:
        raise UserError(f"{source}: no systems in an empty list.")
    names = [f"entry {n}" for n in range(len(parts))] if names is None else names
    if len(parts) == 1:
        return parts[0]
    node = _in_all([part.node for part in parts], source, names, needed)
    graph = _in_all([_with_cell(part, parts) for part in parts], source, names, needed)
    sizes = np.concatenate([part.sizes for part in parts])
    position = np.concatenate([part.position for part in parts])
    return Systems(position, np.concatenate([[0], np.cumsum(sizes)]), node, graph)


def _with_cell(part: Systems, parts: Sequence[Systems]) -> dict[str, np.ndarray]:
    """The graph arrays of ``part``, with ``cell`` and ``pbc`` if any of ``parts`` has a cell."""
    if all(other.cell is None for other in parts):
        return part.graph
    if part.cell is None or part.pbc is None:
        none = {"cell": np.zeros((len(part), 3, 3)), "pbc": np.zeros((len(part), 3))}
        return part.graph | none
    return part.graph | {"pbc": part.pbc.astype(np.float64)}


def _in_all(
    parts: Sequence[dict[str, np.ndarray]],
    source: str,
    names: Sequence[str],
    needed: Collection[str],
) -> dict[str, np.ndarray]:
    found = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        having = [n for n, part in enumerate(parts) if name in part]
        if len(having) < len(parts):
            if needed and name not in needed:
                continue
            lacking = next(n for n in range(len(parts)) if n not in having)
            raise UserError(
                f"{source}: {names[having[0]]} and {names[lacking]} hold different arrays, {name!r}"
                f" is in the first only. Give all the same arrays."
            )
        try:
            found[name] = np.concatenate([part[name] for part in parts])
        except ValueError as error:
            if needed and name not in needed:
                continue
            shapes = ", ".join(
                f"{part[name].shape} in {of}" for part, of in zip(parts[:4], names, strict=False)
            )
            raise UserError(f"{source}: {name!r} has different shapes: {shapes}.") from error
    return found
