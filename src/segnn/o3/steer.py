"""The steerable product on channels-last rows: mixes and contractions put together, W_ã h̃ of the paper's Eq. 6.

``steer`` and ``steer_edges`` choose between one fused operation (``segnn.o3.fused``) and the composition of single ones,
which is the plain path, the oracle, and the route of second derivatives.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import pad

from segnn.o3.backend import use_numba
from segnn.o3.contract import contract, contract_edges
from segnn.o3.linear_plan import PartPlan
from segnn.o3.mix import mix
from segnn.o3.rows import Edges


def steer(
    attribute: Tensor,
    bias: Tensor | None,
    before: Tensor,
    after: Tensor,
    before_1: Tensor | None,
    x: Tensor,
    x_1: Tensor | None,
    plan: PartPlan,
) -> Tensor:
    """y = contract(mix(x) + mix_1(x_1)) + mix(contract(x)) + bias.

    attribute (rows, dim_attr); bias on the first columns, or None; before, after, before_1 flat matrices; x and x_1
    (rows, dim_in) of one layout, x_1 only for a plan that mixes first. Returns (rows, dim_out).
    """
    if use_numba(x) and (plan.before or plan.after) is not None:
        from segnn.o3.fused import FusedLinear

        return FusedLinear.apply(attribute, bias, before, after, before_1, x, x_1, plan)
    return steer_composed(attribute, bias, before, after, before_1, x, x_1, plan)


def steer_composed(
    attribute: Tensor,
    bias: Tensor | None,
    before: Tensor,
    after: Tensor,
    before_1: Tensor | None,
    x: Tensor,
    x_1: Tensor | None,
    plan: PartPlan,
) -> Tensor:
    """``steer`` from single operations."""
    y = None
    if plan.before is not None and plan.contraction is not None:
        z = mix(x, before, plan.before)
        if x_1 is not None and before_1 is not None:
            z = z + mix(x_1, before_1, plan.before)
        y = contract(z, attribute, plan.contraction)
    if plan.after is not None and plan.gather is not None:
        t = mix(contract(x, attribute, plan.gather), after, plan.after)
        y = t if y is None else y + t
    return _add_bias(x.new_zeros(x.shape[0], plan.dim_out) if y is None else y, bias)


def steer_edges(
    attribute: Tensor,
    bias: Tensor | None,
    w_target: Tensor,
    w_source: Tensor,
    w_message: Tensor,
    x: Tensor,
    message: Tensor | None,
    ends: PartPlan,
    own: PartPlan,
    edges: Edges,
) -> Tensor:
    """y_e = contract(mix_t(x)_i + mix_s(x)_j) + contract(mix(message_e)) + bias, for edges e from j to i.

    x (nodes, dim_in) is mixed at the nodes; message (edges, dim_message) or None. Returns (edges, dim_out).
    """
    if use_numba(x) and ends.before is not None:
        from segnn.o3.fused import FusedEdgeLinear

        return FusedEdgeLinear.apply(attribute, bias, w_target, w_source, w_message, x, message, ends, own, edges)
    return steer_edges_composed(attribute, bias, w_target, w_source, w_message, x, message, ends, own, edges)


def steer_edges_composed(
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
    """``steer_edges`` from single operations."""
    if ends.before is None or ends.contraction is None:
        y = x.new_zeros(len(edges), ends.dim_out)
    else:
        target, source = mix(x, w_target, ends.before), mix(x, w_source, ends.before)
        y = contract_edges(target, source, attribute, ends.contraction, edges)
    if message is not None and w_message is not None and own.before is not None and own.contraction is not None:
        y = y + contract(mix(message, w_message, own.before), attribute, own.contraction)
    return _add_bias(y, bias)


def _add_bias(y: Tensor, bias: Tensor | None) -> Tensor:
    """Even scalars come first."""
    return y if bias is None else y + pad(bias, (0, y.shape[1] - len(bias)))
