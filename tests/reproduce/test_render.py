"""The page and the plot say what is stored: beaten, missed, equal, diverged, not run."""

import pytest

from segnn.report import save_figure
from segnn.report.published import Published
from segnn.reproduce.markdown import ours, quoted, render, verdict
from segnn.reproduce.plot import dot_plot, learning_plot
from segnn.reproduce.rows import Row, make_rows
from segnn.reproduce.run import Planned, curve
from segnn.reproduce.sweep import find_table

from .helpers import RECIPES

COMMAND = "segnn reproduce charged"
VIEWS = ("rotation", "reflection", "translation")


def result(mse, change=1e-9, deviation=2e-7):
    return {
        "test": {"mse": mse},
        "baselines": {"stand_still": 0.272},
        "seconds": 100.0,
        "epochs": 80,
        "parameters": 147424,
        "equivariance": {
            view: {"mse": mse, "change": change, "deviation": deviation} for view in VIEWS
        },
    }


def rows_of(stored, name="charged"):
    """The rows of a table whose stored results are ``stored``, by (method, setting, seed)."""
    table = find_table(name)
    planned = [
        Planned(
            run,
            run.recipe(RECIPES),
            stored.get((run.method.id, run.setting.id, run.seed)),
            False,
            None,
        )
        for run in table.runs()
    ]
    return table, make_rows(table, planned)


def row(mse=None, published=0.0043, spread=None, **more):
    errors = () if mse is None else tuple(mse) if isinstance(mse, list) else (mse,)
    return Row(
        "SEGNN_G",
        "",
        "",
        None if published is None else Published("x", published, spread, "paper"),
        errors=errors,
        **more,
    )


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (row(0.00344), "beaten: -20 %"),
        (row(0.00516), "missed: +20 %"),
        (row(0.0172), "missed: 4 times as much"),
        (row(0.00435, spread=0.00015), "equal within its spread"),
        (row([0.0040, 0.0042], spread=0.00015), "beaten: -5 %"),
        (row(0.00434), "equal"),
        (row(0.00426), "equal"),
        (row(0.00604, published=0.006), "equal"),
        (row(0.00606, published=0.006), "missed: +1 %"),
        (row(0.01294, published=0.013), "beaten: -0.5 %"),
        (row(0.3014, published=0.301), "equal"),
        (row(0.3018, published=0.301), "missed: +0.3 %"),
        (row(0.2962, published=0.297), "beaten: -0.3 %"),
        (row(), ""),
        (row(0.1, published=None), ""),
    ],
)
def test_verdict(made, text):
    assert verdict(made) == text


def test_numbers():
    assert ours(row([0.0040, 0.0042])) == "**0.00410** ± 0.00014"
    assert ours(row(0.0040)) == "**0.00400**"
    assert ours(row(0.0040, diverged=1)) == "**0.00400**, 1 diverged"
    assert ours(row(diverged=2)) == "2 diverged"
    assert ours(row()) == "not run"
    assert ours(row(ours=False)) == ""
    assert quoted(row(published=0.007, spread=0.00022)) == "0.0070 ± 0.00022"
    assert quoted(row(published=0.007)) == "0.0070"
    assert quoted(row(published=0.297)) == "0.297"
    assert quoted(row(published=None)) == ""


def test_rows_mean_over_seeds_and_take_the_worst_deviation():
    stored = {
        ("charged", "", 0): result(0.0040),
        ("charged", "", 1): result(0.0042, change=-0.5, deviation=0.1),
    }
    _, rows = rows_of({**stored, ("charged", "", 2): {"diverged": "nan"}})
    (found,) = [r for r in rows if r.method == "SEGNN_G+P (1,1)"]
    assert found.mean == pytest.approx(0.0041)
    assert found.spread == pytest.approx(0.000141, abs=1e-6)
    assert (found.seeds, found.diverged, found.parameters) == ((0, 1), 1, 147424)
    assert found.change["rotation"] == -0.5
    assert found.deviation["translation"] == 0.1
    assert found.to_dict()["mean"] == found.mean
    assert found.published.mse == 0.0043


def test_results_without_equivariance_are_read():
    old = {key: value for key, value in result(0.0042).items() if key != "equivariance"}
    _, rows = rows_of({("charged", "", 0): old})
    (found,) = [r for r in rows if r.method == "SEGNN_G+P (1,1)"]
    assert found.change == {}


def test_page():
    table, rows = rows_of(
        {("charged", "", 0): result(0.0040), ("mpnn", "", 0): result(0.0200, 0.013, 0.11)}
    )
    page = render(table, rows, COMMAND)
    lines = {line.split(" | ")[0]: line for line in page.splitlines() if line.startswith("|")}
    assert (
        "| **0.00400** | 0.0043 ± 0.00015 | beaten: -7 % | 0.272 | 0 (2e-07) | 0 (2e-07) |"
        in lines["| SEGNN<sub>G+P</sub> (1,1)"]
    )
    assert "| **0.0200** |  |  | 0.272 | +1.3 % (1e-01) |" in lines["| MPNN"]
    assert "| not run | 0.0070 ± 0.00022 |" in lines["| EGNN"]
    assert "|  | 0.0244 |" in lines["| SE(3)-Transformer *(paper, Table 1)*"]
    assert "80 epochs on the same 3000 systems" in page
    assert "Not run yet: EGNN; SEGNN_G+P (0,0);" in page
    assert "\n\nMPNN takes vectors" in page
    assert "\n\nSEGNN<sub>G+P</sub> (0,0): In (0,0) features" in page
    assert "“equal” by less than half a unit of the published last digit" in page
    assert "learning.svg" not in page
    assert "No curve" not in page
    assert page.endswith(
        f"    {COMMAND}            # what is missing\n    {COMMAND} --render   # this page\n"
    )
    assert "Every run of this page" not in page
    assert "plot.svg" in page


def test_page_with_settings_has_a_table_each():
    table, rows = rows_of({("egnn", "1000", 0): result(0.009)}, "samples")
    page = render(table, rows, COMMAND)
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        f"## {n} systems" for n in (1000, 3000, 10000)
    ]
    assert "| EGNN | **0.00900** | 0.0094 | beaten: -4 % |" in page
    assert "Not run yet: SEGNN_G+P (1,1), 1000 systems;" in page


def test_page_names_what_was_replaced():
    page = render(*rows_of({}), COMMAND, ["training.epochs=1", "model.layers=2"])
    assert "\n\nEvery run of this page: `--set training.epochs=1 --set model.layers=2`.\n" in page


def test_methods_without_a_curve_are_named_by_setting():
    """Whatever diverged may have one; what was not run has none to be missed."""
    kept = {"epoch": [1], "valid_mse": [0.1]}
    stored = {
        ("egnn", "1000", 0): result(0.009),
        ("egnn", "1000", 1): result(0.009),
        ("charged", "1000", 0): result(0.007),
    }
    stored |= {
        ("egnn", "3000", 0): {**result(0.007), "curve": kept},
        ("egnn", "3000", 1): result(0.007),
    }
    stored |= {
        ("charged", "3000", 0): {"diverged": "nan", "curve": kept},
        ("charged", "10000", 0): {"diverged": "nan"},
    }
    table, rows = rows_of(stored, "samples")
    names = "EGNN, 1000 systems; SEGNN_G+P (1,1), 1000 systems; SEGNN_G+P (1,1), 10000 systems"
    assert f"No curve was kept of {names}.\n" in render(table, rows, COMMAND)


@pytest.mark.parametrize(
    "stored", [{}, {("charged", "", 0): result(0.004), ("charged", "", 1): result(0.005)}]
)
def test_plot(stored, tmp_path):
    table, rows = rows_of(stored)
    path = save_figure(dot_plot(table, rows), tmp_path / "plot.svg")
    assert path.stat().st_size > 1000
    again = save_figure(dot_plot(table, rows), tmp_path / "again.svg")
    assert len(again.read_text()) == len(path.read_text())


def test_plot_shows_every_number():
    table, rows = rows_of({("charged", "", 0): result(0.0040), ("charged", "", 1): result(0.0050)})
    axes = dot_plot(table, rows).axes[0]
    drawn = [float(x) for line in axes.lines for x in line.get_xdata()]
    for value in (0.0040, 0.0050, 0.0045, 0.0244, 0.0070):
        assert any(abs(x - value) < 1e-12 for x in drawn)
    assert "MPNN" not in [label.get_text() for label in axes.get_yticklabels()]
    assert "EGNN" in [label.get_text() for label in axes.get_yticklabels()]


def test_errors_of_different_targets_share_no_axis():
    """Forces of 5100 would press all positions into one point. One legend lies outside of the
    panels.
    """
    stored = {("mpnn", "position-5", 0): result(0.28), ("mpnn", "force-5", 0): result(5100.0)}
    figure = dot_plot(*rows_of(stored, "gravity"))
    positions, forces = figure.axes
    assert positions.get_xlim()[1] < 1
    assert forces.get_xlim()[1] > 5100
    titles = [
        [t.get_text() for t in axes.get_yticklabels() if "bf" in t.get_text()]
        for axes in figure.axes
    ]
    assert all("position" in title for title in titles[0])
    assert all("force" in title for title in titles[1])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["ours", "published"]


def test_learning_curves_of_the_runs_that_kept_them(tmp_path):
    """Every kept curve is drawn whole; a method has one name in the legend; results without a curve
    are left out.
    """
    (tmp_path / "metrics.csv").write_text(
        "epoch,train_loss,valid_mse\n0,0.5,0.4\n1,0.3,\n2,0.2,0.1\n"
    )
    kept = curve(tmp_path / "metrics.csv")
    assert kept == {"epoch": [0, 2], "valid_mse": [0.4, 0.1]}
    assert curve(tmp_path / "none.csv") is None
    table = find_table("charged")
    stored = {
        ("charged", 0): {**result(0.004), "curve": kept},
        ("charged", 1): {**result(0.004), "curve": kept},
    }
    stored |= {("egnn", 0): {**result(0.007), "curve": kept}, ("mpnn", 0): result(0.02)}
    planned = [
        Planned(r, r.recipe(RECIPES), stored.get((r.method.id, r.seed)), False, None)
        for r in table.runs()
    ]
    figure = learning_plot(table, planned)
    (axes,) = figure.axes
    assert [line.get_xydata().tolist() for line in axes.lines] == [[[0, 0.4], [2, 0.1]]] * 3
    assert sorted(text.get_text() for text in figure.legends[0].get_texts()) == [
        "EGNN",
        "SEGNN_G+P (1,1)",
    ]
    assert learning_plot(table, [p for p in planned if p.run.method.id == "mpnn"]) is None
    page = render(table, make_rows(table, planned), COMMAND)
    assert "![Validation error by epoch, every run that kept its curve](learning.svg)" in page
    assert "No curve was kept of MPNN.\n" in page
