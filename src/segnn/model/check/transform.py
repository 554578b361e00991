"""Systems turned, moved and renumbered: every array of a recipe by the irreps it declares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from e3nn.o3 import Irreps

from segnn.data import Systems
from segnn.o3.plan.coupling import coupling
from segnn.recipe import Cues, Recipe


def transformed(
    recipe: Recipe,
    systems: Systems,
    rotation: np.ndarray | None = None,
    shift: np.ndarray | None = None,
    order: np.ndarray | None = None,
    backwards: bool = False,
) -> Systems:
    """The same physics seen differently.

    - ``rotation`` (3, 3): an orthogonal matrix, improper ones too; positions, lattice vectors and
      every declared field and
      label turn by their irreps.
    - ``shift`` (3,): added to positions, after the rotation, and to labels that are points.
    - ``order`` (M,): row m of the result is row ``order[m]``; must stay within systems.
    - ``backwards``: fields and labels that are odd in time change their sign.

    Arrays that the recipe does not declare keep their values.
    """
    rotation = np.eye(3) if rotation is None else rotation
    shift = np.zeros(3) if shift is None else shift
    position = systems.position @ rotation.T + shift
    node, graph = dict(systems.node), dict(systems.graph)
    for arrays in (node, graph):
        level = "node" if arrays is node else "graph"
        for name, matrix in _declared(recipe, level, rotation).items():
            if name in arrays:
                arrays[name] = _turn(arrays[name], matrix)
    if backwards:
        for arrays in (node, graph):
            for name in odd_arrays(recipe) & arrays.keys():
                arrays[name] = -arrays[name]
    for name in predicts_points(recipe):
        label = recipe.targets[name].array
        if label in node:
            node[label] = node[label] + shift
    if "cell" in graph:
        graph["cell"] = graph["cell"] @ rotation.T
    if order is not None:
        position, node = position[order], {name: value[order] for name, value in node.items()}
    return replace(systems, position=position, node=node, graph=graph)


def turn(array: np.ndarray, irreps: Irreps, rotation: np.ndarray) -> np.ndarray:
    """Rows of ``irreps`` (rows, irreps.dim), or (rows,) for one number, turned by an orthogonal
    matrix.
    """
    return _turn(array, representation(irreps, rotation))


def _turn(array: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Each row of ``array`` (rows, …), its axes flattened, times a matrix; the shape stays."""
    result: np.ndarray = (array.reshape(len(array), -1) @ matrix.T).reshape(array.shape)
    return result


def representation(irreps: Irreps, rotation: np.ndarray) -> np.ndarray:
    """D (irreps.dim, irreps.dim) of an orthogonal matrix (3, 3), in full float64.

    e3nn's ``D_from_matrix`` goes through angles and float32 tables (errors of 1e-6). Here D of
    degree l is D of degree l − 1 and the matrix itself (degree 1 is x, y, z), coupled to degree l.
    """
    matrix = torch.from_numpy(np.ascontiguousarray(rotation, np.float64))
    sign = 1 if torch.det(matrix) > 0 else -1
    degrees = [torch.ones(1, 1, dtype=torch.float64)]
    for degree in range(1, irreps.lmax + 1):
        k = coupling(degree - 1, 1, degree)
        degrees.append(torch.einsum("ijk,ia,jb,abc->kc", k, degrees[-1], sign * matrix, k))
    blocks = [degrees[ir.l] * (sign if ir.p == -1 else 1) for mul, ir in irreps for _ in range(mul)]
    result: np.ndarray = torch.block_diag(*blocks).numpy()
    return result


def odd_arrays(recipe: Recipe) -> set[str]:
    """The arrays of fields and labels that change their sign where time runs backwards."""
    sign = Cues(recipe).signs
    fields = {spec.array or name for name, spec in recipe.fields.items() if spec.time == "odd"}
    return fields | {spec.array for name, spec in recipe.targets.items() if sign[name] < 0}


def predicts_points(recipe: Recipe) -> set[str]:
    """The targets whose predictions move with the origin, as positions do: their base is a
    point.
    """
    cues = Cues(recipe)
    return {name for name in recipe.targets if cues.is_point(name)}


def _declared(recipe: Recipe, level: str, rotation: np.ndarray) -> dict[str, np.ndarray]:
    """What turns a flattened row of every declared array of one level, labels too, position not:
    (k, k), or (9, 9) of labels that are matrices, R T Rᵀ.
    """
    found = {
        spec.array or name: representation(Irreps(spec.irreps), rotation)
        for name, spec in recipe.fields.items()
        if spec.level == level
    }
    for target in recipe.targets.values():
        if target.level == level:
            found[target.array] = (
                representation(Irreps(target.irreps), rotation)
                if target.cartesian is None
                else np.kron(rotation, rotation)
            )
    found.pop("position", None)
    return found
