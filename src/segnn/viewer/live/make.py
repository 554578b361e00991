"""What a live page needs of a session: the program of its model, checked, and its systems."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import Any

import numpy as np
import torch
from torch import Tensor

from segnn.data import Systems
from segnn.model import PhysicalModel
from segnn.model.check.transform import representation
from segnn.model.network import SteerableOnFeatures
from segnn.recipe.tensors import Tensors
from segnn.viewer import limits
from segnn.viewer.live.merge import Program, merge
from segnn.viewer.live.replay import replay
from segnn.viewer.live.sizes import Shape
from segnn.viewer.live.tape import NotLiveError
from segnn.viewer.live.trace import Trace, inputs, run, runner_of, trace
from segnn.viewer.live.write import doubles, write

CHECKED = 1e-9
"""How far a replayed program may be from the model, relative to the largest number."""

Still = Callable[[int], bytes]
"""What of a system is drawn without its model, as a packed message."""


def make(model: PhysicalModel, systems: Systems, source: str, still: Still) -> dict[str, Any]:
    """The part of a page that makes it live: ``program``, as `segnn.viewer.live.write` writes it;
    ``turns``, the irreps of its inputs; and ``systems``, as many as fit: each with its
    ``structure``, ``nodes``, ``edges``, ``inputs`` and ``still``.

    Raises `NotLiveError` for a model or systems that a page cannot take.
    """
    if not isinstance(model.network, SteerableOnFeatures):
        raise NotLiveError(f"a network of kind {model.recipe.model.kind} carries plain numbers")
    runner = runner_of(model)
    traces: list[Trace] = []
    structures: dict[bytes, int] = {}
    held: list[dict[str, Any]] = []
    size = 0
    for number in range(len(systems)):
        one = systems[number]
        tensors = runner.cues.tensors(one, source)
        if tensors.edges > limits.LIVE_EDGES:
            raise NotLiveError(
                f"{tensors.edges:,} edges are more than the {limits.LIVE_EDGES:,} it would take"
            )
        key = np.int64(tensors.nodes).tobytes() + tensors.edge_index.numpy().tobytes()
        if key not in structures:
            if len(structures) == limits.LIVE_STRUCTURES:
                break
            structures[key] = len(traces)
            traces.append(trace(model, one, source, messages=True))
        entry = _system(model, tensors, structures[key], still(number))
        size += len(entry["inputs"]) + len(entry["still"])
        if held and size > limits.LIVE_SYSTEM_BYTES:
            break
        held.append(entry)
    program, kept = _of_the_first(traces)
    held = list(takewhile(lambda entry: entry["structure"] < kept, held))
    for structure, number in list(_first_ones(held).items())[:2]:
        _check(program, structure, runner, runner.cues.tensors(systems[number], source))
    return {"program": write(program), "turns": _turns(model, program), "systems": held}


def _of_the_first(traces: list[Trace]) -> tuple[Program, int]:
    """One program for as many structures as do the same steps, the first ones, and how many these
    are: torch takes other ways where a system has no edges.
    """
    for count in range(len(traces), 1, -1):
        try:
            return merge(traces[:count]), count
        except NotLiveError:
            continue
    return merge(traces[:1]), 1


def _system(model: PhysicalModel, tensors: Tensors, structure: int, still: bytes) -> dict[str, Any]:
    given = inputs(model, tensors)
    return {
        "structure": structure,
        "nodes": tensors.nodes,
        "edges": tensors.edges,
        "inputs": doubles(value for name, value in given.items() if name != "weights"),
        "still": base64.b64encode(still).decode(),
    }


def _first_ones(held: list[dict[str, Any]]) -> dict[int, int]:
    """Of every structure the first system that has it."""
    found: dict[int, int] = {}
    for number, entry in enumerate(held):
        found.setdefault(entry["structure"], number)
    return found


def _turns(model: PhysicalModel, program: Program) -> dict[str, str]:
    """The irreps of every input but ``weights``: of positions and shifts 1o."""
    fields = model.recipe.fields
    names = [name for name in program.inputs if name != "weights"]
    return {name: fields[name.partition(".")[2]].irreps if "." in name else "1o" for name in names}


def _check(program: Program, structure: int, model: PhysicalModel, tensors: Tensors) -> None:
    """The program, and the model itself, for other numbers than those it was made from. What was
    computed behind torch's back, or by the way of a value, would show here.
    """
    given = _changed(model, inputs(model, tensors))
    shape = Shape(tensors.nodes, tensors.edges)
    found = replay(program, structure, shape, given)
    with torch.no_grad():
        wanted = run(model, replace(tensors), given, messages=True)
    for name, value in wanted.items():
        if value.numel() == 0:
            continue
        off = float((found[name] - value).abs().max())
        if not off <= CHECKED * max(1.0, float(value.abs().max())):
            raise NotLiveError(f"what a page would compute as {name} is off by {off:.1e}")


def _changed(model: PhysicalModel, given: dict[str, Tensor]) -> dict[str, Tensor]:
    """Other inputs: turned and mirrored, vectors longer, nodes moved a little, all cues weaker."""
    rotation, _ = np.linalg.qr(np.array([[0.6, -0.9, 0.3], [1.2, 0.4, -0.7], [0.1, 0.8, 0.5]]))
    found = {}
    for name, value in given.items():
        irreps = _irreps(model, name)
        if name == "weights":
            found[name] = value * 0.75
        elif irreps.lmax == 0:
            found[name] = value
        else:
            turned = value @ torch.from_numpy(representation(irreps, rotation)).T
            found[name] = turned if name in ("position", "shift") else 1.1 * turned
    moved = torch.arange(found["position"].numel(), dtype=torch.float64).reshape(-1, 3)
    found["position"] = found["position"] + 0.01 * torch.sin(moved)
    return found


def _irreps(model: PhysicalModel, name: str) -> Any:
    from e3nn.o3 import Irreps

    field = name.partition(".")[2]
    return Irreps(model.recipe.fields[field].irreps) if field else Irreps("1o")
