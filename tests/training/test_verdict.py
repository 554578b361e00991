import json

import pytest
from tests.training.helpers import recipe

from segnn.training import evaluate, train
from segnn.training.verdict import baseline_errors, error_rows, screen, verdict

BASELINES = {
    "stand_still": {"label": "standing still", "mse": 0.5, "mae": 0.4, "rmse": 0.7},
    "straight_line": {"label": "straight line, T = 1", "mse": 0.1, "mae": 0.2, "rmse": 0.3},
}


def test_beaten_and_by_how_much():
    found = verdict(0.05, BASELINES)
    assert found["beaten"]
    assert (found["best_baseline"], found["baseline_mse"]) == ("straight_line", 0.1)
    assert found["ratio"] == pytest.approx(0.5)
    assert "by a factor of 2" in found["text"]


@pytest.mark.parametrize("mse", [0.1, 3.0, float("nan")])
def test_no_better(mse):
    found = verdict(mse, BASELINES)
    assert not found["beaten"]
    assert "No better than the best baseline" in found["text"]
    assert "beside 0.1 (straight line, T = 1)" in found["text"]


def test_a_perfect_baseline_has_no_ratio():
    assert verdict(0.1, {"stand_still": {"label": "still", "mse": 0.0}})["ratio"] is None
    assert verdict(0.1, {}) is None


def test_results_of_earlier_versions():
    old = {"stand_still": 0.5, "straight_line": 0.1, "straight_line_time": 1.0, "meaning": {}}
    found = baseline_errors({"baselines": old})
    assert {key: entry["mse"] for key, entry in found.items()} == {
        "stand_still": 0.5,
        "straight_line": 0.1,
    }
    assert error_rows("m", {"mse": 0.25, "mae": 0.1}, {"baselines": old}) == [
        ["m", "0.25", "0.1", "0.5"],
        ["straight line", "0.1", "", "0.3162"],
        ["standing still", "0.5", "", "0.7071"],
    ]


def test_a_run_that_is_no_better_says_so_and_ends_well(data, tmp_path, capfd):
    """One epoch at a rate that learns nothing: on screen, in results.json, in the evaluation."""
    out = tmp_path / "run"
    results = train(recipe(data, "training.epochs=1", "training.learning_rate=1e-12"), out)
    shown = capfd.readouterr().err
    stored = json.loads((out / "results.json").read_text())
    assert stored["verdict"] == results["verdict"]
    assert results["verdict"]["beaten"] is False
    assert results["verdict"]["best_baseline"] == "straight_line"
    assert results["verdict"]["text"] in shown
    for label in ("this model", "standing still", "straight line, T = ", "mean change"):
        assert label in shown
    assert evaluate(out)["verdict"]["beaten"] is False
    assert evaluate(out)["baselines"] == results["baselines"]


def test_the_table_on_the_screen_has_all_columns():
    results = {"test": {"mse": 0.25, "mae": 0.1, "rmse": 0.5}, "baselines": BASELINES}
    lines = screen({**results, "verdict": verdict(0.25, BASELINES)}).splitlines()
    assert lines[0].split() == ["test", "mse", "mae", "rmse"]
    assert lines[1].split() == ["this", "model", "0.25", "0.1", "0.5"]
    assert lines[2].split()[-3:] == ["0.1", "0.2", "0.3"]
    assert lines[-1].startswith("No better")
