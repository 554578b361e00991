"""What the processes of a group tell each other, as operations that can be differentiated.

The variables of all processes together are one long vector, and each operation is a linear map of
it. Its derivative is the transposed map, made of the same operations; so there are derivatives of
any order. What is minimised, or differentiated, is then the *sum over the processes* of what each
of them holds: a number that all of them hold alike counts as often as there are processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, distributed
from torch.autograd import Function

Counts = tuple[int, ...]
"""Numbers of rows, by the rank of another process."""


@dataclass(frozen=True)
class Group:
    """This process, the ``rank``-th of ``size`` that torch.distributed has joined, and the
    ``device`` of its tensors.
    """

    rank: int
    size: int
    device: torch.device

    def exchanged(self, rows: Tensor, give: Counts, take: Counts) -> Tensor:
        """``rows`` (Σ give, k), of which each process gets its part, become those that they give
        (Σ take, k); differentiable. All processes call it, also with no rows.
        """
        return cast(Tensor, _Exchange.apply(rows, give, take))  # type: ignore[no-untyped-call]

    def summed(self, value: Tensor) -> Tensor:
        """The sum over all processes, which all of them get; differentiable."""
        return cast(Tensor, _Sum.apply(value))  # type: ignore[no-untyped-call]

    def gathered(self, rows: Tensor, counts: Counts) -> Tensor:
        """The ``rows`` (n, …) of all processes one below the other, in all of them; ``counts`` are
        the numbers of rows n of each.
        """
        return _exchanged(torch.cat([rows] * self.size), (len(rows),) * self.size, counts)


class _Exchange(Function):
    """Rows to other processes; back go the derivatives by them."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, give: Counts, take: Counts) -> Tensor:
        ctx.give, ctx.take = give, take
        return _exchanged(rows, give, take)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None, None]:
        return _Exchange.apply(g, ctx.take, ctx.give), None, None  # type: ignore[no-untyped-call]


class _Sum(Function):
    """A sum over processes; its derivative is the sum of the derivatives by all its copies."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        whole = value.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(whole)
        return whole

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return cast(Tensor, _Sum.apply(g))  # type: ignore[no-untyped-call]


def _exchanged(rows: Tensor, give: Counts, take: Counts) -> Tensor:
    found = rows.new_empty(sum(take), *rows.shape[1:])
    distributed.all_to_all_single(found, rows.contiguous(), list(take), list(give))
    return found
