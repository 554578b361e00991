"""Who started this process together with others, and how they find each other."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import distributed

PORTS = range(12_000, 32_000)
MEETING = "SEGNN_MEETING"
"""The environment variable with the file where processes of `segnn.parallel.start` meet."""


@dataclass(frozen=True)
class Launched:
    """What a launcher says of this process: its ``rank`` among ``devices`` processes on each of
    ``nodes`` machines, ``local`` its rank on this one; ``meeting``: where they find each other, a
    URL of torch.distributed or a file.
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
    """Who started this process together with others: torchrun (or `segnn.parallel.start`, which
    says the same) or SLURM's srun; None if nobody did.
    """
    if "LOCAL_RANK" in environment and "WORLD_SIZE" in environment:
        size, rank, local = (int(environment[k]) for k in ("WORLD_SIZE", "RANK", "LOCAL_RANK"))
        here = int(environment.get("LOCAL_WORLD_SIZE", size))
        meeting = environment.get(MEETING, "env://")
        return Launched("torchrun", rank, local, here, size // here, meeting)
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


def _store(found: Launched) -> Any:
    """What the processes tell each other in a file, for this time that they join."""
    file = distributed.FileStore(found.meeting)  # type: ignore[attr-defined]
    times = file.add(f"joined by {found.rank}", 1)
    return distributed.PrefixStore(str(times), file)  # type: ignore[attr-defined]


@contextmanager
def joined(found: Launched, device: torch.device) -> Iterator[torch.device]:
    """Within, torch.distributed joins these processes; the device of this one, of the kind of
    ``device``: with several on a machine each has its own card.
    """
    if distributed.is_initialized():
        yield device
        return
    if device.type == "cuda":
        device = torch.device("cuda", found.local)
        torch.cuda.set_device(device)
    by_url = "://" in found.meeting
    distributed.init_process_group(
        "nccl" if device.type == "cuda" else "gloo",
        init_method=found.meeting if by_url else None,
        store=None if by_url else _store(found),
        rank=found.rank,
        world_size=found.size,
    )
    try:
        yield device
    finally:
        distributed.destroy_process_group()
