"""Degenerate systems must give finite numbers, and derivatives must be those of the function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from segnn.data import Systems
from segnn.model.device import on_device
from segnn.model.physical import PhysicalModel
from segnn.recipe import Features

FAR = 1e3  # cutoffs or sizes away: no neighbour is left
STEPS = (
    1e-5,
    1e-6,
    1e-4,
    1e-7,
)  # tried in turn: long ones suffer from curvature, short ones from rounding
AGREES = 1e-8


def not_finite(model: PhysicalModel, systems: Systems) -> dict[str, float]:
    """The fraction of values that are not finite, by the kind of degenerate system."""
    found = {
        "isolated particles": _bad(
            [
                rows.detach()
                for lonely in isolated(model, systems)
                for rows in model(on_device(model.features(lonely), model.device)).values()
            ]
        )
    }
    crowded = coincident(systems)
    if crowded is not None:
        prediction = model(on_device(model.features(crowded), model.device))
        found["coincident particles"] = _bad([rows.detach() for rows in prediction.values()])
        weights = [p for p in model.network.parameters() if p.requires_grad]
        total = torch.stack([rows.square().sum() for rows in prediction.values()]).sum()
        gradients = torch.autograd.grad(total, weights, allow_unused=True)
        found["coincident particles, gradient"] = _bad(g for g in gradients if g is not None)
    return found


def isolated(model: PhysicalModel, systems: Systems) -> list[Systems]:
    """Systems of one particle; with a radius graph also whole systems with one particle out of
    everybody's reach.
    """
    first = systems.offsets[:-1]
    single = replace(
        systems,
        position=systems.position[first],
        offsets=np.arange(len(systems) + 1),
        node={name: array[first] for name, array in systems.node.items()},
    )
    if model.recipe.graph.cutoff is None or systems.periodic:
        return [single]
    away = systems.position.copy()
    away[first] += FAR * (model.recipe.graph.cutoff + np.abs(away).max())
    return [single, replace(systems, position=away)]


def coincident(systems: Systems) -> Systems | None:
    """The second particle of every system in the place of the first; None if there is no system of
    two.
    """
    first = systems.offsets[:-1][systems.sizes > 1]
    if len(first) == 0:
        return None
    position = systems.position.copy()
    position[first + 1] = position[first]
    return replace(systems, position=position)


def gradient_errors(model: PhysicalModel, systems: Systems, seed: int) -> dict[str, float]:
    """Autograd against central differences along random directions, relative; model in float64."""
    features = on_device(model.features(systems), model.device)
    names = [
        name
        for name in ("x", "edge_attr", "node_attr", "message")
        if _has_values(getattr(features, name))
    ]
    inputs = {name: getattr(features, name).clone().requires_grad_() for name in names}
    weights = [p for p in model.network.parameters() if p.requires_grad]
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        output = model.network(features)
    direction_out = torch.randn(output.shape, generator=generator, dtype=output.dtype)
    direction_out = direction_out.to(output.device) / output.numel() ** 0.5

    def value() -> Tensor:
        seen: Features = replace(features, **inputs)
        result: Tensor = (model.network(seen) * direction_out).sum()
        return result

    return {
        "gradient in the inputs": _directional(value, list(inputs.values()), generator),
        "gradient in the weights": _directional(value, weights, generator),
    }


def _directional(
    value: Callable[[], Tensor], at: Sequence[Tensor], generator: torch.Generator
) -> float:
    """The derivative of ``value`` along a random direction: |autograd − central difference|,
    relative; the best of STEPS.
    """
    directions = [
        torch.randn(t.shape, generator=generator, dtype=t.dtype).to(t.device) * _step_of(t)
        for t in at
    ]
    gradients = torch.autograd.grad(value(), at, allow_unused=True)
    exact = float(
        sum((g * d).sum() for g, d in zip(gradients, directions, strict=True) if g is not None)
    )
    size = (
        float(
            sum(
                (g * d).square().sum()
                for g, d in zip(gradients, directions, strict=True)
                if g is not None
            )
        )
        ** 0.5
    )

    def moved(step: float) -> float:
        with torch.no_grad():
            for t, d in zip(at, directions, strict=True):
                t.add_(d, alpha=step)
            result = float(value())
            for t, d in zip(at, directions, strict=True):
                t.sub_(d, alpha=step)
        return result

    best = float("inf")
    for step in STEPS:
        near, far = moved(step) - moved(-step), moved(2 * step) - moved(-2 * step)
        difference = (8 * near - far) / (12 * step)  # of fourth order
        error = abs(exact - difference) / max(abs(exact), abs(difference), size, 1e-12)
        best = min(best, error if np.isfinite(error) else best)
        if best < AGREES:
            break
    return best


def _step_of(t: Tensor) -> float:
    """Directions as large as what they change."""
    return float(t.detach().square().mean().sqrt()) or 1.0


def _has_values(t: Tensor | None) -> bool:
    return t is not None and t.numel() > 0


def _bad(values: Iterable[Tensor]) -> float:
    """The fraction of entries that are not finite."""
    flat = torch.cat([value.reshape(-1).double() for value in values])
    return float((~flat.isfinite()).double().mean()) if flat.numel() else 0.0
