"""A network that is not equivariant, for comparison: a plain message passing network on the same
cues.
"""

from __future__ import annotations

import time

import torch

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import Features, Recipe
from segnn.viewer.targets import has_baseline

NETWORK = {"kind": "mpnn", "hidden": "64x0e", "channels": None, "norm": None}
STEPS, SECONDS, BATCH, RATE = 600, 6.0, 32, 2e-3
MOST_SYSTEMS = 2000


def make_baseline(recipe: Recipe, systems: Systems, source: str) -> tuple[PhysicalModel, str]:
    """An MPNN for ``recipe``, trained for a few seconds where ``systems`` have labels; and a
    sentence that says what it is.

    Same seed, same weights, up to the number of steps that fit into the time. UserError for targets
    of whole systems.
    """
    if not has_baseline(recipe):
        raise UserError(
            "the baseline predicts for nodes; this recipe's target belongs to the whole system"
        )
    changed = recipe.model_copy(update={"model": recipe.model.model_copy(update=NETWORK)})
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        model = PhysicalModel(changed)
        features = model.features(systems[:MOST_SYSTEMS], source)
        weights = f"{sum(p.numel() for p in model.parameters()):,} weights"
        if not features.labels:
            return (
                model.eval(),
                f"MPNN with random weights ({weights}): {source} holds no "
                f"{recipe.targets[recipe.main].array} to train on",
            )
        steps = _train(model, features)
    return (
        model.eval(),
        f"MPNN ({weights}), trained here for {steps} steps on {len(features)} of the systems shown",
    )


def _train(model: PhysicalModel, features: Features) -> int:
    """Adam on random batches; returns the number of steps."""
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    began = time.monotonic()
    for step in range(STEPS):
        batch = features.batch(torch.randperm(len(features))[:BATCH])
        found = model(batch)
        errors = [(found[name] - labels).flatten() for name, labels in batch.labels.items()]
        loss = torch.cat(errors).square().nanmean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if time.monotonic() - began > SECONDS:
            return step + 1
    return STEPS
