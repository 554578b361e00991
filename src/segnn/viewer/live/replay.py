"""The steps of a program by torch: what the page does, to be held against the model itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from segnn.viewer.live.merge import Program
from segnn.viewer.live.sizes import Shape, number
from segnn.viewer.live.steps import Step, View

aten = torch.ops.aten
FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "abs": torch.abs,
    "add": torch.add,
    "and": torch.logical_and,
    "or": torch.logical_or,
    "not": torch.logical_not,
    "clamp": torch.clamp,
    "copy": lambda x: x,
    "cos": torch.cos,
    "div": torch.div,
    "eq": torch.eq,
    "exp": torch.exp,
    "ge": torch.ge,
    "gt": torch.gt,
    "le": torch.le,
    "log": torch.log,
    "log1p": torch.log1p,
    "lt": torch.lt,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "mul": torch.mul,
    "ne": torch.ne,
    "neg": torch.neg,
    "pow": torch.pow,
    "reciprocal": torch.reciprocal,
    "rsqrt": torch.rsqrt,
    "rsub": lambda x, y: y - x,
    "sigmoid": torch.sigmoid,
    "sign": torch.sign,
    "silu": torch.nn.functional.silu,
    "sin": torch.sin,
    "sqrt": torch.sqrt,
    "sub": torch.sub,
    "tanh": torch.tanh,
    "where": lambda c, x, y: torch.where(c != 0, x, y),
    "sigmoid_slope": aten.sigmoid_backward,
    "silu_slope": aten.silu_backward,
}


def replay(
    program: Program, structure: int, shape: Shape, inputs: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The outputs, by name, on the structure that this trace had, for these inputs."""
    buffers = {n: x.double() for n, x in program.constants.items()}
    buffers |= {n: each[structure].double() for n, each in program.tables.items()}
    buffers |= {program.inputs[name].buffer: x.reshape(-1).clone() for name, x in inputs.items()}

    def seen(view: View) -> Tensor:
        size, strides = ([max(0, number(n, shape)) for n in held] for held in view[2:])
        offset = 0 if 0 in size else number(view.offset, shape)
        return buffers[view.buffer].as_strided(size, strides, offset)

    for step in program.steps:
        size = number(program.sizes[step.out.buffer], shape)
        buffers[step.out.buffer] = torch.zeros(size, dtype=torch.float64)
        _do(step, seen)
    return {name: seen(view).clone() for name, view in program.outputs.items()}


def _do(step: Step, seen: Callable[[View], Tensor]) -> None:
    out = seen(step.out)
    if step.kind == "map":
        given = (seen(v) if isinstance(v, View) else v for v in step.inputs)
        told = [
            v if isinstance(v, Tensor) or v is None else torch.tensor(v, dtype=torch.float64)
            for v in given
        ]
        out.copy_(FUNCTIONS[step.function](*told))
        return
    if step.kind == "put":
        base, *parts = step.inputs
        if isinstance(base, View):
            out.copy_(seen(base))
        views = [part for part in parts if isinstance(part, View)]
        for part, region in zip(views, step.regions, strict=True):
            if step.function == "set":
                seen(region).copy_(seen(part))
            else:
                seen(region).add_(seen(part))
        return
    x, *more = (seen(v) for v in step.inputs if isinstance(v, View))
    if step.kind == "reduce":
        out.copy_(_reduced(step.function, x, out.ndim))
    elif step.kind == "product":
        out.copy_(x @ more[0])
    elif step.kind == "gather":
        out.copy_(x.index_select(0, more[0].long()))
    elif step.kind == "scatter":
        out.copy_(x.index_add(0, more[0].long(), more[1]))


def _reduced(function: str, x: Tensor, kept: int) -> Tensor:
    gone = tuple(range(kept, x.ndim))
    if function == "max":
        return x.amax(gone)
    return x.sum(gone) if function == "sum" else x.mean(gone)
