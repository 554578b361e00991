"""Devices by the names that users give them."""

from __future__ import annotations

import os
import re

import torch

from segnn.errors import UserError
from segnn.recipe import Features

NAMES = re.compile(r"(cpu|auto|cuda)(:[0-9]+)?")


def find_device(text: str, key: str = "device") -> torch.device:
    """``cpu``; ``cuda`` or ``cuda:1``, a graphics card; ``auto``, a card if there is one.

    UserError, which calls the value ``key`` and names the devices that there are, for any other.
    ``mps`` is none of them: it does not compute in float64, which cues and predictions need.
    """
    text = str(text)  # also a torch.device
    match = NAMES.fullmatch(text)
    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    there = ", ".join(["cpu", *(f"cuda:{number}" for number in range(cards))])
    if match is None or (match[2] and match[1] != "cuda"):
        why = (
            "mps does not compute in float64, which cues and predictions need"
            if text.startswith("mps")
            else "expected cpu, cuda, cuda:NUMBER or auto"
        )
        raise UserError(f"{key}: {text}: {why}. There are here: {there}")
    if match[1] == "cpu" or (match[1] == "auto" and not cards):
        return torch.device("cpu")
    number = int(match[2][1:]) if match[2] else 0
    if number >= cards:
        raise UserError(
            f"{key}: {text}: there is no such device. There are here: {there}. (A graphics card "
            "also needs a build of torch for it.)"
        )
    return torch.device("cuda", number)


def check_count(device: torch.device, count: int, key: str = "training.devices") -> None:
    """UserError for more processes on this machine than it has devices of that kind."""
    there = os.cpu_count() or 1 if device.type == "cpu" else torch.cuda.device_count()
    if count > there:
        what = "cores" if device.type == "cpu" else "graphics cards"
        raise UserError(
            f"{key}: {count}, and this machine has {there} {what}. Give at most that many"
        )


def on_device(features: Features, device: torch.device) -> Features:
    """What a network on ``device`` takes; as it is where there is only the CPU."""
    return features if device.type == "cpu" else features.to(device=device)
