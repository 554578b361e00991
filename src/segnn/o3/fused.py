"""Whole layers as one differentiable operation each, on the numba kernels and torch's matrix products.

First derivatives are written by hand and keep only the inputs: what lies between contraction and mix is computed again.
Where a derivative is itself to be differentiated, it is taken through the single operations of ``segnn.o3.contract`` and
``segnn.o3.mix``, which may be differentiated any number of times.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3 import numba_kernels as kernel
from segnn.o3.contract import segment_sum
from segnn.o3.gating import SIGMOID_SCALE, SILU_SCALE, GatePlan, gate_plain
from segnn.o3.linear_plan import PartPlan
from segnn.o3.mix import mix_input_into, mix_into, mix_weight_into
from segnn.o3.numba_calls import NONE, array, contract_attribute, contract_pair, contract_rows, contract_transposed
from segnn.o3.rows import Edges, Rows
from segnn.o3.steer import steer_composed, steer_edges_composed


def _differentiable(
    ctx: Any, g: Tensor, composed: Callable[..., Tensor], inputs: tuple[Tensor | None, ...]
) -> list[Tensor | None]:
    """Gradients of ``composed(*inputs)`` that can be differentiated again.

    Taken with respect to aliases, since one input may have been computed from another: what flows through that history
    belongs to the caller's graph, not to this operation.
    """
    with torch.enable_grad():
        aliases: list[Any] = [None if x is None else x.view_as(x) for x in inputs]
        y = composed(*aliases)
    wanted = [n for n, x in enumerate(inputs) if x is not None and ctx.needs_input_grad[n]]
    found = torch.autograd.grad(y, [aliases[n] for n in wanted], g, create_graph=True, allow_unused=True)
    grads: list[Tensor | None] = [None] * len(inputs)
    for n, value in zip(wanted, found, strict=True):
        grads[n] = value
    return grads


def _bias_gradient(g: Tensor, bias: Tensor | None) -> Tensor | None:
    return None if bias is None else g[:, : len(bias)].sum(0)


class FusedLinear(Function):
    """y = contract(mix(x)) + mix(contract(x)) + bias, for rows and their attribute: a steerable linear layer.

    The inputs x_0 ⊕ x_1 ⊕ … have equal layouts; their mixes are added before the one contraction.
    """

    @staticmethod
    def forward(
        ctx: Any,
        attribute: Tensor,
        bias: Tensor | None,
        before: Tensor | None,
        after: Tensor | None,
        before_1: Tensor | None,
        x: Tensor,
        x_1: Tensor | None,
        plan: PartPlan,
    ) -> Tensor:
        ctx.save_for_backward(attribute, bias, before, after, before_1, x, x_1)
        ctx.plan = plan
        y = None
        if plan.before is not None and plan.contraction is not None:
            z = FusedLinear._mixed(x, before, x_1, before_1, plan)
            y = contract_rows(z, attribute, plan.contraction, bias=bias)
        if plan.after is not None and plan.gather is not None and after is not None:
            t = contract_rows(x, attribute, plan.gather)
            if y is None:
                y = x.new_zeros(x.shape[0], plan.after.dim_out)
                if bias is not None:
                    y[:, : len(bias)] = bias
            mix_into(t, after, plan.after, y, accumulate=True)
        assert y is not None
        return y

    @staticmethod
    def _mixed(x: Tensor, before: Any, x_1: Tensor | None, before_1: Any, plan: PartPlan) -> Tensor:
        assert plan.before is not None
        z = x.new_empty(x.shape[0], plan.before.dim_out)
        mix_into(x, before, plan.before, z, accumulate=False)
        if x_1 is not None:
            mix_into(x_1, before_1, plan.before, z, accumulate=True)
        return z

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        attribute, bias, before, after, before_1, x, x_1 = ctx.saved_tensors
        plan, need = ctx.plan, ctx.needs_input_grad
        if torch.is_grad_enabled():
            return (*_differentiable(ctx, g, partial(steer_composed, plan=plan), ctx.saved_tensors), None)
        g = g.contiguous()
        gx = gx_1 = ga = g_before = g_before_1 = g_after = None
        if plan.after is not None and plan.gather is not None:
            g_after = torch.empty_like(after)
            mix_weight_into(contract_rows(x, attribute, plan.gather), g, plan.after, g_after)
            if need[5] or need[0]:
                gt = mix_input_into(g, after, plan.after)
                if need[5]:
                    gx = contract_transposed(gt, attribute, plan.gather)
                if need[0]:
                    ga = contract_attribute(x, gt, plan.gather)
        if plan.before is not None and plan.contraction is not None:
            gz = contract_transposed(g, attribute, plan.contraction)
            g_before = torch.empty_like(before)
            mix_weight_into(x, gz, plan.before, g_before)
            if need[5]:
                gx = mix_input_into(gz, before, plan.before, gx)
            if x_1 is not None:
                g_before_1 = torch.empty_like(before_1)
                mix_weight_into(x_1, gz, plan.before, g_before_1)
                gx_1 = mix_input_into(gz, before_1, plan.before) if need[6] else None
            if need[0]:
                own = contract_attribute(FusedLinear._mixed(x, before, x_1, before_1, plan), g, plan.contraction)
                ga = own if ga is None else ga.add_(own)
        return ga, _bias_gradient(g, bias), g_before, g_after, g_before_1, gx, gx_1, None


class FusedEdgeLinear(Function):
    """y_e = contract(mix_t(x)_i + mix_s(x)_j) + contract(mix(message)) + bias: the first message layer.

    Mixed at the nodes, gathered inside the kernel; the derivative is summed into the nodes without an edge-sized table.
    """

    @staticmethod
    def forward(
        ctx: Any,
        attribute: Tensor,
        bias: Tensor | None,
        w_target: Tensor,
        w_source: Tensor,
        w_message: Tensor | None,
        x: Tensor,
        message: Tensor | None,
        ends: PartPlan,
        own: PartPlan,
        edges: Edges,
    ) -> Tensor:
        ctx.save_for_backward(attribute, bias, w_target, w_source, w_message, x, message)
        ctx.ends, ctx.own, ctx.edges = ends, own, edges
        assert ends.before is not None
        assert ends.contraction is not None
        target, source = x.new_empty(2, x.shape[0], ends.before.dim_out)
        mix_into(x, w_target, ends.before, target, accumulate=False)
        mix_into(x, w_source, ends.before, source, accumulate=False)
        c = ends.contraction
        y = contract_pair(target, source, attribute, c, edges, bias)
        if message is not None and w_message is not None and own.before is not None and own.contraction is not None:
            z = x.new_empty(len(edges), own.before.dim_out)
            mix_into(message, w_message, own.before, z, accumulate=False)
            contract_rows(z, attribute, own.contraction, into=y)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        attribute, bias, w_target, w_source, w_message, x, message = ctx.saved_tensors
        ends, own, edges, need = ctx.ends, ctx.own, ctx.edges, ctx.needs_input_grad
        if torch.is_grad_enabled():
            composed = partial(steer_edges_composed, ends=ends, own=own, edges=edges)
            return (*_differentiable(ctx, g, composed, ctx.saved_tensors), None, None, None)
        g = g.contiguous()
        gx = gm = gw_message = None
        ga: Any = None
        gw = []
        for weight, rows in ((w_target, edges.target), (w_source, edges.source)):
            gz = contract_transposed(g, attribute, ends.contraction, rows)
            gw.append(torch.empty_like(weight))
            mix_weight_into(x, gz, ends.before, gw[-1])
            if need[5]:
                gx = mix_input_into(gz, weight, ends.before, gx)
            if need[0]:
                z = x.new_empty(x.shape[0], ends.before.dim_out)
                mix_into(x, weight, ends.before, z, accumulate=False)
                part = contract_attribute(z, g, ends.contraction, rows)
                ga = part if ga is None else ga.add_(part)
        if message is not None and own.before is not None:
            gz = contract_transposed(g, attribute, own.contraction)
            gw_message = torch.empty_like(w_message)
            mix_weight_into(message, gz, own.before, gw_message)
            gm = mix_input_into(gz, w_message, own.before) if need[6] else None
            if need[0]:
                z = x.new_empty(len(edges), own.before.dim_out)
                mix_into(message, w_message, own.before, z, accumulate=False)
                ga = ga.add_(contract_attribute(z, g, own.contraction))
        return ga, _bias_gradient(g, bias), gw[0], gw[1], gw_message, gx, gm, None, None, None


class FusedGate(Function):
    """The gate, or with ``rows`` its sum over the (contiguous) rows of each node."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, plan: GatePlan, rows: Rows | None) -> Tensor:
        sigmoid = torch.sigmoid(x[:, : plan.scalars + plan.gates])
        ctx.save_for_backward(x, sigmoid)
        ctx.plan, ctx.rows = plan, rows
        y = x.new_empty(x.shape[0] if rows is None else rows.nodes, x.shape[1] - plan.gates)
        out = y.numpy()
        scales = (out.dtype.type(SILU_SCALE), out.dtype.type(SIGMOID_SCALE))
        if rows is None:
            kernel.use_threads(out.size)
            kernel.gate(array(x), array(sigmoid), plan.table, *scales, out)
        else:
            kernel.use_threads(out.size)
            kernel.gate_sum(array(x), array(sigmoid), plan.table, *scales, rows.offsets.numpy(), out)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple:  # type: ignore[override]
        x, sigmoid = ctx.saved_tensors
        if torch.is_grad_enabled():

            def composed(x: Tensor) -> Tensor:
                y = gate_plain(x, ctx.plan)
                return y if ctx.rows is None else segment_sum(y, ctx.rows)

            return (*_differentiable(ctx, g, composed, (x,)), None, None)
        gx = torch.empty_like(x)
        out = gx.numpy()
        index = NONE if ctx.rows is None else ctx.rows.index.numpy()
        scales = (out.dtype.type(SILU_SCALE), out.dtype.type(SIGMOID_SCALE))
        kernel.use_threads(out.size)
        kernel.gate_backward(array(g), index, array(x), array(sigmoid), ctx.plan.table, *scales, out)
        return gx, None, None
