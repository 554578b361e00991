"""Steerable layers of rows by the kernels: ``segnn.o3.backends.plain.layers.rows_layer``."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from segnn.o3.backends.numba import rows, second_rows
from segnn.o3.backends.numba.layers.memory import rows_bytes
from segnn.o3.backends.numba.layers.programs import gate_of, layer_of, runs_of, work
from segnn.o3.backends.numba.layers.room import room_like, room_to_keep, type_name, zeros_for
from segnn.o3.backends.numba.threads import (
    backward_chunks,
    forward_chunks,
    threads_for,
    tile_rows,
)
from segnn.o3.backends.protocol import Held, Inputs, Kernels, Need
from segnn.o3.pages import blank
from segnn.o3.plan.layer import RowsLayer


def _takes(plan: RowsLayer, inputs: Inputs) -> bool:
    x = inputs[0]
    return x is not None and x.shape[1] > 0 and plan.output_dim > 0


def _forward(plan: RowsLayer, inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """The result, and what stood before the gate (None where it is large, or not to be kept)."""
    x: Any = inputs[0]
    kept = room_to_keep(x, x.shape[0], plan.first.output.dim, keep and plan.second is not None)
    y = blank(x, x.shape[0], plan.output_dim)
    threads = threads_for(x.shape[0] * _weights(inputs))
    rows.forward(
        *_arguments(plan, inputs),
        threads,
        forward_chunks(x.shape[0], threads),
        tile_rows(work(plan.first, plan.second)),
        kept,
        y,
    )
    return y, (kept,)


def _first(plan: RowsLayer, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    x, x_1, attribute, *weights = inputs
    need_x, need_w = need[0] or need[1], any(need[3:])
    gx, gx_1 = room_like(x, need_x), room_like(x_1, need_x)
    ga = zeros_for(attribute, need[2])
    grads = [room_like(t, need_w) for t in weights]
    count = g.shape[0]
    rows.backward(
        g,
        *_arguments(plan, inputs),
        threads_for(3 * count * _weights(inputs)),
        backward_chunks(count),
        tile_rows(2 * work(plan.first, plan.second)),
        *kept,
        need_x,
        ga is not None,
        need_w,
        gx,
        gx_1,
        ga,
        *grads,
    )
    return gx, gx_1, ga, *grads


def _second(
    plan: RowsLayer, inputs: Inputs, kept: Inputs, g: Tensor, tangents: Inputs, need: Need
) -> Inputs:
    x, x_1, attribute, w_1, b_1, w_2, _ = inputs
    dx, dx_1, da = tangents
    need_x, need_w = need[1] or need[2], any(need[4:])
    gg, gx, gx_1 = room_like(g), room_like(x, need_x), room_like(x_1, need_x)
    ga = zeros_for(attribute, need[3])
    # The last bias is only added: it has no second derivative, nor has the first one without a
    # gate behind it.
    gw_1, gb_1, gw_2 = room_like(w_1, need_w), room_like(b_1, need_w), room_like(w_2, need_w)
    rest = _arguments(plan, inputs)
    count = g.shape[0]
    second_rows.backward(
        g,
        rest[0],
        tangent(dx, x),
        rest[1],
        tangent(dx_1, x_1),
        *rest[2:4],
        da is not None,
        da,
        *rest[4:],
        threads_for(6 * count * _weights(inputs)),
        backward_chunks(count),
        tile_rows(4 * work(plan.first, plan.second)),
        *kept,
        need_x,
        ga is not None,
        need_w,
        *(gg, gx, gx_1, ga, gw_1, gb_1, gw_2),
    )
    return gg, gx, gx_1, ga, gw_1, gb_1, gw_2, None


def tangent(d: Tensor | None, x: Tensor | None) -> Tensor | None:
    """Zeros where nothing weighs the derivative by x."""
    return torch.zeros_like(x) if d is None and x is not None else d


def _weights(inputs: Inputs) -> int:
    return sum(0 if w is None else w.numel() for w in (inputs[3], inputs[5]))


def _arguments(plan: RowsLayer, inputs: Inputs) -> tuple[Any, ...]:
    x, x_1, attribute, w_1, b_1, w_2, b_2 = inputs
    first, gated, second, residual = plan
    dtype = type_name(x)
    return (
        x,
        x_1,
        1 if x_1 is None else 2,
        attribute,
        w_1,
        runs_of(first),
        b_1,
        layer_of(first.plans[0], dtype),
        gate_of(gated, dtype),
        w_2,
        runs_of(second),
        b_2,
        layer_of(None if second is None else second.plans[0], dtype),
        second is not None,
        residual,
    )


def _held(plan: RowsLayer) -> Held:
    """No more than the tiles that are being worked on."""
    return Held(0, 0)


ROWS = Kernels(_forward, _first, _second, _takes, _held, rows_bytes)
