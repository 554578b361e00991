"""``training.loggers``: the rows of metrics.csv, sent to TensorBoard or Weights & Biases too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from segnn.errors import UserError
from segnn.recipe import Recipe

Row = Mapping[str, Any]
Made = tuple[Callable[[Row], None], Callable[[], None]]
"""What sends a row, and what ends the sending."""
MODULES = {"tensorboard": "torch.utils.tensorboard", "wandb": "wandb"}


class Loggers:
    """Those that ``recipe`` names, of the training in ``folder``; none are imported without need.

    Raises `UserError` where the package of one is missing.
    """

    def __init__(self, recipe: Recipe, folder: Path):
        self._made = [KINDS[name](recipe, folder) for name in recipe.training.loggers]

    def write(self, row: Row) -> None:
        """Send the row of an epoch; what was not measured in it is left out."""
        for send, _ in self._made:
            send({name: value for name, value in row.items() if value is not None})

    def close(self) -> None:
        """Send what is left; the training ends, for now or for good."""
        for _, close in self._made:
            close()


def check_loggers(names: Iterable[str]) -> None:
    """UserError where the package of one is missing."""
    for name in names:
        _package(name)


def _tensorboard(recipe: Recipe, folder: Path) -> Made:
    """Into the folder "tensorboard" of the run folder."""
    writer = _package("tensorboard").SummaryWriter(str(folder / "tensorboard"))

    def send(row: Row) -> None:
        for name in row.keys() - {"epoch"}:
            writer.add_scalar(name, row[name], row["epoch"])

    return send, writer.close


def _wandb(recipe: Recipe, folder: Path) -> Made:
    """A run of the folder's name in the project of the recipe's name; a resumed training goes on
    with it.
    """
    own = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    config = recipe.model_dump(mode="json")
    run = _package("wandb").init(
        project=recipe.name, name=folder.name, id=own, resume="allow", config=config
    )
    return (lambda row: run.log(dict(row), step=row["epoch"])), run.finish


KINDS: dict[str, Callable[[Recipe, Path], Made]] = {"tensorboard": _tensorboard, "wandb": _wandb}


def _package(name: str) -> Any:
    try:
        return import_module(MODULES[name])
    except ImportError as error:
        raise UserError(
            f"training.loggers: [{name}] needs the package {name}: pip install 'segnn[loggers]'. "
            "metrics.csv is written in any case"
        ) from error
