"""Steerable layers composed of single forms: the plain path, and the way of higher derivatives on
every other one.

Each layer takes (plan, inputs, forms), see ``segnn.o3.backends.protocol``. The inputs of both kinds
of layers are (x, x_1 or message, attribute, weight and bias of the first linear layer, weight and
bias of the second); what a layer has not is None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn.functional import pad

from segnn.o3.backends.forms import Forms, by_forms
from segnn.o3.backends.layer_function import Operation, run
from segnn.o3.backends.plain.forms import both_ends
from segnn.o3.backends.protocol import Held, Inputs
from segnn.o3.constant import on_device
from segnn.o3.plan.layer import Messages, MessagesOn, RowsLayer, Weights
from segnn.o3.plan.linear import LinearPlan, PartPlan
from segnn.o3.tracing import is_recorded


def rows_layer(plan: RowsLayer, inputs: Inputs, forms: Forms) -> Tensor:
    """W_1 (x ⊕ x_1), or W_2 σ(W_1 (x ⊕ x_1)), plus x if it is a residual: (rows, dim_out)."""
    x, x_1, attribute, w_1, b_1, w_2, b_2 = inputs
    xs = [x] if x_1 is None else [x, x_1]
    y = linear(xs, attribute, Weights(w_1, b_1, plan.first), forms)
    if plan.gated is not None and plan.second is not None and w_2 is not None:
        y = linear([forms.gate(y, plan.gated)], attribute, Weights(w_2, b_2, plan.second), forms)
    return x + y if plan.residual else y


def messages_layer(plan: MessagesOn, inputs: Inputs, forms: Forms) -> Tensor:
    """Σ_j σ(W_2 σ(W_1 (x_i ⊕ x_j ⊕ s_ij))) or fewer of its factors: (nodes, dim_out)."""
    return forms.segment_sum(each_message(plan, inputs, forms), plan.edges.target)


def each_message(plan: MessagesOn, inputs: Inputs, forms: Forms) -> Tensor:
    """The messages that `messages_layer` sums up, one of every edge: (edges, dim_out)."""
    x, message, attribute, w_1, b_1, w_2, b_2 = inputs
    first, gated, second, last = plan.layer
    m = edge_linear((x, message), attribute, Weights(w_1, b_1, first), plan.edges, forms)
    if second is not None and w_2 is not None:
        m = linear([forms.gate(m, gated)], attribute, Weights(w_2, b_2, second), forms)
    return forms.gate(m, gated) if last else m


def linear(xs: list[Tensor], attribute: Tensor, layer: Weights, forms: Forms) -> Tensor:
    """W_ã (x_0 ⊕ x_1 ⊕ …) + b: (rows, dim_out)."""
    if forms.whole:
        return forms.linear(xs, attribute, layer)
    mixes, y = matrices(layer), None
    unused: list[Tensor] = []
    for n, (x, plan) in enumerate(zip(xs, layer.plan.plans, strict=True)):
        products = _products(x, attribute, mixes[2 * n : 2 * n + 2], plan, forms)
        unused += [] if products else [x]
        for part in products:
            y = part if y is None else y + part
    return _completed(y, unused, attribute, layer)


def edge_linear(
    ends: tuple[Tensor, Tensor | None], attribute: Tensor, layer: Weights, edges: Any, forms: Forms
) -> Tensor:
    """W_ã (x_i ⊕ x_j ⊕ s_ij) + b for every edge from j to i, with x mixed at the nodes: (edges,
    dim_out). ends: x (nodes, dim_in) and s (edges, dim_message) or None.
    """
    x, message = ends
    if forms.whole:
        return forms.edge_linear(x, message, attribute, layer, edges)
    w_target, _, w_source, _, w_own, _ = matrices(layer)
    plan, _, own = layer.plan.plans
    y: Tensor | None = None
    unused: list[Tensor] = []
    if plan.before is None or plan.contraction is None:
        unused.append(x.index_select(0, edges.target.index))
    else:
        target, source = forms.mix(x, w_target, plan.before), forms.mix(x, w_source, plan.before)
        y = run(
            CONTRACT_EDGES, forms.backend, (plan.contraction, edges), (target, source, attribute)
        )
    if message is not None:
        products = _products(message, attribute, (w_own, w_own[:0]), own, forms)
        unused += [] if products else [message]
        for part in products:
            y = part if y is None else y + part
    return _completed(y, unused, attribute, layer)


def matrices(layer: Weights) -> tuple[Tensor, ...]:
    """The flat matrices of (before, after) for every part."""
    plan, weight = layer.plan, layer.weight
    order = on_device(plan.order, weight.device)
    if is_recorded(weight):
        return torch.split(weight.index_select(0, order), plan.sizes)
    inverse = on_device(plan.inverse, weight.device)
    return torch.split(_permute(weight, order, inverse), plan.sizes)


class _Permute(Function):
    """weight[order], with the inverse permutation as its derivative: cheaper than a scatter."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, order: Tensor, inverse: Tensor) -> Tensor:
        ctx.save_for_backward(order, inverse)
        return weight.index_select(0, order)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None, None]:
        order, inverse = ctx.saved_tensors
        if is_recorded(g):
            return g.index_select(0, inverse), None, None
        return _permute(g, inverse, order), None, None


_permute = cast(Callable[..., Tensor], _Permute.apply)  # the same, with a type


def _products(
    x: Tensor, attribute: Tensor, mixes: tuple[Tensor, ...], plan: PartPlan, forms: Forms
) -> list[Tensor]:
    """contract(mix(x)) and mix(contract(x)), where there are such."""
    (before, after), found = mixes, []
    if plan.before is not None and plan.contraction is not None:
        mixed = forms.mix(x, before, plan.before)
        found.append(forms.contract(mixed, attribute, plan.contraction))
    if plan.after is not None and plan.gather is not None:
        found.append(forms.mix(forms.contract(x, attribute, plan.gather), after, plan.after))
    return found


def _completed(y: Tensor | None, unused: list[Tensor], attribute: Tensor, layer: Weights) -> Tensor:
    """y plus the bias. Inputs that no path uses have the derivative zero, as on every other path,
    not none: an empty product ties them to the result.
    """
    dim = layer.plan.output.dim
    if unused:
        empty = torch.cat([x[:, :0] for x in (*unused, attribute)], dim=1)
        zeros = empty @ (layer.weight[:0].view(0, dim))
        y = zeros if y is None else y + zeros
    assert y is not None, "an input is used or it is not"
    # Even scalars come first.
    return y if layer.bias is None else y + pad(layer.bias, (0, y.shape[1] - len(layer.bias)))


def row_numbers(*plans: LinearPlan | None) -> int:
    """An upper bound of the numbers that the single forms hold at once for a row of these layers.

    Mixed rows with a copy for the batched product, coupled columns with the row they are put
    together to, and sums.
    """
    return sum(2 * part.numbers for p in plans if p is not None for part in p.plans) + sum(
        5 * p.output.dim for p in plans if p is not None
    )


def _rows_held(plan: RowsLayer) -> Held:
    return Held(row_numbers(plan.first, plan.second), 0)


def _messages_held(plan: Messages) -> Held:
    return Held(row_numbers(plan.first, plan.second), 2 * plan.mixed)


def _contract_edges(plan: Any, inputs: Inputs, forms: Forms) -> Tensor:
    target, source, attribute = inputs
    contraction, edges = plan
    return forms.contract(both_ends(target, source, edges), attribute, contraction)


def _in_frames(plan: Any, inputs: Inputs, forms: Forms) -> Tensor:
    """Messages in frames are the same function the direct way, which serves derivatives of
    derivatives.
    """
    return messages_layer(MessagesOn(plan.layer, plan.edges), inputs, forms)


ROWS = Operation("rows", by_forms(rows_layer), 3, _rows_held)
MESSAGES = Operation("messages", by_forms(messages_layer), 3, _messages_held)
FRAME_MESSAGES = Operation("frame_messages", by_forms(_in_frames), 3)
CONTRACT_EDGES = Operation("contract_edges", by_forms(_contract_edges), 3)
