"""Several processes make the training of one."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import torch
from tests.training.helpers import fill_disk, make_data, recipe, systems
from tests.training.test_train import assert_equal_runs, metrics, weights
from tests.training.together import together

from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.parallel import start
from segnn.parallel.launched import launched
from segnn.training import TrainingInterrupted, train
from segnn.training.checkpoints import read_checkpoint
from segnn.training.epochs import Epochs
from segnn.training.processes import LostProcessError, connected
from segnn.training.trainer import Trainer

THREES = ("training.batch_size=3", "training.epochs=2")
"""Batches of 3, 3, 3 and 1: the second of two processes has less, and of the last one nothing."""


def run(out, data, *settings, **options):
    def one():
        return train(recipe(data, *THREES, *settings), out, progress=False, **options)

    return one


@pytest.fixture(scope="module")
def one(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "one"
    run(out, data)()
    return out


@pytest.fixture(scope="module")
def two(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "two"
    results = together(2, run(out, data))
    assert results[0] == results[1]
    assert results[0]["epochs"] == 2
    return out


@pytest.mark.slow
def test_the_weights_of_one_process(one, two):
    assert [row[:2] for row in metrics(two)] == [("1", "4"), ("2", "8")]
    for a, b in zip(metrics(one), metrics(two), strict=True):
        assert [float(x) for x in b] == pytest.approx([float(x) for x in a], rel=1e-6)
    a, b = (read_checkpoint(folder / "checkpoints" / "last.ckpt") for folder in (one, two))
    for kind in (lambda c: c["state_dict"], lambda c: c["callbacks"]["WeightAverage"]["average"]):
        for name, value in kind(a).items():
            if value.is_floating_point():
                distance = (kind(b)[name] - value).norm() / value.norm().clamp(min=1e-3)
                assert distance < 1e-6, name
    assert not all(torch.equal(weights(one)[name], weights(two)[name]) for name in weights(one))


@pytest.mark.slow
def test_in_float64_to_more_digits():
    """Rows are weighted, not processes: systems are of unequal size."""
    task = recipe("nowhere", *THREES)

    def epoch():
        with connected(task.training) as processes, torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = PhysicalModel(task).double()
            features = model.features(systems(10, 0))
            model.calibrate(features)
            trainer = Trainer(model, features, processes=processes)
            for index in trainer.batches:
                trainer.train_on(index)
            return {name: value.tolist() for name, value in model.named_parameters()}

    alone, (first, second) = epoch(), together(2, epoch)
    assert first == second
    for name, value in alone.items():
        a, b = (torch.tensor(values, dtype=torch.float64) for values in (value, first[name]))
        torch.testing.assert_close(b, a, rtol=1e-9, atol=1e-11)


@pytest.mark.slow
@pytest.mark.parametrize("processes", [2, 1])
def test_interrupted_in_one_of_them_and_resumed(processes, data, one, two, tmp_path, monkeypatch):
    original = Epochs.end_step

    def end_step(self):
        if (self.trainer.step, self.processes.rank) == (5, 1):
            os.kill(os.getpid(), signal.SIGINT)
        original(self)

    with monkeypatch.context() as patch:
        patch.setattr(Epochs, "end_step", end_step)
        for told in together(2, run(tmp_path / "parts", data)):
            assert isinstance(told, TrainingInterrupted)
            assert "--resume" in str(told)
    state = read_checkpoint(tmp_path / "parts" / "checkpoints" / "last.ckpt")
    assert state["global_step"] == 6  # the step in which the others hear of it
    if processes == 2:
        together(2, run(tmp_path / "parts", data, resume=True))
        assert_equal_runs(two, tmp_path / "parts")
    else:
        with pytest.warns(UserWarning, match="resumed in 1 processes, begun in 2"):
            run(tmp_path / "parts", data, resume=True)()
        for name, value in weights(one).items():
            torch.testing.assert_close(weights(tmp_path / "parts")[name], value)


@pytest.mark.slow
def test_mistakes_are_told_by_all(data, tmp_path):
    """A folder in use, and other data in one of them."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("")
    for told in together(2, run(tmp_path / "full", data)):
        assert isinstance(told, UserError)
        assert "is not empty" in str(told)
    other = make_data(tmp_path / "other", train=9)

    def differs():
        return run(tmp_path / "run", other if os.environ["RANK"] == "1" else data)()

    for told in together(2, differs):
        assert isinstance(told, UserError)
        assert "process 1 of 2 has read other systems than process 0" in str(told)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_full_disk_of_the_one_that_writes(data, two, tmp_path, monkeypatch):
    """Both hear of it and end; with room again the run goes on from the last good checkpoint."""
    out = tmp_path / "run"
    with monkeypatch.context() as patch:
        fill_disk(patch)
        for told in together(2, run(out, data)):
            assert isinstance(told, UserError)
            assert "last.ckpt: No space left on device" in str(told)
    assert read_checkpoint(out / "checkpoints" / "last.ckpt")["global_step"] == 4
    together(2, run(out, data, resume=True))
    assert_equal_runs(two, out)


@pytest.mark.slow
def test_a_killed_one_ends_all(data, tmp_path, monkeypatch):
    """The command that starts them names the one that was killed; the run can be resumed."""
    children, out = [], tmp_path / "run"

    class Noted(subprocess.Popen):
        def __init__(self, *given, **options):
            super().__init__(*given, **options)
            children.append(self)

    monkeypatch.setattr(start.subprocess, "Popen", Noted)

    def kill():
        while not (out / "checkpoints" / "last.ckpt").exists():
            time.sleep(0.2)
        children[1].kill()

    threading.Thread(target=kill, daemon=True).start()
    settings = ("training.epochs=100000", "training.devices=2", "training.evaluate_every=100000")
    with pytest.raises(LostProcessError, match=r"process 1 of the 2 .*SIGKILL.* --resume"):
        train(recipe(data, *settings), out, progress=False)
    assert [child.poll() is None for child in children] == [False, False]

    def stop(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Epochs, "end_step", stop)
    before = read_checkpoint(out / "checkpoints" / "last.ckpt")["global_step"]
    assert before > 0
    with pytest.raises(KeyboardInterrupt), pytest.warns(UserWarning, match="begun in 2"):
        train(recipe(data, *settings, "training.devices=1"), out, progress=False, resume=True)


@pytest.mark.slow
def test_under_torchrun(data, two, tmp_path):
    (tmp_path / "tiny.yaml").write_text(recipe(data, *THREES).to_yaml())
    command = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["-m", "segnn", "train", "tiny.yaml", "--out", "run"]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("best epoch") == 1
    assert_equal_runs(two, tmp_path / "run")


TORCHRUN = {"RANK": "5", "LOCAL_RANK": "1", "WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4"}
SLURM = {
    "SLURM_NTASKS": "6",
    "SLURM_NNODES": "2",
    "SLURM_PROCID": "4",
    "SLURM_LOCALID": "1",
    "SLURM_STEP_ID": "0",
    "SLURM_JOB_ID": "20003",
    "SLURM_STEP_NODELIST": "gpu[03-04,07]",
}


def test_what_launchers_say():
    assert launched({}) is None
    here = launched(TORCHRUN)
    assert (here.rank, here.local, here.devices, here.nodes, here.size) == (5, 1, 4, 2, 8)
    here = launched(SLURM)
    assert (here.rank, here.local, here.devices, here.nodes, here.size) == (4, 1, 3, 2, 6)
    assert here.meeting == "tcp://gpu03:12003"
    assert launched(SLURM | {"SLURM_STEP_NODELIST": "a-1,b"}).meeting == "tcp://a-1:12003"
    allocated = {name: value for name, value in SLURM.items() if name != "SLURM_STEP_ID"}
    assert launched(allocated) is None  # a shell in an allocation, not a step of srun
    assert launched(SLURM | {"SLURM_NTASKS": "1"}) is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (("training.devices=4096",), r"training.devices: 4096, and this machine has \d+ cores"),
        (("training.nodes=2",), r"training.nodes: 2: .*torchrun --nnodes 2 --nproc-per-node 1"),
        (("training.device=tpu",), r"training.device: tpu: expected cpu, cuda.*are here: cpu"),
        (("training.device=mps",), r"training.device: mps: .*float64.*are here: cpu"),
        (("training.device=cpu:1",), r"training.device: cpu:1: expected"),
        (("training.device=cuda:99",), r"training.device: cuda:99: there is no such device"),
        (("training.accumulate=2", "model.norm=batch"), r"model.norm: batch .*instance"),
    ],
)
def test_impossible_ones_are_refused(settings, told, data, tmp_path):
    with pytest.raises(UserError, match=told):
        train(recipe(data, *settings), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_a_launcher_that_says_otherwise(data, tmp_path, monkeypatch):
    for name, value in TORCHRUN.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=r"training.devices: 3, but torchrun started 4 processes"):
        train(recipe(data, "training.devices=3"), tmp_path / "run", progress=False)
