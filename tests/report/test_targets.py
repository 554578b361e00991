"""Runs with several targets: energies and forces in the report and in the pictures."""

import json

import numpy as np
import pytest

from segnn.report import write_report
from segnn.report.evaluation import evaluation_figures, learning_figures
from segnn.report.parity import parity
from segnn.report.words import pretty
from segnn.training.evaluation import Predictions

from .helpers import RESULTS

ERRORS = {"mse": 0.04, "mae": 0.15, "rmse": 0.2}
FORCES = {
    **ERRORS,
    "per_species": {"H": {"rmse": 0.1, "mae": 0.08}, "O": {"rmse": 0.4, "mae": 0.3}},
}
TARGETS = {
    "energy": {
        "test": {**ERRORS, "per_atom": {"rmse": 0.0031, "mae": 0.0027}},
        "unit": "eV",
        "level": "graph",
        "baselines": {"mean_label": {"label": "mean label", "mse": 0.25, "rmse": 0.5}},
    },
    "forces": {"test": FORCES, "unit": "eV/angstrom", "level": "node", "baselines": {}},
}
METRICS = (
    "epoch,step,train_loss,valid_error,learning_rate,seconds,valid_rmse_energy,valid_rmse_forces\n"
    "1,10,3.0,2.0,0.001,1.0,0.9,0.5\n"
    "2,20,2.0,1.5,0.001,1.0,0.7,0.4\n"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    results = {
        **RESULTS,
        "name": "acac",
        "test": ERRORS,
        "unit": "eV",
        "baselines": {},
        "target": "energy",
        "targets": TARGETS,
    }
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    (folder / "metrics.csv").write_text(METRICS)
    rng = np.random.default_rng(0)
    energy, forces = -9391.4 + rng.normal(size=6), rng.normal(size=(18, 3))
    np.savez(
        folder / "predictions.npz",
        position=rng.normal(size=(18, 3)),
        offsets=np.arange(0, 19, 3),
        energy=energy,
        forces=forces,
        predicted_forces=forces + 0.1,
        predicted_energy=energy + 0.1,
    )
    return folder


def test_the_report_shows_every_target(run):
    page = write_report(run).read_text()
    assert "mean squared error of energy in (eV)² on the test set" in page
    assert "energy (eV)" in page
    assert "forces (eV/Å)" in page
    assert "per atom" in page
    assert "of O" in page
    assert "0.0031" in page
    for title in ("Validation error of every target", "Errors of forces by element"):
        assert title in page
    # The section on errors is of the first target, whatever comes first in the file.
    assert "Predicted against true energy" in page
    assert "Predicted against true forces" in page
    assert "energy: distance from the mean" in page


def test_a_target_from_the_position_on_is_shown_as_its_change(run, tmp_path):
    """Whatever it is called, first or second: a parity of places shows where the atoms were."""
    results = json.loads((run / "results.json").read_text())
    results["targets"] = {
        "end": {**TARGETS["forces"], "unit": "angstrom"},
        "energy": TARGETS["energy"],
    }
    with np.load(run / "predictions.npz") as held:
        arrays = {
            name: held[name] for name in ("position", "offsets", "energy", "predicted_energy")
        }
    arrays["end"] = arrays["position"] + np.array([0.3, 0.0, 0.4])
    arrays["predicted_end"] = arrays["end"] + 0.01
    np.savez(tmp_path / "predictions.npz", **arrays)
    (tmp_path / "recipe.yaml").write_text(
        "targets: {end: {base: position}, energy: {base: null}}\n"
    )
    for first in ("energy", "end"):
        (tmp_path / "results.json").write_text(json.dumps({**results, "target": first}))
        page = write_report(tmp_path).read_text()
        if first == "energy":
            assert "Predicted against true change of end" in page
        else:
            assert "Predicted against true displacement" in page
            told = json.loads((tmp_path / "report.json").read_text())["predictions"]
            assert told["median_change"] == pytest.approx(0.5)


def test_learning_curves_have_a_panel_a_target(run):
    figures = learning_figures(run, {"energy": "eV", "forces": "eV/angstrom"})
    assert list(figures) == ["learning", "learning-targets"]
    labels = [axes.get_ylabel() for axes in figures["learning-targets"].axes]
    assert labels == ["RMSE of energy (eV)", "RMSE of forces (eV/Å)"]
    drawn = np.asarray(figures["learning-targets"].axes[1].get_lines()[0].get_ydata())
    assert drawn.tolist() == [0.5, 0.4]
    assert list(learning_figures(run, {"energy": "eV"})) == ["learning"]


def predictions(level, sizes, unit="eV"):
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    rows = len(sizes) if level == "graph" else offsets[-1]
    target = np.random.default_rng(0).normal(size=(rows, 1 if level == "graph" else 3))
    mse = np.full(len(sizes), 0.01)
    return Predictions(
        "it", target + 0.1, target, np.zeros_like(target), offsets, mse, mse, "energy", unit, level
    )


def test_energies_of_systems_of_several_sizes_are_per_atom():
    found = predictions("graph", [2, 4, 8])
    figures = evaluation_figures(found, {**ERRORS, "per_atom": ERRORS})
    axes = figures["parity"].axes[0]
    assert axes.get_xlabel() == "true energy per atom (eV)"
    drawn = np.asarray(axes.get_lines()[1].get_xdata())
    np.testing.assert_allclose(drawn, found.target[:, 0] / [2, 4, 8])
    alike = evaluation_figures(predictions("graph", [3, 3]), {**ERRORS, "per_atom": ERRORS})
    assert alike["parity"].axes[0].get_xlabel() == "true energy (eV)"


def test_errors_by_element():
    figure = evaluation_figures(predictions("node", [2, 2]), FORCES)["species"]
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["H", "O"]
    assert sorted(bar.get_width() for bar in axes.patches) == [0.08, 0.1, 0.3, 0.4]


def test_energies_far_from_zero_are_counted_from_a_round_number():
    true = -9391.25 + np.linspace(-0.2, 0.2, 30)
    axes = parity(true, true + 0.01, "energy", "eV").axes[0]
    assert axes.get_xlabel() == "true energy + 9391.2 (eV)"
    assert axes.get_title("left").startswith("RMSE 0.0100 eV, R² = ")
    assert np.abs(axes.get_lines()[1].get_xdata()).max() < 0.3


def test_units_as_one_writes_them():
    assert pretty("eV/angstrom^3") == "eV/Å³"
    assert pretty("e*angstrom") == "e·Å"
