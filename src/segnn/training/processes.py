"""The processes that train together, and what they tell each other.

All of them do the same on their parts of every batch; what concerns files is done by the first, the
outcome told to the others. They are started by ``torchrun``, SLURM or `segnn.training.launch`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor, distributed

from segnn.errors import UserError
from segnn.model.device import check_count, find_device
from segnn.recipe.schema import TrainingSpec

T = TypeVar("T")
PORTS = range(12_000, 32_000)


class LostProcessError(UserError):
    """Another process of the training has ended."""


@dataclass(frozen=True)
class Launched:
    """What a launcher says of this process: its ``rank`` among ``devices`` processes on each of
    ``nodes`` machines, ``local`` its rank on this one; ``meeting``: where they find each other, a
    URL of torch.distributed.
    """

    by: str
    rank: int
    local: int
    devices: int
    nodes: int
    meeting: str = "env://"

    @property
    def size(self) -> int:
        """The number of processes."""
        return self.devices * self.nodes


def launched(environment: Mapping[str, str] = os.environ) -> Launched | None:
    """Who started this process together with others: torchrun (or `segnn.training.launch`, which
    says the same) or SLURM's srun; None if nobody did.
    """
    if "LOCAL_RANK" in environment and "WORLD_SIZE" in environment:
        size, rank, local = (int(environment[k]) for k in ("WORLD_SIZE", "RANK", "LOCAL_RANK"))
        here = int(environment.get("LOCAL_WORLD_SIZE", size))
        return Launched("torchrun", rank, local, here, size // here)
    tasks = int(environment.get("SLURM_NTASKS", 1))
    if tasks > 1 and "SLURM_STEP_ID" in environment and "SLURM_PROCID" in environment:
        nodes = int(environment.get("SLURM_NNODES", 1))
        rank, local = (int(environment[key]) for key in ("SLURM_PROCID", "SLURM_LOCALID"))
        return Launched("srun", rank, local, tasks // nodes, nodes, _slurm_meeting(environment))
    return None


def speaks() -> bool:
    """Whether this process is the one that tells the user something."""
    found = launched()
    return found is None or found.rank == 0


def _slurm_meeting(environment: Mapping[str, str]) -> str:
    """The first machine of the step, node03 of ``node[03-07,9]``, and a port that other jobs on it
    do not have.
    """
    names = environment.get("SLURM_STEP_NODELIST") or environment.get("SLURM_NODELIST", "localhost")
    first = re.match(r"([^,\[]+)(?:\[([0-9]+))?", names)
    host = "".join(part or "" for part in first.groups()) if first else names
    port = PORTS.start + int(environment.get("SLURM_JOB_ID", 0)) % len(PORTS)
    address = environment.get("MASTER_ADDR", host)
    return f"tcp://{address}:{environment.get('MASTER_PORT', port)}"


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
        device = torch.device("cuda", found.local)
        torch.cuda.set_device(device)
    distributed.init_process_group(
        "nccl" if device.type == "cuda" else "gloo",
        init_method=found.meeting,
        rank=found.rank,
        world_size=found.size,
    )
    try:
        yield Processes(device, found.rank, found.size)
    finally:
        distributed.destroy_process_group()


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
