"""``training.loggers``: stand-ins for the packages hear every row of metrics.csv."""

import sys
from types import SimpleNamespace

import pytest
from tests.training.helpers import recipe
from tests.training.test_train import metrics

from segnn.errors import UserError
from segnn.training import train

SETTINGS = ("training.epochs=2", "training.evaluate_every=2")


class Writer:
    """As that of TensorBoard."""

    heard, closed = (), 0

    def __init__(self, folder):
        type(self).folder, type(self).heard = folder, []

    def add_scalar(self, name, value, epoch):
        self.heard.append((name, value, epoch))

    def close(self):
        type(self).closed += 1


def test_both_hear_what_metrics_csv_says(data, tmp_path, monkeypatch):
    told, began, ended = [], [], []
    run = SimpleNamespace(
        log=lambda row, step: told.append((step, row)), finish=lambda: ended.append(1)
    )
    wandb = SimpleNamespace(init=lambda **options: began.append(options) or run)
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    board = SimpleNamespace(SummaryWriter=Writer)
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", board)
    task = recipe(data, *SETTINGS, "training.loggers=[tensorboard, wandb]")
    train(task, tmp_path / "mine", progress=False)
    rows = metrics(tmp_path / "mine")
    assert [(step, row["train_loss"]) for step, row in told] == [
        (int(row[0]), float(row[2])) for row in rows
    ]
    losses = [value for name, value, _ in Writer.heard if name == "train_loss"]
    assert losses == [float(row[2]) for row in rows]
    assert [(n, e) for n, _, e in Writer.heard if n == "valid_error"] == [("valid_error", 2)]
    assert (Writer.closed, ended, began[0]["project"]) == (1, [1], "tiny")
    assert began[0]["config"]["training"]["epochs"] == 2


def test_a_package_that_is_missing(data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    task = recipe(data, "training.loggers=[wandb]")
    with pytest.raises(UserError, match=r"wandb: pip install 'segnn\[loggers\]'"):
        train(task, tmp_path / "mine", progress=False)
    assert not (tmp_path / "mine" / "recipe.yaml").exists()
    with pytest.raises(UserError, match="tensorboard"):
        recipe(data, "training.loggers=[csv]")
