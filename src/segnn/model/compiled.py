"""torch.compile, checked against eager before it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from segnn.errors import UserError
from segnn.model.fallback import CompiledOrEager
from segnn.model.network import RefreshedOnFeatures
from segnn.model.physical import PhysicalModel
from segnn.nn.refreshed import RefreshedSEGNN

Model = TypeVar("Model", bound=nn.Module)
TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-3}
"""Of the largest output or of the largest derivative by a weight; 5e-2 for narrower types."""
WITHOUT = (
    "Leave torch.compile out (training.compile: false): the numba kernels need no compiler and are"
    " the faster path on a CPU"
)


def compile(model: Model, *example: Any, backend: str | Callable[..., Any] = "inductor") -> Model:
    """Compile a network, or the network of a ``PhysicalModel``, in place with ``torch.compile``,
    without graph breaks.

    example: what the model will be called with, ``net(*example)``: tensors and a ``Topology`` (with
    ``num_graphs`` where there is a ``batch``), or the ``Features`` of one batch. On it outputs and
    derivatives by the weights are compared with those of the eager model.

    One compiled version serves batches of all sizes. Where a later batch cannot be compiled, or
    torch's limit of versions is reached, the network goes on eagerly, with one warning.

    For GPUs, and where there is no numba: compiled code takes the plain PyTorch path. On a CPU it
    needs a C++ compiler. Raises UserError, and leaves the model as it was, where compilation fails
    or a difference is larger than 1e-3 (float32) or 1e-9 (float64) of the largest value.
    """
    if isinstance(model, RefreshedSEGNN) or isinstance(
        getattr(model, "network", None), RefreshedOnFeatures
    ):
        raise UserError(
            "torch.compile: a network with refreshed geometry evaluates its recipe between the"
            f" layers. {WITHOUT}"
        )
    network: Any = model.network.net if isinstance(model, PhysicalModel) else model
    expected = _outcome(model, example)
    try:
        network._compiled_call_impl = called = CompiledOrEager(network, backend)
        found = _outcome(model, example)
        _compare(expected, found)
        called.strict = False
    except UserError:
        network._compiled_call_impl = None
        raise
    except Exception as error:
        network._compiled_call_impl = None
        raise UserError(_reason(error)) from error
    return model


def _outcome(model: nn.Module, example: tuple[Any, ...]) -> dict[str, Tensor]:
    """The output and the derivatives of its square by the weights; running means are left as they
    were.
    """
    buffers = {name: value.clone() for name, value in model.named_buffers()}
    weights = {name: p for name, p in model.named_parameters() if p.requires_grad}
    with torch.enable_grad():
        output = model(*example)
        known = list(weights.values())
        rows = list(output.values()) if isinstance(output, dict) else [output]
        total = torch.stack([row.square().sum() for row in rows]).sum()
        found = torch.autograd.grad(total, known, allow_unused=True) if known else ()
    with torch.no_grad():
        for name, value in model.named_buffers():
            value.copy_(buffers[name])
    derivatives = {
        f"derivative by {name}": g for name, g in zip(weights, found, strict=True) if g is not None
    }
    outputs = {f"output {n}" if n else "output": row.detach() for n, row in enumerate(rows)}
    return {**outputs, **derivatives}


def _compare(expected: dict[str, Tensor], found: dict[str, Tensor]) -> None:
    """UserError if anything differs by more than round-off, naming what differs most."""
    largest = max(
        (float(v.abs().max()) for n, v in expected.items() if "output" not in n and v.numel()),
        default=1.0,
    )
    worst, where = 0.0, ""
    for name, value in expected.items():
        if not value.numel():
            continue
        other = found.get(name)
        scale = float(value.abs().max()) if "output" in name else largest
        error = (
            float("inf")
            if other is None
            else float((other - value).abs().max()) / max(scale, 1e-30)
        )
        if not error <= worst:
            worst, where = error, name
    # Predictions are float64 whatever the network's dtype; the gradients of its weights tell that.
    allowed = max(TOLERANCE.get(value.dtype, 5e-2) for value in expected.values())
    if not worst <= allowed:
        raise UserError(
            f"torch.compile: compiled and eager network differ, by {worst:.1e} of the largest value"
            f" in the {where} (allowed {allowed:.0e}). {WITHOUT}; and report it with your torch"
            f" {torch.__version__}"
        )


def _reason(error: Exception) -> str:
    """What to tell of a failed compilation."""
    text = str(error)
    if "compiler" in text.lower() and (
        "c++" in text.lower() or "cpp" in text.lower() or "cxx" in text.lower()
    ):
        return (
            "torch.compile needs a C++ compiler on a CPU and found none. Install g++ or clang, or:"
            f" {WITHOUT}"
        )
    first = next((line for line in text.splitlines() if line.strip()), type(error).__name__)
    return f"torch.compile failed ({type(error).__name__}: {first}). {WITHOUT}"
