"""Run folders that exist, interrupts, full disks: nothing is lost, and the way on is told."""

import csv
import errno
import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from segnn.recipe import load_recipe

from .helpers import call, refused


def files(folder):
    """Every file below it, with its content."""
    return {path: path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def test_run_folder_exists(here):
    before = files("run")
    message = refused("train", "tiny.yaml", "--out", "run")
    for text in ("run already holds a training", "--resume", "--out", "--overwrite"):
        assert text in message
    assert files("run") == before


def test_no_data_are_made_for_what_will_not_be_trained(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "nowhere holds no training to resume" in refused(
        "train", "charged", "--resume", "--out", "nowhere"
    )
    Path("full").mkdir()
    Path("full/notes.txt").write_text("")
    assert "full is not empty" in refused("train", "charged", "--out", "full")
    for setting, told in (
        ("device=tpu", "training.device: tpu: expected cpu"),
        ("devices=9999", "training.devices: 9999, and this machine has"),
        ("precision=tf32", "only graphics cards round products like this"),
        ("start_from=nowhere", "nowhere"),
        ("start_from=acac", "the weights of acac do not fit this recipe"),
    ):
        assert told in refused("train", "charged", "--set", f"training.{setting}", "--out", "run")
    assert {path.name for path in Path().iterdir()} == {"full"}


def test_other_folder_exists(here):
    before = files("data")
    assert "data is not empty and holds no training" in refused(
        "train", "tiny.yaml", "--out", "data"
    )
    assert "data is not empty and holds no training" in refused(
        "train", "tiny.yaml", "--out", "data", "--overwrite"
    )
    assert "tiny.yaml is a file" in refused("train", "tiny.yaml", "--out", "tiny.yaml")
    assert files("data") == before


def test_overwrite(here):
    call("train", "tiny.yaml", "--set", "training.epochs=1", "--out", "run", "--overwrite")
    with open("run/metrics.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 1


def test_going_on_and_replacing_are_two_things(here):
    before = files("run")
    message = refused("train", "tiny.yaml", "--out", "run", "--overwrite", "--resume")
    assert "run: to go on with its training (resume) and to replace it (overwrite)" in message
    assert files("run") == before


def test_resume_what_is_not_there(here):
    assert "new holds no training to resume" in refused(
        "train", "tiny.yaml", "--out", "new", "--resume"
    )
    assert not Path("new").exists()


def test_resume_with_another_recipe(here):
    message = refused(
        "train", "tiny.yaml", "--set", "training.learning_rate=0.1", "--out", "run", "--resume"
    )
    assert "training.learning_rate" in message
    assert "0.1" in message


def test_interrupt_leaves_a_resumable_run(here):
    more = ("--set", "training.epochs=8")
    watched = Path("new/checkpoints/last.ckpt")

    def interrupt():
        while not watched.exists():
            time.sleep(0.002)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    result = call("train", "tiny.yaml", *more, "--out", "new", code=130)
    assert "Traceback" not in result.stderr
    assert "segnn train new/recipe.yaml --out new --resume" in result.stderr
    assert not Path("new/results.json").exists()
    call("evaluate", "new")  # the best model so far is usable
    call("train", "new/recipe.yaml", "--out", "new", "--resume")
    with open("new/metrics.csv", newline="") as file:
        assert [int(row["epoch"]) for row in csv.DictReader(file)] == list(range(1, 9))
    call("train", "tiny.yaml", *more, "--out", "whole")
    assert same_weights("new", "whole")


def test_more_epochs_other_places_and_other_weights(here):
    """A finished run and its data are moved, get more epochs, and are what another begins with."""
    call("train", "tiny.yaml", "--out", "new")
    epochs = json.loads(Path("new/results.json").read_text())["epochs"]
    Path("new").rename("moved")
    folder = load_recipe("tiny.yaml").data.folder
    Path(folder).rename("elsewhere")
    resume = ("train", "moved/recipe.yaml", "--out", "moved", "--resume")
    more = f"training.epochs={epochs + 2}"
    assert "no such folder" in refused(*resume, "--set", more)
    done = call(*resume, "--set", more, "--set", "data.folder=elsewhere", "--json")
    found = json.loads(done.stdout)
    assert found["legs"] == [epochs, epochs + 2]
    fewer = ("--set", f"training.epochs={epochs}", "--set", "data.folder=elsewhere")
    assert "more epochs, not fewer" in refused(*resume, *fewer)
    again = call(*resume, "--json")
    assert json.loads(again.stdout) == found
    start = ("--set", "training.start_from=moved", "--set", "data.folder=elsewhere")
    tuned = json.loads(call("train", "tiny.yaml", "--out", "tuned", *start, "--json").stdout)
    assert tuned["start_from"]["model"] == "moved"


def same_weights(*runs):
    """Whether the models are equal bit by bit (the order of the file's header may differ)."""
    one, other = (load_file(f"{run}/model/weights.safetensors") for run in runs)
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def full_after(monkeypatch, writes):
    """From this write on the disk is full."""
    count = iter(range(10**9))
    really = os.fsync

    def fsync(handle):
        if next(count) >= writes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("writes", [2, 9])
def test_full_disk_while_training(here, monkeypatch, writes):
    full_after(monkeypatch, writes)
    message = refused("train", "tiny.yaml", "--set", "training.epochs=20", "--out", "new")
    assert "No space left on device" in message
    assert "new/" in message
    monkeypatch.undo()
    monkeypatch.chdir(here)
    assert not list(Path("new").rglob(".*")), "no half-written files"
    if Path("new/checkpoints/last.ckpt").exists():
        call("train", "new/recipe.yaml", "--out", "new", "--resume")
    else:
        assert writes == 2


def test_full_disk_while_predicting(here, monkeypatch):
    call("predict", "run", "data/test.npz", "-o", "out.npz")
    before = Path("out.npz").read_bytes()
    full_after(monkeypatch, 0)
    message = refused("predict", "run", "data/train.npz", "-o", "out.npz")
    assert "out.npz" in message
    assert "No space left on device" in message
    assert Path("out.npz").read_bytes() == before


@pytest.mark.parametrize(
    "content", ["{}", "[]", "null", '{"test": {"mse": "low"}, "epochs": 2}', "cut {"]
)
@pytest.mark.parametrize("command", [(), ("--resume",), "evaluate"])
def test_damaged_results(here, command, content):
    Path("run/results.json").write_text(content)
    train = ("train", "run/recipe.yaml", "--out", "run")
    message = refused("evaluate", "run") if command == "evaluate" else refused(*train, *command)
    assert "run/results.json: damaged, or not of a finished training" in message
    assert "Remove it and write it again: segnn train run/recipe.yaml --out run --resume" in message
    Path("run/results.json").unlink()
    call(*train, "--resume")
    assert Path("run/results.json").exists()


PATHS = {
    "train": ("train", "tiny.yaml", "--out"),
    "predict": ("predict", "run", "data/test.npz", "-o"),
    "rollout": ("rollout", "run", "data/test.npz", "--steps", 1, "--time", 1, "-o"),
    "animate": ("animate", "run", "data/test.npz", "--frames", 2, "-o"),
    "simulate": ("simulate", "charged", "--systems", "1,1,1", "--out"),
}


@pytest.mark.parametrize("folder", ["tiny.yaml", "/proc/segnn"])
@pytest.mark.parametrize("command", PATHS)
def test_path_that_cannot_be_written(here, command, folder):
    """Below a file, or where no folder can be made."""
    out = folder + {"train": "/own", "simulate": "/own", "animate": "/own.gif"}.get(
        command, "/own.npz"
    )
    message = refused(*PATHS[command], out)
    assert out in message
    assert "ive " in message, "the cure: give another path"


def test_damaged_checkpoint(here):
    Path("run/results.json").unlink()
    checkpoint = Path("run/checkpoints/last.ckpt")
    checkpoint.write_bytes(checkpoint.read_bytes()[:100])
    message = refused("train", "run/recipe.yaml", "--out", "run", "--resume")
    assert "run/checkpoints/last.ckpt" in message
    assert "damaged" in message
