"""What a program is made of: seven kinds of steps on buffers of numbers.

    map       out = f(a, b, …), number by number                 f: "add", "silu", "where", …
    reduce    out = Σ a, mean or maximum over the last axes of a
    product   out[b] = a[b] @ b[b], matrices
    gather    out[r] = a[index[r]]
    scatter   out = a; out[index[r]] += b[r]
    put       out = a, or zeros; then regions of it are set to, or increased by, the other inputs
    missing   an operation that pages do not know; it may only make what nothing else needs

Every input and output is a view of a buffer, with torch's own offset, shape and strides: so slices,
transposed matrices and broadcast rows cost no step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor


class View(NamedTuple):
    """Numbers of a buffer: ``offset + Σ index · stride``. Sizes are texts where they grow with the
    system (`segnn.viewer.live.sizes`).
    """

    buffer: int
    offset: int | str
    shape: tuple[int | str, ...]
    strides: tuple[int | str, ...]

    @classmethod
    def of(cls, x: Tensor, buffer: int) -> View:
        """The view that a tensor is of its storage."""
        return cls(buffer, int(x.storage_offset()), tuple(x.shape), tuple(x.stride()))


class Step(NamedTuple):
    """One step; ``inputs`` are views or plain numbers, ``regions`` views of the output's buffer."""

    kind: str
    function: str
    out: View
    inputs: tuple[View | float | None, ...]
    regions: tuple[View, ...] = ()


class Draft(NamedTuple):
    """How an operation of torch is a step: tensors in the place of views."""

    kind: str
    function: str
    out: Tensor
    inputs: tuple[Tensor | float | None, ...]
    regions: tuple[Tensor, ...] = ()


Maker = Callable[..., Draft]
"""(result, *arguments of the operation) → its draft."""

MAPS = {
    "abs": "abs",
    "add": "add",
    "bitwise_and": "and",
    "bitwise_or": "or",
    "clamp": "clamp",
    "clamp_max": "minimum",
    "clamp_min": "maximum",
    "clone": "copy",
    "copy": "copy",
    "_to_copy": "copy",
    "cos": "cos",
    "div": "div",
    "eq": "eq",
    "exp": "exp",
    "ge": "ge",
    "gt": "gt",
    "le": "le",
    "log": "log",
    "log1p": "log1p",
    "logical_and": "and",
    "logical_not": "not",
    "bitwise_not": "not",
    "lt": "lt",
    "maximum": "maximum",
    "minimum": "minimum",
    "mul": "mul",
    "ne": "ne",
    "neg": "neg",
    "pow": "pow",
    "reciprocal": "reciprocal",
    "rsqrt": "rsqrt",
    "rsub": "rsub",
    "sigmoid": "sigmoid",
    "sign": "sign",
    "silu": "silu",
    "sin": "sin",
    "sqrt": "sqrt",
    "sub": "sub",
    "tanh": "tanh",
    "where": "where",
    "sigmoid_backward": "sigmoid_slope",
    "silu_backward": "silu_slope",
}
"""Operations of torch that act number by number, and what pages call them."""
ARITY = {"clamp": 3, "where": 3, "copy": 1}
"""Of how many arguments, where it is not said by those given: others only tell dtypes or
rounding."""


def draft(name: str, out: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Draft | None:
    """How the operation ``aten.name`` with this result is a step; None for one without."""
    if name in MAPS:
        return _map(MAPS[name], out, arguments, named)
    maker = _MAKERS.get(name)
    return None if maker is None else maker(out, *arguments, **named)


def _map(
    function: str, out: Tensor, arguments: tuple[Any, ...], named: dict[str, Any]
) -> Draft | None:
    if named.get("alpha", 1) != 1 or named.get("rounding_mode") is not None:
        return None
    if not out.dtype.is_floating_point and out.dtype != torch.bool:
        return None
    given = list(arguments)
    if function == "clamp":
        given += [named.get("min"), named.get("max")][len(given) - 1 :]
    inputs: list[Tensor | float | None] = [
        x.expand(out.shape) if isinstance(x, Tensor) else None if x is None else float(x)
        for x in given[: ARITY.get(function, 2)]
    ]
    return Draft("map", function, out, tuple(inputs))


def _reduce(function: str) -> Maker:
    def make(
        out: Tensor, x: Tensor, dims: Any = None, keepdim: bool = False, **named: Any
    ) -> Draft:
        dims = range(x.ndim) if dims is None or dims == [] else dims
        gone = sorted({d % x.ndim for d in ([dims] if isinstance(dims, int) else dims)})
        kept = [d for d in range(x.ndim) if d not in gone]
        for d in gone if keepdim else ():
            out = out.select(d - gone.index(d), 0)
        return Draft("reduce", function, out, (x.permute(*kept, *gone),))

    return make


def _bmm(out: Tensor, a: Tensor, b: Tensor) -> Draft:
    return Draft("product", "", out, (a, b))


def _mm(out: Tensor, a: Tensor, b: Tensor) -> Draft:
    return Draft("product", "", out[None], (a[None], b[None]))


def _mv(out: Tensor, a: Tensor, b: Tensor) -> Draft:
    return Draft("product", "", out[None, :, None], (a[None], b[None, :, None]))


def _index_select(out: Tensor, x: Tensor, dim: int, index: Tensor) -> Draft:
    return Draft("gather", "", out.movedim(dim, 0), (x.movedim(dim, 0), index))


def _index(out: Tensor, x: Tensor, indices: list[Tensor | None]) -> Draft | None:
    """x[i] for one index of any shape in the first place."""
    index, *more = indices
    if index is None or any(i is not None for i in more) or index.dtype == torch.bool:
        return None
    rows = out.as_strided((index.numel(), *x.shape[1:]), (x[0].numel(), *_contiguous(x.shape[1:])))
    same = out.is_contiguous() and index.is_contiguous()
    return Draft("gather", "", rows, (x, index.reshape(-1))) if same else None


def _index_add(out: Tensor, x: Tensor, dim: int, index: Tensor, source: Tensor) -> Draft:
    parts = (x.movedim(dim, 0), index, source.movedim(dim, 0))
    return Draft("scatter", "", out.movedim(dim, 0), parts)


def _index_put(
    out: Tensor,
    x: Tensor,
    indices: list[Tensor | None],
    values: Tensor,
    accumulate: bool = False,
    unsafe: bool = False,
) -> Draft | None:
    """x[i] += values for one index of any shape in the first place."""
    index, *more = indices
    if index is None or any(i is not None for i in more) or index.dtype == torch.bool:
        return None
    if not accumulate or not index.is_contiguous() or not values.is_contiguous():
        return None
    rows = values.reshape(index.numel(), *x.shape[1:])
    return Draft("scatter", "", out, (x, index.reshape(-1), rows))


def _cat(out: Tensor, xs: list[Tensor], dim: int = 0) -> Draft:
    given = [x for x in xs if x.shape != (0,)]
    regions, start = [], 0
    for x in given:
        regions.append(out.narrow(dim, start, x.shape[dim]))
        start += x.shape[dim]
    return Draft("put", "set", out, (None, *given), tuple(regions))


def _stack(out: Tensor, xs: list[Tensor], dim: int = 0) -> Draft:
    return Draft("put", "set", out, (None, *xs), tuple(out.unbind(dim)))


def _select_backward(out: Tensor, g: Tensor, sizes: Any, dim: int, index: int) -> Draft:
    return Draft("put", "set", out, (None, g), (out.select(dim, index),))


def _slice_backward(
    out: Tensor, g: Tensor, sizes: Any, dim: int, start: int, end: int, step: int
) -> Draft:
    region = torch.ops.aten.slice.Tensor(out, dim, start, end, step)
    return Draft("put", "set", out, (None, g), (region,))


def _unfold_backward(out: Tensor, g: Tensor, sizes: Any, dim: int, size: int, step: int) -> Draft:
    return Draft("put", "add", out, (None, g), (out.unfold(dim, size, step),))


def _pad(out: Tensor, x: Tensor, pad: list[int], value: float = 0.0) -> Draft | None:
    if value != 0 or min(pad) < 0:
        return None
    region = out
    for n in range(len(pad) // 2):
        dim = x.ndim - 1 - n
        region = region.narrow(dim, pad[2 * n], x.shape[dim])
    return Draft("put", "set", out, (None, x), (region,))


def _contiguous(shape: Any) -> tuple[int, ...]:
    return tuple(torch.empty(tuple(shape), device="meta").stride())


_MAKERS: dict[str, Callable[..., Draft | None]] = {
    "amax": _reduce("max"),
    "bmm": _bmm,
    "cat": _cat,
    "constant_pad_nd": _pad,
    "index": _index,
    "index_add": _index_add,
    "index_put": _index_put,
    "_index_put_impl": _index_put,
    "index_select": _index_select,
    "mean": _reduce("mean"),
    "mm": _mm,
    "mv": _mv,
    "select_backward": _select_backward,
    "slice_backward": _slice_backward,
    "stack": _stack,
    "sum": _reduce("sum"),
    "unfold_backward": _unfold_backward,
}
