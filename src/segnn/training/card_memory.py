"""What is said where a graphics card has no memory left for a training step."""

from __future__ import annotations

import copy

import torch

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.budget import size_text
from segnn.model.info import model_info
from segnn.model.network import SteerableOnFeatures


def out_of_memory(model: PhysicalModel, systems: Systems, source: str) -> UserError:
    """Names the batch, what such a step is estimated to take, and what takes less."""
    settings, device = model.recipe.training, model.device
    info = model_info(copy.deepcopy(model).cpu(), systems, source)
    whole = info.state_bytes + info.batch_bytes + info.step_bytes
    there = ""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        there = f"; the card has {size_text(total)}, {size_text(free)} of them free"
    cures = []
    if settings.batch_size > 1:
        cures += [
            f"training.batch_size: {settings.batch_size // 2}",
            f"training.accumulate: {2 * settings.accumulate}, which is the same training",
        ]
    if isinstance(model.network, SteerableOnFeatures) and not settings.checkpoint_layers:
        cures.append("training.checkpoint_layers: true, which computes more and keeps less")
    listed = "; or ".join(cures) or "a smaller network, or smaller systems"
    return UserError(
        f"{device} has no memory left in a training step of training.batch_size: "
        f"{settings.batch_size}. By the estimate of `segnn info` such a step takes about "
        f"{size_text(whole)} for {info.batch['particles']:g} particles and "
        f"{info.batch['edges']:g} edges{there}. Try {listed}"
    )
