"""More epochs after the end: what the learning rate does, and that it does not matter when they
are asked for.
"""

import json
import shutil

import pytest
from tests.training.helpers import make_data, recipe
from tests.training.test_resume import interrupt_at
from tests.training.test_train import assert_equal_runs, metrics

from segnn.errors import UserError
from segnn.recipe.schema import TrainingSpec
from segnn.training import TrainingInterrupted, train
from segnn.training.legs import extended, factor_of_legs
from segnn.training.schedule import learning_rate_factor


@pytest.mark.parametrize("schedule", ["constant", "cosine", "one_cycle", "step"])
@pytest.mark.parametrize("warmup", [0.0, 0.3])
def test_every_leg_is_a_schedule_of_its_own(schedule, warmup):
    settings = TrainingSpec(schedule=schedule, warmup=warmup)
    factor = factor_of_legs(settings, (4, 6), 5)
    first, second = (learning_rate_factor(settings, steps) for steps in (20, 10))
    assert [factor(n) for n in range(20)] == [first(n) for n in range(20)]
    assert [factor(n) for n in range(20, 30)] == [second(n) for n in range(10)]


def test_extended():
    assert extended((80,), 80) == (80,)
    assert extended((80,), 120) == (80, 120)
    assert extended((80, 120), 130) == (80, 120, 130)


MORE = ("training.epochs=6", "training.patience=50")


@pytest.fixture(scope="module")
def longer(data, tmp_path_factory):
    """A finished training of 4 epochs that was then given 6."""
    out = tmp_path_factory.mktemp("longer") / "run"
    first = train(recipe(data), out, progress=False)
    results = train(recipe(data, *MORE), out, resume=True, progress=False)
    assert first["legs"] == [4]
    assert results["legs"] == [4, 6]
    assert results["epochs"] == 6
    return out


def test_more_epochs_after_the_end(longer, data, tmp_path):
    train(recipe(data), tmp_path / "short", progress=False)
    assert metrics(longer)[:4] == metrics(tmp_path / "short")
    rows = metrics(longer)
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    task = recipe(data, *MORE)
    factor = factor_of_legs(task.training, (4, 6), 3)
    assert [float(row[4]) for row in rows] == pytest.approx(
        [1e-2 * factor(3 * epoch - 1) for epoch in range(1, 7)]
    )


def test_the_first_step_of_the_added_ones_has_the_rate_of_a_beginning(data, tmp_path, monkeypatch):
    from segnn.training.trainer import Trainer

    rates = []
    original = Trainer.train_on

    def step(self, index, *stop):
        original(self, index, *stop)
        rates.append(self.optimizer.param_groups[0]["lr"])

    settings = ("training.schedule=cosine", "training.warmup=0", "training.epochs=1")
    train(recipe(data, *settings), tmp_path / "run", progress=False)
    monkeypatch.setattr(Trainer, "train_on", step)
    train(
        recipe(data, *settings, "training.epochs=2"), tmp_path / "run", resume=True, progress=False
    )
    assert rates == pytest.approx([1e-2, 0.75e-2, 0.25e-2])


@pytest.mark.parametrize("step", [5, 14], ids=["in the first", "in the added"])
def test_it_does_not_matter_when_they_are_asked_for(step, longer, data, tmp_path, monkeypatch):
    out = tmp_path / "run"
    settings = () if step == 5 else MORE
    if step == 14:
        train(recipe(data), out, progress=False)
    with monkeypatch.context() as patch:
        interrupt_at(patch, step)
        with pytest.raises(TrainingInterrupted):
            train(recipe(data, *settings), out, progress=False, resume=step == 14)
    results = train(recipe(data, *MORE), out, resume=True, progress=False)
    assert results["legs"] == [4, 6]
    assert_equal_runs(longer, out)


def test_fewer_are_refused(longer, data):
    with pytest.raises(UserError, match=r"training.epochs: 4 now, .* begun with 6.*not fewer"):
        train(recipe(data), longer, resume=True, progress=False)


def test_patience_that_ran_out_can_be_given_back(data, tmp_path, capfd):
    stuck = ("training.learning_rate=1e-12", "training.ema=null", "training.epochs=6")
    settings = (*stuck, "training.patience=1")
    out = tmp_path / "run"
    first = train(recipe(data, *settings), out, progress=False)
    assert first["stopped_early"]
    assert first["epochs"] < 6
    assert train(recipe(data, *settings), out, resume=True) == first
    assert "a larger training.patience" in capfd.readouterr().err
    results = train(
        recipe(data, *stuck, "training.patience=null"), out, resume=True, progress=False
    )
    assert results["epochs"] == 6
    assert not results["stopped_early"]


def test_run_and_data_elsewhere(tmp_path, monkeypatch):
    """Both copied, the old ones gone: another name of the same data is not another recipe."""
    monkeypatch.chdir(tmp_path)
    make_data(tmp_path / "data")
    task = recipe("data", "training.epochs=2")
    first = train(task, "run", progress=False)
    (tmp_path / "far").mkdir()
    shutil.move("data", "far/other")
    shutil.move("run", "far/run")
    monkeypatch.chdir(tmp_path / "far")
    (tmp_path / "far/run/results.json").unlink()
    for folder in ("other", str(tmp_path / "far/other")):
        moved = recipe(folder, "training.epochs=2")
        again = train(moved, "run", resume=True, progress=False)
        assert again["test"] == first["test"]
        assert json.loads((tmp_path / "far/run/results.json").read_text()) == again
    from segnn.training import evaluate

    assert evaluate("run")["mse"] == first["test"]["mse"]
    assert evaluate("run/model")["mse"] == first["test"]["mse"]
    more = train(recipe("other", "training.epochs=3"), "run", resume=True, progress=False)
    assert more["legs"] == [2, 3]


def test_other_data_elsewhere_are_refused(data, tmp_path):
    train(recipe(data, "training.epochs=1"), tmp_path / "run", progress=False)
    (tmp_path / "run" / "results.json").unlink()
    other = make_data(tmp_path / "other", train=12)
    with pytest.raises(UserError, match=r"train\.npz: not the systems .*10 then, 12 now"):
        train(recipe(other, "training.epochs=1"), tmp_path / "run", resume=True, progress=False)
    (tmp_path / "run" / "data.json").unlink()  # nothing to compare with: another folder is refused
    with pytest.raises(UserError, match=r"data.folder: .* there, .* now"):
        train(recipe(other, "training.epochs=1"), tmp_path / "run", resume=True, progress=False)
    train(recipe(data, "training.epochs=1"), tmp_path / "run", resume=True, progress=False)
