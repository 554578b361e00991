"""segnn bench: what it lists, writes and refuses."""

import json

import pytest

from bench.helpers import small
from segnn.bench import workloads

from .helpers import call, refused


@pytest.fixture(autouse=True)
def _tiny(monkeypatch, tmp_path):
    monkeypatch.setitem(workloads.WORKLOADS, "charged", small("charged"))
    monkeypatch.chdir(tmp_path)


def test_list():
    text = call("bench", "--list").stdout
    assert all(
        word in text for word in ("charged", "gravity20", "molecule", "e3nn (script)", "floor")
    )
    listed = json.loads(call("bench", "--list", "--json").stdout)
    assert list(listed["workloads"]) == list(workloads.WORKLOADS)


def test_quick_prints_and_writes_nothing(tmp_path):
    command = ("bench", "charged", "--quick", "--threads", 1, "--contenders", "segnn,e3nn,floor")
    text = call(*command).stdout
    assert "times faster than e3nn" in text
    assert "1.00×" in text
    (result,) = json.loads(call(*command, "--json").stdout)
    assert [row["repeats"] for row in result["rows"]] == [3] * 6
    assert not list(tmp_path.iterdir())


def test_results_and_picture(tmp_path):
    call(
        "bench",
        "charged",
        "--quick",
        "--threads",
        1,
        "--contenders",
        "segnn,e3nn",
        "--out",
        "speed",
    )
    assert json.loads((tmp_path / "speed" / "charged.json").read_text())["workload"] == "charged"
    assert "charged" in (tmp_path / "speed" / "speed.svg").read_text()
    (tmp_path / "speed" / "qm9.json").write_text("{}")
    message = refused(
        "bench", "charged", "--quick", "--threads", 1, "--contenders", "segnn", "--out", "speed"
    )
    assert "qm9.json: is not a result of segnn bench" in message


def test_compare(tmp_path):
    """Status 1 and the name of the step where it takes more floors than in the run before."""
    assert "no measurements yet" in refused("bench", "--compare", "--out", "speed")
    arguments = ("bench", "charged", "--quick", "--threads", 1, "--contenders", "segnn,floor")
    call(*arguments, "--out", "speed")
    file = tmp_path / "speed" / "history.jsonl"
    lines = [{**json.loads(line), "busy": False} for line in file.read_text().splitlines()]
    assert [line["step"] for line in lines] == ["forward", "training"]
    before = {**lines[1], "date": "2026-01-01T00:00:00+00:00", "floors": lines[1]["floors"] / 1.3}
    file.write_text("".join(json.dumps(line) + "\n" for line in (before, *lines)))
    text = call("bench", "--compare", "--out", "speed", code=1).stdout
    assert "charged, training" in text
    assert "1.30×" in text
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert call("bench", "--compare", "--out", "speed").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("chargd",),
            "workload 'chargd' is not known; did you mean 'charged'? Known: charged, gravity5",
        ),
        (
            ("charged", "--contenders", "segnn,e3n"),
            "contender 'e3n' is not known; did you mean 'e3nn'?",
        ),
        (("charged", "--device", "cuda:99"), "--device: cuda:99: there is no such device"),
        (("charged", "--threads", "99999"), "--threads 99999: expected at most"),
        (("charged", "--contender-python", "nope"), "nope: there is no program that can be"),
        (("charged", "--dtype", "float16"), "--dtype 'float16' is not known; did you mean 'float"),
    ],
)
def test_bad_input(arguments, message):
    assert message in refused("bench", *arguments)


def test_out_is_a_file(tmp_path):
    (tmp_path / "speed").write_text("")
    assert "--out speed: cannot be made a folder" in refused("bench", "charged", "--out", "speed")
