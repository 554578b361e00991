"""One training in a folder: the second is told whose it is, and what a dead one left is taken
over.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap

import pytest
from tests.training.helpers import recipe

from segnn.errors import UserError
from segnn.training import lock, train
from segnn.training.lock import LOCK_NAME, locked

HOLD = """
import sys, time
from pathlib import Path
from segnn.training.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that trains in tmp_path/run."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "run")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("options", [{}, {"overwrite": True}, {"resume": True}])
def test_a_folder_in_use_is_refused(options, data, tmp_path, holder):
    told = rf"in use by a training: process {holder.pid} on {socket.gethostname()}, since 20\d\d-"
    with pytest.raises(UserError, match=told):
        train(recipe(data), tmp_path / "run", progress=False, **options)
    assert [file.name for file in (tmp_path / "run").iterdir()] == [LOCK_NAME]


def test_the_lock_of_a_killed_process_is_taken_over(data, tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "run" / LOCK_NAME).exists()
    train(recipe(data, "training.epochs=1"), tmp_path / "run", progress=False)
    assert not (tmp_path / "run" / LOCK_NAME).exists()


def test_it_is_held_within_and_gone_after(tmp_path):
    folder = tmp_path / "a" / "run"
    with locked(folder):
        owner = json.loads((folder / LOCK_NAME).read_text())
        assert owner["pid"] == os.getpid()
        with pytest.raises(UserError, match=rf"process {os.getpid()} on"), locked(folder):
            pass
        (folder / "recipe.yaml").write_text("")
    assert [file.name for file in folder.iterdir()] == ["recipe.yaml"]


def test_a_folder_made_for_nothing_goes_again(tmp_path):
    with pytest.raises(ValueError, match="no"), locked(tmp_path / "run"):
        raise ValueError("no")
    assert not (tmp_path / "run").exists()


def test_a_training_holds_it(data, tmp_path, monkeypatch):
    """A second one from within the first one's epoch: the first goes on undisturbed."""
    from segnn.training.epochs import Epochs

    tried = []
    original = Epochs.end_epoch

    def epoch_end(self):
        with pytest.raises(UserError, match="in use by a training"):
            train(recipe(data), tmp_path / "run", progress=False, overwrite=True)
        tried.append(len(self.rows))
        original(self)

    monkeypatch.setattr(Epochs, "end_epoch", epoch_end)
    train(recipe(data, "training.epochs=2"), tmp_path / "run", progress=False)
    assert tried == [0, 1]


@pytest.mark.parametrize(
    ("owner", "free"),
    [
        ({"pid": 2**22 + 1, "host": socket.gethostname()}, True),  # beyond the largest number
        ({"pid": os.getppid(), "host": socket.gethostname()}, False),
        ({"pid": 2**22 + 1, "host": "elsewhere"}, False),
        ({}, True),
    ],
    ids=["dead", "alive", "elsewhere", "empty"],
)
def test_without_locks_of_the_system_the_process_is_looked_at(owner, free, tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "fcntl", None)
    (tmp_path / LOCK_NAME).write_text(json.dumps(owner) if owner else "")
    if free:
        with locked(tmp_path):
            assert json.loads((tmp_path / LOCK_NAME).read_text())["pid"] == os.getpid()
    else:
        with pytest.raises(UserError, match=f"process {owner['pid']} on"), locked(tmp_path):
            pass


def test_two_commands_at_once(data, tmp_path):
    """Two processes start into one folder: one trains, the other leaves it alone."""
    code = textwrap.dedent(
        f"""
        import sys
        from segnn.errors import UserError
        from segnn.training import train
        from tests.training.helpers import recipe
        try:
            train(recipe({str(data)!r}, "training.epochs=40"), {str(tmp_path / "run")!r},
                  progress=False)
        except UserError as error:
            sys.exit(str(error))
        """
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ends = [(process.communicate(timeout=300)[1], process.returncode) for process in both]
    assert sorted(code for _, code in ends) == [0, 1], ends
    (told,) = [text for text, code in ends if code]
    assert "in use by a training" in told or "already holds a training" in told
    rows = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [str(n) for n in range(1, 41)]
