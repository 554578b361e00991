"""A training step asks for no number while it is computed: a graphics card would have to finish
first. Counted on the CPU's plain path, as every operation of torch is seen there.
"""

from dataclasses import replace

import pytest
import torch
from tests.training.waits import Waits

import segnn
from segnn.model.check import random_systems
from segnn.o3 import kernels
from segnn.o3.trusted import trusting
from segnn.training.trainer import Trainer


def step(name):
    """The trainer of a packaged model, and a batch as it comes to the device."""
    model = segnn.load(name).train()
    features = model.features(random_systems(model.recipe))
    with torch.no_grad():
        labels = {name: torch.randn_like(y) for name, y in model(features).items()}
    trainer = Trainer(model, replace(features, labels=labels))
    trainer.train_on(torch.arange(len(features)))  # tables are copied once
    return trainer, trainer.batches.features.batch(torch.arange(len(features) - 1))


@pytest.mark.parametrize("name", ["charged", "acac"])
def test_a_step_waits_for_nothing(name):
    with kernels("plain"):  # nothing is compiled
        trainer, batch = step(name)

    def one():
        trainer.optimizer.zero_grad()
        found = trainer.model(batch, trainer.loss.specs)
        trainer.loss(found, batch.labels, batch.offsets.diff()).backward(inputs=trainer.parameters)
        trainer.optimizer.step()

    with Waits() as seen:
        one()
    assert sum(seen.found.values()) >= 2  # on a CPU numbers are looked at, at no cost
    with trusting(), Waits() as seen:
        one()
    assert not seen.found
