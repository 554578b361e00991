"""The normalisation of every graph's features by a kernel: ``segnn.o3.norms``."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from segnn.o3.backends.numba.layers.room import room_like
from segnn.o3.backends.numba.norm import Backward, Forward, Graphs, backward, forward
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
    forward(
        Forward(
            graphs=_graphs(plan, x),
            weight=weight,
            bias=bias,
            eps=x.new_full((1,), plan.eps),
            mean=mean,
            inverse=inverse,
            y=y,
        )
    )
    return y, (mean, inverse)


def _first(plan: Any, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    x, weight, bias = inputs
    mean, inverse = kept
    gx, gw, gb = room_like(x), room_like(weight), room_like(bias)
    backward(
        Backward(
            graphs=_graphs(plan, x),
            g=g,
            weight=weight,
            mean=mean,
            inverse=inverse,
            gx=gx,
            gw=gw,
            gb=gb,
        )
    )
    return gx, gw, gb


def _graphs(plan: Any, x: Any) -> Graphs:
    return Graphs(
        x=x,
        dim=x.shape[1],
        offsets=plan.graphs.offsets,
        blocks=plan.table,
        threads=threads_for(),
    )


NORM = Kernels(_forward, _first, takes=_takes)
