"""Steerable layers as operations: rows with their attribute, and messages along edges summed at the
nodes.

    steer_rows       W_1 (x ⊕ x_1), or W_2 σ(W_1 (x ⊕ x_1)), plus x if wanted                    (paper Eqs. 6 and 8)
    steer_messages   Σ_j σ(W_2 σ(W_1 (x_i ⊕ x_j ⊕ s_ij))), or fewer of its factors                (paper Eq. 7)

Each is one fused operation (``segnn.o3.backends.numba.layers.fused``) or the composition of single ones, which is the
plain path, the oracle, and the route of third derivatives. Features are channels last, attributes
``mul_ir``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor
from torch.nn.functional import pad

from segnn.o3.backends.choice import use_numba
from segnn.o3.backends.gradients import differentiated
from segnn.o3.contract import contract, contract_edges, segment_sum
from segnn.o3.frames.choice import frames_for
from segnn.o3.frames.messages import frame_messages
from segnn.o3.memory import current_limit, edge_pieces, row_numbers, row_pieces
from segnn.o3.plan.gate import GatePlan, gate
from segnn.o3.plan.layer import Messages, Weights
from segnn.o3.plan.linear import PartPlan
from segnn.o3.plan.mix import mix
from segnn.o3.rows import Edges


def steer_rows(
    x: Tensor,
    x_1: Tensor | None,
    attribute: Tensor,
    first: Weights,
    gated: GatePlan | None,
    second: Weights | None,
    residual: bool,
) -> Tensor:
    """x, x_1 (rows, dim_in) of one layout, attribute (rows, dim_attr) → (rows, dim_out).

    ``gated`` and ``second`` come together or not at all; ``residual`` adds x (then dim_out =
    dim_in).
    """
    fused = use_numba(x) and x.shape[1] and (second or first).plan.output.dim
    limit = current_limit()
    if (
        limit is not None and not fused
    ):  # a fused operation holds no more than the tiles in its hands
        numbers = row_numbers(first.plan, None if second is None else second.plan)
        pieces = row_pieces(x.shape[0], numbers * x.element_size(), limit)
        if len(pieces) > 1:
            y = x.new_empty(x.shape[0], (second or first).plan.output.dim)
            for rows in pieces:
                own = None if x_1 is None else x_1[rows]
                y[rows] = steer_rows_composed(
                    x[rows], own, attribute[rows], first, gated, second, residual
                )
            return y
    if fused:
        from segnn.o3.backends.numba.layers.fused import FusedRows

        w_2, b_2 = (None, None) if second is None else (second.weight, second.bias)
        spec = (first.plan, gated, None if second is None else second.plan, residual)
        inputs = (x, x_1, attribute, first.weight, first.bias, w_2, b_2)
        return (
            FusedRows.apply(*inputs, spec)
            if differentiated(*inputs)
            else FusedRows.run(*inputs, spec, False)[0]
        )
    return steer_rows_composed(x, x_1, attribute, first, gated, second, residual)


def steer_rows_composed(
    x: Tensor,
    x_1: Tensor | None,
    attribute: Tensor,
    first: Weights,
    gated: GatePlan | None,
    second: Weights | None,
    residual: bool,
) -> Tensor:
    """``steer_rows`` from single operations."""
    y = linear_composed([x] if x_1 is None else [x, x_1], attribute, first)
    if gated is not None and second is not None:
        y = linear_composed([gate(y, gated)], attribute, second)
    return x + y if residual else y


def linear_composed(xs: list[Tensor], attribute: Tensor, layer: Weights) -> Tensor:
    """W_ã (x_0 ⊕ x_1 ⊕ …) + b from single operations."""
    matrices = layer.matrices()
    y = None
    for n, (x, plan) in enumerate(zip(xs, layer.plan.plans, strict=True)):
        for part in _products(x, attribute, matrices[2 * n], matrices[2 * n + 1], plan):
            y = part if y is None else y + part
    if y is None:
        y = attribute.new_zeros(attribute.shape[0], layer.plan.output.dim)
    return _add_bias(y, layer.bias)


def _products(
    x: Tensor, attribute: Tensor, before: Tensor, after: Tensor, plan: PartPlan
) -> list[Tensor]:
    """contract(mix(x)) and mix(contract(x)), where there are such."""
    found = []
    if plan.before is not None and plan.contraction is not None:
        found.append(contract(mix(x, before, plan.before), attribute, plan.contraction))
    if plan.after is not None and plan.gather is not None:
        found.append(mix(contract(x, attribute, plan.gather), after, plan.after))
    return found


def steer_messages(
    x: Tensor,
    message: Tensor | None,
    attribute: Tensor,
    first: Weights,
    second: Weights | None,
    gated: GatePlan,
    last: bool,
    edges: Edges,
) -> Tensor:
    """x (nodes, dim_in), message (edges, dim_message) or None, attribute (edges, dim_attr) → sums
    (nodes, dim_out).

    Where the attribute is harmonics of one vector and this is cheaper, the product is taken in the
    frames of the edges.
    """
    spec = Messages(first.plan, gated, None if second is None else second.plan, last)
    given = _Given(x, message, attribute, first, second, spec, edges)
    limit = current_limit()
    if limit is not None and edges.target.order is None and len(edges):
        return _in_pieces(given, limit)
    return _at_once(given)


class _Given(NamedTuple):
    """The inputs of messages along some edges."""

    x: Tensor
    message: Tensor | None
    attribute: Tensor
    first: Weights
    second: Weights | None
    spec: Messages
    edges: Edges

    def along(self, edges: Edges, rows: Any) -> _Given:
        """The same along ``edges`` alone, which are these rows of the edges."""
        message = None if self.message is None else self.message[rows]
        return self._replace(message=message, attribute=self.attribute[rows], edges=edges)


def _in_pieces(given: _Given, limit: int) -> Tensor:
    """Messages for some target nodes after others, so that the temporaries keep within ``limit``
    bytes.

    Pieces go the direct way: frames would have to be found anew for every one of them.
    """
    x, first, second, edges = given.x, given.first, given.second, given.edges
    mixed = first.plan.plans[0].before
    numbers = x.shape[1] + 2 * (0 if mixed is None else mixed.dim_out)
    on_edges = (
        0 if use_numba(x) else row_numbers(first.plan, None if second is None else second.plan)
    )
    size = x.element_size()
    y: Tensor | None = None
    for piece in edge_pieces(edges, numbers * size, on_edges * size, limit):
        if len(piece.edges) == len(edges):
            return _at_once(given)
        part = _directly(given.along(piece.edges, piece.edge_rows)._replace(x=x[piece.nodes]))
        y = x.new_empty(x.shape[0], part.shape[1]) if y is None else y
        y[piece.targets] = part[: piece.targets.stop - piece.targets.start]
    assert y is not None, "there are edges"
    return y


def _at_once(given: _Given) -> Tensor:
    """Messages along all edges at once, in their frames or directly."""
    frames = frames_for(given.x, given.message, given.attribute, given.spec, given.edges)
    if frames is None:
        return _directly(given)
    if frames.some is None or frames.rest is None:
        return frame_messages(*given, frames)
    return frame_messages(*given.along(*frames.some), frames) + _directly(given.along(*frames.rest))


def _directly(given: _Given) -> Tensor:
    """Messages for any attribute."""
    x, message, attribute, first, second, spec, edges = given
    plan = first.plan.plans[0]
    if (
        use_numba(x)
        and plan.before is not None
        and first.plan.output.dim
        and edges.target.order is None
    ):
        from segnn.o3.backends.numba.layers.fused import FusedMessages

        w_2, b_2 = (None, None) if second is None else (second.weight, second.bias)
        inputs = (x, message, attribute, first.weight, first.bias, w_2, b_2)
        if differentiated(*inputs):
            return FusedMessages.apply(*inputs, spec, edges)
        return FusedMessages.run(*inputs, spec, edges, False)[0]
    return steer_messages_composed(
        x, message, attribute, first, second, spec.gated, spec.last, edges
    )


def steer_messages_composed(
    x: Tensor,
    message: Tensor | None,
    attribute: Tensor,
    first: Weights,
    second: Weights | None,
    gated: GatePlan,
    last: bool,
    edges: Edges,
) -> Tensor:
    """``steer_messages`` from single operations."""
    m = edge_linear_composed(x, message, attribute, first, edges)
    if second is not None:
        m = linear_composed([gate(m, gated)], attribute, second)
    return segment_sum(gate(m, gated) if last else m, edges.target)


def edge_linear_composed(
    x: Tensor, message: Tensor | None, attribute: Tensor, layer: Weights, edges: Edges
) -> Tensor:
    """W_ã (x_i ⊕ x_j ⊕ s_ij) + b for every edge from j to i, with x mixed at the nodes: (edges,
    dim_out).
    """
    w_target, _, w_source, _, w_own, _ = layer.matrices()
    ends, _, own = layer.plan.plans
    if ends.before is None or ends.contraction is None:
        y = x.new_zeros(len(edges), ends.dim_out)
    else:
        target, source = mix(x, w_target, ends.before), mix(x, w_source, ends.before)
        y = contract_edges(target, source, attribute, ends.contraction, edges)
    if message is not None and own.before is not None and own.contraction is not None:
        y = y + contract(mix(message, w_own, own.before), attribute, own.contraction)
    return _add_bias(y, layer.bias)


def _add_bias(y: Tensor, bias: Tensor | None) -> Tensor:
    """Even scalars come first."""
    return y if bias is None else y + pad(bias, (0, y.shape[1] - len(bias)))
