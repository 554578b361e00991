"""The scale of an output whose derivatives are trained on: energies by their forces.

What such a network has to learn are the derivatives, whatever the spread of its own labels; and how
large the derivatives of a fresh network are depends on the unit of the variable, on the cutoff and
on how many nodes share one output. So they are measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from segnn.model.scale import PART, sample
from segnn.nn.moments import root_mean_square
from segnn.recipe import Features

if TYPE_CHECKING:
    from segnn.model.physical import PhysicalModel

NEAR = 5.0
"""Fresh derivatives within this factor of `PART` times their labels are left as they are: on
acetylacetone, spins in motion and molecules in fields they are 0.15, 0.24 and 0.19 of them."""


@torch.no_grad()
def fit_slopes(model: PhysicalModel, features: Features) -> None:
    """Scale the outputs whose first derivatives have labels, so that the fresh derivatives are of
    the size of these labels; then centre the outputs that are scalars.

    An output whose scale the recipe declares keeps it.
    """
    target, some = model.network.target, sample(features)
    first = {
        name: next((one for one in slopes if len(some.labels.get(one, ()))), None)
        for name, slopes in target.slopes.items()
    }
    for name, slope in first.items():
        if slope is not None and target.specs[name].scale is None:
            columns, size = (
                target.columns[name],
                root_mean_square(some.with_labels(slope).labels[slope]),
            )
            part = _of_network(model, some, name, slope) / (size or 1.0)
            if size and part and not 1 / NEAR < part / PART < NEAR:
                target.scale[columns] *= PART / part
    if any(target.slopes.values()):
        target.centre(model.network(some), some)


def _of_network(model: PhysicalModel, some: Features, name: str, slope: str) -> float:
    """Root mean square of what the network, and not the base, brings to the derivative."""

    def derivative() -> Tensor:
        return model.forward(some, wanted=[slope])[slope]

    scale, columns = model.network.target.scale, model.network.target.columns[name]
    kept, found = scale.clone(), derivative()
    scale[columns] = 0.0
    without = derivative()
    scale.copy_(kept)
    return root_mean_square(found - without)
