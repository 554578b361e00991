"""Training systems that do not fit into memory: the same batches, another way."""

import threading

import numpy as np
import pytest
import torch
from tests.training.helpers import make_data, recipe, systems
from tests.training.test_resume import interrupt_at
from tests.training.test_train import assert_equal_runs, weights
from tests.training.together import together

from segnn.data import save_systems
from segnn.data.convert import convert
from segnn.data.stored import Stored
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.training import TrainingInterrupted, train
from segnn.training.batches import Batches
from segnn.training.plan import Plan
from segnn.training.splits import training_data
from segnn.training.stream import Stream

pytest.importorskip("h5py")
COUNT = 96


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """train.h5 beside the three files of the tiny task."""
    found = make_data(tmp_path_factory.mktemp("stream"), COUNT)
    convert([found / "train.npz"], found / "train.h5")
    return found


def task(folder, *settings):
    """96 systems of a file, with room for some 40 of them."""
    files = [f"data.{name}={folder}/{name}.npz" for name in ("valid", "test")]
    return recipe(
        folder,
        "data.folder=null",
        f"data.train={folder}/train.h5",
        *files,
        "data.memory=100kB",
        "training.epochs=2",
        *settings,
    )


def test_the_features_of_a_set_in_memory(folder):
    """To the last bit, in any order, from a file and from memory, with and without a thread."""
    made = PhysicalModel(task(folder))
    stored = Stored.open(folder / "train.h5")
    whole = stored.read()
    features = made.features(whole)
    for held, window in ((stored, 40), (whole, 0)):
        stream = Stream(made, held, "train", Plan(100_000, 16, window))
        batches = Batches(stream, 4, 0, lambda: 0)
        seen = []
        for index in batches:
            seen.append(index)
            found, expected = stream.batch(index), features.batch(index)
            for name in ("x", "edge_index", "edge_attr", "node_attr", "message", "edge_offsets"):
                assert torch.equal(getattr(found, name), getattr(expected, name)), name
            assert torch.equal(found.labels["position"], expected.labels["position"])
            assert torch.equal(found.base["position"], expected.base["position"])
        assert torch.equal(torch.cat(seen).sort().values, torch.arange(COUNT))
        assert torch.equal(stream.batch(seen[1]).x, features.batch(seen[1]).x)
        assert torch.equal(stream.offsets, features.offsets)


def test_the_order_of_a_file(folder):
    """Random in windows, by the seed alone; a process's part of the batches lies together."""
    stored = Stored.open(folder / "train.h5")
    stream = Stream(PhysicalModel(task(folder)), stored, "train", Plan(100_000, 16, 48))

    def order(seed):
        return stream.order(torch.Generator().manual_seed(seed), 4)

    first, again, other = (torch.cat(order(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    window = torch.stack(order(0)[:12])
    halves = [set((part // 3).flatten().tolist()) for part in window.tensor_split(2, dim=1)]
    assert len(halves[0] | halves[1]) == 16  # pieces of three systems
    assert len(halves[0] & halves[1]) <= 8
    places = window.argsort(0).float().std()
    assert not torch.equal(window.flatten(), window.flatten().sort().values)
    assert places > 1


@pytest.mark.filterwarnings("ignore:.*sample of 1")
def test_resumed_bit_for_bit(folder, tmp_path, monkeypatch):
    results = train(task(folder), tmp_path / "whole", progress=False)
    assert "its 96 systems are read from the file" in results["warnings"][-1]
    assert results["systems"]["train"] == COUNT
    with monkeypatch.context() as patch:
        interrupt_at(patch, 17)
        with pytest.raises(TrainingInterrupted):
            train(task(folder), tmp_path / "parts", progress=False)
    assert all(thread.name != "segnn cues" for thread in threading.enumerate())
    train(task(folder), tmp_path / "parts", resume=True, progress=False)
    assert_equal_runs(tmp_path / "whole", tmp_path / "parts")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*sample of 1")
def test_two_processes_make_the_weights_of_one(folder, tmp_path):
    def run(out):
        return lambda: train(task(folder, "training.epochs=1"), out, progress=False)

    run(tmp_path / "one")()
    for told in together(2, run(tmp_path / "two")):
        assert not isinstance(told, BaseException), told
    for name, value in weights(tmp_path / "one").items():
        torch.testing.assert_close(weights(tmp_path / "two")[name], value, rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore:.*systems are read from the file")
def test_what_goes_wrong(folder, tmp_path):
    runs = iter("abcd")
    held = systems(COUNT, 0)
    held.node["target_position"][held.offsets[95]] = np.nan
    save_systems(tmp_path / "bad.h5", held)
    with pytest.raises(UserError, match=r"bad\.h5: the labels.* infinite in system 95 of 96"):
        train(task(folder, f"data.train={tmp_path}/bad.h5"), tmp_path / next(runs), progress=False)
    with pytest.raises(UserError, match=r"data\.memory: .* is too little for .*train\.h5.* Give "):
        train(task(folder, "data.memory=20kB"), tmp_path / next(runs), progress=False)
    with pytest.raises(UserError, match=r"data\.time_reversal needs all systems"):
        train(task(folder, "data.time_reversal=[velocity]"), tmp_path / next(runs), progress=False)
    whole = (folder / "train.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(whole[:-100])
    with pytest.raises(UserError, match=r"cut\.h5: cannot be read as HDF5"):
        train(task(folder, f"data.train={tmp_path}/cut.h5"), tmp_path / next(runs), progress=False)


def test_which_way_is_told(folder):
    found = training_data(PhysicalModel(task(folder)))
    assert (found["systems"], found["held"], found["allowed"]) == (COUNT, False, 100_000)
    assert "with validation and test, more than the 97.7 KiB that data.memory" in found["text"]
    assert "systems are read from the file, in an order" in found["text"]
    roomy = training_data(PhysicalModel(task(folder, "data.memory=1GiB")))
    assert roomy["held"]
    assert roomy["text"].endswith("all are held in memory")
