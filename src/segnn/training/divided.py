"""Training systems that are each divided among all processes: ``training.divide: graph``.

A step takes the systems of its batch one after the other; of each, every process computes its part
of the loss and of the gradient, and the sums over the processes are those of one process.
"""

from __future__ import annotations

from torch import Tensor

from segnn.data import Systems
from segnn.model import PhysicalModel
from segnn.model.divided import DividedSystem, check_divisible
from segnn.parallel.group import Group
from segnn.recipe import Features
from segnn.training.processes import Processes
from segnn.training.score import together


class DividedSystems:
    """Some ``systems``, of each the part that this process owns; all ``processes`` make theirs
    together. ``labels`` and ``offsets`` are those of the whole systems.

    UserError for a model that cannot be divided.
    """

    def __init__(
        self,
        model: PhysicalModel,
        systems: Systems,
        source: str,
        whole: Features,
        processes: Processes,
    ):
        check_divisible(model)
        group = Group(processes.rank, processes.size, processes.device)
        self.labels, self.offsets, self.level = whole.labels, whole.offsets, whole.level
        self.copies = processes.size
        self._systems = [
            DividedSystem(model, systems[number], group, source) for number in range(len(systems))
        ]
        self._features = [one.labelled(source) for one in self._systems]

    def __len__(self) -> int:
        return len(self._systems)

    def batch(self, index: Tensor) -> Features:
        """This process's part of one system."""
        return self._features[int(index)]

    def predicted(self) -> dict[str, Tensor]:
        """The predictions for all systems, whole: in all processes."""
        return together(
            [
                one.predicted(features)
                for one, features in zip(self._systems, self._features, strict=True)
            ]
        )
