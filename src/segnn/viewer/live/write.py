"""A program as JSON for a page: steps as lists, numbers as base64."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from segnn.viewer.live.merge import Program
from segnn.viewer.live.steps import Step, View

TYPES = ("<f8", "<f4", "<i4")
"""Numbers of eight bytes come first: so all begin where a page can read them in place."""


def write(program: Program) -> dict[str, Any]:
    """What ``viewer/src/live/program.ts`` reads.

    Buffers are counted anew, 0, 1, 2, …: ``sizes`` of them, ``inputs`` and ``outputs`` as views by
    name, ``steps``; ``constants`` and, one for each trace, ``tables`` as `_numbers` writes them.
    A view is [buffer, offset, shape, strides]. Weights that are numbers of float32 are written as
    such: nothing is lost.
    """
    place = {n: k for k, n in enumerate(program.sizes)}
    fills, rest = _uniform(program.tables)
    return {
        "sizes": list(program.sizes.values()),
        "inputs": {name: _view(view, place) for name, view in program.inputs.items()},
        "outputs": {name: _view(view, place) for name, view in program.outputs.items()},
        "steps": [_step(step, place) for step in program.steps],
        "constants": _numbers({place[n]: x for n, x in program.constants.items()}),
        "fills": [[place[n], value] for n, value in fills.items()],
        "tables": [
            _numbers({place[n]: each[k] for n, each in rest.items()})
            for k in range(max(map(len, program.tables.values()), default=1))
        ],
    }


def doubles(values: Iterable[Tensor]) -> str:
    """All numbers, one tensor after another, as base64 of float64."""
    parts = [np.ascontiguousarray(x.numpy(), "<f8").tobytes() for x in values]
    return base64.b64encode(b"".join(parts)).decode()


def _view(view: View, place: Mapping[int, int]) -> list[Any]:
    return [place[view.buffer], view.offset, list(view.shape), list(view.strides)]


def _step(step: Step, place: Mapping[int, int]) -> list[Any]:
    inputs = [_view(v, place) if isinstance(v, View) else v for v in step.inputs]
    found = [step.kind, step.function, _view(step.out, place), inputs]
    return [*found, [_view(v, place) for v in step.regions]] if step.regions else found


def _uniform(
    tables: Mapping[int, Sequence[Tensor]],
) -> tuple[dict[int, float], dict[int, Sequence[Tensor]]]:
    """Tables that hold one number in all systems, such as zeros; and the others."""
    fills, rest = {}, {}
    for n, each in tables.items():
        values = torch.cat([x.double() for x in each]).unique()
        if len(values) == 1:
            fills[n] = float(values[0])
        else:
            rest[n] = each
    return fills, rest


def _numbers(held: Mapping[int, Tensor]) -> dict[str, Any]:
    """``parts``: [buffer, type, how many]; ``data``: their numbers one after another, base64."""
    parts, data = [], []
    typed = {n: _narrow(x.numpy()) for n, x in held.items()}
    for kind in TYPES:
        for n, array in typed.items():
            if array.dtype == np.dtype(kind):
                parts.append([n, kind[1:], array.size])
                data.append(array.tobytes())
    return {"parts": parts, "data": base64.b64encode(b"".join(data)).decode()}


def _narrow(x: np.ndarray) -> np.ndarray:
    """The same numbers in the narrowest of the types."""
    if x.dtype.kind in "iub":
        return x.astype("<i4")
    narrow = x.astype("<f4")
    return narrow if (narrow == x).all() else x.astype("<f8")
