"""On what device is measured: how it is named, waited for, and how its memory is told."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch

from segnn.bench.machine import cpu_name

CPU = torch.device("cpu")
PRECISION = "float32 products in full, no TF32"


def described(device: torch.device) -> dict[str, Any]:
    """Its type and name; of a graphics card what else a figure depends on."""
    if device.type == "cpu":
        return {"type": "cpu", "name": cpu_name()}
    found = torch.cuda.get_device_properties(device)
    try:
        triton = version("triton")
    except PackageNotFoundError:
        triton = "not installed"
    return {
        "type": device.type,
        "name": found.name,
        "memory_gib": round(found.total_memory / 2**30, 1),
        "processors": found.multi_processor_count,
        "capability": f"{found.major}.{found.minor}",
        "cuda": torch.version.cuda,
        "triton": triton,
        "precision": "TF32" if torch.backends.cuda.matmul.allow_tf32 else PRECISION,
    }


def waiting(device: torch.device) -> Callable[[], None]:
    """A function that returns when the device has done all that it was given."""
    if device.type == "cpu":
        return lambda: None
    return lambda: torch.cuda.synchronize(device)


def peak_of(device: torch.device) -> Callable[[], int] | None:
    """A function that says the most bytes of the card that tensors held since this call; None for a
    CPU, whose memory belongs to the process.
    """
    if device.type == "cpu":
        return None
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    return lambda: torch.cuda.max_memory_allocated(device)
