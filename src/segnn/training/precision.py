"""``training.precision``: how the products of float32 numbers are rounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from segnn.errors import UserError
from segnn.recipe.schema import TrainingSpec


@contextmanager
def products(settings: TrainingSpec, device: torch.device) -> Iterator[None]:
    """Within, as the settings say; afterwards as before. UserError for tf32 on a CPU, which has no
    such products.
    """
    if settings.precision != "tf32":
        yield
        return
    if device.type != "cuda":
        raise UserError(
            "training.precision: tf32: only graphics cards round products like this, and "
            f"training.device is {settings.device}. Use 32"
        )
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
