"""What can be wrong with a training before its data are made or read."""

from __future__ import annotations

import torch

from segnn.model import PhysicalModel
from segnn.model.device import find_device
from segnn.recipe import Recipe
from segnn.training.folder import RunFolder
from segnn.training.launch import to_start
from segnn.training.loggers import check_loggers
from segnn.training.precision import products
from segnn.training.transfer import start_from


def check_folder(recipe: Recipe, folder: RunFolder, resume: bool, overwrite: bool) -> None:
    """UserError if ``folder`` holds what must not be replaced, or a logger's package is missing."""
    folder.check(recipe, resume, overwrite)
    check_loggers(recipe.training.loggers)


def check_ready(recipe: Recipe, folder: RunFolder, resume: bool, overwrite: bool) -> None:
    """The same, and what a training finds out by itself, but not before the data are there: a
    device or the weights to start from that are missing, a network that fits into no memory.
    """
    check_folder(recipe, folder, resume, overwrite)
    settings = recipe.training
    to_start(settings)
    device = find_device(settings.device, "training.device")
    with products(settings, device), torch.random.fork_rng(devices=[]):
        model = PhysicalModel(recipe)
    if settings.start_from is not None and not resume:
        start_from(model, settings.start_from)
