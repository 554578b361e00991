"""How the training systems reach the network: all cues in memory, or made while it computes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from segnn.data import Systems
from segnn.data.stored import Stored
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.budget import size_text
from segnn.o3.memory import parse_bytes
from segnn.parallel.launched import launched
from segnn.recipe import Features, Recipe
from segnn.recipe.tensors import Tensors
from segnn.room import free_memory

PROBE = 64
"""Systems whose cues are evaluated to see what they take."""
SMALL = 1000
"""Cues are at most so many times as large as their systems; where that fits, nobody measures."""
PART = 8
"""The memory goes to so many parts: the sample, what is read and what is being read, the cues of
batches ahead (two), of the one that is made (two), and room."""
CHUNKS = 16
"""Pieces of the file in which the order is random, of those that are in memory together."""
MOST_AHEAD = 8
"""Batches made before they are asked for."""
LEAST = 16
"""Systems of a sample."""


@dataclass(frozen=True)
class Plan:
    """What cannot be another in a training that goes on.

    - ``memory``: bytes that systems and cues may take in a process.
    - ``sample``: systems on which scales and baselines are measured.
    - ``window``: systems among which the order of a file is random; 0 where it is among all.
    """

    memory: int
    sample: int
    window: int

    @property
    def chunk(self) -> int:
        """Systems of a file that stay together."""
        return max(1, self.window // CHUNKS)

    def ahead(self, batch_bytes: float) -> int:
        """How many batches are made ahead."""
        return int(np.clip(self.memory / (PART / 2) / max(batch_bytes, 1), 1, MOST_AHEAD))


@dataclass(frozen=True)
class Needs:
    """Bytes: of a system, of the cues of a system; and the number of systems."""

    system: float
    cues: float
    count: int

    @property
    def whole(self) -> int:
        """Of all systems and their cues."""
        return int(self.count * (self.system + self.cues))


def allowed_memory(recipe: Recipe) -> int:
    """Bytes that systems and cues may take in each process: as the recipe says, or half of what is
    free on this machine, shared by its processes.
    """
    if recipe.data.memory is not None:
        return parse_bytes(recipe.data.memory)
    found = launched()
    return free_memory() // (2 * (1 if found is None else found.devices))


def needs(model: PhysicalModel, whole: Systems | Stored, source: str) -> Needs:
    """What the systems take, measured on a few of them."""
    count = len(whole)
    index = np.unique(np.linspace(0, count - 1, min(count, PROBE)).astype(int))
    some = whole.read(index) if isinstance(whole, Stored) else whole[index]
    cues = bytes_of(model.features(some, source))
    return Needs(nbytes(whole) / count, cues / len(index), count)


def plan_for(
    model: PhysicalModel, whole: Systems | Stored, source: str, memory: int, others: int = 0
) -> Plan | None:
    """None where all systems and their cues fit into ``memory`` beside ``others`` bytes.

    UserError where not even a few batches do.
    """
    if not len(whole):
        return None
    if isinstance(whole, Systems) and nbytes(whole) * SMALL + others <= memory:
        return None
    found = needs(model, whole, source)
    if found.whole + others <= memory:
        return None
    left = memory - others
    if isinstance(whole, Systems):
        left -= nbytes(whole)
    size = model.recipe.training.batch_size
    least = PART * size * (2 * found.system + found.cues)
    if left < least:
        where = "" if isinstance(whole, Stored) else ", the training systems"
        raise UserError(
            f"data.memory: {size_text(memory)} is too little for {source}: the systems that are "
            f"held in memory (valid, test{where}) take {size_text(memory - left)}, and batches of "
            f"{size} need {size_text(least)} beside them. Give {size_text(memory - left + least)}, "
            "or a smaller training.batch_size, data.valid_limit, data.test_limit"
            + ("" if isinstance(whole, Stored) else ", or leave them on disk: segnn convert")
        )
    part = left / PART
    sample = int(np.clip(part / (found.system + found.cues), LEAST, found.count))
    window = size * int(part / 2 / (size * found.system)) if isinstance(whole, Stored) else 0
    return Plan(left, sample, window)


def sample_of(whole: Systems | Stored, plan: Plan, seed: int) -> Systems:
    """So many systems as the plan says, at random, in their own order."""
    draw = np.random.default_rng(seed).choice(len(whole), min(plan.sample, len(whole)), False)
    index = np.sort(draw)
    return whole.read(index) if isinstance(whole, Stored) else whole[index]


def nbytes(whole: Systems | Stored) -> int:
    """What the systems take, or would take, in memory."""
    if isinstance(whole, Stored):
        return whole.nbytes
    arrays = (whole.position, whole.offsets, *whole.node.values(), *whole.graph.values())
    return sum(array.nbytes for array in arrays)


def bytes_of(features: Features | Tensors) -> int:
    """Of all tensors in it."""
    total = 0
    for value in vars(features).values():
        if isinstance(value, Tensor):
            total += value.numel() * value.element_size()
        elif isinstance(value, dict):
            tensors = (one for one in value.values() if isinstance(one, Tensor))
            total += sum(one.numel() * one.element_size() for one in tensors)
        elif isinstance(value, Tensors):
            total += bytes_of(value)
    return total


def told(plan: Plan | None, found: Needs, memory: int, others: int, stored: bool) -> str:
    """Which way the systems go, and why, in a sentence; ``others``: the bytes of the other
    splits.
    """
    size = f"{found.count} systems with their cues take {size_text(found.whole)}"
    if others:
        size += f", {size_text(found.whole + others)} with validation and test"
    room = f"{size_text(memory)} that data.memory allows"
    if plan is None:
        return f"{size}, less than the {room}: all are held in memory"
    where = "read from the file" if stored else "held in memory"
    order = f", in an order that is random within {plan.window}" if plan.window else ""
    return (
        f"{size}, more than the {room}: systems are {where}{order}, cues evaluated while the "
        f"network computes; scales and baselines are measured on {plan.sample} of them"
    )
