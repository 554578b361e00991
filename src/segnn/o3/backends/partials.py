"""Partial derivatives of forms as differentiable operations.

A form T is linear in each of its arguments, and a backend brings its partial derivatives. The
derivative of ⟨h, ∂T/∂(argument n)⟩ by another argument is again a partial derivative of T, with
h in the place of argument n: so they can be differentiated any number of times without further
kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.protocol import Form
from segnn.o3.tracing import is_recorded


class Call(NamedTuple):
    """A form for a plan, from torch's own operations and by kernels."""

    plain: Callable[..., Tensor]
    form: Form | None
    plan: Any

    def partial(self, n: int, arguments: list[Tensor]) -> Tensor:
        """∂T/∂(argument n), by the kernels or by torch's own operations."""
        others = [*arguments[:n], *arguments[n + 1 :]]
        if not is_recorded(*others):
            return partial(self, n, *others)
        *given, g = arguments
        if n == len(given):
            return self.plain(*given, self.plan)
        with torch.enable_grad():
            given[n] = given[n].detach().requires_grad_(True)
            y = self.plain(*given, self.plan)
        again = torch.is_grad_enabled()
        (found,) = torch.autograd.grad(y, given[n], g, create_graph=again)
        return found


class _Partial(Function):
    """∂T/∂(argument n) from the other arguments."""

    @staticmethod
    def forward(ctx: Any, call: Call, n: int, *others: Tensor) -> Tensor:
        ctx.save_for_backward(*others)
        ctx.call, ctx.n = call, n
        assert call.form is not None, "the plain path needs no autograd of ours"
        return call.form.partials[n](call.plan, *others)

    @staticmethod
    def backward(ctx: Any, h: Tensor) -> tuple[Any, ...]:
        call, n = ctx.call, ctx.n
        arguments = list(ctx.saved_tensors)
        arguments.insert(n, h.resolve_neg())
        needed = list(ctx.needs_input_grad[2:])
        needed.insert(n, False)
        found = [call.partial(k, arguments) if needed[k] else None for k in range(len(needed))]
        del found[n]
        return None, None, *found


partial = cast(Callable[..., Tensor], _Partial.apply)  # the same, with a type
