"""Equivariance from raw arrays to predictions, and independence of the batch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from e3nn.o3 import Irreps, rand_matrix

from segnn.data import Systems
from segnn.model.check.transform import predicts_points, transformed, turn
from segnn.model.device import on_device
from segnn.model.physical import PhysicalModel
from segnn.recipe import Recipe


@dataclass(frozen=True)
class View:
    """The same systems seen differently: turned by ``rotation`` (3, 3), moved by ``shift`` (3,),
    renumbered by ``order``, with time running ``backwards``.
    """

    rotation: np.ndarray
    shift: np.ndarray
    order: np.ndarray
    backwards: bool = False


def views(recipe: Recipe, systems: Systems, rng: np.random.Generator) -> dict[str, View]:
    """One view for every symmetry, by its name; time reversal where a field is odd in time."""
    none = View(np.eye(3), np.zeros(3), np.arange(len(systems.position)))
    rotation = random_rotation(rng)
    direction = rng.normal(size=3)
    far = 10 * size(systems) * direction / np.linalg.norm(direction)
    order = np.concatenate(
        [
            first + rng.permutation(count)
            for first, count in zip(systems.offsets[:-1], systems.sizes, strict=True)
        ]
    )
    found = {
        "rotation": View(rotation, none.shift, none.order),
        "reflection": View(-random_rotation(rng), none.shift, none.order),
        "translation": View(none.rotation, far, none.order),
        "permutation": View(none.rotation, none.shift, order),
    }
    if any(spec.time for spec in recipe.fields.values()):
        found["time reversal"] = replace(none, backwards=True)
    return found


def random_rotation(rng: np.random.Generator) -> np.ndarray:
    """A rotation matrix (3, 3), uniform over all rotations."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(int(rng.integers(2**31)))
        result: np.ndarray = rand_matrix(dtype=torch.float64).numpy()
        return result


def size(systems: Systems) -> float:
    """The largest distance of a particle from the mean position of its system; 1 where all systems
    are single points.
    """
    count = systems.sizes
    mean = np.add.reduceat(systems.position, systems.offsets[:-1]) / count[:, None]
    return (
        float(np.linalg.norm(systems.position - np.repeat(mean, count, axis=0), axis=1).max())
        or 1.0
    )


def errors(
    model: PhysicalModel, systems: Systems, seen: dict[str, View], source: str
) -> dict[str, np.ndarray]:
    """By the name of every view, the relative error of equivariance of each system (S,): of the
    target that is worst.
    """
    recipe, points = model.recipe, predicts_points(model.recipe)
    prediction = model.predict_systems(systems, source)
    scale = added(model, systems, prediction, source)
    found = {}
    for name, view in seen.items():
        there = model.predict_systems(
            transformed(recipe, systems, view.rotation, view.shift, view.order, view.backwards),
            source,
        )
        worst = np.zeros(len(systems))
        for target, spec in recipe.targets.items():
            sign = model.cues.signs[target] if view.backwards else 1
            expected = sign * turn(prediction[target], Irreps(spec.irreps), view.rotation)
            if target in points:
                expected = expected + view.shift
            expected = expected[view.order] if spec.level == "node" else expected
            error = _size(there[target] - expected, systems, spec.level) / scale[target]
            worst = np.maximum(worst, error)
        found[name] = worst
    return found


def batching_errors(model: PhysicalModel, systems: Systems, source: str) -> np.ndarray:
    """All systems in one batch against each in a batch of its own: the relative error of each
    system (S,).
    """
    together = model.predict_systems(systems, source)
    single = [model.predict_systems(systems[s], source) for s in range(len(systems))]
    scale = added(model, systems, together, source)
    errors_of = [
        _size(np.concatenate([one[name] for one in single]) - rows, systems, spec.level)
        / scale[name]
        for (name, rows), spec in zip(together.items(), model.recipe.targets.values(), strict=True)
    ]
    result: np.ndarray = np.max(errors_of, axis=0)
    return result


def added(
    model: PhysicalModel, systems: Systems, prediction: dict[str, np.ndarray], source: str
) -> dict[str, np.ndarray]:
    """The size of what the network adds to base and references, for each system (S,), by the
    target's name.

    At least a hundredth of its size over all systems: where nothing is added, errors are relative
    to the others.
    """
    features = on_device(model.features(systems, source), model.device)
    found = {}
    for name, rows in prediction.items():
        level = model.recipe.targets[name].level
        size_of = _size(rows - model.known(name, features).cpu().numpy(), systems, level)
        found[name] = np.maximum(size_of, 0.01 * np.sqrt(np.square(size_of).mean()) or 1.0)
    return found


def _size(rows: np.ndarray, systems: Systems, level: str) -> np.ndarray:
    """The root mean square of each system (S,), from one row per node or per system."""
    square = np.square(rows).mean(axis=1)
    if level == "node":
        square = np.add.reduceat(square, systems.offsets[:-1]) / systems.sizes
    result: np.ndarray = np.sqrt(square)
    return result
