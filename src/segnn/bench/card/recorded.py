"""Whether training steps that a card records are the training that it computes operation by
operation, and how long both take.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from segnn.bench.card.labels import with_random_labels
from segnn.bench.device import waiting
from segnn.bench.particles import molecules
from segnn.data import Systems
from segnn.model import PhysicalModel
from segnn.model.captured import graphs
from segnn.model.check import random_systems
from segnn.recipe import Features, load_recipe
from segnn.training.processes import Processes
from segnn.training.trainer import Trainer

ALLOWED = {torch.float64: 1e-6, torch.float32: 1e-3}
"""Of a loss: the learning rate of a recorded step is rounded to float32, sums have another order,
and steps of Adam make more of both."""
ALONG_AXES = dict.fromkeys(ALLOWED, 0.1)
"""The same where steps go along principal axes: those along which nothing varies are what round-off
makes of them, and steps along them too. So only that it is recorded and learns is seen there."""
RECIPES = {
    "charged": ("charged", (), ALLOWED),
    "qm9, instance norm": ("qm9-gap", ("model.norm=instance",), ALLOWED),
    "forces": ("acac", ("training.optimizer=adamw",), ALLOWED),
    "forces, soap": ("acac", (), ALONG_AXES),
}
SIZES, BATCH = (5, 4, 6, 4, 5, 5, 6, 5, 4, 4, 6, 1, 5, 6), 4  # the last batch is a smaller one
EPOCHS = 6
Row = dict[str, Any]


def recorded(device: torch.device, small: bool = False) -> Iterator[Row]:
    """One row a recipe and precision: the largest relative difference of an epoch's loss and of the
    weights' sizes at the end, what is allowed, whether it is met; how many of the shapes were
    ``recorded``, or why none was; ``error`` where it could not be computed. ``small``: of one
    network only.
    """
    for name, (recipe, changes, most) in list(RECIPES.items())[: 1 if small else None]:
        for dtype, allowed in most.items():
            row: Row = {"network": name, "dtype": str(dtype)[6:], "allowed": allowed}
            try:
                found = _compared(recipe, changes, dtype, device)
            except Exception as error:  # told, and the others are still to be seen
                yield row | {"met": False, "error": f"{type(error).__name__}: {error}"[:600]}
            else:
                fine = found["difference"] <= allowed and (
                    device.type == "cpu" or found["recorded"] > 0
                )
                yield row | found | {"met": fine}


def _compared(
    recipe: str, changes: tuple[str, ...], dtype: torch.dtype, device: torch.device
) -> Row:
    changes = (*changes, f"training.batch_size={BATCH}")
    model, features = _labelled(recipe, changes, dtype, SIZES)
    eager = Trainer(copy.deepcopy(model), features, processes=Processes(device))
    eager.fixed = None
    one = Trainer(copy.deepcopy(model), features, processes=Processes(device))
    if one.fixed is None:
        one.fix_shapes()
    if one.fixed is None:
        return {"difference": float("nan"), "recorded": 0, "why": one.why_eager}
    pairs = list(zip(_trained(one), _trained(eager), strict=True))
    steps = one.fixed.calls
    return {
        "difference": max(abs(a - b) / max(abs(b), 1e-30) for a, b in pairs),
        "recorded": sum(step.recorded for step in steps.values()),
        "shapes": [list(shape) for shape in steps],
    }


def _trained(trainer: Trainer) -> list[float]:
    """The losses of some epochs, the size of the weights then, and of their averages."""
    told = []
    for _ in range(EPOCHS):
        for index in trainer.batches:
            trainer.train_on(index)
        told.append(trainer.end_epoch())
    told.append(_size(list(trainer.parameters)))
    if trainer.average is not None:
        told.append(_size(list(trainer.average.state_dict()["average"].values())))
    return told


def _size(tensors: list[Tensor]) -> float:
    return float(torch.stack([t.detach().double().norm() for t in tensors]).norm())


def _labelled(
    recipe: str,
    changes: tuple[str, ...],
    dtype: torch.dtype,
    systems: tuple[int, ...] | Systems,
) -> tuple[PhysicalModel, Features]:
    """A fresh model on a CPU and random systems with random labels for it."""
    more = (f"training.epochs={EPOCHS}", "training.learning_rate=1e-3", "training.loss=mse")
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        model = PhysicalModel(load_recipe(recipe, (*changes, *more)))
    model.network.to(dtype)
    if not isinstance(systems, Systems):
        systems = random_systems(model.recipe, sizes=systems)
    features = with_random_labels(model.eval(), model.features(systems))
    model.calibrate(features)
    return model.train(), features


def epoch_of_molecules(device: torch.device, small: bool = False) -> Row:
    """Milliseconds of a training step of a network for QM9 on batches of 128 molecules, batches cut
    and all, recorded and not; and what that makes of an epoch of 100 000 molecules. Of some hundred
    different ones: what a step costs does not depend on it. ``small``: a tiny network.
    """
    count, steps, size = (20, 12, 6) if small else (500, 40, 128)
    p = molecules(count)
    sizes = torch.bincount(p.batch, minlength=p.graphs).numpy()
    numbers = np.array([1.0, 6.0, 7.0, 8.0, 9.0])[p.scalars.argmax(1).numpy()]
    systems = Systems(
        p.position.numpy(),
        np.concatenate([[0], np.cumsum(sizes)]),
        {"atomic_number": numbers[:, None]},
    )
    changes: tuple[str, ...] = (f"training.batch_size={size}", "model.norm=instance")
    changes += ("model.hidden=4x0e+4x1o", "model.layers=1") if small else ()
    model, features = _labelled("qm9-gap", changes, torch.float32, systems)
    wait, found = waiting(device), Row()
    for name, choice in (("recorded", "auto"), ("operation by operation", "off")):
        with graphs(choice):
            trainer = Trainer(copy.deepcopy(model), features, processes=Processes(device))
            generator = torch.Generator().manual_seed(0)
            batches = [
                torch.randperm(count, generator=generator)[:size]
                for _ in range(steps if choice == "auto" else max(6, steps // 4))
            ]
            for index in batches[:4]:
                trainer.train_on(index)
            wait()
            began = time.perf_counter()
            for index in batches[4:]:
                trainer.train_on(index)
            wait()
            each = (time.perf_counter() - began) / len(batches[4:])
        found[name] = {"step_ms": 1e3 * each, "epoch_of_100000_s": each * 100_000 / 128}
        if trainer.fixed is not None:
            taken = trainer.fixed.calls.items()
            found[name]["shapes"] = {str(tuple(shape)): step.recorded for shape, step in taken}
    return found
