"""The command starts at once, explains itself, and ends as it should."""

import subprocess
import sys

import pytest

import segnn

from .helpers import call

HEAVY = ("torch", "e3nn", "numba", "lightning", "numpy", "matplotlib", "pydantic")
COMMANDS = ("simulate", "train", "evaluate", "predict", "check", "info", "report", "bench")


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
