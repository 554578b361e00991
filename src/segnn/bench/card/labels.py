"""Random labels for a model that has none."""

from __future__ import annotations

from dataclasses import replace

import torch

from segnn.model import PhysicalModel
from segnn.recipe import Features


def with_random_labels(model: PhysicalModel, features: Features) -> Features:
    """``features`` with normal numbers for every target that the model predicts, the same at every
    call.
    """
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        like = model(features)
    labels = {
        name: torch.randn(y.shape, generator=generator, dtype=torch.float64)
        for name, y in like.items()
    }
    return replace(features, labels=labels)
