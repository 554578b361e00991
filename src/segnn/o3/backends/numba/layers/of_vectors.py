"""Functions of vectors by the kernels: ``segnn.o3.vectors``."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from segnn.o3.backends.numba.layers.room import room_like, type_name
from segnn.o3.backends.numba.of_vectors.kernels import (
    First,
    Forward,
    Second,
    Vectors,
    first,
    forward,
    second,
)
from segnn.o3.backends.numba.of_vectors.tables import table_of
from segnn.o3.backends.numba.threads import forward_chunks, threads_for
from segnn.o3.backends.protocol import Inputs, Kernels, Need
from segnn.o3.plan.vector import VectorPlan

_MULTIPLICATIONS = 30
"""Of one function, about."""


def _vectors(plan: VectorPlan, x: Tensor) -> Vectors:
    rows = x.shape[0]
    threads = threads_for(_MULTIPLICATIONS * rows * plan.columns)
    return Vectors(
        x=x,
        program=table_of(plan, type_name(x)),
        rows=rows,
        threads=threads,
        chunks=forward_chunks(rows, threads),
    )


def _forward(plan: VectorPlan, inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    x: Any = inputs[0]
    y = x.new_empty(x.shape[0], plan.columns)
    forward(Forward(vectors=_vectors(plan, x), y=y))
    return y, ()


def _first(plan: VectorPlan, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    x: Any = inputs[0]
    gx = room_like(x)
    first(First(vectors=_vectors(plan, x), g=g, gx=gx))
    return (gx,)


def _second(
    plan: VectorPlan, inputs: Inputs, kept: Inputs, g: Tensor, tangents: Inputs, need: Need
) -> Inputs:
    x: Any = inputs[0]
    gg, gxx = g.new_empty(g.shape), room_like(x)
    second(Second(vectors=_vectors(plan, x), g=g, d=tangents[0], gg=gg, gxx=gxx))
    return gg, gxx


OF_VECTORS = Kernels(_forward, _first, _second)
