"""A compiled module that goes on eagerly where the compiler does not follow."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from segnn.o3.rows import Edges

VARIANTS = 32
"""Versions of the compiled code that one network may have: training and evaluation, with and
without gradients, one graph and several, edges that came sorted and not."""


class CompiledOrEager:
    """What a compiled module runs when it is called.

    Sizes are symbols to the compiler, so that one version serves batches of all sizes; but it
    takes a size of 0 or 1 for a constant. Batches with fewer than two nodes or edges therefore run
    eagerly, which costs nothing at that size. Where the compiler fails on a later batch, or needs
    more than ``VARIANTS`` versions, the module runs eagerly from then on and warns once. Wrong
    arguments raise what they raise in the eager module, and change nothing.
    """

    def __init__(self, module: nn.Module, backend: str | Callable[..., Any]):
        self.eager: Callable[..., Any] = module._call_impl
        options: dict[str, Any] = {}
        known = inspect.signature(torch.compile).parameters
        if {"recompile_limit", "isolate_recompiles"} <= known.keys():
            # All modules run the same code object: without this, other networks count as well.
            options = {"recompile_limit": VARIANTS, "isolate_recompiles": True}
        self.compiled: Callable[..., Any] | None = torch.compile(
            self.eager, fullgraph=True, dynamic=True, backend=backend, **options
        )
        self.strict = True
        """While the compiled module is being checked, failures are raised."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        compiled = self.compiled
        if compiled is None or (not self.strict and _tiny((*args, *kwargs.values()))):
            return self.eager(*args, **kwargs)
        try:
            return compiled(*args, **kwargs)
        except _failures() as error:
            if self.strict:
                raise
            failure = error
        # The compiler fails before anything has run, so nothing is done twice.
        result = self.eager(*args, **kwargs)
        if self.compiled is not None:
            self.compiled = None
            warnings.warn(_message(failure), UserWarning, stacklevel=2)
        return result


def _failures() -> tuple[type[Exception], ...]:
    """What torch raises where it cannot compile, not where compiled code fails as it runs."""
    from torch._dynamo import exc

    names = ("TorchDynamoException", "FailOnRecompileLimitHit")
    return tuple(getattr(exc, name) for name in names if hasattr(exc, name))


def _message(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["no message"]
    first = " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]
    if type(error).__name__ == "FailOnRecompileLimitHit":
        what = "the batches need more versions of the compiled code than torch keeps"
    else:
        what = f"a batch could not be compiled ({type(error).__name__}: {first})"
    return (
        f"torch.compile: {what}; the network runs eagerly from here on, with the same results"
        f" (torch {torch.__version__})"
    )


def _tiny(given: tuple[Any, ...]) -> bool:
    """Whether there are fewer than two nodes or edges."""
    return any(size < 2 for value in given for size in _rows(value))


def _rows(value: Any) -> Iterator[int]:
    """How many nodes or edges an argument speaks of; indices (2, edges) have them in columns."""
    if isinstance(value, Edges):
        yield from (value.size, value.nodes)
    elif isinstance(value, Tensor) and value.ndim:
        yield value.shape[-1] if value.dtype == torch.int64 else value.shape[0]
