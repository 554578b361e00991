"""Batches of one set of features: a seeded permutation per epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from segnn.recipe import Features
from segnn.training.divided import DividedSystems
from segnn.training.stream import Stream


class Batches:
    """The training batches of the epoch that ``step()`` stands in, from its next batch on.

    The order is a function of seed and epoch alone, and the place in it of the number of optimiser
    steps taken: a resumed training, also one interrupted within an epoch, goes on with the very
    batch that was next.

    ``features``: of all systems, or a `Stream` of them, which makes them in the order of the
    batches; ``parts`` says in which parts a batch is asked for.
    """

    def __init__(
        self,
        features: Features | Stream | DividedSystems,
        batch_size: int,
        seed: int,
        step: Callable[[], int],
        parts: Callable[[torch.Tensor], list[torch.Tensor]] = lambda index: [index],
    ):
        self.features, self.batch_size, self.seed, self.step = features, batch_size, seed, step
        self.parts = parts

    def __len__(self) -> int:
        """Batches in an epoch; the last one may be smaller."""
        return -(-len(self.features) // self.batch_size)

    def order(self, epoch: int) -> tuple[torch.Tensor, ...]:
        """The systems of the batches of ``epoch``."""
        generator = torch.Generator().manual_seed(self.seed + epoch)
        if isinstance(self.features, Stream):
            return self.features.order(generator, self.batch_size)
        order = torch.randperm(len(self.features), generator=generator)
        return torch.split(order, self.batch_size)

    def __iter__(self) -> Iterator[torch.Tensor]:
        """The numbers of the systems of each batch that is left."""
        epoch, first = divmod(self.step(), len(self))
        left = self.order(epoch)[first:]
        if isinstance(self.features, Stream):
            with self.features.ahead([part for index in left for part in self.parts(index)]):
                yield from left
        else:
            yield from left


def in_order(features: Features, batch_size: int) -> list[Features]:
    """The systems in their own order, cut once."""
    size = len(features)
    return [
        features.batch(slice(start, min(start + batch_size, size)))
        for start in range(0, size, batch_size)
    ]
