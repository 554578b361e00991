"""What is asked of a layer's second derivative, made of the one function that computes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from torch import Tensor

from segnn.o3.backends.numba.layers.room import room_like
from segnn.o3.backends.protocol import Inputs, Need


class Back(Protocol):
    """The derivatives by the inputs of ⟨g, tangent of the result⟩ and of ⟨value, result⟩; to gg, if
    wanted, that tangent. With ``only_tangent`` nothing but gg, and g is not looked at.
    """

    def __call__(
        self,
        plan: Any,
        inputs: Inputs,
        kept: Inputs,
        g: Tensor,
        tangents: Inputs,
        need: Need,
        gg: Tensor | None,
        value: Tensor | None = None,
        *,
        only_tangent: bool = False,
    ) -> Inputs: ...


class Orders(NamedTuple):
    """``second``, ``tangent`` and ``both`` of `segnn.o3.backends.protocol.Kernels`."""

    second: Callable[[Any, Inputs, Inputs, Tensor, Inputs, Need], Inputs]
    tangent: Callable[[Any, Inputs, Inputs, Inputs], Inputs]
    both: Callable[[Any, Inputs, Inputs, Tensor | None, Tensor, Inputs, Need], Inputs]


def orders(back: Back, output_dim: Callable[[Any], int]) -> Orders:
    """All three of ``back``, for results with ``output_dim(plan)`` columns."""

    def second(
        plan: Any, inputs: Inputs, kept: Inputs, g: Tensor, tangents: Inputs, need: Need
    ) -> Inputs:
        gg = room_like(g)
        return gg, *back(plan, inputs, kept, g, tangents, need[1:], gg)

    def tangent(plan: Any, inputs: Inputs, kept: Inputs, tangents: Inputs) -> Inputs:
        gg: Tensor = inputs[0].new_empty(inputs[0].shape[0], output_dim(plan))
        back(plan, inputs, kept, gg, tangents, [False] * len(inputs), gg, only_tangent=True)
        return (gg,)

    def both(
        plan: Any,
        inputs: Inputs,
        kept: Inputs,
        value: Tensor | None,
        g: Tensor,
        tangents: Inputs,
        need: Need,
    ) -> Inputs:
        return back(plan, inputs, kept, g, tangents, need, None, value)

    return Orders(second, tangent, both)
