"""A training step asks for no number while it is computed: a graphics card would have to finish
first. Counted on the CPU's plain path, as every operation of torch is seen there.
"""

from collections import Counter
from dataclasses import replace

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import segnn
from segnn.model import network, on_features
from segnn.model.check import random_systems
from segnn.training.trainer import Trainer

ASKS = ("_local_scalar_dense", "nonzero", "equal", "masked_select", "is_nonzero", "_unique2")


class Waits(TorchDispatchMode):
    """Counts operations whose result, or its shape, depends on numbers in tensors, and copies of
    tensors that were not there before.
    """

    def __init__(self):
        super().__init__()
        self.found = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func._schema.name.removeprefix("aten::")
        masks = name.startswith("index") and any(
            isinstance(t, torch.Tensor) and t.dtype == torch.bool
            for entry in args
            if isinstance(entry, list | tuple)
            for t in entry
        )
        lengths = name == "repeat_interleave" and "output_size" not in (kwargs or {})
        if name in ASKS or masks or lengths:
            self.found[name] += 1
        return func(*args, **(kwargs or {}))


def step(name):
    """The trainer of a packaged model, and a batch as it comes to the device."""
    model = segnn.load(name).train()
    features = model.features(random_systems(model.recipe))
    with torch.no_grad():
        labels = {name: torch.randn_like(y) for name, y in model(features).items()}
    trainer = Trainer(model, replace(features, labels=labels))
    trainer.train_on(torch.arange(len(features)))  # tables are copied once
    return trainer, trainer.batches.features.batch(torch.arange(len(features) - 1))


@pytest.mark.parametrize(
    ("name", "waits"),
    [
        ("charged", {}),
        # cues of forces are evaluated in the step, and one_hot refuses a species it does not know
        ("acac", {"_local_scalar_dense": 1}),
    ],
)
def test_what_a_step_waits_for(name, waits, monkeypatch):
    trainer, batch = step(name)

    def one():
        trainer.optimizer.zero_grad()
        found = trainer.model(batch, trainer.loss.specs)
        trainer.loss(found, batch.labels, batch.offsets.diff()).backward(inputs=trainer.parameters)
        trainer.optimizer.step()

    with Waits() as seen:
        one()
    assert sum(seen.found.values()) >= 3  # on a CPU edges are looked at, at no cost
    for module in (network, on_features):
        monkeypatch.setattr(module, "may_look", lambda edge_index: False)
    with Waits() as seen:
        one()
    assert seen.found == waits
