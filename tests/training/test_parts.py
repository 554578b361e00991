"""The parts of a training by themselves: batches, averages, clipping, labels' scores, the bar."""

import io

import pytest
import torch
from rich.console import Console
from tests.training.helpers import recipe

from segnn.model import PhysicalModel
from segnn.training import train
from segnn.training.average import WeightAverage
from segnn.training.batches import Batches, in_order
from segnn.training.module import TrainingModule
from segnn.training.progress import EpochBar
from segnn.training.splits import read_split


@pytest.fixture
def features(data):
    return read_split(PhysicalModel(recipe(data)), "train").features


def test_an_epoch_has_every_system_once(features):
    batches = Batches(features, 4, seed=0, step=lambda: 0)
    assert len(batches) == 3
    assert [len(batch) for batch in batches] == [4, 4, 2]
    together = torch.cat([batch.x for batch in batches])
    assert torch.equal(together.sort(0).values, features.x.sort(0).values)
    assert not torch.equal(together, features.x)


def test_the_order_depends_on_seed_and_epoch_alone(features):
    batches = [Batches(features, 4, seed, lambda: 0) for seed in (0, 0, 1)]
    assert torch.equal(batches[0].order(3), batches[1].order(3))
    assert not torch.equal(batches[0].order(3), batches[0].order(4))
    assert not torch.equal(batches[0].order(3), batches[2].order(3))


def test_batches_go_on_where_the_step_says(features):
    whole = list(Batches(features, 4, 0, lambda: 3))
    rest = list(Batches(features, 4, 0, lambda: 4))
    assert len(rest) == 2
    for a, b in zip(whole[1:], rest, strict=True):
        assert torch.equal(a.x, b.x)
        assert torch.equal(a.edge_index, b.edge_index)


def test_in_order(features):
    assert torch.equal(torch.cat([batch.x for batch in in_order(features, 3)]), features.x)


def test_average_ramps_up_and_is_put_back():
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    average = WeightAverage(model, decay=0.15)
    expected = 0.0
    for n, decay in enumerate([1 / 10, 0.15, 0.15, 0.15]):  # (1 + n) / (10 + n) = 0.1, 0.18, …
        torch.nn.init.constant_(model.weight, n + 1.0)
        average.on_train_batch_end(None, None, None, None, n)
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

    def before_step(self, optimizer):
        norms.append(
            torch.nn.utils.get_total_norm([p.grad for p in self.model.parameters()]).item()
        )

    def clipped(self, optimizer, **settings):
        original(self, optimizer, **settings)
        before_step(self, optimizer)

    original = TrainingModule.configure_gradient_clipping
    monkeypatch.setattr(TrainingModule, "configure_gradient_clipping", clipped)
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
