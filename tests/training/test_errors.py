import os
import re

import numpy as np
import pytest
import torch
from tests.training.helpers import fill_disk, make_data, recipe

from segnn.data import load_systems
from segnn.errors import UserError
from segnn.training import train


@pytest.fixture
def out(tmp_path):
    return tmp_path / "run"


def with_target(data, folder, change):
    """The data with another target in train.npz; None removes it."""
    make_data(folder)
    arrays = load_systems(data / "train.npz").to_arrays()
    value = change(arrays)
    arrays.pop("target_position")
    if value is not None:
        arrays["target_position"] = value
    np.savez(folder / "train.npz", **arrays)
    return recipe(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: None, r"train\.npz: missing array 'target_position'"),
        (
            lambda a: 0 * a["position"],
            r"train\.npz: the target array 'target_position' is zero throughout",
        ),
        (
            lambda a: 0 * a["position"] + 1.5,
            r"train\.npz: .*'target_position' is \[1.5, 1.5, 1.5\] in all",
        ),
        (
            lambda a: a["position"],
            r"train\.npz: .*'target_position' equals target.base \(position\)",
        ),
    ],
    ids=["missing", "zero", "constant", "base"],
)
def test_unusable_labels(change, message, data, tmp_path, out):
    with pytest.raises(UserError, match=message):
        train(with_target(data, tmp_path / "data", change), out, progress=False)


def test_missing_file(data, tmp_path, out):
    with pytest.raises(UserError, match=r"train\.npz: no such file"):
        train(recipe(tmp_path), out, progress=False)


def test_a_failed_start_leaves_no_training_behind(data, tmp_path, out):
    with pytest.raises(UserError):
        train(recipe(tmp_path), out, progress=False)
    train(recipe(data, "training.epochs=1"), out, progress=False)


def test_refusals(data, out, tmp_path):
    short = recipe(data, "training.epochs=1")
    with pytest.raises(UserError, match="holds no training to resume"):
        train(short, out, resume=True, progress=False)
    train(short, out, progress=False)
    before = (out / "results.json").read_bytes()
    with pytest.raises(
        UserError, match=r"already holds a training \(finished.*--resume\n.*--out.*--overwrite"
    ):
        train(short, out, progress=False)
    with pytest.raises(UserError, match=r"training.learning_rate: 0.01 there, 0.02 now"):
        train(
            recipe(data, "training.epochs=1", "training.learning_rate=0.02"),
            out,
            resume=True,
            progress=False,
        )
    assert (out / "results.json").read_bytes() == before
    assert (
        train(recipe(data, "training.epochs=2"), out, overwrite=True, progress=False)["epochs"] == 2
    )
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "precious.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty and holds no training"):
        train(short, tmp_path / "notes", overwrite=True, progress=False)
    with pytest.raises(UserError, match="is a file"):
        train(short, tmp_path / "notes" / "precious.txt", progress=False)


DIVERGE = ("training.learning_rate=1e30", "training.ema=null", "training.epochs=20")


@pytest.mark.parametrize(
    ("settings", "told", "silent"),
    [
        (
            ("training.clip=null", "training.warmup=0"),
            ("smaller than 1e+30", "training.clip: 1.0", "training.warmup: ", "model.norm: inst"),
            (),
        ),
        (
            ("model.norm=batch", "training.warmup=0.9"),
            ("smaller than 1e+30",),
            ("training.clip", "training.warmup", "model.norm"),
        ),
        (("model.kind=mpnn", "training.warmup=0"), ("training.warmup: ",), ("model.norm",)),
    ],
    ids=["bare", "all done", "no norm"],
)
def test_a_message_of_divergence_names_what_is_not_done_yet(settings, told, silent):
    from segnn.training.trainer import not_finite

    message = not_finite("the loss became nan", 3, recipe("nowhere", *DIVERGE, *settings))
    assert message.startswith("the loss became nan in epoch 3. Try ")
    for text in told:
        assert text in message
    for text in silent:
        assert text not in message


def test_diverging_says_what_is_left(data, out, monkeypatch):
    """Of the best model and the checkpoint only where there are any."""
    from segnn.training.trainer import Trainer

    original = Trainer.train_on

    def run(bad_step):
        def step(self, index, *stop):
            if self.step == bad_step:
                self.loss.spread["position"] = float("nan")
            return original(self, index, *stop)

        monkeypatch.setattr(Trainer, "train_on", step)
        with pytest.raises(UserError, match="training loss became nan") as found:
            train(recipe(data, "training.epochs=3"), out, progress=False, overwrite=True)
        return str(found.value)

    first = run(1)
    assert "epoch 1." in first
    assert "best model" not in first
    assert "checkpoint" not in first
    assert not (out / "model").exists()
    later = run(7)
    assert "epoch 3." in later
    assert re.search(r"The best model so far is that of epoch [12]: ", later)
    assert f": {out / 'model'}" in later
    assert f"The last good checkpoint: {out / 'checkpoints' / 'last.ckpt'}" in later


def test_a_rate_without_measure_diverges(data, out):
    with pytest.raises(
        UserError, match=r"(?s)became (nan|inf) in epoch \d+.*training.learning_rate smaller than"
    ):
        train(recipe(data, *DIVERGE, "training.clip=null"), out, progress=False)


def test_non_finite_loss_names_epoch_and_checkpoint(data, out, monkeypatch):
    from segnn.training.trainer import Trainer

    original = Trainer.train_on

    def step(self, index, *stop):
        if self.step == 4:
            self.loss.spread["position"] = float("nan")
        return original(self, index, *stop)

    monkeypatch.setattr(Trainer, "train_on", step)
    with pytest.raises(UserError, match=r"(?s)training loss became nan in epoch 2.*last\.ckpt"):
        train(recipe(data), out, progress=False)
    assert (out / "model" / "weights.safetensors").exists()


def test_full_disk_leaves_the_last_good_checkpoint(data, out, monkeypatch):
    train(recipe(data, "training.epochs=2"), out.with_name("whole"), progress=False)
    with monkeypatch.context() as patch:
        fill_disk(patch)
        with pytest.raises(
            UserError, match=r"(?s)cannot write .*last\.ckpt: No space left.*last good checkpoint"
        ):
            train(recipe(data, "training.epochs=2"), out, progress=False)
    assert not [path for path in (out / "checkpoints").iterdir() if path.name.startswith(".")]
    assert torch.load(out / "checkpoints" / "last.ckpt", weights_only=True)["global_step"] == 3
    results = train(recipe(data, "training.epochs=2"), out, resume=True, progress=False)
    assert results["epochs"] == 2
    from tests.training.test_train import assert_equal_runs

    assert_equal_runs(out, out.with_name("whole"))


@pytest.mark.parametrize("damage", ["truncated", "empty", "noise", "pickle"])
def test_damaged_checkpoint(damage, data, out, tmp_path):
    train(recipe(data, "training.epochs=2"), out, progress=False)
    (out / "results.json").unlink()
    last = out / "checkpoints" / "last.ckpt"
    whole = last.read_bytes()
    if damage == "pickle":
        torch.save({"segnn": Evil(tmp_path / "ran")}, last)
    else:
        last.write_bytes(
            {"truncated": whole[: len(whole) // 2], "empty": b"", "noise": b"\x07" * 5000}[damage]
        )
    with pytest.raises(
        UserError,
        match=r"last\.ckpt: damaged, or not a checkpoint of segnn .*[Cc]opy .*best\.ckpt over it",
    ):
        train(recipe(data, "training.epochs=2"), out, resume=True, progress=False)
    assert not (tmp_path / "ran").exists()
    last.write_bytes((out / "checkpoints" / "best.ckpt").read_bytes())
    train(recipe(data, "training.epochs=2"), out, resume=True, progress=False)


class Evil:
    """A pickle that would make a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)
