"""`segnn reproduce`: lists, renders, trains a small budget, refuses mistakes."""

import json
import shutil
from pathlib import Path

import pytest
from tests.reproduce.helpers import RECIPES, small

from segnn.reproduce import sweep
from segnn.training import TrainingInterrupted

from .helpers import ROOT, call, refused


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A working directory with recipes and stored results."""
    shutil.copytree(RECIPES, tmp_path / "recipes")
    shutil.copytree(ROOT / "results", tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_dry_run_lists_without_doing(checkout):
    before = sorted(checkout.rglob("*"))
    found = json.loads(call("reproduce", "charged", "--dry-run", "--json").stdout)
    assert len(found["runs"]) == 30
    assert found["to_do"] == sum(run["state"] != "done" for run in found["runs"])
    seconds = {run["run"]: run["seconds"] for run in found["runs"]}
    assert seconds["charged-seed0"] > 60  # stored, whatever its revision
    assert "charged-seed0" in call("reproduce", "charged", "--dry-run").stdout
    few = json.loads(
        call(
            "reproduce",
            "orders",
            "--only",
            "segnn_g",
            "--only",
            "22",
            "--seeds",
            "3",
            "--dry-run",
            "--json",
        ).stdout
    )
    assert [run["run"] for run in few["runs"]] == ["segnn_g-22-seed3"]
    assert sorted(checkout.rglob("*")) == before


def test_render_needs_no_data(checkout):
    (checkout / "results" / "charged" / "table.md").unlink(missing_ok=True)
    found = json.loads(call("reproduce", "charged", "--render", "--json").stdout)
    page = Path(found["page"]).read_text()
    assert "SEGNN<sub>G+P</sub> (1,1)" in page
    assert Path(found["plot"]).is_file()
    by = {row["method"]: row for row in found["rows"]}
    assert by["SEGNN_G+P (1,1)"]["mean"] == pytest.approx(0.0038, rel=0.1)
    assert not (checkout / "data").exists()
    assert "published" in call("reproduce", "charged", "--render").stdout


def test_every_stored_seed_is_shown_whatever_was_asked_for(checkout):
    """The table's seeds, those of --seeds, and one that is neither."""
    stored = json.loads((checkout / "results" / "charged" / "egnn-seed0.json").read_text())
    stored["recipe"]["training"]["seed"] = stored["seed"] = 7
    (checkout / "results" / "charged" / "egnn-seed7.json").write_text(json.dumps(stored))
    for seeds in ((), ("--seeds", "1"), ("--seeds", "5,5")):
        rows = json.loads(call("reproduce", "charged", "--render", "--json", *seeds).stdout)["rows"]
        by = {row["method"]: row["seeds"] for row in rows}
        assert by["EGNN"] == [0, 1, 2, 7]
        assert by["MPNN"] == [0, 1, 2]


def test_seeds_once_each(checkout):
    found = json.loads(
        call(
            "reproduce", "charged", "--only", "egnn", "--seeds", "9,8, 9", "--dry-run", "--json"
        ).stdout
    )
    assert [run["run"] for run in found["runs"]] == ["egnn-seed9", "egnn-seed8"]


def test_run_a_small_sweep_twice(checkout, monkeypatch):
    monkeypatch.setattr(sweep, "tables", lambda: {"charged": small("data/small")})
    command = (
        "reproduce",
        "charged",
        "--only",
        "all",
        "--seeds",
        "0",
        "--set",
        "training.epochs=2",
        "--results",
        "mine",
    )
    result = call(*command, "--json")
    rows = {
        row["method"]: row
        for row in json.loads(result.stdout)["rows"]
        if row["setting_id"] == "all"
    }
    assert rows["MPNN"]["seeds"] == rows["SEGNN_G+P (1,1)"]["seeds"] == [0]
    assert rows["MPNN"]["epochs"] == 2
    assert "simulated charged: data/small" in result.stderr
    stored = {path: path.read_bytes() for path in Path("mine/charged").glob("*.json")}
    assert len(stored) == 2
    again = call(*command)
    assert "[1/" not in again.stderr
    assert stored == {path: path.read_bytes() for path in Path("mine/charged").glob("*.json")}


def test_json_is_alone_on_stdout_when_a_run_folder_is_finished_and_its_result_is_gone(
    checkout, monkeypatch
):
    monkeypatch.setattr(sweep, "tables", lambda: {"charged": small("data/small")})
    command = (
        "reproduce",
        "charged",
        "--only",
        "all",
        "--only",
        "mpnn",
        "--seeds",
        "0",
        "--set",
        "training.epochs=1",
    )
    command += ("--results", "mine", "--json")
    call(*command)
    Path("mine/charged/mpnn-all-seed0.json").unlink()
    result = call(*command)
    assert json.loads(result.stdout)["table"] == "charged"
    assert "nothing to resume" in result.stderr


def test_a_changed_budget_has_folders_of_its_own_and_says_so(checkout, monkeypatch):
    """The page and the message after an interrupt give the whole command; run folders lie beside
    the results.
    """
    monkeypatch.setattr(sweep, "tables", lambda: {"charged": small("data/small")})
    changes = ("--set", "training.epochs=2", "--set", "target.scale=0.5", "--results", "my results")
    call("reproduce", "charged", "--only", "mpnn", "--only", "few", "--seeds", "0", *changes)
    assert Path("my results/runs/charged/mpnn-few-seed0/results.json").is_file()
    assert not Path("runs").exists()
    page = Path("my results/charged/table.md").read_text()
    told = (
        "segnn reproduce charged --set training.epochs=2 --set target.scale=0.5 --results 'my"
        " results'"
    )
    assert "Every run of this page: `--set training.epochs=2 --set target.scale=0.5`." in page
    assert f"    {told}            # what is missing\n    {told} --render   # this page" in page

    def interrupted(*args):
        raise TrainingInterrupted("stopped")

    monkeypatch.setattr("segnn.reproduce.run.execute", interrupted)
    command = (
        "reproduce",
        "charged",
        "--only",
        "mpnn",
        "--seeds",
        "1",
        *changes,
        "--runs",
        "elsewhere",
    )
    assert (
        f"same command: {told} --runs elsewhere --only mpnn --seeds 1\n"
        in call(*command, code=130).stderr
    )


def test_data_that_are_not_the_tables_are_refused_unless_on_purpose(checkout, monkeypatch):
    monkeypatch.setattr(sweep, "tables", lambda: {"charged": small("data/small")})
    call("simulate", "charged", "--systems", "8,4,5", "--seed", "1", "--out", "data/small")
    command = (
        "reproduce",
        "charged",
        "--only",
        "mpnn",
        "--only",
        "few",
        "--seeds",
        "0",
        "--results",
        "mine",
    )
    assert "not the systems of the table charged" in refused(*command)
    call(*command, "--set", "training.epochs=1")


def test_folders_that_cannot_be_written_are_told_before_a_training(checkout, monkeypatch):
    Path("afile").write_text("")
    monkeypatch.setattr("segnn.reproduce.run.execute", None)
    for option in ("--results", "--runs"):
        for folder in ("afile", "/proc/x"):
            message = refused("reproduce", "charged", "--seeds", "9", option, folder)
            assert f"{option}: cannot write in {folder}/charged" in message
    assert "--results: cannot write in afile" in refused(
        "reproduce", "charged", "--render", "--results", "afile"
    )
    assert "--render: nothing holds no results" in refused(
        "reproduce", "charged", "--render", "--results", "nothing"
    )
    assert not Path("nothing").exists()
    assert not Path("data").exists()


def test_files_that_nothing_makes_are_told_with_their_source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = refused("reproduce", "acac", "--only", "50")
    assert "acac/train_300K.xyz: no such file" in told
    assert "https://github.com/davkovacs/BOTNet-datasets" in told
    assert not list(tmp_path.iterdir())


def test_mistakes(checkout):
    assert "there is no table 'x'" in refused("reproduce", "x")
    assert "--only y: the table charged has mpnn" in refused("reproduce", "charged", "--only", "y")
    assert "--seeds 1;2: expected whole numbers" in refused(
        "reproduce", "charged", "--seeds", "1;2"
    )
    for seeds in ("²", str(2**63), "9" * 5000, "-1", "1,", ""):
        assert "expected whole numbers below 2^63" in refused(
            "reproduce", "charged", "--seeds", seeds
        )
    for value in ("training.seed=5", "training={seed: 5}"):
        message = refused("reproduce", "charged", "--set", value, "--results", "mine", "--dry-run")
        assert "a table is trained with the seeds of --seeds" in message
    for results in ("results", checkout / "results", "results/../results"):
        message = refused(
            "reproduce",
            "charged",
            "--set",
            "training.epochs=1",
            "--results",
            results,
            "--runs",
            "mine",
        )
        assert "another folder with --results" in message
    changed = ("reproduce", "charged", "--set", "training.epochs=1", "--results", "mine")
    assert "another folder with --runs" in refused(
        *changed, "--runs", checkout / "runs" / "reproduce"
    )
    assert "no such recipe" in refused("reproduce", "charged", "--recipes", "nowhere", "--dry-run")
