"""A card without memory for a step, simulated: what is said names the batch and the cures."""

import pytest
import torch
from tests.training.helpers import recipe

from segnn.errors import UserError
from segnn.training import train
from segnn.training.trainer import Trainer


def test_out_of_memory_names_the_batch_the_estimate_and_what_takes_less(
    data, tmp_path, monkeypatch
):
    def full(self, index, stop=False):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(Trainer, "train_on", full)
    told = (
        r"no memory left in a training step of training.batch_size: 4\. By the estimate of `segnn "
        r"info` such a step takes about [\d.]+ [KMG]iB for 1[\d.]+ particles .* Try "
        r"training.batch_size: 2; or training.accumulate: 2.*; or training.checkpoint_layers: true"
    )
    with pytest.raises(UserError, match=told):
        train(recipe(data), tmp_path / "run", progress=False)
