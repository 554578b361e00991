"""The forms that layers are composed of, by a backend where it brings them, as differentiable
operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from segnn.o3.backends.partials import Call, partial
from segnn.o3.backends.plain import forms as plain
from segnn.o3.backends.protocol import Backend, Inputs
from segnn.o3.backends.whole import coupled, gated
from segnn.o3.constant import on_device
from segnn.o3.plan.coupling import Contraction
from segnn.o3.plan.gate import GatePlan, gate
from segnn.o3.plan.layer import Weights
from segnn.o3.plan.linear import LinearPlan
from segnn.o3.plan.mix import Mix
from segnn.o3.plan.mixed import Coupled, Mixing, couple, couplings, mix, mixed_ends, mixed_rows
from segnn.o3.rows import Edges, Rows


class Forms:
    """The forms of ``segnn.o3.backends.plain.forms``, by a backend, for one operation."""

    def __init__(self, backend: Backend):
        self.backend = backend
        self._last: tuple[Tensor, Tensor, Tensor] | None = None

    @property
    def whole(self) -> bool:
        """Whether whole linear layers are the backend's: mixed, then coupled to their attribute."""
        return self.backend.couple is not None

    def linear(self, xs: list[Tensor], attribute: Tensor, layer: Weights) -> Tensor:
        """W_ã (x_0 ⊕ x_1 ⊕ …) + b: (rows, dim_out). For a backend that is ``whole``, as the
        following.
        """
        mixing, plan = mixed_rows(layer.plan)
        x = xs[0] if len(xs) == 1 else torch.cat(xs, dim=1)
        return self._couple([self._mixed(x, layer, mixing)], [(plan, None)], attribute, layer)

    def edge_linear(
        self, x: Tensor, message: Tensor | None, attribute: Tensor, layer: Weights, edges: Edges
    ) -> Tensor:
        """W_ã (x_i ⊕ x_j ⊕ s_ij) + b of every edge, x mixed at the nodes: (edges, dim_out)."""
        (mixing, plan), (own_mixing, own_plan) = mixed_ends(layer.plan)
        zs = [self._mixed(x, layer, mixing)]
        plans: list[tuple[Coupled, Edges | None]] = [(plan, edges)]
        if message is not None:
            zs.append(self._mixed(message, layer, own_mixing))
            plans.append((own_plan, None))
        return self._couple(zs, plans, attribute, layer)

    def _mixed(self, x: Tensor, layer: Weights, mixing: Mixing) -> Tensor:
        return _result(Call(mix, self.backend.mixing, mixing), x, layer.weight)

    def _couple(
        self,
        zs: list[Tensor],
        plans: list[tuple[Coupled, Edges | None]],
        attribute: Tensor,
        layer: Weights,
    ) -> Tensor:
        assert self.backend.couple is not None, "asked for"
        calls = [Call(couple, self.backend.couple.form, plan) for plan in plans]
        m = self._coupled(attribute, layer.plan)
        return coupled(calls, self.backend.couple, zs, m, layer.bias)

    def _coupled(self, attribute: Tensor, plan: LinearPlan) -> Tensor:
        """The couplings M of rows, (couplings, rows); those of the layer before if they are the
        same.
        """
        matrix = on_device(couplings(plan, attribute.dtype), attribute.device)
        if self._last is None or self._last[0] is not attribute or self._last[1] is not matrix:
            self._last = attribute, matrix, matrix @ attribute.mT
        return self._last[2]

    def gate(self, x: Tensor, plan: GatePlan) -> Tensor:
        """x (rows, scalars + gates + gated) → (rows, scalars + gated)."""
        if self.backend.gate is None:
            return gate(x, plan)
        return gated(self.backend.gate, x.resolve_neg(), plan)

    def contract(self, x: Tensor, attribute: Tensor, plan: Contraction) -> Tensor:
        """x (rows, dim_in), attribute (rows, dim_attr) → (rows, dim_out)."""
        return _result(Call(plain.contract, self.backend.contract, plan), x, attribute)

    def mix(self, x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
        """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
        return _result(Call(plain.mix, self.backend.mix, plan), x, weight)

    def segment_sum(self, x: Tensor, rows: Rows) -> Tensor:
        """x (rows, dim) → (nodes, dim)."""
        return _result(Call(plain.segment_sum, self.backend.segment_sum, rows), x)


def by_forms(
    compose: Callable[[Any, Inputs, Forms], Tensor],
) -> Callable[[Any, Inputs, Backend], Tensor]:
    """What is composed of forms, as an operation takes it: by a backend."""

    def composed(plan: Any, inputs: Inputs, backend: Backend) -> Tensor:
        return compose(plan, inputs, Forms(backend))

    return composed


def _result(call: Call, *arguments: Tensor) -> Tensor:
    if call.form is None:
        return call.plain(*arguments, call.plan)
    return partial(call, len(arguments), *(x.resolve_neg() for x in arguments))
