"""What the data cost beside a training step: cutting a batch out of a data set, and searching its
neighbours anew.

Training searches neighbours once for a data set, since its positions do not change; a step pays for
the cut alone. Where positions do change (a rollout, molecular dynamics) every step pays for the
search.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from segnn.bench.device import CPU, waiting
from segnn.bench.particles import Particles, features
from segnn.bench.timing import Effort, take_turns
from segnn.model.device import on_device
from segnn.recipe import Features
from segnn.training.batches import Batches

REPEATS = 10  # the data set is the workload's batch so many times, shuffled


def data_set(particles: Particles, degree: int) -> Features:
    """The particles as the features of systems, repeated."""
    p = particles.to(torch.float32)
    seen = features(p, degree)
    sizes = torch.bincount(p.batch, minlength=p.graphs)
    offsets = torch.nn.functional.pad(sizes.cumsum(0), (1, 0))
    one = Features(
        x=seen.x,
        edge_index=p.edge_index,
        edge_attr=seen.edge_attr,
        node_attr=seen.node_attr,
        message=seen.message,
        base={"position": p.position.double()},
        labels={"position": p.position.double()},
        offsets=offsets,
        edge_offsets=torch.searchsorted(p.edge_index[1].contiguous(), offsets),
        level={"position": "node"},
    )
    return one.batch(torch.arange(p.graphs).repeat(REPEATS))


def data_path(
    particles: Particles,
    degree: int,
    step_ms: float | None,
    repeats: int = 20,
    device: torch.device = CPU,
) -> dict[str, Any]:
    """Median ms of cutting a batch, and bringing it to ``device``, and of searching its neighbours,
    and their parts of a training step of ``step_ms``.
    """
    step = [0]
    batches = Batches(data_set(particles, degree), particles.graphs, 0, lambda: step[0])
    stream = iter(batches)

    def cut() -> Features:
        nonlocal stream
        index = next(stream, None)
        if index is None:
            stream = iter(batches)
            index = next(stream)
        return on_device(batches.features.batch(index), device)

    steps: dict[str, Callable[[], object]] = {"batch": cut, "neighbours": particles.search}
    found = take_turns(steps, Effort(repeats=repeats), wait=waiting(device))
    times = {name: float(np.median(values)) for name, values in found.items()}
    shares = {name: None if step_ms is None else value / step_ms for name, value in times.items()}
    return {
        "batch_ms": times["batch"],
        "neighbours_ms": times["neighbours"],
        "batch_part_of_step": shares["batch"],
        "neighbours_part_of_step": shares["neighbours"],
    }
