"""The processes that train together, and what they tell each other.

All of them do the same on their parts of every batch; what concerns files is done by the first, the
outcome told to the others. They are started by ``torchrun``, SLURM or `segnn.parallel.start`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, distributed

from segnn.errors import UserError
from segnn.model.device import check_count, find_device
from segnn.parallel.launched import Launched, joined, launched
from segnn.recipe.schema import TrainingSpec

T = TypeVar("T")


class LostProcessError(UserError):
    """Another process of the training has ended."""


class Processes:
    """This process, the ``rank``-th of ``size``, and the ``device`` it computes on."""

    def __init__(self, device: torch.device, rank: int = 0, size: int = 1):
        self.device, self.rank, self.size = device, rank, size

    @property
    def first(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def add(self, value: Tensor) -> None:
        """Replace ``value`` by its sum over all processes, equal to the last bit in all of them."""
        if self.size > 1:
            with _lost():
                distributed.all_reduce(value)

    def any(self, said: bool) -> bool:
        """Whether any process says so."""
        if self.size == 1:
            return said
        votes = torch.tensor([float(said)], device=self.device)
        self.add(votes)
        return bool(votes.item())

    def gathered(self, value: T) -> list[T]:
        """The values of all processes, by rank."""
        if self.size == 1:
            return [value]
        found: list[Any] = [None] * self.size
        with _lost():
            distributed.all_gather_object(found, value)
        return found

    def on_first(self, function: Callable[[], T]) -> T:
        """What ``function`` returns in the first process, which alone calls it; its `UserError` is
        raised in all.
        """
        if self.size == 1:
            return function()
        outcome: tuple[Any, UserError | None] | None = None
        if self.first:
            try:
                outcome = function(), None
            except UserError as error:
                outcome = None, error
        told = [outcome]
        with _lost():
            distributed.broadcast_object_list(told, src=0, device=self.device)
        assert told[0] is not None, "the first process tells something"
        result, failed = told[0]
        if failed is not None:
            raise failed
        return result  # type: ignore[no-any-return]


@contextmanager
def connected(settings: TrainingSpec) -> Iterator[Processes]:
    """The processes of a training; UserError for devices that are not there, and where the launcher
    started others than the recipe says.
    """
    device = find_device(settings.device, "training.device")
    found = launched()
    if found is None or found.size == 1:
        yield Processes(device)
        return
    _check_launched(settings, found)
    if device.type == "cuda":
        check_count(device, found.devices)
    with joined(found, device) as own:
        yield Processes(own, found.rank, found.size)


def _check_launched(settings: TrainingSpec, found: Launched) -> None:
    for key, said, started in (
        ("devices", settings.devices, found.devices),
        ("nodes", settings.nodes, found.nodes),
    ):
        if said not in (1, started):
            raise UserError(
                f"training.{key}: {said}, but {found.by} started {found.devices} processes on each "
                f"of {found.nodes} machines. Leave it out, or start as many"
            )


@contextmanager
def _lost() -> Iterator[None]:
    """An error of a call to the others means that one of them has gone."""
    try:
        yield
    except RuntimeError as error:
        raise LostProcessError(
            f"another process of this training has ended ({str(error).splitlines()[0]})"
        ) from error
