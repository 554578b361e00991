"""The forms that the plain path composes layers of, by a backend where it brings them, as
differentiable operations.

A form T is linear in each of its arguments, and a backend brings its partial derivatives. The
derivative of ⟨h, ∂T/∂(argument n)⟩ by another argument is again a partial derivative of T, with h in
the place of argument n: so they can be differentiated any number of times without further kernels.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.plain import forms as plain
from segnn.o3.backends.protocol import Backend, Form
from segnn.o3.plan.coupling import Contraction
from segnn.o3.plan.mix import Mix
from segnn.o3.rows import Rows


class Forms:
    """``contract``, ``mix`` and ``segment_sum`` of ``segnn.o3.backends.plain.forms`` by a backend."""

    def __init__(self, backend: Backend):
        self.backend = backend

    def contract(self, x: Tensor, attribute: Tensor, plan: Contraction) -> Tensor:
        """x (rows, dim_in), attribute (rows, dim_attr) → (rows, dim_out)."""
        form = self.backend.contract
        if form is None:
            return plain.contract(x, attribute, plan)
        return _result(form, plan, x, attribute)

    def mix(self, x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
        """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
        form = self.backend.mix
        return plain.mix(x, weight, plan) if form is None else _result(form, plan, x, weight)

    def segment_sum(self, x: Tensor, rows: Rows) -> Tensor:
        """x (rows, dim) → (nodes, dim)."""
        form = self.backend.segment_sum
        return plain.segment_sum(x, rows) if form is None else _result(form, rows, x)


def _result(form: Form, plan: Any, *arguments: Tensor) -> Tensor:
    y: Tensor = _Partial.apply(form, plan, len(arguments), *arguments)
    return y


class _Partial(Function):
    """∂T/∂(argument n) from the other arguments."""

    @staticmethod
    def forward(ctx: Any, form: Form, plan: Any, n: int, *others: Tensor) -> Tensor:
        ctx.save_for_backward(*others)
        ctx.form, ctx.plan, ctx.n = form, plan, n
        return form.partials[n](plan, *others)

    @staticmethod
    def backward(ctx: Any, h: Tensor) -> tuple[Any, ...]:
        form, plan, n = ctx.form, ctx.plan, ctx.n
        arguments = list(ctx.saved_tensors)
        arguments.insert(n, h)
        needed = list(ctx.needs_input_grad[3:])
        needed.insert(n, False)
        found = [
            _Partial.apply(form, plan, k, *arguments[:k], *arguments[k + 1 :]) if wanted else None
            for k, wanted in enumerate(needed)
        ]
        del found[n]
        return None, None, None, *found
