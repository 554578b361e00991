import os
import signal
import subprocess
import sys
import textwrap

import pytest
import torch
from tests.training.helpers import make_data, recipe, systems
from tests.training.test_train import assert_equal_runs, metrics

from segnn.data import save_systems
from segnn.errors import UserError
from segnn.training import TrainingInterrupted, train
from segnn.training.epochs import Epochs

BARE = ("training.ema=null", "training.clip=null")


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """The folder of an uninterrupted training with some settings, trained once."""
    runs = {}

    def run(*settings):
        if settings not in runs:
            runs[settings] = tmp_path_factory.mktemp("runs") / "whole"
            train(recipe(data, *settings), runs[settings], progress=False)
        return runs[settings]

    return run


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """The axes of soap turn in these few steps too."""
    monkeypatch.setattr("segnn.training.trainer.STEPS_BETWEEN_TURNS", 2)


def interrupt_at(monkeypatch, step):
    """SIGINT to ourselves when step ``step`` (from 1) is done."""
    original = Epochs.end_step

    def end_step(self):
        if self.trainer.step == step:
            os.kill(os.getpid(), signal.SIGINT)
        original(self)

    monkeypatch.setattr(Epochs, "end_step", end_step)


@pytest.mark.parametrize(
    "settings",
    [(), BARE, ("model.norm=batch", "training.evaluate_every=3"), ("training.optimizer=soap",)],
    ids=["ema", "bare", "norm", "soap"],
)
@pytest.mark.parametrize("step", [1, 6, 11], ids=["first", "end of epoch", "last epoch"])
def test_ctrl_c_and_resume_is_bit_for_bit_the_same(
    step, settings, data, whole, tmp_path, monkeypatch
):
    handler = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patch:
        interrupt_at(patch, step)
        with pytest.raises(
            TrainingInterrupted, match=r"segnn train .*recipe.yaml --out .*parts --resume"
        ):
            train(recipe(data, *settings), tmp_path / "parts", progress=False)
    assert signal.getsignal(signal.SIGINT) is handler
    assert not (tmp_path / "parts" / "results.json").exists()
    assert len(metrics(tmp_path / "parts")) == step // 3
    train(recipe(data, *settings), tmp_path / "parts", resume=True, progress=False)
    assert_equal_runs(whole(*settings), tmp_path / "parts")


def test_interrupted_twice(data, whole, tmp_path, monkeypatch):
    for step, resume in ((4, False), (5, True)):
        with monkeypatch.context() as patch:
            interrupt_at(patch, step)
            with pytest.raises(TrainingInterrupted):
                train(recipe(data), tmp_path / "parts", progress=False, resume=resume)
    train(recipe(data), tmp_path / "parts", resume=True, progress=False)
    assert_equal_runs(whole(), tmp_path / "parts")


def test_a_finished_training_says_so(data, tmp_path, capsys):
    first = train(recipe(data, "training.epochs=1"), tmp_path / "run", progress=False)
    again = train(recipe(data, "training.epochs=1"), tmp_path / "run", resume=True)
    assert again == first
    assert "finished" in capsys.readouterr().err


def test_results_are_made_again(data, tmp_path):
    first = train(recipe(data, "training.epochs=1"), tmp_path / "run", progress=False)
    (tmp_path / "run" / "results.json").unlink()
    assert (
        train(recipe(data, "training.epochs=1"), tmp_path / "run", resume=True, progress=False)
        == first
    )


def test_resume_before_the_first_checkpoint(data, whole, tmp_path):
    for name in ("recipe.yaml", "versions.json"):
        target = tmp_path / "begun" / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((whole() / name).read_bytes())
    train(recipe(data), tmp_path / "begun", resume=True, progress=False)
    assert_equal_runs(whole(), tmp_path / "begun")


@pytest.mark.parametrize("split", ["train", "valid", "test"])
@pytest.mark.parametrize("change", ["number", "values"])
def test_resume_with_other_data(split, change, tmp_path):
    """Refused if training or validation depends on them; an older run folder, without fingerprints,
    goes on.
    """
    folder, out = make_data(tmp_path / "data"), tmp_path / "run"
    first = train(recipe(folder, "training.epochs=1"), out, progress=False)
    file = folder / f"{split}.npz"
    old = file.read_bytes()
    save_systems(file, systems(first["systems"][split] + (3 if change == "number" else 0), seed=9))
    (out / "results.json").unlink()

    def resume():
        return train(recipe(folder, "training.epochs=1"), out, resume=True, progress=False)

    if split == "test":
        assert resume()["epochs"] == 1
        return
    then = first["systems"][split]
    now = then + 3 if change == "number" else then
    told = (
        rf"{split}\.npz: not the systems .*\({then} then, {now} now; hashes in .*data\.json\).*old"
        r" file back.*--overwrite"
    )
    with pytest.raises(UserError, match=told):
        resume()
    (out / "data.json").write_text("cut {")
    with pytest.raises(UserError, match=r"data\.json: damaged .* Remove it to resume"):
        resume()
    (out / "data.json").unlink()
    assert resume()["epochs"] == 1
    train(recipe(folder, "training.epochs=1"), out, overwrite=True, progress=False)
    (out / "results.json").unlink()
    file.write_bytes(old)
    with pytest.raises(UserError, match=f"{split}.npz"):
        resume()


def test_early_stopping(data, tmp_path, monkeypatch):
    settings = (
        "training.epochs=20",
        "training.patience=3",
        "training.learning_rate=1e-9",
        "training.ema=null",
    )
    losses = iter([1.0, 0.5, 0.6, 0.5, 0.7] + [0.1] * 20)
    from segnn.training import epochs

    monkeypatch.setattr(epochs, "validation_error", lambda *given: (next(losses), {}))
    results = train(recipe(data, *settings), tmp_path / "run", progress=False)
    assert results["stopped_early"]
    assert (results["epochs"], results["best_epoch"]) == (5, 2)
    (tmp_path / "run" / "results.json").unlink()
    assert (
        train(recipe(data, *settings), tmp_path / "run", resume=True, progress=False)["epochs"] == 5
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_from_outside(number, data, whole, tmp_path):
    """A process of its own, killed in the middle of epoch 3; SIGTERM, like Ctrl-C, saves first."""
    out = tmp_path / "killed"
    code = textwrap.dedent(f"""
        import os, sys
        from segnn.training import train, TrainingInterrupted
        from segnn.training.epochs import Epochs
        from tests.training.helpers import recipe
        original = Epochs.end_step
        def end_step(self):
            if self.trainer.step == 8:
                os.kill(os.getpid(), {int(number)})
            original(self)
        Epochs.end_step = end_step
        try:
            train(recipe({str(data)!r}), {str(out)!r}, progress=False)
        except TrainingInterrupted as stop:
            print(stop)
            sys.exit(130)
        """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 130), done.stderr
    state = torch.load(out / "checkpoints" / "last.ckpt", weights_only=True)
    assert state["global_step"] == (6 if number == signal.SIGKILL else 8)
    with pytest.raises(UserError, match="--resume"):
        train(recipe(data), out, progress=False)
    train(recipe(data), out, resume=True, progress=False)
    assert_equal_runs(whole(), out)
