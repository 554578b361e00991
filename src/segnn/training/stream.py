"""Training systems whose cues are evaluated batch by batch, in a thread beside the network."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from segnn.data import Systems
from segnn.data.stored import Stored
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import Features
from segnn.training.plan import Plan, bytes_of
from segnn.training.splits import bad_inputs, bad_systems, named


class Stream:
    """The systems ``whole``, of which ``batch`` gives the features as `segnn.recipe.Features` does.

    Within ``ahead`` they are made in the order that was told, before they are asked for.
    ``offsets`` and ``level`` are those of all systems. ``bare``: without cues, where the network
    evaluates them itself.
    """

    def __init__(
        self,
        model: PhysicalModel,
        whole: Systems | Stored,
        source: str,
        plan: Plan,
        bare: bool = False,
    ):
        self.model, self.whole, self.source, self.plan, self.bare = model, whole, source, plan, bare
        self.offsets = torch.from_numpy(np.concatenate([[0], np.cumsum(whole.sizes)]))
        self.level = {name: spec.level for name, spec in model.recipe.targets.items()}
        self._ahead: _Ahead | None = None
        self._depth: int | None = None

    def __len__(self) -> int:
        return len(self.whole)

    def order(self, generator: torch.Generator, batch_size: int) -> tuple[Tensor, ...]:
        """The systems of every batch of an epoch.

        Those of a file: the file's pieces in random order, one after the other, and these systems
        in random order within every window. In a batch they stand as in the pieces: each of several
        processes, which take consecutive parts of a batch, reads other pieces.
        """
        if not self.plan.window or not isinstance(self.whole, Stored):
            return torch.split(torch.randperm(len(self), generator=generator), batch_size)
        chunks = torch.from_numpy(self.whole.chosen // self.plan.chunk)
        turn = torch.randperm(int(chunks.max()) + 1, generator=generator)
        # of systems that are not in the order of the file, those of a chunk in that of the file
        rows = torch.from_numpy(np.lexsort((self.whole.chosen, turn[chunks].numpy())))
        batches: list[Tensor] = []
        for window in torch.arange(len(self)).split(_multiple(self.plan.window, batch_size)):
            mixed = window[torch.randperm(len(window), generator=generator)]
            batches += [rows[part.sort().values] for part in mixed.split(batch_size)]
        return tuple(batches)

    @contextmanager
    def ahead(self, parts: Sequence[Tensor]) -> Iterator[None]:
        """Within, ``batch`` will be asked for these, one after the other."""
        if self._depth is None and parts:
            index = max(parts, key=len)
            self._depth = self.plan.ahead(bytes_of(self._made(index, self._read(index))))
        self._ahead = _Ahead(self._all(parts), self._depth or 1)
        try:
            yield
        finally:
            self._ahead.close()
            self._ahead = None

    def batch(self, index: Tensor) -> Features:
        """The features of the systems ``index``, with their labels."""
        if self._ahead is None:
            return self._made(index, self._read(index))
        made = self._ahead.next()
        assert torch.equal(made.index, index), "asked for in the order that was told"
        return made.features

    def _all(self, parts: Sequence[Tensor]) -> Iterator[_Made]:
        """The features of all parts; those of a file are read a window at a time."""
        training = self.model.recipe.training
        most = max(1, self.plan.window // training.batch_size * training.accumulate)
        for start in range(0, len(parts), most):
            group = parts[start : start + most]
            index = torch.cat(list(group)).unique() if most > 1 else group[0]
            held = self._read(index)
            for part in group:
                some = held if most == 1 else held[torch.searchsorted(index, part).numpy()]
                yield _Made(part, self._made(part, some))

    def _read(self, index: Tensor) -> Systems:
        if isinstance(self.whole, Stored):
            return self.whole.read(index.numpy())
        return self.whole[index.numpy()]

    def _made(self, index: Tensor, systems: Systems) -> Features:
        cues, dtype = self.model.cues, self.model.dtype
        made = (cues.without_cues if self.bare else cues)(systems, self.source, dtype)
        bad = bad_inputs(made)
        for name, rows in made.labels.items():
            if self.model.recipe.targets[name].missing == "masked":
                rows = rows.nan_to_num(0.0, math.inf, -math.inf)
            bad |= set(bad_systems(rows, made, name))
        if bad:
            numbers = sorted(int(index[n]) for n in bad)
            raise UserError(
                f"{self.source}: the labels, or what the network is given, are NaN or infinite in "
                f"{named(numbers, len(self))}. Correct them or leave these systems out."
            )
        return made


@dataclass(frozen=True)
class _Made:
    index: Tensor
    features: Features


class _Ahead:
    """A thread that runs an iterator up to ``depth`` steps ahead of who asks."""

    def __init__(self, things: Iterator[_Made], depth: int):
        self._things = things
        self._queue: queue.Queue[_Made | BaseException] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="segnn cues", daemon=True)
        self._thread.start()

    def next(self) -> _Made:
        """The next one; what went wrong in the thread is raised here."""
        found = self._queue.get()
        if isinstance(found, BaseException):
            raise found
        return found

    def close(self) -> None:
        """End the thread, whatever it has still to do."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for thing in self._things:
                if not self._put(thing):
                    return
        except BaseException as error:
            self._put(error)

    def _put(self, found: _Made | BaseException) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(found, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False


def _multiple(window: int, batch_size: int) -> int:
    return max(1, window // batch_size) * batch_size
