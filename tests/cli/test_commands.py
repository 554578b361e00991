"""Every command does what its help says, on real files."""

import json
from pathlib import Path

import numpy as np
import pytest

from segnn.data import load_systems
from segnn.model import PhysicalModel, budget

from .helpers import arrays, call, refused, write


def result(*arguments, code=0):
    """What a command prints with --json: JSON and nothing else on stdout."""
    return json.loads(call(*arguments, "--json", code=code).stdout)


def test_simulate(tmp_path):
    out = tmp_path / "made"
    command = (
        "simulate",
        "charged",
        "--out",
        out,
        "--systems",
        "3,2,1",
        "--particles",
        4,
        "--start",
        5,
        "--horizon",
        10,
    )
    found = result(*command, "--seed", 1)
    assert found["systems"] == {"train": 3, "valid": 2, "test": 1}
    systems = load_systems(out / "train.npz")
    with np.load(out / "train.npz") as stored:
        assert {name: stored[name].shape for name in stored.files} == {
            "position": (3, 4, 3),
            "velocity": (3, 4, 3),
            "charge": (3, 4),
            "target_position": (3, 4, 3),
            "target_velocity": (3, 4, 3),
        }
    call(*command, "--seed", 2, "--force")
    assert not np.array_equal(load_systems(out / "train.npz").position, systems.position)
    call(
        "simulate",
        "charged",
        "--out",
        tmp_path / "springs",
        "--systems",
        "1,1,1",
        "--horizon",
        5,
        "--springs",
    )
    assert "coupling" in load_systems(tmp_path / "springs" / "test.npz").node


def test_simulate_gravity(tmp_path):
    out = tmp_path / "made"
    command = (
        "simulate",
        "gravity",
        "--out",
        out,
        "--systems",
        "3,2,1",
        "--particles",
        4,
        "--start",
        5,
        "--horizon",
        10,
    )
    assert result(*command)["systems"] == {"train": 3, "valid": 2, "test": 1}
    with np.load(out / "valid.npz") as stored:
        assert {name: stored[name].shape for name in stored.files} == {
            "position": (2, 4, 3),
            "velocity": (2, 4, 3),
            "mass": (2, 4),
            "target_position": (2, 4, 3),
            "target_velocity": (2, 4, 3),
            "target_force": (2, 4, 3),
        }
        velocity = stored["velocity"]
    assert "exists already" in call(*command, code=2).stderr
    call(*command, "--force", "--unit-velocities", "--softening", 0.2, "--masses", "0.5,2")
    changed = load_systems(out / "valid.npz")
    assert 0.5 <= changed.node["mass"].min() < changed.node["mass"].max() <= 2
    assert not np.array_equal(changed.node["velocity"], velocity.reshape(-1, 3))
    assert (
        "--masses x: expected one mass" in call(*command, "--force", "--masses", "x", code=2).stderr
    )


def test_train_writes_a_run(here):
    results = json.loads((here / "run" / "results.json").read_text())
    assert results["test"]["mse"] > 0
    assert (here / "run" / "model" / "weights.safetensors").is_file()


def test_train_json_and_overrides(here):
    results = result(
        "train",
        "tiny.yaml",
        "--set",
        "training.epochs=1",
        "--set",
        "training.seed=3",
        "--out",
        "other",
    )
    assert (results["epochs"], results["seed"]) == (1, 3)
    assert results == json.loads(Path("other/results.json").read_text())


def test_train_resume_of_a_finished_run_gives_its_results(here):
    assert result("train", "run/recipe.yaml", "--out", "run", "--resume") == json.loads(
        Path("run/results.json").read_text()
    )


def test_evaluate(here):
    found = result("evaluate", "run")
    results = json.loads(Path("run/results.json").read_text())
    assert found["mse"] == pytest.approx(results["test"]["mse"], rel=1e-6)
    assert result("evaluate", "run", "--data", "data/train.npz")["mse"] != found["mse"]
    assert result("evaluate", "run", "--data", "data", "--split", "valid")["mse"] == pytest.approx(
        results["valid"]["mse"], rel=1e-6
    )
    told = refused("evaluate", "run", "--data", "data/train.npz", "--split", "valid")
    assert "split 'valid': no folder of splits (data/train.npz)" in told
    assert "standing still" in call("evaluate", "run").stdout


@pytest.mark.parametrize("arrangement", ["many", "one", "varying"])
def test_predict_keeps_the_arrangement(here, arrangement):
    given = arrays()
    if arrangement == "one":
        given = {name: value[0] for name, value in given.items()}
    elif arrangement == "varying":
        given = arrays(sizes=(3, 5, 2))
    given = {name: value for name, value in given.items() if not name.startswith("target_")}
    np.savez("in.npz", **given)
    summary = result("predict", "run", "in.npz", "-o", "out.npz")
    with np.load("out.npz") as out:
        assert out["position"].shape == given["position"].shape
        assert summary["arrays"]["position"] == list(given["position"].shape)
        assert ("offsets" in out.files) == (arrangement == "varying")
        assert not np.array_equal(out["position"], given["position"])


def test_predict_keeps_the_input(here):
    call("predict", "run", "data/test.npz", "--keep-input", "-o", "both.npz")
    with np.load("both.npz") as out, np.load("data/test.npz") as given:
        np.testing.assert_array_equal(out["position"], given["position"])
        np.testing.assert_array_equal(out["target_position"], given["target_position"])
        assert out["predicted_position"].shape == given["position"].shape


def test_predict_within_memory(here, monkeypatch):
    """Fewer systems at a time, the same predictions; what does not fit is refused with the size
    that is needed.
    """
    monkeypatch.setattr(budget, "BLOCK", 0)  # a share of a size that shows on small systems
    taken, made = [], PhysicalModel.to_run
    monkeypatch.setattr(
        PhysicalModel,
        "to_run",
        lambda self, some, source: taken.append(len(some)) or made(self, some, source),
    )
    np.savez("in.npz", **arrays(sizes=(40,) * 8))
    call("predict", "run", "in.npz", "-o", "whole.npz")
    assert taken == [8]
    taken.clear()
    call("predict", "run", "in.npz", "-o", "bounded.npz", "--memory", "1MiB")
    assert sum(taken) == 8
    assert 1 < len(taken) < 8
    with np.load("whole.npz") as whole, np.load("bounded.npz") as bounded:
        np.testing.assert_allclose(bounded["position"], whole["position"], atol=1e-5)
    said = refused("predict", "run", "in.npz", "-o", "bounded.npz", "--memory", "100kB")
    assert "memory 97.7 KiB is too little for system 0 of in.npz" in said
    assert "need 1 MiB" in said
    assert "expected a size such as 500MiB" in refused(
        "predict", "run", "in.npz", "-o", "out.npz", "--memory", "plenty"
    )


def test_check_passes_a_run_and_writes_the_table(here):
    found = result("check", "run", "--out", "run/check.json")
    assert found["passed"] is True
    assert found["data"] == "data/test.npz"
    assert found == json.loads(Path("run/check.json").read_text())
    assert {"property", "dtype", "error", "tolerance", "passed"} == set(found["rows"][0])
    assert {row["dtype"] for row in found["rows"]} == {"float64", "float32"}


def test_check_fails_a_model_without_symmetry(here):
    Path("mpnn.yaml").write_text(
        Path("tiny.yaml").read_text().replace("{hidden", "{kind: mpnn, hidden")
    )
    rows = result("check", "mpnn.yaml", code=1)["rows"]
    assert {row["property"] for row in rows if not row["passed"]} == {"rotation", "reflection"}
    shown = call("check", "mpnn.yaml", "--data", write("own.npz"), code=1)
    assert "FAIL" in shown.stdout
    assert "failed: reflection, rotation" in shown.stderr


def test_check_without_data_takes_random_systems(here):
    Path("nowhere.yaml").write_text(
        Path("tiny.yaml").read_text().replace("folder: data", "folder: nowhere")
    )
    found = result("check", "nowhere.yaml")
    assert found["passed"] is True
    assert found["data"] == "random systems"


@pytest.mark.parametrize("target", ["tiny.yaml", "run"])
def test_info(here, target):
    found = result("info", target)
    assert found["irreps"]["inputs"] == "1x1o+1x1o+1x0e"
    assert found["irreps"]["hidden"] == "4x0e+4x1o"
    assert found["batch"] == {"systems": 2, "particles": 10, "edges": 40}
    assert sum(layer["parameters"] for layer in found["layers"]) == found["parameters"]
    assert "layers.0.message_1" in call("info", target).stdout


def test_info_of_other_sizes_and_settings(here):
    small, large = (result("info", "tiny.yaml", "--particles", n) for n in (4, 40))
    assert large["batch"]["edges"] / small["batch"]["edges"] == 40 * 39 / (4 * 3)
    assert large["step_bytes"] > 20 * small["step_bytes"] / 10
    assert (
        result("info", "tiny.yaml", "--set", "model.layers=2")["parameters"] > small["parameters"]
    )


def test_report(here):
    call("check", "run", "--out", "run/check.json")
    call("predict", "run", "data/test.npz", "--keep-input", "-o", "run/predictions.npz")
    assert result("report", "run") == {"html": "run/report.html"}
    assert "rotation" in Path("run/report.html").read_text()
    call("report", "run", "--out", "elsewhere.html", "--reproduce", "make demo")
    assert "make demo" in Path("elsewhere.html").read_text()


def test_check_and_evaluate_name_a_bad_system_and_go_on(here):
    given = arrays()
    given["position"][2, 0] = 1e200
    np.savez("bad.npz", **given)
    checked = call("check", "run", "--data", "bad.npz", "--json")
    found = json.loads(checked.stdout)
    assert found["passed"]
    assert [left["system"] for left in found["left_out"]] == [2]
    done = call("evaluate", "run", "--data", "bad.npz")
    assert "warning: system 2 is left out: its squared error is not finite" in done.stderr
    assert "3 systems of bad.npz" in done.stdout


def test_simulate_polar(tmp_path):
    pytest.importorskip("tblite", reason="labels need the extra 'field'")
    pytest.importorskip("ase")
    first, second = tmp_path / "made", tmp_path / "again"
    found = result("simulate", "polar", "--out", first, "--systems", "2,0,0", "--seed", 3)
    assert found["systems"] == {"train": 2, "valid": 0, "test": 0, "test_molecule": 0}
    assert [path.name for path in first.iterdir()] == ["train.npz"]  # nothing unfinished
    taken = ["--molecules", first / "train.npz", "--jitter", 0, "--systems", "1,0,1"]
    assert result("simulate", "polar", "--out", second, *taken)["systems"]["test"] == 1
    alphas = [load_systems(second / f"{name}.npz").graph["alpha"][0] for name in ("train", "test")]
    expected = load_systems(first / "train.npz").graph["alpha"]
    np.testing.assert_allclose(sorted(alphas), sorted(expected), rtol=1e-3)  # turned anew


def test_simulate_adsorbates(tmp_path):
    pytest.importorskip("ase")
    found = result("simulate", "adsorbates", "--out", tmp_path / "made", "--systems", "1,0,0")
    assert found["systems"]["train"] == 1
    assert set(found["systems"]) >= {"valid", "test", "test_adsorbate", "test_metal", "test_both"}
    assert list(found["files"]) == ["train"]
    systems = load_systems(tmp_path / "made" / "train.npz")
    assert {"tag", "fixed", "height", "energy", "left_out"} <= {*systems.names}
    told = refused("simulate", "adsorbates", "--out", tmp_path / "other", "--processes", 0)
    assert "processes is 0" in told
