"""Steerable layers of rows by the kernels: ``segnn.o3.backends.plain.layers.rows_layer``."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from segnn.o3.backends.numba.layers.memory import rows_bytes
from segnn.o3.backends.numba.layers.orders import orders
from segnn.o3.backends.numba.layers.programs import gate_of, layer_of, runs_of, work
from segnn.o3.backends.numba.layers.room import room_like, room_to_keep, type_name, zeros_for
from segnn.o3.backends.numba.rows.backward import Backward, backward
from segnn.o3.backends.numba.rows.forward import Forward, RowLayers, Sharing, forward
from segnn.o3.backends.numba.rows.second import RowTangents, Second, second
from segnn.o3.backends.numba.threads import (
    backward_chunks,
    forward_chunks,
    threads_for,
    tile_rows,
)
from segnn.o3.backends.numba.weights import LayerArguments, LayerOutputs
from segnn.o3.backends.protocol import Held, Inputs, Kernels, Need
from segnn.o3.pages import blank
from segnn.o3.plan.layer import RowsLayer
from segnn.o3.plan.linear import LinearPlan


def _takes(plan: RowsLayer, inputs: Inputs) -> bool:
    x = inputs[0]
    return x is not None and x.shape[1] > 0 and plan.output_dim > 0


def _forward(plan: RowsLayer, inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """The result, and what stood before the gate (None where it is large, or not to be kept)."""
    x: Any = inputs[0]
    kept = room_to_keep(x, x.shape[0], plan.first.output.dim, keep and plan.second is not None)
    y = blank(x, x.shape[0], plan.output_dim)
    threads = threads_for(x.shape[0] * _weights(inputs))
    tile = tile_rows(work(plan.first, plan.second))
    sharing = Sharing(threads, forward_chunks(x.shape[0], threads), tile)
    forward(Forward(layers=_layers(plan, inputs), sharing=sharing, kept=kept, y=y))
    return y, (kept,)


def _first(plan: RowsLayer, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    x, x_1, attribute, *weights = inputs
    need_x, need_w = need[0] or need[1], any(need[3:])
    gx, gx_1 = room_like(x, need_x), room_like(x_1, need_x)
    ga = zeros_for(attribute, need[2])
    grads = [room_like(t, need_w) for t in weights]
    backward(
        Backward(
            g=g,
            layers=_layers(plan, inputs),
            sharing=_sharing_back(plan, inputs, g.shape[0], 1),
            kept=kept[0],
            need_x=need_x,
            need_a=ga is not None,
            need_w=need_w,
            gx=gx,
            gx_1=gx_1,
            ga=ga,
            first=LayerOutputs(weight=grads[0], bias=grads[1]),
            second=LayerOutputs(weight=grads[2], bias=grads[3]),
        )
    )
    return gx, gx_1, ga, *grads


def _back(
    plan: RowsLayer,
    inputs: Inputs,
    kept: Inputs,
    g: Tensor,
    tangents: Inputs,
    need: Need,
    gg: Tensor | None,
    value: Tensor | None = None,
    *,
    only_tangent: bool = False,
) -> Inputs:
    """See `segnn.o3.backends.numba.layers.orders.Back`."""
    x, x_1, attribute, *weights = inputs
    dx, dx_1, da = tangents
    need_x, need_w = need[0] or need[1], any(need[3:])
    gx, gx_1 = room_like(x, need_x), room_like(x_1, need_x)
    ga = zeros_for(attribute, need[2])
    grads = [room_like(t, need_w) for t in weights]
    tangents = RowTangents(
        dx=tangent(dx, x), dx_1=tangent(dx_1, x_1), da=da, has_attribute=da is not None
    )
    second(
        Second(
            g=g,
            value=value,
            only_tangent=only_tangent,
            layers=_layers(plan, inputs),
            tangents=tangents,
            sharing=_sharing_back(plan, inputs, g.shape[0], 2),
            kept=kept[0],
            need_x=need_x,
            need_a=ga is not None,
            need_w=need_w,
            gg=gg,
            gx=gx,
            gx_1=gx_1,
            ga=ga,
            first=LayerOutputs(weight=grads[0], bias=grads[1]),
            second=LayerOutputs(weight=grads[2], bias=grads[3]),
        )
    )
    return gx, gx_1, ga, *grads


def tangent(d: Tensor | None, x: Tensor | None) -> Tensor | None:
    """Zeros where nothing weighs the derivative by x."""
    return torch.zeros_like(x) if d is None and x is not None else d


def _weights(inputs: Inputs) -> int:
    return sum(0 if w is None else w.numel() for w in (inputs[3], inputs[5]))


def _sharing_back(plan: RowsLayer, inputs: Inputs, rows: int, order: int) -> Sharing:
    """How a derivative of that order is shared out: it does 3 or 6 times the products of a value,
    and holds 2 or 4 times as much.
    """
    threads = threads_for(3 * order * rows * _weights(inputs))
    tile = tile_rows(2 * order * work(plan.first, plan.second))
    return Sharing(threads=threads, chunks=backward_chunks(rows), tile=tile)


def _layers(plan: RowsLayer, inputs: Inputs) -> RowLayers:
    x, x_1, attribute, w_1, b_1, w_2, b_2 = inputs
    first, gated, later, residual = plan
    dtype = type_name(x)
    return RowLayers(
        x=x,
        x_1=x_1,
        attribute=attribute,
        parts=1 if x_1 is None else 2,
        first=layer_arguments(first, w_1, b_1, dtype),
        gate=gate_of(gated, dtype),
        second=layer_arguments(later, w_2, b_2, dtype),
        two=later is not None,
        residual=residual,
    )


def layer_arguments(
    plan: LinearPlan | None, weight: Tensor | None, bias: Tensor | None, dtype: str
) -> LayerArguments:
    """A layer as the kernels take it; of no layer, one that does nothing."""
    part = None if plan is None else plan.plans[0]
    return LayerArguments(
        weight=weight, runs=runs_of(plan), bias=bias, program=layer_of(part, dtype)
    )


def _held(plan: RowsLayer) -> Held:
    """No more than the tiles that are being worked on."""
    return Held(0, 0)


_ORDERS = orders(_back, lambda plan: plan.output_dim)
ROWS = Kernels(
    _forward,
    _first,
    _ORDERS.second,
    _takes,
    _held,
    rows_bytes,
    tangent=_ORDERS.tangent,
    both=_ORDERS.both,
)
