"""One program from the traces of several systems: the same steps, on more or fewer nodes and edges.

Sizes that differ between the traces are told by N, the number of nodes, and E, that of edges; what
operations on indices alone have made is a table of every system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from segnn.viewer.live.sizes import Grown, Shape, grown, number
from segnn.viewer.live.steps import Step, View
from segnn.viewer.live.tape import NotLiveError
from segnn.viewer.live.trace import Trace


@dataclass(frozen=True)
class Program:
    """What a page evaluates.

    ``steps`` in their order, on buffers of ``sizes``; ``inputs`` and ``outputs`` by name. Buffers
    of ``constants`` hold these numbers in every system, those of ``tables`` the numbers of its
    structure, of which there is one for every trace. Sizes, also within views, are numbers or
    texts, see `segnn.viewer.live.sizes`.
    """

    steps: list[Step]
    sizes: dict[int, Grown]
    inputs: dict[str, View]
    outputs: dict[str, View]
    constants: dict[int, Tensor]
    tables: dict[int, list[Tensor]]


def merge(traces: Sequence[Trace]) -> Program:
    """The program of all traces. `NotLiveError` where they do other steps."""
    shapes = [Shape(trace.nodes, trace.edges) for trace in traces]
    steps = [
        _grown_step(each, shapes) for each in _side_by_side([trace.tape.steps for trace in traces])
    ]
    inputs, outputs = (
        {name: _grown_view([each[name] for each in held], shapes) for name in held[0]}
        for held in ([t.tape.inputs for t in traces], [t.outputs for t in traces])
    )
    known = [trace.tape.known for trace in traces]
    if any(each.keys() != known[0].keys() for each in known):
        raise NotLiveError(OTHER)
    hashes = {n: tuple(_hash(each[n]) for each in known) for n in known[0]}
    kept, moved = _without_repetition(steps, _first_alike(hashes))
    outputs = {name: _moved(view, moved) for name, view in outputs.items()}
    kept = _needed(kept, {view.buffer for view in outputs.values()})
    for step in kept:
        if step.kind == "missing":
            raise NotLiveError(f"pages do not know the operation {step.function}")
    views = [v for s in kept for v in (s.out, *s.inputs) if isinstance(v, View)]
    used = sorted({v.buffer for v in (*views, *outputs.values(), *inputs.values())})
    return Program(
        kept,
        {n: grown([trace.tape.sizes[n] for trace in traces], shapes) for n in used},
        inputs,
        outputs,
        {n: known[0][n] for n in used if n in hashes and len(set(hashes[n])) == 1},
        {n: [each[n] for each in known] for n in used if len(set(hashes.get(n, ()))) > 1},
    )


OTHER = "it does other steps for other systems"


def _side_by_side(steps: Sequence[Sequence[Step]]) -> list[tuple[Step, ...]]:
    if len({tuple((s.kind, s.function, len(s.inputs)) for s in each) for each in steps}) > 1:
        raise NotLiveError(OTHER)
    return list(zip(*steps, strict=True))


def _grown_step(steps: Sequence[Step], shapes: Sequence[Shape]) -> Step:
    first = steps[0]
    if len(steps) == 1:
        return first
    inputs: list[View | float | None] = []
    for n, value in enumerate(first.inputs):
        if isinstance(value, View):
            inputs.append(_grown_view([step.inputs[n] for step in steps], shapes))
        elif any(step.inputs[n] != value for step in steps):
            raise NotLiveError(OTHER)
        else:
            inputs.append(value)
    return first._replace(
        out=_grown_view([step.out for step in steps], shapes),
        inputs=tuple(inputs),
        regions=tuple(
            _grown_view([step.regions[n] for step in steps], shapes)
            for n in range(len(first.regions))
        ),
    )


def _grown_view(views: Sequence[View | float | None], shapes: Sequence[Shape]) -> View:
    seen = [view for view in views if isinstance(view, View)]
    same = len(seen) == len(views) and len({(v.buffer, len(v.shape)) for v in seen}) == 1
    if not same:
        raise NotLiveError(OTHER)

    def of(values: Sequence[Grown], means: Sequence[bool]) -> Grown:
        """The size from those traces in which it means anything."""
        told = [n for n, use in enumerate(means) if use]
        return grown([values[n] for n in told], [shapes[n] for n in told]) if told else 0

    full = [0 not in view.shape for view in seen]
    axes = range(len(seen[0].shape))
    shape = tuple(of([v.shape[axis] for v in seen], full) for axis in axes)
    if any(
        0 not in [number(n, at) for n in shape]
        for at, any_ in zip(shapes, full, strict=True)
        if not any_
    ):
        raise NotLiveError(OTHER)
    offset = of([v.offset for v in seen], full)
    strides = []
    for axis in axes:  # along an axis of one there are no steps
        long = [any_ and v.shape[axis] != 1 for any_, v in zip(full, seen, strict=True)]
        strides.append(of([v.strides[axis] for v in seen], long))
    return View(seen[0].buffer, offset, shape, tuple(strides))


def _first_alike(hashes: dict[int, tuple[str, ...]]) -> dict[int, int]:
    """Of every buffer the first one that holds the same numbers in every trace."""
    first: dict[tuple[str, ...], int] = {}
    return {n: first.setdefault(each, n) for n, each in hashes.items()}


def _hash(x: Tensor) -> str:
    return f"{x.dtype} {hashlib.sha256(x.numpy().tobytes()).hexdigest()}"


def _without_repetition(
    steps: Sequence[Step], moved: dict[int, int]
) -> tuple[list[Step], dict[int, int]]:
    """The steps, each once; and the buffers that stand for others, which are not made again."""
    known: dict[object, int] = {}
    kept = []
    for step in steps:
        inputs = tuple(_moved(v, moved) if isinstance(v, View) else v for v in step.inputs)
        step = step._replace(inputs=inputs)
        regions = tuple(region[1:] for region in step.regions)
        key = (step.kind, step.function, step.out[1:], inputs, regions)
        if step.kind != "missing" and key in known:
            moved[step.out.buffer] = known[key]
        else:
            known[key] = step.out.buffer
            kept.append(step)
    return kept, moved


def _moved(view: View, moved: dict[int, int]) -> View:
    return view._replace(buffer=moved.get(view.buffer, view.buffer))


def _needed(steps: Sequence[Step], wanted: set[int]) -> list[Step]:
    """The steps that lead to the buffers wanted."""
    wanted, kept = set(wanted), []
    for step in reversed(steps):
        if step.out.buffer in wanted:
            kept.append(step)
            wanted |= {v.buffer for v in step.inputs if isinstance(v, View)}
    return kept[::-1]
