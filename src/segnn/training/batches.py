"""Batches of one set of features: a seeded permutation per epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from segnn.recipe import Features


class Batches:
    """The training batches of the epoch that ``step()`` stands in, from its next batch on.

    The order is a function of seed and epoch alone, and the place in it of the number of optimiser
    steps taken: a resumed training, also one interrupted within an epoch, goes on with the very
    batch that was next.
    """

    def __init__(self, features: Features, batch_size: int, seed: int, step: Callable[[], int]):
        self.features, self.batch_size, self.seed, self.step = features, batch_size, seed, step

    def __len__(self) -> int:
        """Batches in an epoch; the last one may be smaller."""
        return -(-len(self.features) // self.batch_size)

    def order(self, epoch: int) -> torch.Tensor:
        """The permutation of the systems in ``epoch``."""
        generator = torch.Generator().manual_seed(self.seed + epoch)
        return torch.randperm(len(self.features), generator=generator)

    def __iter__(self) -> Iterator[torch.Tensor]:
        """The numbers of the systems of each batch that is left."""
        epoch, first = divmod(self.step(), len(self))
        yield from torch.split(self.order(epoch), self.batch_size)[first:]


def in_order(features: Features, batch_size: int) -> list[Features]:
    """The systems in their own order, cut once."""
    size = len(features)
    return [
        features.batch(slice(start, min(start + batch_size, size)))
        for start in range(0, size, batch_size)
    ]
