"""Functions of vectors, row by row: spherical harmonics of the direction, radial functions of the
length, and envelopes on both.

One operation of a backend for all that an edge needs of its relative vector, with first and second
derivatives: what a training step on forces takes of it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3 import radial
from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.layer_function import Operation, run
from segnn.o3.backends.protocol import Backend, Inputs
from segnn.o3.constant import on_device
from segnn.o3.plan.vector import BESSEL, GAUSSIAN, HARMONICS, Block, VectorPlan, step
from segnn.o3.safe import norm, normalized


def of_vectors(x: Tensor, plan: VectorPlan) -> Tensor:
    """x (rows, 3) → (rows, plan.columns). At the zero vector every derivative is zero."""
    return run(OF_VECTORS, backend_for(x), plan, (x,))


def _composed(plan: VectorPlan, inputs: Inputs, backend: Backend) -> Tensor:
    x: Tensor = inputs[0]
    length = norm(x) if any(_needs_length(block) for block in plan.blocks) else None
    found = [_block(block, x, length) for block in plan.blocks]
    return found[0] if len(found) == 1 else torch.cat(found, dim=1)


def _needs_length(block: Block) -> bool:
    return block.kind != HARMONICS or block.envelope[1] > 0


def _block(block: Block, x: Tensor, length: Tensor | None) -> Tensor:
    y = harmonics(block.size, x) if block.kind == HARMONICS else _radial(block, length)
    cutoff, power = block.envelope
    if power > 0 and length is not None:
        y = radial.envelope(length, cutoff, power) * y
    return y if block.scale == 1 else block.scale * y


def _radial(block: Block, length: Tensor | None) -> Tensor:
    assert length is not None, "asked for above"
    if block.kind == BESSEL:
        return radial.bessel(length, block.size, block.cutoff)
    if block.kind == GAUSSIAN:
        return radial.gaussian(length, block.size, block.cutoff)
    return length


def harmonics(lmax: int, x: Tensor) -> Tensor:
    """``segnn.o3.spherical_harmonics`` by single operations."""
    u = normalized(x)
    degrees = [torch.ones_like(x[..., :1])]
    for degree in range(1, lmax + 1):
        matrix = torch.einsum("...j,ijk->...ik", u, on_device(step(degree), x.device).to(x.dtype))
        degrees.append((degrees[-1].unsqueeze(-2) @ matrix).squeeze(-2))
    return torch.cat(degrees, dim=-1)


OF_VECTORS = Operation("of_vectors", _composed, 1)
