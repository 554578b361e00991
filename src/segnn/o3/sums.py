"""Sums and norms over the nodes of each graph, or over the rows of any node."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.forms import Forms
from segnn.o3.backends.layer_function import Operation, run
from segnn.o3.backends.protocol import Backend, Inputs
from segnn.o3.rows import Rows


def segment_sum(x: Tensor, rows: Rows) -> Tensor:
    """y[n] = Σ x[r] over the rows r of node n. x: (rows, dim) → (nodes, dim)."""
    return Forms(backend_for(x)).segment_sum(x, rows)


class GraphNorm(NamedTuple):
    """Which graph a node belongs to (sorted), the blocks of a row (four numbers each: components,
    channels, first column, first channel), ε, and the norm from single operations.
    """

    graphs: Rows
    table: Tensor
    eps: float
    composed: Callable[[Tensor, Tensor, Tensor], Tensor]


def _composed(plan: GraphNorm, inputs: Inputs, backend: Backend) -> Tensor:
    x, weight, bias = inputs
    return plan.composed(x, weight, bias)


NORM = Operation("norm", _composed, 1)


def graph_norm(x: Tensor, weight: Tensor, bias: Tensor, plan: GraphNorm) -> Tensor:
    """x (nodes, dim), weight (channels, block by block), bias (even scalars) → (nodes, dim)."""
    return run(NORM, backend_for(x), plan, (x, weight, bias))
