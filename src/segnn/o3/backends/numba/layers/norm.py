"""The normalisation of every graph's features by a kernel: ``segnn.o3.norms``."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from segnn.o3.backends.numba import norms
from segnn.o3.backends.numba.layers.room import room_like
from segnn.o3.backends.numba.threads import threads_for
from segnn.o3.backends.protocol import Inputs, Kernels, Need


def _takes(plan: Any, inputs: Inputs) -> bool:
    return plan.graphs.order is None


def _forward(plan: Any, inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """x (nodes, dim), weight (channels, block by block), bias (even scalars) → (nodes, dim)."""
    x, weight, bias = inputs
    graphs = plan.graphs.nodes
    y = torch.empty_like(x, memory_format=torch.contiguous_format)
    mean, inverse = x.new_empty(graphs * len(bias)), x.new_empty(graphs * len(weight))
    norms.forward(
        x,
        x.shape[1],
        plan.graphs.offsets,
        plan.table,
        weight,
        bias,
        x.new_full((1,), plan.eps),
        threads_for(),
        mean,
        inverse,
        y,
    )
    return y, (mean, inverse)


def _first(plan: Any, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    x, weight, bias = inputs
    mean, inverse = kept
    gx, gw, gb = room_like(x), room_like(weight), room_like(bias)
    norms.backward(
        g,
        x,
        g.shape[1],
        plan.graphs.offsets,
        plan.table,
        weight,
        threads_for(),
        mean,
        len(bias),
        inverse,
        gx,
        gw,
        gb,
    )
    return gx, gw, gb


NORM = Kernels(_forward, _first, takes=_takes)
