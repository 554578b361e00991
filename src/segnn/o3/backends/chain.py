"""Operations one after another as one differentiable operation.

Autograd and Python take some tenth of a millisecond for every operation and every derivative of
it, which for a molecule is as much as the arithmetic. A chain keeps its own record of what follows
from what: one step of autograd, whatever the number of operations within.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from torch import Tensor

from segnn.o3.backends.layer_function import Operation, run, run_by
from segnn.o3.backends.protocol import Backend, Inputs, Kernels, Need


class Step(NamedTuple):
    """One operation; ``reads`` are the numbers of what it takes: 0, 1, … for the inputs of the
    chain, −1, −2, … for the results of its first, second, … step, None for nothing.
    """

    operation: Operation
    plan: Any
    reads: tuple[int | None, ...]


class Chain(NamedTuple):
    """The steps, which read values (inputs, then results) by number, and their kernels, of one
    call. ``kept`` and ``more``: how many tensors each step
    keeps for its derivatives, and how many more behind its tangent.
    """

    steps: Sequence[Step]
    kernels: Sequence[Kernels]
    kept: list[int]
    more: list[int]


def run_chain(
    steps: Sequence[Step], backend: Backend, inputs: Inputs, features: int
) -> Tensor | None:
    """The result of the last step; ``features`` of the inputs, the first ones, are no weights.

    None where the backend has not the first and the second derivative of every step.
    """
    found, numbered = [], []
    for step in steps:
        reads = step.reads
        # A result is taken for one of the kind of the first input, which kernels look at.
        given = tuple(None if r is None else inputs[max(r, 0)] for r in reads)
        kernels = step.operation.kernels(backend, step.plan, given)
        if kernels is None or kernels.first is None or kernels.both is None:
            return None
        found.append(kernels)
        reads = tuple(r if r is None or r >= 0 else len(inputs) - 1 - r for r in reads)
        numbered.append(step._replace(reads=reads))
    operation = Operation("chain", _composed, features)
    return run_by(operation, KERNELS, backend, Chain(numbered, found, [], []), inputs)


def _composed(chain: Chain, inputs: Inputs, backend: Backend) -> Tensor:
    """The same, step by step."""
    values: list[Any] = [*inputs]
    for step in chain.steps:
        values.append(run(step.operation, backend, step.plan, _read(values, step)))
    last: Tensor = values[-1]
    return last


def _read(values: Sequence[Any], step: Step) -> Inputs:
    return tuple(None if r is None else values[r] for r in step.reads)


def _forward(chain: Chain, inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """The result; the results of all steps but the last are kept, then what the steps keep."""
    values, kept = [*inputs], list[Any]()
    chain.kept.clear()
    for step, kernels in zip(chain.steps, chain.kernels, strict=True):
        y, own = kernels.forward(step.plan, _read(values, step), keep)
        values.append(y)
        kept += own
        chain.kept.append(len(own))
    return values[-1], (*values[len(inputs) : -1], *kept)


class _Kept(NamedTuple):
    """What was kept, by steps: the values, what kernels keep, the derivatives of the first pass
    back, the tangents of all values and what stands behind them, as far as they are there.
    """

    values: list[Any]
    own: list[Inputs]
    slopes: list[Any]
    tangents: list[Any]
    more: list[Inputs]


def _unpacked(chain: Chain, inputs: Inputs, kept: Inputs) -> _Kept:
    made = len(chain.steps) - 1
    rest = [*kept]

    def take(count: int) -> list[Any]:
        found = rest[:count]
        del rest[:count]
        return found

    values = [*inputs, *take(made), None]
    own = [tuple(take(count)) for count in chain.kept]
    slopes, tangents = take(made), take(made)
    counts = chain.more if len(tangents) == made else []
    return _Kept(values, own, slopes, tangents, [tuple(take(count)) for count in counts])


def _needed(chain: Chain, need: Need) -> list[bool]:
    """Of each value, whether its derivative is on the way to one that is asked for."""
    found = [*need]
    for step in chain.steps:
        found.append(any(r is not None and found[r] for r in step.reads))
    return found


def _first(chain: Chain, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    """The derivatives by the inputs, and behind them those by the results of the steps."""
    held, needed = _unpacked(chain, inputs, kept), _needed(chain, need)
    slopes: list[Any] = [None] * len(held.values)
    slopes[-1] = g
    for n in range(len(chain.steps) - 1, -1, -1):
        step, g_step = chain.steps[n], slopes[len(inputs) + n]
        if g_step is None or not needed[len(inputs) + n]:
            continue
        given, own = _read(held.values, step), _need(needed, step)
        first = chain.kernels[n].first
        assert first is not None, "asked for as the chain was made"
        _add(slopes, step, own, first(step.plan, given, held.own[n], g_step, own))
    return tuple(slopes[:-1])


def _need(needed: list[bool], step: Step) -> list[bool]:
    return [r is not None and needed[r] for r in step.reads]


def _add(slopes: list[Any], step: Step, need: Need, found: Inputs) -> None:
    """Adds what a step gives for its inputs, which is memory of its own."""
    for r, needed, value in zip(step.reads, need, found, strict=False):
        if needed and value is not None and r is not None:
            slopes[r] = value if slopes[r] is None else slopes[r].add_(value)


def _tangents(
    chain: Chain, held: _Kept, inputs: Inputs, given: Inputs, last: bool
) -> tuple[list[Any], list[Inputs]]:
    """Those of all values (None: zero), and what the steps leave behind them; without that of the
    ``last`` value unless it is wanted.
    """
    found: list[Any] = [*given, *[None] * (len(inputs) - len(given))]
    more: list[Inputs] = []
    count = len(chain.steps)
    for n, step in enumerate(chain.steps):
        tangents = _of_features(found, step)
        if all(d is None for d in tangents) or (n == count - 1 and not last):
            found.append(None)
            more.append(())
            continue
        kernels = chain.kernels[n]
        assert kernels.tangent is not None, "where there is both, there is a tangent"
        dy, *rest = kernels.tangent(step.plan, _read(held.values, step), held.own[n], tangents)
        found.append(dy)
        more.append(tuple(rest))
    return found, more


def _of_features(values: list[Any], step: Step) -> Inputs:
    return tuple(None if r is None else values[r] for r in step.reads[: step.operation.features])


def _tangent(chain: Chain, inputs: Inputs, kept: Inputs, tangents: Inputs) -> Inputs:
    """The tangent of the result, and behind it those of all other steps."""
    held = _unpacked(chain, inputs, kept)
    found, more = _tangents(chain, held, inputs, tangents, True)
    chain.more[:] = [len(own) for own in more]
    return found[-1], *found[len(inputs) : -1], *[t for own in more for t in own]


def _both(
    chain: Chain,
    inputs: Inputs,
    kept: Inputs,
    value: Tensor | None,
    g: Tensor,
    tangents: Inputs,
    need: Need,
) -> Inputs:
    """One pass back through the chain and its tangent."""
    held, needed = _unpacked(chain, inputs, kept), _needed(chain, need)
    start = len(inputs)
    if held.more:
        padded = [*tangents, *[None] * (start - len(tangents))]
        all_tangents, more = [*padded, *held.tangents], held.more
    else:
        all_tangents, more = _tangents(chain, held, inputs, tangents, False)
    slopes = [*held.slopes, g]
    by: list[Any] = [None] * len(held.values)
    by[-1] = value
    for n in range(len(chain.steps) - 1, -1, -1):
        step, kernels, slope, v = chain.steps[n], chain.kernels[n], slopes[n], by[start + n]
        if not needed[start + n]:
            continue
        own, given, weighs = _need(needed, step), _read(held.values, step), None
        if slope is not None:
            weighs = _of_features(all_tangents, step)
        if weighs is None or all(d is None for d in weighs):
            if v is None:
                continue
            assert kernels.first is not None, "asked for as the chain was made"
            found = kernels.first(step.plan, given, held.own[n], v, own)
        else:
            assert kernels.both is not None, "asked for as the chain was made"
            known = (*held.own[n], *more[n])
            found = kernels.both(step.plan, given, known, v, slope, weighs, own)
        _add(by, step, own, found)
    return tuple(by[:start])


def _second(
    chain: Chain, inputs: Inputs, kept: Inputs, g: Tensor, tangents: Inputs, need: Need
) -> Inputs:
    by_g, *rest = need
    gg, *more = _tangent(chain, inputs, kept, tangents) if by_g else (None,)
    return gg, *_both(chain, inputs, (*kept, *more), None, g, tangents, rest)


def _scaled_first(factor: Tensor, x: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    return (g * factor if need[0] else None,)


def _scaled_both(
    factor: Tensor,
    x: Inputs,
    kept: Inputs,
    value: Tensor | None,
    g: Tensor,
    tangents: Inputs,
    need: Need,
) -> Inputs:
    return (None if value is None or not need[0] else value * factor,)


def _scaled(factor: Tensor, inputs: Inputs, backend: Backend) -> Tensor:
    y: Tensor = inputs[0] * factor
    return y


class _Scaled(Operation):
    """The same on every backend."""

    def kernels(self, backend: Backend, plan: Any, inputs: Inputs) -> Kernels | None:
        return Kernels(
            lambda factor, inputs, keep: (inputs[0] * factor, ()),
            _scaled_first,
            tangent=lambda factor, inputs, kept, tangents: (tangents[0] * factor,),
            both=_scaled_both,
        )


SCALED = _Scaled("scaled", _scaled, 1)
"""Columns times constant factors, which are its plan."""
KERNELS = Kernels(_forward, _first, _second, tangent=_tangent, both=_both)
