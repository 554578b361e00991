"""Whether a device computes what the CPU computes, along the public paths.

What is computed is small, and mostly waits for Python: the networks are compared side by side, each
in a process of its own.
"""

from __future__ import annotations

import copy
import math
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from segnn.bench.card.labels import with_random_labels
from segnn.model import PhysicalModel
from segnn.model.check import check_model, random_systems
from segnn.model.device import on_device
from segnn.o3 import edge_frames, kernels
from segnn.recipe import Features, load_recipe
from segnn.training.processes import Processes
from segnn.training.trainer import Trainer

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
"""Of the largest number of a tensor."""
STEPS, RATE = 5, 1e-3  # of a training so slow that differences do not grow by themselves
RECIPES = {
    "SEGNN": ("charged", ()),
    "SEGNN, cues of order two, norm": ("charged-cues", ("model.norm=instance",)),
    "forces": ("acac", ()),
    "refreshed": ("charged-cues", ("model.kind=segnn_refreshed",)),
    "SE_linear": ("charged", ("model.kind=se_linear",)),
    "SE_nonlinear": ("charged", ("model.kind=se_nonlinear",)),
    "EGNN": ("charged", ("model.kind=egnn",)),
    "plain message passing": ("charged", ("model.kind=mpnn",)),
}
"""A name → a packaged recipe and what is changed of it: every kind of network."""
Row = dict[str, Any]


def computing(device: torch.device) -> AbstractContextManager[None]:
    """How the device computes: its own kernels; of a CPU the plain path, which a card would take,
    so that it can be compared with the kernels of the CPU.
    """
    return kernels("plain" if device.type == "cpu" else "auto")


def oracle(device: torch.device) -> AbstractContextManager[None]:
    """How the CPU computes what a device is compared with: the plain path, for which nothing has to
    be compiled; the CPU's own kernels where it is compared with itself.
    """
    return nullcontext() if device.type == "cpu" else kernels("plain")


def agreement(device: torch.device, small: bool = False) -> Iterator[Row]:
    """The rows of all networks, as they come; of one only and in this process if ``small``."""
    if small:
        yield from of_network(next(iter(RECIPES)), device, [p for p in PATHS if p != "check"])
        return
    processes = min(len(RECIPES), max((os.cpu_count() or 2) // 2, 1))
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(_all_of, name, str(device)) for name in RECIPES]
        for done in as_completed(waiting):
            yield from done.result()


def _all_of(name: str, device: str) -> list[Row]:
    torch.set_num_threads(1)
    return list(of_network(name, torch.device(device), list(PATHS)))


def of_network(name: str, device: torch.device, paths: list[str]) -> Iterator[Row]:
    """One row a precision and path: what was compared, the largest difference relative to the
    largest number, what is allowed, whether it is met, how long it took; ``error`` where it could
    not be computed.
    """
    recipe, changes = RECIPES[name]
    with oracle(device):
        for dtype, allowed in TOLERANCE.items():
            pair = _pair(recipe, changes, dtype, device)
            for path in paths:
                began = time.perf_counter()
                row: Row = {"network": name, "path": path, "dtype": str(dtype)[6:]}
                try:
                    difference = PATHS[path](*pair, device)
                except Exception as error:  # told, and the other paths are still to be seen
                    row |= {"met": False, "error": f"{type(error).__name__}: {error}"[:300]}
                else:
                    row |= {"difference": difference, "allowed": allowed}
                    row["met"] = difference <= allowed
                yield row | {"seconds": round(time.perf_counter() - began, 1)}


def _pair(
    recipe: str, changes: tuple[str, ...], dtype: torch.dtype, device: torch.device
) -> tuple[PhysicalModel, PhysicalModel]:
    """The same fresh model, with its scales measured, here and there."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        here = PhysicalModel(load_recipe(recipe, (*changes, f"training.learning_rate={RATE}")))
    here.calibrate(_labelled(here))
    here.network.to(dtype)
    return here, copy.deepcopy(here).to(device)


def _labelled(model: PhysicalModel) -> Features:
    """Random systems, evaluated, with random labels."""
    return with_random_labels(model, model.features(random_systems(model.recipe)))


def _worst(found: list[Tensor], expected: list[Tensor]) -> float:
    """The largest difference relative to the largest number of each; ArithmeticError for what is
    not finite.
    """
    worst = 0.0
    for a, b in zip(found, expected, strict=True):
        if b.numel():
            size = float(b.detach().abs().max()) or 1.0
            difference = float((a.detach().cpu() - b.detach()).abs().max()) / size
            if not math.isfinite(difference):
                raise ArithmeticError("numbers that are not finite")
            worst = max(worst, difference)
    return worst


def _together(gradients: list[Tensor]) -> Tensor:
    return torch.cat([g.detach().cpu().reshape(-1) for g in gradients])


def _forward(here: PhysicalModel, there: PhysicalModel, device: torch.device) -> float:
    features = here.to_run(random_systems(here.recipe))
    with torch.no_grad():
        expected = here(features)
        with computing(device):
            found = there(on_device(features, device))
    return _worst(list(found.values()), list(expected.values()))


def _in_frames(here: PhysicalModel, there: PhysicalModel, device: torch.device) -> float:
    with edge_frames("always"):
        return _forward(here, there, device)


def _gradients(here: PhysicalModel, there: PhysicalModel, device: torch.device) -> float:
    features = _labelled(here)

    def of(model: PhysicalModel, batch: Features) -> Tensor:
        found = model(batch)
        loss = torch.stack([(y - batch.labels[n]).square().mean() for n, y in found.items()]).sum()
        return _together(
            [
                g
                for g in torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
                if g is not None
            ]
        )

    expected = of(here, features)
    with computing(device):
        found = of(there, on_device(features, device))
    return _worst([found], [expected])


def _cues(here: PhysicalModel, there: PhysicalModel, device: torch.device) -> float:
    """The cues as evaluated on the device from positions and fields."""
    tensors = here.cues.tensors(random_systems(here.recipe), "random systems")
    expected = here.cues.evaluate(tensors)
    with computing(device):
        found = there.cues.evaluate(tensors.to(device))
    names = ("x", "edge_attr", "node_attr")
    return _worst([getattr(found, n) for n in names], [getattr(expected, n) for n in names])


def _predict(here: PhysicalModel, there: PhysicalModel, device: torch.device) -> float:
    """From arrays to arrays, neighbours searched; in pieces too."""
    systems = random_systems(here.recipe)
    expected = here.predict(systems)
    with computing(device):
        found = there.predict(systems)
    names = list(here.recipe.targets)
    pairs = [[torch.from_numpy(held[n]) for n in names] for held in (found, expected)]
    return _worst(*pairs)


def _training(here: PhysicalModel, there: PhysicalModel, device: torch.device) -> float:
    """The loss of some steps down the gradient, one after the other: plain ones, as other
    optimisers divide by the sizes of gradients, and so make any step of what is round-off.
    """
    features = _labelled(here)

    def losses(model: PhysicalModel) -> Tensor:
        trainer = Trainer(copy.deepcopy(model), features, processes=Processes(model.device))
        optimizer = torch.optim.SGD(list(trainer.parameters), lr=RATE)
        every, found = torch.arange(len(features)), []
        for _ in range(STEPS):
            optimizer.zero_grad()
            found.append(trainer.gradient(every).cpu())
            optimizer.step()
        return torch.stack(found)

    expected = losses(here)
    with computing(device):
        return _worst([losses(there)], [expected])


def _check(here: PhysicalModel, there: PhysicalModel, device: torch.device) -> float:
    """How many of the checks of ``segnn check`` fail there and not here."""
    systems = random_systems(here.recipe)
    known = {(c.property, c.dtype) for c in check_model(here, systems) if not c.passed}
    with computing(device):
        found = {(c.property, c.dtype) for c in check_model(there, systems) if not c.passed}
    return float(len(found - known))


PATHS: dict[str, Callable[[PhysicalModel, PhysicalModel, torch.device], float]] = {
    "forward": _forward,
    "forward in frames": _in_frames,
    "gradients": _gradients,
    "cues": _cues,
    "predict": _predict,
    "training": _training,
    "check": _check,
}
