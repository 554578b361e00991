"""The script for a graphics card, on a CPU at tiny sizes."""

import json

import pytest
import torch

from segnn.bench.card import __main__ as script
from segnn.bench.card import agreement
from segnn.bench.card.stages import STAGES, Job, Stage

CPU = torch.device("cpu")


def stored(folder, name):
    return json.loads((folder / f"{name}.json").read_text())


def test_without_a_card_nothing_is_measured(tmp_path, capsys):
    assert script.main(["--device", "cuda:77", "--out", str(tmp_path)]) == script.NO_DEVICE
    assert "cuda:77: there is no such device" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_network_agrees_along_every_path(monkeypatch):
    monkeypatch.setattr(agreement, "TOLERANCE", {torch.float64: 1e-10})
    rows = list(agreement.agreement(CPU, small=True))
    assert {row["path"] for row in rows} == set(agreement.PATHS) - {"check"}
    assert all(row["met"] and 0 <= row["difference"] <= 1e-10 for row in rows)


def test_what_differs_or_fails_is_told(monkeypatch):
    def broken(*arguments):
        raise RuntimeError("no kernel image")

    paths = {"one": lambda *arguments: 1e-3, "two": broken}
    monkeypatch.setattr(agreement, "PATHS", paths)
    monkeypatch.setattr(agreement, "TOLERANCE", {torch.float32: 1e-5})
    one, two = agreement.agreement(CPU, small=True)
    assert (one["met"], one["difference"], one["allowed"]) == (False, 1e-3, 1e-5)
    assert (two["met"], two["error"]) == (False, "RuntimeError: no kernel image")


@pytest.mark.parametrize("name", ["machine", "charged-compiled"])
def test_stages_at_tiny_sizes(name):
    found = STAGES[name].run(Job(CPU, True, 60.0))
    assert found["met"]
    assert json.loads(json.dumps(found)) == found
    assert found["device"]["type"] == "cpu"
    if name == "charged-compiled":
        assert {row["contender"] for row in found["rows"]} == {"segnn", "e3nn", "floor"}


def test_a_run_that_is_cut_keeps_what_it_had(tmp_path, monkeypatch, capsys):
    def fake(command, timeout, **more):
        name = command[command.index("--stage") + 1]
        assert timeout <= STAGES[name].seconds
        if name == "slow":
            raise script.subprocess.TimeoutExpired(command, timeout)
        if name == "cut":
            raise KeyboardInterrupt
        status = {"good": 0, "wrong": script.NOT_MET, "broken": 1}[name]
        return script.subprocess.CompletedProcess(command, status, "", "one\nOutOfMemoryError: two")

    names = ["good", "slow", "wrong", "broken", "cut"]
    for name in names:
        monkeypatch.setitem(STAGES, name, Stage(lambda job: {}, 7.0))
    monkeypatch.setattr(script.subprocess, "run", fake)
    with pytest.raises(KeyboardInterrupt):
        script.main(["--device", "cpu", "--out", str(tmp_path), "--stages", ",".join(names)])
    outcomes = {name: row["outcome"] for name, row in stored(tmp_path, "summary").items()}
    assert outcomes == {
        "good": "met",
        "slow": "not done within 7 s",
        "wrong": "not met",
        "broken": "ended with status 1",
    }
    assert "OutOfMemoryError: two" in capsys.readouterr().out


def test_one_stage_writes_its_file(tmp_path):
    arguments = ["--device", "cpu", "--out", str(tmp_path), "--stage", "machine"]
    assert script.main(arguments) == script.MET
    assert stored(tmp_path, "machine")["device"]["type"] == "cpu"


def test_no_stage_is_started_without_time(tmp_path):
    arguments = ["--device", "cpu", "--out", str(tmp_path), "--seconds", "1", "--stages", "qm9"]
    assert script.main(arguments) == script.NOT_MET
    assert stored(tmp_path, "summary")["qm9"]["outcome"] == "no time left"
