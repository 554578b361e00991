"""The parts of a training by themselves: batches, averages, clipping, labels' scores, the bar."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from rich.console import Console
from tests.training.helpers import recipe, systems

from segnn.model import PhysicalModel, load
from segnn.training import train
from segnn.training.average import WeightAverage
from segnn.training.batches import Batches, in_order
from segnn.training.progress import EpochBar
from segnn.training.splits import read_split
from segnn.training.trainer import Trainer


@pytest.fixture
def features(data):
    return read_split(PhysicalModel(recipe(data)), "train").features


def test_an_epoch_has_every_system_once(features):
    batches = Batches(features, 4, seed=0, step=lambda: 0)
    assert len(batches) == 3
    assert [len(index) for index in batches] == [4, 4, 2]
    together = torch.cat(list(batches))
    assert torch.equal(together.sort().values, torch.arange(10))
    assert not torch.equal(together, torch.arange(10))


def test_the_order_depends_on_seed_and_epoch_alone(features):
    batches = [Batches(features, 4, seed, lambda: 0) for seed in (0, 0, 1)]
    assert torch.equal(torch.cat(batches[0].order(3)), torch.cat(batches[1].order(3)))
    assert not torch.equal(torch.cat(batches[0].order(3)), torch.cat(batches[0].order(4)))
    assert not torch.equal(torch.cat(batches[0].order(3)), torch.cat(batches[2].order(3)))


def test_batches_go_on_where_the_step_says(features):
    whole = list(Batches(features, 4, 0, lambda: 3))
    rest = list(Batches(features, 4, 0, lambda: 4))
    assert len(rest) == 2
    for a, b in zip(whole[1:], rest, strict=True):
        assert torch.equal(a, b)


def test_in_order(features):
    assert torch.equal(torch.cat([batch.x for batch in in_order(features, 3)]), features.x)


def test_average_ramps_up_and_is_put_back():
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    average = WeightAverage(model, decay=0.15)
    expected = 0.0
    for n, decay in enumerate([1 / 10, 0.15, 0.15, 0.15]):  # (1 + n) / (10 + n) = 0.1, 0.18, …
        torch.nn.init.constant_(model.weight, n + 1.0)
        average.update()
        expected = decay * expected + (1 - decay) * (n + 1.0)
        with average.applied():
            assert model.weight.item() == pytest.approx(expected, rel=1e-6)
        assert model.weight.item() == n + 1.0
    again = WeightAverage(torch.nn.Linear(1, 1, bias=False), decay=0.15)
    again.load_state_dict(average.state_dict())
    assert again.updates == 4
    with again.applied():
        assert again._current[0].item() == average._average[0].item()


@pytest.mark.parametrize("clip", [None, 1e-3])
def test_clipping(clip, data, tmp_path, monkeypatch):
    norms = []

    def before_step(optimizer, *given):
        norms.append(
            torch.nn.utils.get_total_norm(
                [p.grad for group in optimizer.param_groups for p in group["params"]]
            ).item()
        )

    original = Trainer.__init__

    def begin(self, *given):
        original(self, *given)
        self.optimizer.register_step_pre_hook(before_step)

    monkeypatch.setattr(Trainer, "__init__", begin)
    train(
        recipe(data, "training.epochs=1", f"training.clip={clip or 'null'}"),
        tmp_path / "run",
        progress=False,
    )
    assert len(norms) == 3
    if clip is None:
        assert min(norms) > 1e-3
    else:
        assert norms == pytest.approx([clip] * 3, rel=1e-3)


def test_bar_on_a_terminal(data, tmp_path, monkeypatch):
    shown = io.StringIO()
    original = EpochBar.__init__

    def on_terminal(self, epochs):
        original(self, epochs, Console(file=shown, force_terminal=True, width=150))

    monkeypatch.setattr(EpochBar, "__init__", on_terminal)
    train(recipe(data, "training.epochs=2"), tmp_path / "run")
    assert "epoch 2/2  train loss" in shown.getvalue()
    assert "valid mse" in shown.getvalue()
    assert "remaining" in shown.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("target", ["node", "graph"])
def test_a_batch_in_parts_has_the_same_gradient(target, data):
    """Parts of unequal sizes, a part without any systems, and targets of particles and systems."""
    graph = ("target.array=target_position", "target.level=graph", "target.pool=mean")
    task = recipe(data, *(graph if target == "graph" else ()), "target.base=null")
    split = systems(10, 0)
    if target == "graph":
        arrays = np.random.default_rng(1).normal(size=(10, 3))
        split = replace(split, node={"velocity": split.node["velocity"]})
        split = replace(split, graph={"target_position": arrays})
    model = PhysicalModel(task).double()
    features = model.features(split)
    trainer = Trainer(model, features)
    found = []
    for parts in (1, 3, 7):
        trainer.settings = task.training.model_copy(update={"accumulate": parts})
        trainer.optimizer.zero_grad()
        loss = trainer.gradient(torch.tensor([7, 2, 3, 9, 0]))
        found.append((loss.item(), [p.grad.clone() for p in model.parameters()]))
    for loss, gradient in found[1:]:
        assert loss == pytest.approx(found[0][0], rel=1e-13)
        for a, b in zip(gradient, found[0][1], strict=True):
            torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)


def test_a_training_in_parts(data, tmp_path):
    runs = [tmp_path / "whole", tmp_path / "parts"]
    for run, parts in zip(runs, (1, 3), strict=True):
        task = recipe(data, f"training.accumulate={parts}")
        results = train(task, run, progress=False)
        assert results["epochs"] == 4
    a, b = (load(run).state_dict() for run in runs)
    assert not all(torch.equal(a[name], b[name]) for name in a)
    for name in a:
        torch.testing.assert_close(a[name], b[name], rtol=1e-4, atol=1e-5)
