"""Classes of particles, and one constant for each: the least-squares sum per species.

A field is taken for a class where it is scalar (0e) and holds whole numbers: an atomic number, the
sign of a charge, a one-hot vector. Without such a field the particles are counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from e3nn.o3 import Irreps

from segnn.data import Systems
from segnn.recipe import Recipe

MOST_VALUES = 120
"""A scalar field of more distinct whole numbers is a quantity rather than a class."""


def fit_classes(
    recipe: Recipe, systems: Systems, change: np.ndarray, level: str
) -> dict[str, Any] | None:
    """``constant`` (k,) and ``classes``: of each field, its ``values`` and their ``coefficients``.

    change: label − base, (S, k) for a target of the ``level`` graph, (M, k) for one of nodes. For a
    system the constants of its particles are summed. None where every row has the same composition,
    so that nothing is gained over the mean.
    """
    classes: list[dict[str, Any]] = [
        {"field": name, "level": fields_level, "values": values}
        for name, fields_level, values in _class_fields(recipe, systems)
        if level == "graph" or fields_level == "node"
    ]
    if not classes and level == "graph":
        classes = [{"field": None, "level": "node", "values": [1]}]
    columns = class_columns(classes, systems, level) if classes else None
    if columns is None or bool((columns == columns[0]).all()):
        return None
    design = np.concatenate([columns, np.ones((len(columns), 1))], axis=1)
    solution = np.linalg.lstsq(design, change, rcond=None)[0]
    first = 0
    for one in classes:
        after = first + len(one["values"])
        one["coefficients"] = solution[first:after].tolist()
        first = after
    return {"constant": solution[-1].tolist(), "classes": classes}


def class_columns(
    classes: Sequence[Mapping[str, Any]], systems: Systems, level: str
) -> np.ndarray | None:
    """How often each value occurs, (S, C) of systems or (M, C) of particles; None if a field is
    missing.
    """
    parts = []
    for one in classes:
        held = systems.node if one["level"] == "node" else systems.graph
        if one["field"] is None:
            array = np.ones((len(systems.position), 1))
        elif one["field"] in held:
            array = held[one["field"]].reshape(len(held[one["field"]]), -1)
        else:
            return None
        values = np.array(one["values"])
        columns = (array == values).astype(float) if array.shape[1] == 1 else array
        if columns.shape[1] != len(values):
            return None
        if one["level"] == "node" and level == "graph":
            columns = sum_rows(columns, systems.offsets)
        parts.append(columns)
    return np.concatenate(parts, axis=1)


def sum_rows(rows: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The sum over each system's rows, (S, C); zero for a system without particles."""
    total = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, out=total[1:])
    summed: np.ndarray = total[offsets[1:]] - total[offsets[:-1]]
    return summed


def describe_classes(classes: Sequence[Mapping[str, Any]], level: str) -> tuple[str, str]:
    """A label and a sentence."""
    names = [one["field"] for one in classes if one["field"] is not None]
    if not names:
        return (
            "number of particles",
            "a constant plus another one for every particle, least squares on the training systems",
        )
    shown = " and ".join(names)
    if level == "node":
        return (
            f"mean per {shown}",
            f"one constant for every value of {shown}, least squares on the training systems",
        )
    return (
        f"sum per {shown}",
        f"a constant plus the sum over the particles of one number for every value of {shown}, "
        "least squares on the training systems",
    )


def _class_fields(recipe: Recipe, systems: Systems) -> list[tuple[str, str, list[int]]]:
    """Array, level and values of every scalar field that holds whole numbers only."""
    found: list[tuple[str, str, list[int]]] = []
    for name, spec in recipe.fields.items():
        array = spec.array or name
        held = systems.node if spec.level == "node" else systems.graph
        scalar = all(ir.l == 0 and ir.p == 1 for _, ir in Irreps(spec.irreps))
        if not scalar or array not in held or not held[array].size:
            continue
        numbers = held[array].reshape(len(held[array]), -1)
        if numbers.shape[1] > MOST_VALUES or not bool((numbers == np.round(numbers)).all()):
            continue
        if numbers.shape[1] > 1:  # one-hot: a column is a class
            found.append((array, spec.level, list(range(numbers.shape[1]))))
            continue
        values = np.unique(numbers)
        if len(values) <= MOST_VALUES:
            found.append((array, spec.level, [int(value) for value in values]))
    return found
