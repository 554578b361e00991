"""One differentiable operation of a backend's functions; the only autograd that backends need.

The first derivative is the backend's ``first``. It is differentiable itself, where no derivative by
weights is asked for: its derivative is the backend's ``second``, which makes one pass of a training
on forces. Beyond that, and for whatever a backend does not bring, derivatives are those of the
plain composition, which may be differentiated any number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.autograd import Function

from segnn.o3.backends.asked import asked
from segnn.o3.backends.protocol import PLAIN, Backend, Held, Inputs, Kernels, Need
from segnn.o3.tracing import is_recorded


@dataclass(frozen=True, eq=False)
class Operation:
    """What an operation computes, and where a backend has its kernels.

    name: the entry of ``Backend``. plain: (plan, inputs, backend) → result, the plain path,
    composed of the forms of a backend. features: how many of the inputs, the first ones, are no
    weights. held: numbers that the plain path holds at once.
    """

    name: str
    plain: Callable[[Any, Inputs, Backend], Tensor]
    features: int
    held: Callable[[Any], Held] = lambda plan: Held(0, 0)

    def kernels(self, backend: Backend, plan: Any, inputs: Inputs) -> Kernels | None:
        """What computes it for this plan and these inputs; None is the plain path."""
        found: Kernels | None = getattr(backend, self.name)
        return found if found is not None and found.takes(plan, inputs) else None

    def held_by(self, kernels: Kernels | None, layer: Any) -> Held:
        """Numbers that these kernels, or the plain path, hold at once for a layer."""
        return (self.held if kernels is None or kernels.held is None else kernels.held)(layer)


class _Call(NamedTuple):
    operation: Operation
    kernels: Kernels
    plan: Any
    backend: Backend

    def plain(self, *inputs: Tensor | None) -> Tensor:
        return self.operation.plain(self.plan, inputs, self.backend)

    def plain_for(self, *tensors: Tensor | None) -> Callable[..., Tensor]:
        """``plain``, of torch's own operations alone where such tensors must be seen."""
        return self._replace(backend=PLAIN).plain if is_recorded(*tensors) else self.plain


def run(operation: Operation, backend: Backend, plan: Any, inputs: Inputs) -> Tensor:
    """The operation by a backend, differentiable any number of times."""
    kernels = operation.kernels(backend, plan, inputs)
    if kernels is None:
        return operation.plain(plan, inputs, backend)
    return run_by(operation, kernels, backend, plan, inputs)


def run_by(
    operation: Operation, kernels: Kernels, backend: Backend, plan: Any, inputs: Inputs
) -> Tensor:
    """The operation by these kernels."""
    # Kernels read memory as it is, without the bit that says "negated".
    inputs = tuple(None if x is None else x.resolve_neg() for x in inputs)
    if not (torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in inputs)):
        return kernels.forward(plan, inputs, False)[0]
    return _layer(*inputs, _Call(operation, kernels, plan, backend))


class Waiting(NamedTuple):
    """What ``both`` needs of ``_Gradient``: its g, its tangents, and more of what was kept."""

    g: Tensor
    tangents: Inputs
    more: Inputs


class PutOff:
    """A derivative of ``_Gradient`` by its inputs, which ``_Layer`` computes with its own, later in
    the same backward pass.
    """

    def __init__(self) -> None:
        self._waiting: tuple[int, Waiting] | None = None

    def can_wait(self) -> bool:
        """One can, and only where backward passes are told apart."""
        now = _pass()
        return now >= 0 and (self._waiting is None or self._waiting[0] != now)

    def put(self, waiting: Waiting) -> None:
        """Let it wait."""
        self._waiting = (_pass(), waiting)

    def taken(self) -> Waiting | None:
        """What waits, if it is of this backward pass and not of one that broke off."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or waiting[0] != _pass():
            return None
        return waiting[1]


# A name of torch that is not public; without it nothing is put off.
_pass: Callable[[], int] = getattr(torch._C, "_current_graph_task_id", lambda: -1)


class _Layer(Function):
    """(inputs, call) → result."""

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        *inputs, call = arguments
        y: Tensor
        y, kept = call.kernels.forward(call.plan, tuple(inputs), True)
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*inputs, *kept, y)
        ctx.call, ctx.count, ctx.put_off = call, len(inputs), PutOff()
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor | None) -> tuple[Tensor | None, ...]:
        call, count = ctx.call, ctx.count
        waiting = None if torch.is_grad_enabled() else ctx.put_off.taken()
        if g is None and waiting is None:
            return tuple([None] * (count + 1))
        saved = ctx.saved_tensors  # once: layers that are computed again are so at every access
        inputs, kept, y = saved[:count], saved[count:-1], saved[-1]
        need, again = asked(ctx, inputs), torch.is_grad_enabled()
        g = None if g is None else g.resolve_neg()
        if waiting is not None:
            kept = (*kept, *waiting.more)
            found = call.kernels.both(call.plan, inputs, kept, g, waiting.g, waiting.tangents, need)
            return *found, None
        assert g is not None, "asked for above"
        if call.kernels.first is None or is_recorded(g):
            return *derivatives(need, g, call.plain_for(g), inputs, again), None
        if not again:
            return *call.kernels.first(call.plan, inputs, kept, g, need)[:count], None
        if call.kernels.second is None or any(need[call.operation.features :]):
            return *derivatives(need, g, call.plain, inputs, True), None
        features = _gradient(g, y, *inputs, *kept, call, need, ctx.put_off)
        return *features, *[None] * (count + 1 - len(features))


class _Gradient(Function):
    """(g, y, inputs, what was kept, call, need, put_off) → the derivatives of ``_Layer`` by its
    features, of which there are those that ``need`` says.

    It does not depend on the result y. That stands among the arguments so that the pass back
    through ``_Layer`` comes after the one through here, whose work it can then do with its own.
    """

    @staticmethod
    def forward(ctx: Any, g: Tensor, y: Tensor, *arguments: Any) -> tuple[Tensor | None, ...]:
        *tensors, call, need, put_off = arguments
        inputs, kept = tuple(tensors[: len(need)]), tuple(tensors[len(need) :])
        ctx.set_materialize_grads(False)
        ctx.call, ctx.need, ctx.others = call, need, len(kept) + 3
        ctx.put_off, ctx.kept = put_off, len(kept)
        found = call.kernels.first(call.plan, inputs, kept, g, need)
        ctx.save_for_backward(g, *tensors, *found[len(inputs) :])
        return tuple(found[: call.operation.features])

    @staticmethod
    def backward(ctx: Any, *tangents: Tensor | None) -> tuple[Tensor | None, ...]:
        call, of = ctx.call, ctx.need
        g, *tensors = ctx.saved_tensors
        inputs, kept = tuple(tensors[: len(of)]), tuple(tensors[len(of) :])
        nothing = [None] * ctx.others
        if all(d is None for d in tangents):
            return None, None, *[None] * len(inputs), *nothing
        # y: whether the pass back will come to ``_Layer``; any tensor stands for it
        by_g, comes, *by_inputs = asked(ctx, (g, g, *inputs))
        need = (by_g, *by_inputs)
        if torch.is_grad_enabled() or is_recorded(*tangents):
            plain = call.plain_for(*tangents)
            gg, *found = _second(of, tangents, g, inputs, plain, need)
            return gg, None, *found, *nothing
        kernels = call.kernels
        if comes and kernels.both is not None and ctx.put_off.can_wait():
            gg, more = None, kept[ctx.kept :]
            if by_g:
                gg, *fresh = kernels.tangent(call.plan, inputs, kept, tangents)
                more = (*more, *fresh)
            ctx.put_off.put(Waiting(g, tangents, more))
            return gg, None, *[None] * len(inputs), *nothing
        gg, *found = kernels.second(call.plan, inputs, kept, g, tangents, need)
        return gg, None, *found, *nothing


# The same, with a type.
_layer = cast(Callable[..., Tensor], _Layer.apply)
_gradient = cast(Callable[..., tuple[Tensor | None, ...]], _Gradient.apply)


def derivatives(
    need: Need,
    g: Tensor,
    plain: Callable[..., Tensor],
    inputs: Sequence[Tensor | None],
    again: bool,
) -> tuple[Tensor | None, ...]:
    """Derivatives of ⟨g, plain(*inputs)⟩ by those inputs that are needed; ``again``: they will be
    differentiated.

    Taken with respect to aliases, since one input may have been computed from another: what flows
    through that history belongs to the caller's graph, not to this operation.
    """
    grads: list[Tensor | None] = [None] * len(inputs)
    with torch.enable_grad():
        aliases: list[Any] = [None if x is None else x.view_as(x) for x in inputs]
        if not again:
            aliases = [None if x is None else x.detach() for x in inputs]
            for alias, x, needed in zip(aliases, inputs, need, strict=True):
                if x is not None and needed:
                    alias.requires_grad_(True)
        y = plain(*aliases)
    wanted = [n for n, needed in enumerate(need) if needed]
    if not (wanted and y.requires_grad):  # no path leads from them to the result
        return tuple(grads)
    found = torch.autograd.grad(
        y, [aliases[n] for n in wanted], g, create_graph=again, allow_unused=True
    )
    for n, value in zip(wanted, found, strict=True):
        grads[n] = value
    return tuple(grads)


def _second(
    of: Need,
    tangents: Sequence[Tensor | None],
    g: Tensor,
    inputs: Sequence[Tensor | None],
    plain: Callable[..., Tensor],
    need: Need,
) -> tuple[Tensor | None, ...]:
    """Derivatives of Σ ⟨tangent, derivative of ⟨g, plain(*inputs)⟩ by the input⟩ by g and the
    inputs, to be differentiated again.

    of: of which inputs there are derivatives; need: by what is differentiated, g first.
    """
    given = [g, *inputs]
    found: list[Tensor | None] = [None] * len(given)
    with torch.enable_grad():
        aliases: list[Any] = [None if t is None else t.view_as(t) for t in given]
        y = plain(*aliases[1:])
        by = [n for n, d in enumerate(tangents) if of[n] and d is not None]
        if not (by and y.requires_grad):
            return tuple(found)
        first = torch.autograd.grad(
            y, [aliases[1 + n] for n in by], aliases[0], create_graph=True, allow_unused=True
        )
        pairs = [
            (f, tangents[n])
            for n, f in zip(by, first, strict=True)
            if f is not None and f.requires_grad
        ]
    wanted = [n for n, t in enumerate(given) if t is not None and need[n]]
    if pairs and wanted:
        outputs, weights = zip(*pairs, strict=True)
        grads = torch.autograd.grad(
            outputs, [aliases[n] for n in wanted], weights, create_graph=True, allow_unused=True
        )
        for n, value in zip(wanted, grads, strict=True):
            found[n] = value
    return tuple(found)
