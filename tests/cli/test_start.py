"""The command starts at once, explains itself, and ends as it should."""

import os
import subprocess
import sys

import pytest

import segnn
from segnn.cli.app import wait_briefly

from .helpers import call

HEAVY = ("torch", "e3nn", "numba", "numpy", "matplotlib", "pydantic")
SLOW = {
    "matplotlib",
    "sympy",
    "torch._dynamo",
    "torch.distributed.tensor",
    "scipy.optimize",
    "scipy.sparse.csgraph",
    "pandas",
    "ase",
}
COMMANDS = (
    "simulate",
    "init",
    "train",
    "import",
    "evaluate",
    "predict",
    "check",
    "info",
    "report",
    "bench",
)


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ({}, "10000"),
        ({"GOMP_SPINCOUNT": "7"}, "7"),
        ({"OMP_WAIT_POLICY": "active"}, None),
    ],
)
def test_threads_wait_briefly_unless_the_user_says_how(said, then, monkeypatch):
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.setenv(name, "")  # so that whatever is set below is taken back
        monkeypatch.delenv(name)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    wait_briefly()
    assert os.environ.get("GOMP_SPINCOUNT") == then


def test_help_is_quick_and_imports_nothing_heavy():
    code = f"""
import sys
from segnn.cli import main
sys.argv = ["segnn", "--help"]
try:
    main()
except SystemExit as end:
    assert end.code == 0
loaded = [name for name in {HEAVY} if name in sys.modules]
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(command in done.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    "command",
    [
        ["info", "run"],
        ["predict", "run", "data/test.npz", "-o", "out.npz"],
        ["evaluate", "run"],
        ["check", "run"],
    ],
    ids=lambda command: command[0],
)
def test_commands_import_what_they_use(here, command):
    """Not a compiler, plots or an optimiser: these take longer than the command."""
    assert not imported(command, here) & SLOW


@pytest.mark.parametrize(
    "command",
    [
        ["train", "nowhere.yaml"],
        ["info", "nobody"],
        ["evaluate", "nobody"],
        ["predict", "nobody", "in.npz", "-o", "out.npz"],
        ["predict", "run", "nowhere.npz", "-o", "out.npz"],
        ["predict", "run", "data/test.npz", "-o", "out.txt"],
        ["rollout", "run", "nowhere.npz", "--steps", "1", "-o", "out.npz"],
        ["init", "nowhere.npz"],
        ["check", "nobody"],
        ["report", "nobody"],
        ["reproduce", "chargd"],
        ["check", "run", "--seed", "-1"],
    ],
    ids=" ".join,
)
def test_what_is_missing_is_told_at_once(here, command):
    assert not imported(command, here, code=2) & {*SLOW, "torch", "e3nn", "numba"}


def imported(command, folder, code=0):
    """The modules that a process has imported at the end of a command."""
    text = f"""
import sys
from segnn.cli import main
sys.argv = ["segnn", *{command}]
try:
    main()
except SystemExit as end:
    assert end.code == {code}, end.code
sys.stderr.write("MODULES " + " ".join(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=False, cwd=folder
    )
    assert "MODULES" in done.stderr, done.stderr
    return set(done.stderr.rpartition("MODULES ")[2].split())


@pytest.mark.parametrize("command", [*COMMANDS, "simulate charged"])
def test_help_shows_an_example(command):
    text = call(*command.split(), "--help").stdout
    assert "Usage: " in text
    if command != "simulate":
        assert f"    segnn {command.split()[0]} " in text
        assert "--json" in text


def test_version():
    assert call("--version").stdout == f"segnn {segnn.__version__}\n"


def test_unknown_command_and_missing_argument():
    for arguments in (["trian"], ["train"], ["predict", "charged"]):
        assert "Usage" in call(*arguments, code=2).stderr


def test_interrupt_is_status_130_and_a_sentence(here, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt("Go on: segnn train a.yaml --out a --resume")

    monkeypatch.setattr("segnn.cli.model.find_model", interrupted)
    result = call("check", "run", code=130)
    assert result.stderr == "Go on: segnn train a.yaml --out a --resume\n"


def test_what_nobody_expected_keeps_its_traceback(here, monkeypatch):
    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr("segnn.cli.model.find_model", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        call("check", "run")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["trian"], "Did you mean 'train'?"),
        (["anything"], "Known: init, inspect, "),
        (["simulate", "anything"], "Known: charged, gravity, "),
        (["data", "anything"], "Known: qm9"),
    ],
)
def test_an_unknown_command_is_told_with_the_known_ones(words, told):
    message = call(*words, code=2).stderr
    assert f"No such command '{words[-1]}'. {told}" in message
