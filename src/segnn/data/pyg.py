"""Data of PyTorch Geometric and systems; read by what it has, without importing the package.

``pos`` is ``position`` (M, 3) and ``z`` is ``atomic_number`` (M,). Every other tensor of numbers
keeps its name: with one row a node it is a node array, with one row a graph, or a single number, a
graph array. Edges (``edge_…``, ``face``) and the bookkeeping of a batch (``batch``, ``ptr``) are
left out: a recipe says which nodes are neighbours.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.errors import UserError

if TYPE_CHECKING:
    from segnn.data.systems import Systems

NAMES = {"pos": "position", "z": "atomic_number"}
OWN = {other: own for own, other in NAMES.items()}
ASIDE = ("batch", "ptr", "num_nodes", "face")


def is_pyg(x: object) -> bool:
    """Whether ``x`` is a ``Data`` or ``Batch``; told without importing PyTorch Geometric."""
    return hasattr(x, "pos") and hasattr(x, "to_dict") and hasattr(x, "num_nodes")


def read_data(data: Any, source: str) -> dict[str, Any]:
    """The fields of `Systems` from one or many ``Data``, or a ``Batch``."""
    given = [data] if is_pyg(data) else list(data)
    parts = [part for one in given for part in _graphs(one, source)]
    if not parts:
        raise UserError(f"{source}: no graphs.")
    sizes = [len(part["position"]) for part in parts]
    fields: dict[str, dict[str, np.ndarray]] = {"node": {}, "graph": {}}
    for name in dict.fromkeys(name for part in parts for name in part):
        lacking = [n for n, part in enumerate(parts) if name not in part]
        if lacking:
            raise UserError(
                f"{source}: graph {lacking[0]} has no {name!r}, and others have. Give it to all, "
                "or remove it from all."
            )
        arrays = [part[name] for part in parts]
        of_nodes = _of_nodes(name, arrays, sizes)
        try:
            if of_nodes:
                fields["node"][name] = np.concatenate(arrays)
            else:
                rows = [array[0] if array.shape[:1] == (1,) else array for array in arrays]
                fields["graph"][name] = np.stack(rows)
        except ValueError as error:
            raise UserError(
                f"{source}: {name!r} has different shapes in different graphs ({error})."
            ) from error
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return {"position": fields["node"].pop("position"), "offsets": offsets, **fields}


def make_data(systems: Systems) -> list[Any]:
    """One ``Data`` for every system: numbers float64, species int64."""
    try:
        kind = import_module("torch_geometric.data").Data
    except ImportError as error:
        raise UserError(
            "Data of PyTorch Geometric need the package, which is not installed: "
            "pip install torch_geometric"
        ) from error
    torch = import_module("torch")
    made = []
    for s in range(len(systems)):
        one = systems[s]
        arrays = {"pos": one.position}
        arrays |= {OWN.get(name, name): array for name, array in one.node.items()}
        arrays |= one.graph
        if "z" in arrays:
            arrays["z"] = arrays["z"].astype(np.int64)
        made.append(kind(**{name: torch.from_numpy(array) for name, array in arrays.items()}))
    return made


def _of_nodes(name: str, arrays: list[np.ndarray], sizes: list[int]) -> bool:
    """Whether every graph has one row a node; where all have one node, a matrix tells."""
    rows = all(array.ndim > 0 and len(array) == n for array, n in zip(arrays, sizes, strict=True))
    single = all(n == 1 for n in sizes)
    return rows and (not single or name in OWN or (arrays[0].ndim == 2 and name != "y"))


def _graphs(data: Any, source: str) -> list[dict[str, np.ndarray]]:
    """The arrays of every graph in ``data``, by their names here."""
    if not is_pyg(data):
        raise UserError(
            f"{source}: got {type(data).__name__} without pos, expected Data or Batch of PyTorch "
            "Geometric, or a list of these."
        )
    if hasattr(data, "to_data_list") and getattr(data, "ptr", None) is not None:
        return [part for one in data.to_data_list() for part in _graphs(one, source)]
    position = _numbers(data.pos)
    if position is None or position.ndim != 2 or position.shape[1] != 3:
        shape = "None" if position is None else position.shape
        raise UserError(f"{source}: pos has shape {shape}, expected (N, 3).")
    found = {}
    for name, value in data.to_dict().items():
        array = _numbers(value)
        if array is None or name in ASIDE or name.startswith("edge_"):
            continue
        found[NAMES.get(name, name)] = array
    return [found]


def _numbers(value: Any) -> np.ndarray | None:
    """A tensor or number as float64; None for what is neither."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    array = np.asarray(value) if not isinstance(value, str | dict | list) else np.empty(0, object)
    return array.astype(np.float64) if array.dtype.kind in "fiub" else None
