"""A prediction whose systems are divided among processes: those of a launcher, or children of this
one.
"""

from __future__ import annotations

import json
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from segnn.data import Systems
from segnn.data.digest import digest_of
from segnn.errors import UserError
from segnn.model.device import check_count
from segnn.model.divided import DividedSystem, check_divisible
from segnn.parallel import start
from segnn.parallel.group import Group
from segnn.parallel.launched import joined, launched

if TYPE_CHECKING:
    from segnn.model.physical import PhysicalModel

FOUND, FAILED = "found.npz", "failed.json"
"""What a child leaves: its predictions, or what was wrong."""


def predict_in_processes(
    model: PhysicalModel, systems: Systems, source: str, count: int
) -> dict[str, np.ndarray]:
    """What `PhysicalModel.predict_systems` returns, each of the ``systems`` divided among ``count``
    processes. Under a launcher all of these call it, and all get the result; else they are started.

    UserError for a model that cannot be divided, for more processes than cores or cards, and where
    one of them was killed.
    """
    check_divisible(model)
    found = launched()
    if found is None or found.size == 1:
        check_count(model.device, count, "processes")
        return _started(model, systems, source, count)
    if found.size != count:
        raise UserError(f"processes: {count}, but {found.by} started {found.size}. Give as many")
    with joined(found, model.device) as device:
        group = Group(found.rank, count, device)
        _compare(systems, source, group)
        return predict_with(model.to(device), systems, source, group)


def predict_with(
    model: PhysicalModel, systems: Systems, source: str, group: Group
) -> dict[str, np.ndarray]:
    """The predictions of this process together with the others of its ``group``: in all of them."""
    parts = [
        DividedSystem(model, systems[number], group, source).predicted()
        for number in range(len(systems))
    ]
    return {name: torch.cat([part[name] for part in parts]).cpu().numpy() for name in parts[0]}


def _compare(systems: Systems, source: str, group: Group) -> None:
    """UserError where the processes have read different systems."""
    mine = int(digest_of(systems.to_arrays())[:15], 16)
    known = group.gathered(torch.tensor([mine], device=group.device), (1,) * group.size)
    if (known != mine).any():
        raise UserError(
            f"{source}: the processes have read different systems. Give all of them the same file"
        )


def _started(
    model: PhysicalModel, systems: Systems, source: str, count: int
) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory(prefix="segnn-") as folder:
        places = [Path(folder) / str(rank) for rank in range(count)]
        for place in places:
            place.mkdir()
        model.save(Path(folder) / "model")
        call: dict[str, Any] = {"systems": systems, "source": source}
        call |= {"model": str(Path(folder) / "model"), "device": model.device.type}
        first, code = start.run("segnn.model.child", places, call)
        failed = [places[first] / FAILED, *(place / FAILED for place in places)]
        for told in failed:
            if told.exists():
                raise UserError(json.loads(told.read_text()))
        if code < 0:
            raise UserError(
                f"process {first} of the {count} of this prediction was ended by "
                f"{signal.Signals(-code).name}, and so all were. Too little memory? Then more "
                "processes on more machines, or --memory in one process"
            )
        if code:
            raise RuntimeError(f"process {first} of the prediction failed (exit status {code})")
        with np.load(places[0] / FOUND) as held:
            return dict(held)
